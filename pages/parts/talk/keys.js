/* Keys, clickers and the buttons that come with the mouse: each does one thing, and nothing reaches Streamlit. */

const NEXT = ["ArrowRight", "ArrowDown", "PageDown", " ", "Enter"], BACK = ["ArrowLeft", "ArrowUp", "PageUp", "Backspace"];

function step(talk, by) {
  const at = talk.main.indexOf(mainOf(talk.at)), branch = talk.at.includes(".");
  if (branch && by < 0) return show(talk, mainOf(talk.at));
  if (talk.rehearsing && by > 0 && at === talk.main.length - 1) return finish(talk);
  show(talk, talk.main[Math.max(0, Math.min(talk.main.length - 1, at + by))]);
}

const mainOf = (key) => key.split(".")[0];

/** The scenes kept for a question after this one, in turn, then back to it. */
function question(talk) {
  const main = mainOf(talk.at), branches = talk.keys.filter((key) => key.startsWith(main + "."));
  if (!branches.length) return say(talk, talk.words.no_branch);
  show(talk, branches[branches.indexOf(talk.at) + 1] || main);
}

/** Digits jump: at once where no other number begins with them, else after a moment or with Enter. */
function digit(talk, figure) {
  clearTimeout(talk.typing);
  talk.typed = (talk.typed || "") + figure;
  const longer = talk.main.some((key) => key !== talk.typed && key.startsWith(talk.typed));
  if (!longer) return jump(talk);
  say(talk, talk.typed);
  talk.typing = setTimeout(() => jump(talk), 800);
}

function jump(talk) {
  clearTimeout(talk.typing);
  const key = talk.typed;
  talk.typed = "";
  if (talk.main.includes(key)) show(talk, key);
  else say(talk, talk.words.no_scene.replace("{number}", key));
}

const ACTS = {
  next: (talk) => (talk.typed ? jump(talk) : step(talk, 1)),
  back: (talk) => step(talk, -1),
  first: (talk) => show(talk, talk.main[0]),
  last: (talk) => show(talk, talk.main[talk.main.length - 1]),
  question,
  blank: (talk) => {
    talk.blank.hidden = !talk.blank.hidden;
    document.documentElement.toggleAttribute("data-blank", !talk.blank.hidden);
    tell(talk);
  },
  spot: (talk) => take(talk, "spot"),
  draw: (talk) => take(talk, "draw"),
  undo: (talk) => {
    marksOf(talk).pop();
    redrawInk(talk);
  },
  clear: (talk) => {
    talk.marks.delete(talk.at);
    redrawInk(talk);
  },
  home: () => mapDoor()?.settle(),
  notes: (talk) => openNotes(talk),
  explore: (talk) => explore(talk),
  full: () => fullScreen(),
  help: (talk) => {
    talk.help.hidden = !talk.help.hidden;
  },
  leave: (talk) => leave(talk),
};

const BY_KEY = {
  Home: "first", End: "last", q: "question", b: "blank", ".": "blank", s: "spot", d: "draw", z: "undo", c: "clear",
  m: "home", n: "notes", e: "explore", f: "full", F5: "full", h: "help", "?": "help", Escape: "leave",
};

function actOf(event) {
  if (NEXT.includes(event.key)) return event.key === " " && event.shiftKey ? "back" : "next";
  if (BACK.includes(event.key)) return "back";
  return BY_KEY[event.key] || BY_KEY[event.key.toLowerCase()];
}

function onKey(talk, event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest?.("input, textarea, select")) return;
  // a button that has the focus is pressed by Enter and the space bar as everywhere
  if ([" ", "Enter"].includes(event.key) && event.target.closest?.(".ll-stage-bar button, .ll-stage-panel")) return event.stopImmediatePropagation();
  if (event.key === "Tab" || event.key === "F11" || event.key === "F12") return;
  event.stopImmediatePropagation();
  const figure = /^[0-9]$/.test(event.key), act = figure ? "digit" : actOf(event);
  if (!act) return;
  event.preventDefault();
  if (!talk.blank.hidden && act !== "blank" && act !== "full") ACTS.blank(talk); // any key brings the picture back
  if (figure) digit(talk, event.key);
  else if (!event.repeat || act === "next" || act === "back") ACTS[act](talk);
}

