// The page's frame in the browser: links and the search form change the view without reloading, the theme follows the address.
// Without this script every link and form still works: it loads the page of its address.

const SCHEME = "(prefers-color-scheme: dark)"

function install() {
  const shell = { dark: false, native: window.matchMedia.bind(window), travel }
  shell.dark = shell.native(SCHEME).matches
  // A theme once chosen in Streamlit's own menu would win over the address.
  for (const key of Object.keys(localStorage)) if (key.startsWith("stActiveTheme")) localStorage.removeItem(key)
  // Streamlit paints light or dark by the system's preference: answer it with the address's theme instead.
  window.matchMedia = (query) => {
    const list = shell.native(query)
    if (!query.includes("prefers-color-scheme")) return list
    const matches = query.includes("dark") === shell.dark
    return new Proxy(list, {
      get: (target, name) => {
        if (name === "matches") return matches
        const value = Reflect.get(target, name, target)
        return typeof value === "function" ? value.bind(target) : value
      },
    })
  }
  turnInOneStep()
  keepCurrentInView()
  document.addEventListener("click", follow)
  document.addEventListener("submit", submit)
  document.addEventListener("keydown", shortcut)
  document.addEventListener("toggle", oneMenu, true)
  document.addEventListener("pointerdown", leaveMenus, true)
  document.addEventListener("pointerover", pointFromList)
  document.addEventListener("load", listenToMap, true)
  return shell
}

// From a chart to its records Streamlit goes in two steps, first to this page with the other's query, then to the other
// page: the second takes the place of the first, so that Back leads to where the reader was.
let half = null

// Where the reader has gone while the server has not begun to draw it: until then the address is the reader's, and what
// Streamlit pushes for the page he has left meanwhile (a slow line, a quick hand) would put steps into Back that he never made.
let wanted = null

function want(url) {
  wanted = { page: url.pathname.split("/").at(-1) || "overview", at: Date.now() }
}

function arrived(page) {
  if (wanted && (wanted.page === page || Date.now() - wanted.at > 15_000)) wanted = null
  return !wanted
}

function turnInOneStep() {
  const push = history.pushState.bind(history)
  window.addEventListener("popstate", () => want(location))
  history.pushState = (state, title, address) => {
    const url = new URL(address ?? location.href, location.href)
    const elsewhere = url.pathname !== location.pathname
    if (elsewhere && !arrived()) return
    const second = elsewhere && half && half.search === url.search && Date.now() - half.at < 3000
    half = elsewhere ? null : { search: url.search, at: Date.now() }
    if (second) history.replaceState(state, title, address)
    else push(state, title, address)
  }
}

// On a phone the navigation scrolls sideways: what is in view is brought into it once, when it is drawn.
function keepCurrentInView() {
  const seen = new WeakSet()
  let asked = false
  const look = () => {
    asked = false
    tellOfConnection()
    tellInLists()
    for (const here of document.querySelectorAll(".ll-nav [aria-current], .ll-sub [aria-current]")) {
      if (seen.has(here)) continue
      seen.add(here)
      const bar = here.closest(".ll-nav, .ll-sub")
      const left = here.getBoundingClientRect().left - bar.getBoundingClientRect().left + bar.scrollLeft
      if (bar.scrollWidth > bar.clientWidth) bar.scrollLeft = left - (bar.clientWidth - here.offsetWidth) / 2
    }
  }
  const later = () => {
    if (!asked) requestAnimationFrame(look)
    asked = true
  }
  new MutationObserver(later).observe(document.body, { childList: true, subtree: true, characterData: true })
  later()
}

// When the server is gone Streamlit says so in English and speaks of the internet, which we don't need: say it in the reader's words.
const GONE = { "Connection error": "gone", "Streamlit server is not responding. Are you connected to the internet?": "gone_next" }

function tellOfConnection() {
  const words = window.linliShell?.words
  for (const dialog of words ? document.querySelectorAll('[role="dialog"]') : []) {
    const texts = document.createTreeWalker(dialog, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
      const key = GONE[texts.currentNode.nodeValue.trim()]
      if (key) texts.currentNode.nodeValue = words[key]
    }
  }
}

// So do its lists, whatever the page's language.
const IN_LISTS = [
  [/^You can only select up to (\d+) options?\. Remove an option first\.$/, "list_most"],
  [/^No results$/, "list_none"],
  [/^Select all$/, "list_all"],
  [/^Select (\d+) matches$/, "list_matches"],
]

function tellInLists() {
  const words = window.linliShell?.words
  if (!words?.list_most || document.documentElement.lang === "en") return
  for (const list of document.querySelectorAll('[role="listbox"]')) {
    const texts = document.createTreeWalker(list, NodeFilter.SHOW_TEXT)
    while (texts.nextNode()) {
      const node = texts.currentNode
      for (const [pattern, key] of IN_LISTS) {
        const found = pattern.exec(node.nodeValue.trim())
        if (found) node.nodeValue = words[key].replace("{count}", found[1] ?? "")
      }
    }
  }
}

