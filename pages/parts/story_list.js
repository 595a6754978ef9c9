// Scenes in their order: dragged by the handle, or moved with the arrow keys while the handle has the focus.

export default function ({ data, parentElement, setTriggerValue }) {
  let list = parentElement.querySelector("ol")
  if (!list) {
    list = document.createElement("ol")
    list.className = "ll-scenes"
    parentElement.append(list)
  }
  const focused = document.activeElement?.closest?.(".ll-scenes li")?.dataset.id
  list.setAttribute("aria-label", data.words.label)
  list.replaceChildren(...data.scenes.map((scene) => row(scene, data)))
  const ids = () => [...list.children].map((item) => item.dataset.id)
  const send = () => {
    if (ids().join() !== data.scenes.map((scene) => scene.id).join()) setTriggerValue("order", ids())
  }
  let dragged = null
  list.ondragstart = (event) => {
    dragged = event.target.closest("li")
    if (!data.editable || !dragged) return event.preventDefault()
    event.dataTransfer.effectAllowed = "move"
    event.dataTransfer.setData("text/plain", dragged.dataset.id)
    dragged.classList.add("ll-dragged")
  }
  list.ondragover = (event) => {
    if (!dragged) return
    event.preventDefault()
    const over = event.target.closest("li")
    if (!over || over === dragged) return
    const box = over.getBoundingClientRect()
    over[event.clientY < box.top + box.height / 2 ? "before" : "after"](dragged)
  }
  list.ondrop = (event) => event.preventDefault()
  list.ondragend = () => {
    dragged?.classList.remove("ll-dragged")
    dragged = null
    send()
  }
  list.onkeydown = (event) => {
    if (!data.editable || !event.target.classList.contains("ll-handle")) return
    const item = event.target.closest("li"), up = event.key === "ArrowUp"
    const beside = up ? item.previousElementSibling : item.nextElementSibling
    if (!beside || !["ArrowUp", "ArrowDown"].includes(event.key)) return
    event.preventDefault()
    beside[up ? "before" : "after"](item)
    item.querySelector(".ll-handle").focus()
    clearTimeout(list.waiting)
    list.waiting = setTimeout(send, 500) // several steps are one change
  }
  list.onclick = (event) => {
    const item = event.target.closest("li")
    if (item && !event.target.closest("a, .ll-handle")) setTriggerValue("picked", item.dataset.id)
  }
  if (focused) list.querySelector(`li[data-id="${CSS.escape(focused)}"] .ll-handle`)?.focus()
}

function row(scene, data) {
  const item = document.createElement("li"), add = (tag, className, text) => {
    const element = document.createElement(tag)
    element.className = className
    element.textContent = text
    item.append(element)
    return element
  }
  item.dataset.id = scene.id
  item.draggable = data.editable
  item.classList.toggle("ll-branch", scene.branch)
  item.classList.toggle("ll-picked", scene.id === data.picked)
  if (data.editable) {
    const handle = add("button", "ll-handle", "⠿")
    handle.type = "button"
    handle.setAttribute("aria-label", data.words.handle.replace("{title}", scene.title))
    handle.title = data.words.handle_hint
  }
  add("span", "ll-scene-key", scene.key)
  const title = add("button", "ll-scene-title", scene.title)
  title.type = "button"
  title.setAttribute("aria-pressed", String(scene.id === data.picked))
  add("span", "ll-scene-of", scene.of)
  add("span", "ll-scene-time", scene.time)
  return item
}
