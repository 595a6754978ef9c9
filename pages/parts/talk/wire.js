/* How the talk is put together: one part is the glass, one for each scene brings its content, one is the notes. */

/** The talk of this story in this window; scenes that came before the glass wait here. */
function talkOf(story) {
  if (window.linliTalk?.story !== story) window.linliTalk = { story, scenes: new Map(), sides: new Map() };
  return window.linliTalk;
}

function open(talk, data, parent, send) {
  Object.assign(talk, { ...data, send, spot: 5, tool: "", at: null, placed: null, drawn: null, heard: null, panel: null, sides: new Map() });
  talk.onKey = (event) => onKey(talk, event);
  recall(talk);
  parent.append(build(talk));
  talk.help = helpPanel(talk);
  talk.saying = make("div", "ll-stage-saying");
  talk.saying.hidden = true;
  talk.over = make("div", "ll-stage-over"); // over the map, which lies over the glass
  talk.news = changedPanel(talk);
  talk.over.append(inkLayer(talk), talk.blank, talk.news, bar(talk), talk.help, talk.saying);
  parent.append(talk.over);
  const refit = () => fit(talk), move = (e) => pointerAt(talk, e.clientX, e.clientY), hello = () => mapDoor() && fit(talk);
  window.addEventListener("keydown", talk.onKey, true);
  window.addEventListener("resize", refit);
  window.addEventListener("mousemove", move);
  document.addEventListener("load", hello, true);
  listen(talk);
  document.documentElement.dataset.talk = "";
  show(talk, data.first);
  fit(talk);
  const over = () => talk.channel.postMessage({ kind: "end" }); // the clocks of the second window stop
  window.addEventListener("pagehide", over);
  const ticking = setInterval(() => keepUp(talk), 1000);
  const close = () => {
    clearInterval(ticking);
    window.removeEventListener("keydown", talk.onKey, true);
    talk.heard?.removeEventListener?.("keydown", talk.onKey, true);
    window.removeEventListener("resize", refit);
    window.removeEventListener("mousemove", move);
    document.removeEventListener("load", hello, true);
    window.removeEventListener("pagehide", over);
    over();
    talk.channel.close();
    talk.root.remove();
    talk.over.remove();
    talk.root = null;
    for (const name of ["talk", "scene", "sceneShown", "sceneTook", "blank", "mapless", "awake"]) delete document.documentElement.dataset[name];
  };
  return close;
}

/** A kiosk goes on by itself; after a whole round the server is asked for what is new. */
function keepUp(talk) {
  if (document.visibilityState === "visible") hold(talk);
  watch(talk);
  if (!talk.kiosk || !talk.at || (Date.now() - talk.entered) / 1000 < talk.plan[talk.at].seconds) return;
  const next = talk.main[talk.main.indexOf(mainOf(talk.at)) + 1];
  show(talk, next || talk.main[0]);
  if (!next) talk.send("round", Date.now());
}

const PATIENCE = 15e3;

/** Streamlit finds its server again by itself; where it does not although the server answers, the page is loaded anew,
    unless all scenes are here and the glass is full: the talk needs no server then, and a reload would end full screen. */
function watch(talk) {
  const app = document.querySelector('[data-testid="stApp"]');
  talk.connected = app?.dataset.testConnectionState === "CONNECTED";
  talk.lost = talk.connected ? 0 : talk.lost || Date.now();
  const whole = talk.scenes.size === talk.keys.length && document.fullscreenElement;
  if (talk.connected || talk.asking || whole || Date.now() - talk.lost < PATIENCE) return;
  talk.asking = true;
  fetch(new URL("_stcore/health", location.href), { cache: "no-store" })
    .then((answer) => answer.ok && location.reload())
    .catch(() => {})
    .finally(() => (talk.asking = false));
}

/** A screen that shows a talk does not go to sleep, where the browser lets us ask. */
function hold(talk) {
  if (talk.lock || !navigator.wakeLock) return;
  talk.lock = true;
  navigator.wakeLock.request("screen").then((lock) => lock.addEventListener("release", () => (talk.lock = false))).catch(() => {});
}

/** Content of one scene, new or renewed; what has come before, as in each round of a kiosk, changes nothing. */
function bring(talk, data) {
  if (JSON.stringify(talk.scenes.get(data.key)) === JSON.stringify(data)) return;
  talk.scenes.set(data.key, data);
  dropSide(talk, data.key);
  if (!talk.root) return;
  if (talk.at === data.key) show(talk, data.key);
  else fit(talk);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const talk = talkOf(data.story);
  if (data.kind === "scene") return bring(talk, data);
  if (data.kind === "notes") {
    Object.assign(talk, data, { at: data.first });
    if (!parentElement.querySelector(".ll-notes")) talk.end = notesWindow(talk, parentElement);
    return () => talk.end();
  }
  if (talk.root?.isConnected) {
    if (!data.changed) talk.news.hidden = true;
    return void Object.assign(talk, { words: data.words, plan: data.plan, send: setTriggerValue });
  }
  talk.end = open(talk, data, parentElement, setTriggerValue);
  return () => talk.end?.();
}