function fullScreen() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.().catch(() => {});
}

/** What has changed since the story was made: said over the talk, which stays as it is; going on chooses the current data. */
function changedPanel(talk) {
  const panel = make("div", "ll-stage-panel ll-stage-changed"), { said, now, then, there } = talk.changed || {};
  panel.setAttribute("role", "status");
  panel.hidden = !said;
  panel.append(make("p", "", said));
  const choice = (words, act) => {
    const button = make("button", "", words);
    button.type = "button";
    button.addEventListener("click", act);
    panel.append(button);
  };
  choice(now, () => withCurrent(talk));
  if (there) choice(then, () => window.linliShell.travel(asThen(talk)));
  else panel.append(make("span", "", then));
  return panel;
}

function asThen(talk) {
  const url = new URL(talk.changed.there, location.href);
  url.searchParams.set("scene", talk.at);
  return url;
}

/** The address remembers the choice, so that the talk does not ask again. */
function withCurrent(talk) {
  if (talk.news.hidden) return;
  talk.news.hidden = true;
  const url = new URL(location.href);
  url.searchParams.set("data", talk.changed.current);
  history.replaceState(history.state, "", url);
}

/** Escape puts away what is open, and then leaves the talk. */
function leave(talk) {
  if (!talk.news.hidden) return withCurrent(talk);
  if (!talk.help.hidden) return (talk.help.hidden = true);
  if (talk.panel) return closePanel(talk);
  if (talk.tool) return take(talk, talk.tool);
  if (talk.rehearsing) return finish(talk);
  sessionStorage.removeItem("linli:talk");
  if (document.fullscreenElement) document.exitFullscreen();
  window.linliShell.travel(new URL(talk.cover, location.href));
}

/** The page the scene was kept from, with everything alive; the same key comes back. */
function explore(talk) {
  const scene = talk.scenes.get(talk.at);
  if (!scene) return;
  sessionStorage.setItem("linli:talk", location.href);
  window.linliShell.travel(new URL(scene.explore, location.href));
}

// ── what comes with the mouse ──

function bar(talk) {
  const box = make("div", "ll-stage-bar"), w = talk.words;
  box.setAttribute("role", "toolbar");
  box.setAttribute("aria-label", w.bar);
  for (const act of ["back", "next", "full", "blank", "spot", "draw", "clear", "home", "question", "explore", "notes", "help", "leave"]) {
    const button = make("button", "", w["act_" + act]);
    button.type = "button";
    button.addEventListener("click", () => {
      ACTS[act](talk);
      button.blur();
    });
    box.append(button);
  }
  return box;
}

let resting = 0;

/** The buttons and the pointer appear when the mouse moves and go after a moment. */
function wake(talk) {
  document.documentElement.dataset.awake = "";
  clearTimeout(resting);
  resting = setTimeout(() => delete document.documentElement.dataset.awake, 2600);
}

function helpPanel(talk) {
  const panel = make("div", "ll-stage-panel"), list = make("dl");
  panel.append(make("h2", "", talk.words.help));
  for (const [keys, words] of talk.words.keys) {
    const term = make("dt");
    keys.split(" ").forEach((key) => term.append(make("kbd", "", key)));
    list.append(term, make("dd", "", words));
  }
  panel.append(list);
  panel.hidden = true;
  panel.addEventListener("click", () => (panel.hidden = true));
  return panel;
}

let saying = 0;

function say(talk, words) {
  talk.saying.textContent = words;
  talk.saying.hidden = false;
  clearTimeout(saying);
  saying = setTimeout(() => (talk.saying.hidden = true), 1600);
}
