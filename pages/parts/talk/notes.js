/* The second window: notes, next scene and clock. It follows by BroadcastChannel, on the same machine, without the server. */

const channelOf = (story) => new BroadcastChannel("linli-talk:" + story);

/** Tell the second window where the talk is. */
function tell(talk) {
  talk.channel?.postMessage({
    kind: "at", at: talk.at, began: talk.began, entered: talk.entered, blank: !talk.blank.hidden, paused: talk.rehearsing,
    source: talk.scenes.get(talk.at)?.source,
  });
}

function openNotes(talk) {
  const url = new URL(talk.notes, location.href), place = "popup,width=960,height=720";
  if (!window.open(url, "linli-notes", place)) say(talk, talk.words.no_window);
}

/** The talk hears its second window: it asks where the talk is, and passes keys on. */
function listen(talk) {
  talk.channel = channelOf(talk.story);
  talk.channel.onmessage = ({ data }) => {
    if (data.kind === "hello") tell(talk);
    if (data.kind === "act" && ACTS[data.act]) ACTS[data.act](talk);
    if (data.kind === "digit") digit(talk, data.figure);
    if (data.kind === "show" && talk.keys.includes(data.key)) show(talk, data.key);
  };
}

// ── times ──

/** Where the talk is and since when, kept for this window: a reload goes on. */
function remember(talk) {
  const url = new URL(location.href);
  if (url.searchParams.get("scene") !== talk.at) {
    url.searchParams.set("scene", talk.at);
    history.replaceState(history.state, "", url);
  }
  const { began, entered, at, spent } = talk;
  sessionStorage.setItem("linli:times:" + talk.story, JSON.stringify({ began, entered, at, spent }));
}

function recall(talk) {
  talk.began = talk.entered = Date.now();
  talk.spent = {};
  try {
    const kept = JSON.parse(sessionStorage.getItem("linli:times:" + talk.story));
    if (kept && !talk.rehearsing && Date.now() - kept.entered < 6 * 3600e3) talk.began = kept.began;
  } catch {
    // nothing kept, or not by us: the clock begins now
  }
}

/** The time in the scene that is being left. */
function leaveScene(talk) {
  if (talk.at) talk.spent[talk.at] = (talk.spent[talk.at] || 0) + (Date.now() - talk.entered) / 1000;
}

const clockText = (seconds) => {
  const s = Math.max(0, Math.round(seconds));
  return Math.floor(s / 60) + ":" + String(s % 60).padStart(2, "0");
};

/** The rehearsal's end: planned against actual, to keep or to drop. */
function finish(talk) {
  leaveScene(talk);
  talk.entered = Date.now();
  const panel = make("div", "ll-stage-panel"), table = make("table"), w = talk.words;
  const row = (tag, cells) => {
    const line = make("tr");
    cells.forEach((text) => line.append(make(tag, "", text)));
    table.append(line);
  };
  row("th", [w.scene, w.planned, w.actual]);
  let planned = 0, actual = 0;
  for (const key of talk.keys.filter((each) => talk.main.includes(each) || talk.spent[each])) {
    planned += talk.main.includes(key) ? talk.plan[key].seconds : 0;
    actual += talk.spent[key] || 0;
    row("td", [key + " " + talk.plan[key].title, clockText(talk.plan[key].seconds), clockText(talk.spent[key] || 0)]);
  }
  row("th", [w.together, clockText(planned), clockText(actual)]);
  const keep = make("button", "", w.keep), drop = make("button", "", w.drop);
  keep.addEventListener("click", () => {
    talk.send("rehearsed", Object.fromEntries(Object.entries(talk.spent).map(([key, s]) => [key, Math.round(s)])));
  });
  drop.addEventListener("click", () => window.linliShell.travel(new URL(talk.cover, location.href)));
  panel.append(make("h2", "", w.rehearsed), table, keep, drop);
  talk.panel = panel;
  talk.over.append(panel);
  keep.focus();
}