function inside(url) {
  const base = new URL(".", document.baseURI)
  return url.origin === base.origin && !url.pathname.includes("/static/") && !url.pathname.includes("/_stcore/")
}

function travel(url) {
  const elsewhere = url.pathname !== location.pathname
  half = wanted = null // a link is a step of its own, before and after
  window.history.pushState({}, "", url)
  half = null
  window.dispatchEvent(new PopStateEvent("popstate"))
  window.linliShell && showWayBack(window.linliShell)
  if (elsewhere) document.querySelector('[data-testid="stMain"]')?.scrollTo(0, 0)
}

function follow(event) {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
  const anchor = event.composedPath().find((node) => node instanceof HTMLAnchorElement)
  if (!anchor || anchor.download || !anchor.closest(".stHtml, .stMarkdown")) return
  const url = new URL(anchor.href, location.href)
  if (!inside(url)) return
  event.preventDefault()
  if (url.hash && url.pathname === location.pathname && url.search === location.search) {
    const target = document.getElementById(url.hash.slice(1))
    if (target instanceof HTMLDetailsElement) target.open = true
    target?.setAttribute("tabindex", "-1")
    target?.focus({ preventScroll: true })
    target?.scrollIntoView({ block: "start" })
    return
  }
  closeMenus(anchor)
  if (anchor.dataset.full !== undefined) document.documentElement.requestFullscreen?.().catch(() => {})
  travel(url)
}

function submit(event) {
  const form = event.target
  if (!(form instanceof HTMLFormElement) || !form.closest(".stHtml") || form.method !== "get") return
  event.preventDefault()
  const url = new URL(form.action, location.href)
  url.search = new URLSearchParams(new FormData(form)).toString()
  travel(url)
}

function closeMenus(from) {
  for (const menu of document.querySelectorAll(".stHtml details.ll-menu[open]")) if (menu.contains(from) || !from) menu.open = false
}

// ── a talk that was left to look around: one key goes back ──

const away = () => sessionStorage.getItem("linli:talk")

function comeBack() {
  const talk = away()
  sessionStorage.removeItem("linli:talk")
  if (talk) travel(new URL(talk))
}

function showWayBack(shell) {
  const talk = away(), here = new URL(location.href).searchParams.has("present")
  document.querySelector(".ll-way-back")?.remove()
  if (!talk || here || !shell.words) return
  const button = document.createElement("button")
  button.className = "ll-way-back"
  button.textContent = shell.words.back + " "
  const key = document.createElement("kbd")
  key.textContent = shell.words.key
  button.append(key)
  button.addEventListener("click", comeBack)
  document.body.append(button)
}

// Only one menu is open at a time, and none once the reader has gone elsewhere.
function oneMenu(event) {
  if (event.target.matches?.("details.ll-menu") && event.target.open) closeOthers(event.target)
}

function leaveMenus(event) {
  closeOthers(event.target.closest?.("details.ll-menu"))
}

function closeOthers(kept) {
  for (const menu of document.querySelectorAll("details.ll-menu[open]")) if (menu !== kept) menu.open = false
}

function shortcut(event) {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]")
  if (event.key.toLowerCase() === "e" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey && away()) return comeBack()
  if (event.key === "Escape") return closeMenus(null)
  if (event.key !== "/" || event.target.closest?.("input, textarea, select, [contenteditable]")) return
  const field = document.querySelector(".ll-search input[type=search]")
  if (!field) return
  event.preventDefault()
  field.focus()
}

// ── the map and the list mark the same area ──

function mapWindow() {
  return document.querySelector(".st-key-map_place iframe")?.contentWindow
}

function listenToMap() {
  const map = mapWindow()
  if (!map || map.linliHeard) return
  map.linliHeard = true
  map.addEventListener("linli:hover", (event) => {
    for (const row of document.querySelectorAll(".ll-ranked tr[data-code]")) {
      row.toggleAttribute("data-hover", row.dataset.code === event.detail)
    }
  })
}

let pointed = null

function pointFromList(event) {
  const code = event.target.closest?.(".ll-ranked tr[data-code]")?.dataset.code ?? null
  if (code === pointed) return
  pointed = code
  listenToMap()
  mapWindow()?.dispatchEvent(new CustomEvent("linli:point", { detail: code }))
}

export default function ({ data }) {
  const shell = (window.linliShell ??= install())
  const root = document.documentElement
  arrived(data.page)
  root.lang = data.lang
  root.dataset.theme = data.theme
  shell.words = data.words
  showWayBack(shell)
  // The first visitor of a fresh process hears of an unknown address from Streamlit too, in English: our page has said it.
  if (data.missing) document.querySelector('[data-testid="stDialog"] button[aria-label="Close"]')?.click()
  if (shell.dark === data.dark) return
  shell.dark = data.dark
  // Streamlit reads the preference again after printing: ask it to.
  window.dispatchEvent(new Event("afterprint"))
}