function closePanel(talk) {
  talk.panel.remove();
  talk.panel = null;
}

// ── the window itself ──

function notesWindow(talk, parent) {
  const root = make("section", "ll-notes"), w = talk.words, channel = channelOf(talk.story);
  root.innerHTML =
    '<header><span class="ll-notes-clock"></span><span class="ll-notes-total"></span><span class="ll-notes-scene"></span><span class="ll-notes-size"></span></header>' +
    '<h1></h1><div class="ll-notes-text" tabindex="0"></div><footer></footer>';
  const [h1, text, footer] = ["h1", ".ll-notes-text", "footer"].map((name) => root.querySelector(name));
  let at = { at: talk.at, began: Date.now(), entered: Date.now() }, heard = false, ended = 0;
  const resize = (by) => {
    talk.size = Math.max(24, Math.min(60, (talk.size || 28) * by));
    root.style.setProperty("--notes", talk.size + "px");
  };
  for (const [sign, words, by] of [["−", w.smaller, 0.9], ["+", w.larger, 1.1]]) {
    const button = make("button", "", sign);
    button.type = "button";
    button.title = words;
    button.setAttribute("aria-label", words);
    button.addEventListener("click", () => {
      resize(by);
      button.blur();
    });
    root.querySelector(".ll-notes-size").append(button, " ");
  }
  const paint = () => {
    const scene = talk.plan[at.at] || talk.plan[talk.keys[0]], next = talk.main[talk.main.indexOf(mainOf(at.at)) + 1];
    h1.textContent = at.at + " " + scene.title + (at.blank ? " · " + w.blanked : "");
    text.replaceChildren(...(scene.notes || w.no_notes).split("\n").map((line) => make("p", "", line)));
    const lines = [next ? w.next + next + " " + talk.plan[next].title : w.end];
    const branches = talk.keys.filter((key) => key.startsWith(mainOf(at.at) + "."));
    branches.forEach((key) => lines.push(w.asked + talk.plan[key].title));
    if (at.source) lines.push(at.source);
    footer.replaceChildren(...lines.map((line) => make("p", "", line)));
  };
  const tick = () => {
    const now = new Date(), scene = talk.plan[at.at], total = talk.main.reduce((sum, key) => sum + talk.plan[key].seconds, 0);
    root.querySelector(".ll-notes-clock").textContent = now.toTimeString().slice(0, 5);
    root.querySelector(".ll-notes-total").textContent = w.total + clockText(((ended || now) - at.began) / 1000) + " / " + clockText(total);
    const spent = ((ended || now) - at.entered) / 1000, label = root.querySelector(".ll-notes-scene");
    label.textContent = ended ? w.ended : heard ? w.here + clockText(spent) + " / " + clockText(scene.seconds) : w.waiting;
    label.toggleAttribute("data-over", spent > scene.seconds);
  };
  channel.onmessage = ({ data }) => {
    if (data.kind === "end") {
      ended = ended || Date.now();
      return tick();
    }
    if (data.kind !== "at" || !talk.plan[data.at]) return;
    at = data;
    heard = true;
    ended = 0;
    paint();
    tick();
  };
  const keys = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Tab") return;
    event.stopImmediatePropagation();
    if (event.key === "+" || event.key === "=" || event.key === "-") return resize(event.key === "-" ? 0.9 : 1.1);
    const figure = /^[0-9]$/.test(event.key), act = actOf(event);
    if (figure) channel.postMessage({ kind: "digit", figure: event.key });
    else if (act && !["notes", "full", "help", "leave", "explore"].includes(act)) channel.postMessage({ kind: "act", act });
    else return;
    event.preventDefault();
  };
  window.addEventListener("keydown", keys, true);
  const timer = setInterval(tick, 500);
  parent.append(root);
  paint();
  tick();
  channel.postMessage({ kind: "hello" });
  return () => {
    window.removeEventListener("keydown", keys, true);
    clearInterval(timer);
    channel.close();
    root.remove();
  };
}
