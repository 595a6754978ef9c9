/* Verbs: what a click, a drag or a key means with each of them. A verb gathers points or blocks and asks for a preview; Enter commits. */

// how many points complete a gesture (0: blocks are gathered, Infinity: until Enter), and what a drag draws
const VERBS = {
  choose: {},
  paint: { blocks: true },
  box: { points: 2, drag: "box", gathers: "paint" },
  lasso: { points: Infinity, drag: "free", closes: true, gathers: "paint" },
  push: { points: 2, drag: "line" },
  cut: { points: 2, drag: "free" },
  merge: {},
  split: {},
  new: { blocks: true },
  retire: { atOnce: true },
  rename: { named: true },
  draw: { points: Infinity, drag: "free", closes: true },
  transfer: { blocks: true },
};

function takeVerb(w, name) {
  if (!w.verbs.includes(name) || w.data.closed) return;
  dropGesture(w);
  w.tool = name;
  w.say(w.words.verb_hint[name]);
  if (VERBS[name].atOnce && needChosen(w)) ask(w, { verb: name, code: w.chosen });
  w.refresh();
  const field = VERBS[name].named && w.chosen && w.bar.querySelector(".wb-name");
  if (field) field.focus(), field.select();
}

/** Without a chosen neighbourhood some verbs have nothing to work on: say so. */
function needChosen(w) {
  if (!w.chosen) w.remark(w.words.choose_first);
  return Boolean(w.chosen);
}

function dropGesture(w) {
  clearTimeout(w.naming);
  w.naming = 0;
  w.points = [];
  w.selection.clear();
  w.request = null;
  w.preview = null;
  w.hoverEnd = null;
  w.waiting = false;
  w.name = w.notice = "";
}

/** Esc: first what is being drawn, then the preview, then the verb itself. */
function cancel(w) {
  const had = w.points.length || w.selection.size || w.request;
  const told = Boolean(w.request);
  dropGesture(w);
  if (!had) w.tool = "choose";
  if (told) w.send({ do: "cancel" });
  w.say(w.words.cancelled);
  w.refresh();
}

function choose(w, code) {
  if (!code || code === w.chosen) return;
  dropGesture(w);
  w.chosen = code;
  w.send({ do: "choose", code });
  w.refresh();
}

/** Verbs that work on the chosen neighbourhood begin anew with another one. */
function chooseFor(w, code) {
  choose(w, code);
  if (VERBS[w.tool].atOnce) ask(w, { verb: w.tool, code });
}

/** Ask the server what would happen. */
function ask(w, what) {
  if (!w.dragging) w.preview = null; // while a border is pulled the last answer stays until the next
  w.request = { ...what, n: w.send({ do: "preview", ...what }) };
  w.refresh();
}

function askForBlocks(w) {
  const verb = VERBS[w.tool].gathers || w.tool;
  if (!w.selection.size) {
    if (w.request) w.send({ do: "cancel" });
    w.request = w.preview = null;
    return w.refresh();
  }
  const blocks = [...w.selection].map((index) => w.ground.blocks[index].id);
  ask(w, { verb, blocks, code: w.chosen, name: w.name });
}

/** The name as it stands now is asked for, also when Enter comes before typing was seen to rest. */
function settleName(w) {
  clearTimeout(w.naming);
  w.naming = 0;
  if (w.tool === "rename" && needChosen(w)) ask(w, { verb: "rename", code: w.chosen, name: w.name });
  else if (w.request) ask(w, { ...w.request, name: w.name });
}

function commit(w) {
  if (w.naming) settleName(w);
  if (!w.request) {
    if (VERBS[w.tool].points === Infinity && w.points.length > 2) return finishPoints(w);
    return w.remark(w.words.nothing_to_commit);
  }
  if (!w.preview) {
    w.waiting = true; // the answer is on its way
    return;
  }
  if (w.preview.refused) return w.say(w.preview.refused.sentence);
  const why = w.reason();
  if (w.preview.cautions.length && !why) return w.askReason();
  const moves = w.pendingMoves();
  const { n, ...what } = w.request;
  w.commitNow({ ...what, do: "commit", choice: w.choice, name: w.name, why, head: w.seenHead }, moves);
  dropGesture(w);
  if (w.tool !== "paint" && w.tool !== "box" && w.tool !== "lasso") w.tool = "choose";
  w.refresh();
}

/** The repair that came with a refusal, in its place. */
function repair(w) {
  if (!w.preview || !w.preview.refused || !w.preview.refused.repair) return;
  const { n, ...what } = w.request;
  w.commitNow({ ...what, do: "repair", why: w.reason() }, []);
  dropGesture(w);
  w.refresh();
}

// ── a click at a point of the map (metres) ──

function clickAt(w, x, y) {
  w.notice = "";
  const block = blockAt(w.ground, x, y), verb = VERBS[w.tool];
  if (w.data.closed && w.tool !== "choose") return;
  if (verb.points) return addPoint(w, x, y);
  if (!block) return w.remark(w.words.outside);
  const code = w.at[block.index];
  if (w.tool === "choose" || verb.named || verb.atOnce) return chooseFor(w, code);
  if (w.tool === "split") return ask(w, { verb: "split", blocks: [block.id], code, points: [w.metres([x, y])] });
  if (!w.chosen && w.tool !== "new") return choose(w, code);
  if (w.tool === "merge") return code === w.chosen ? w.remark(w.words.same_hood) : ask(w, { verb: "merge", code: w.chosen, other: code });
  toggle(w, block, code);
}

function toggle(w, block, code) {
  if (w.selection.has(block.index)) w.selection.delete(block.index);
  else if (w.tool !== "new" && code === w.chosen) return w.remark(w.words.already_there);
  else w.selection.add(block.index);
  askForBlocks(w);
}

function addPoint(w, x, y) {
  const verb = VERBS[w.tool];
  if (w.tool === "push" && !w.points.length && !borderAt(w, x, y)) return w.remark(w.words.grab_border);
  if (w.request && verb.points === 2) dropGestureKeepingBlocks(w);
  w.points.push([x, y]);
  if (w.points.length >= verb.points) return finishPoints(w);
  w.refresh();
}

function dropGestureKeepingBlocks(w) {
  w.points = [];
  if (!VERBS[w.tool].gathers) w.request = w.preview = null;
}

/** A border between two neighbourhoods within reach of the pointer. */
function borderAt(w, x, y, pixels = 12) {
  const between = (edge) => edge.left >= 0 && edge.right >= 0 && w.at[edge.left] !== w.at[edge.right];
  return edgeNear(w.ground, x, y, pixels / w.scale(), between);
}

function finishPoints(w) {
  const points = w.points;
  w.hoverEnd = null;
  if (w.tool === "box" || w.tool === "lasso") return gather(w, points);
  const sent = points.map(w.metres);
  if (w.tool === "push") return askPush(w, points[0], points.at(-1));
  if (w.tool === "cut") return ask(w, { verb: points.length > 2 ? "freehand" : "cut", points: sent, code: w.chosen });
  if (needChosen(w)) ask(w, { verb: "draw", points: sent, code: w.chosen });
}

/** The two neighbourhoods are those of the border that was grabbed. */
function askPush(w, grab, pull) {
  const edge = borderAt(w, ...grab);
  if (edge) ask(w, { verb: "push", points: [grab, pull].map(w.metres), code: w.at[edge.left], other: w.at[edge.right] });
}

/** While a border is pulled its preview follows, as quickly as answers come. */
function pullOn(w, grab, here) {
  const last = w.pulled || grab;
  if (Math.hypot(here[0] - last[0], here[1] - last[1]) * w.scale() < 14) return;
  w.pulled = here;
  askPush(w, grab, here);
}

/** Blocks whose middle lies in a box or lasso join the selection. */
function gather(w, points) {
  if (!needChosen(w)) return dropGestureKeepingBlocks(w);
  const [[ax, ay], [bx, by]] = points;
  const corners = w.tool === "box" ? [ax, ay, bx, ay, bx, by, ax, by] : points.flat();
  const inside = areaOf([Float64Array.from([...corners, corners[0], corners[1]])]);
  const community = w.chosen.slice(0, 12);
  for (const block of w.ground.blocks)
    if (w.at[block.index] !== w.chosen && w.at[block.index].startsWith(community) && contains(inside, block.x, block.y)) w.selection.add(block.index);
  w.points = [];
  if (!w.selection.size) w.remark(w.words.nothing_inside);
  askForBlocks(w);
}

// ── the pointer ──

function listenToPointer(w) {
  const box = w.map.getContainer();
  let start = null, path = [];
  const at = (event) => {
    const p = w.map.mouseEventToLatLng(event);
    return [p.lng, -p.lat];
  };
  const control = (event) => event.target.closest && event.target.closest(".leaflet-control, .wb-bar");
  box.addEventListener("pointerdown", (event) => {
    if (event.button || control(event)) return;
    w.cursor = null;
    start = { at: at(event), x: event.clientX, y: event.clientY, drags: dragStarts(w, at(event)) };
    path = [start.at];
    if (start.drags) {
      w.map.dragging.disable();
      box.setPointerCapture(event.pointerId);
    }
  }, true);
  box.addEventListener("pointermove", (event) => {
    if (control(event)) return hoverAt(w, null);
    const here = at(event);
    if (start && start.drags && Math.hypot(event.clientX - start.x, event.clientY - start.y) > 5) {
      path.push(here);
      w.dragging = start.drags === "free" ? path : [start.at, here];
      if (w.tool === "push") pullOn(w, start.at, here);
      return drawSoon(w.top);
    }
    hoverAt(w, here);
  });
  box.addEventListener("pointerup", (event) => {
    if (!start) return;
    // a lasso ends where it began: what was drawn by hand is a drag, wherever it ends
    const drawn = start.drags === "free" && path.length > 1, drags = start.drags, from = start.at, here = at(event);
    const far = drawn || Math.hypot(event.clientX - start.x, event.clientY - start.y) > 5;
    start = null;
    w.map.dragging.enable();
    const dragged = w.dragging;
    w.dragging = w.pulled = null;
    if (!far) return clickAt(w, ...here);
    if (!drags || !dragged) return;
    w.points = drags === "free" ? thinned([...path, here], 3 / w.scale()) : [from, here];
    finishPoints(w);
  });
  box.addEventListener("pointercancel", () => {
    start = w.dragging = null;
    w.map.dragging.enable();
  });
  box.addEventListener("pointerleave", () => hoverAt(w, null));
  box.addEventListener("dblclick", () => VERBS[w.tool].points === Infinity && w.points.length > 2 && finishPoints(w));
}

/** What a drag that starts here would draw; nothing: it moves the map. */
function dragStarts(w, [x, y]) {
  const verb = VERBS[w.tool];
  if (w.data.closed || !verb.drag || w.points.length) return null;
  return w.tool !== "push" || borderAt(w, x, y) ? verb.drag : null;
}

function thinned(path, least) {
  const kept = [path[0]];
  for (const point of path) if (Math.hypot(point[0] - kept.at(-1)[0], point[1] - kept.at(-1)[1]) >= least) kept.push(point);
  return kept;
}

function hoverAt(w, here) {
  const block = here && blockAt(w.ground, ...here);
  const near = here && w.tool === "push" && !w.points.length && borderAt(w, ...here);
  w.map.getContainer().style.cursor = near ? "grab" : VERBS[w.tool].points ? "crosshair" : block ? "pointer" : "";
  w.hoverEnd = here && w.points.length ? here : null;
  const changed = block !== w.hover;
  w.hover = block;
  if (changed) w.tell(block);
  if (changed || w.hoverEnd) drawSoon(w.top);
}

// ── the keyboard: verbs by letter, a crosshair moved by arrows, Space is the click ──

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function listenToKeys(w) {
  const heard = (event) => {
    if (!w.root.isConnected) return document.removeEventListener("keydown", heard);
    if (event.defaultPrevented || event.isComposing) return;
    const typing = event.target.closest && event.target.closest("input, textarea, select, [contenteditable], [role=dialog], [role=combobox]");
    if (typing) return event.target.closest(".wb") ? keyInField(w, event) : undefined;
    const ours = w.root.contains(event.target) || event.target === document.body;
    if (event.ctrlKey || event.metaKey) return keyWithControl(w, event);
    if (ours && !event.altKey && keyAlone(w, event)) event.preventDefault();
  };
  document.addEventListener("keydown", heard);
}

function keyInField(w, event) {
  if (event.key === "Escape") cancel(w);
  else if (event.key === "Enter") commit(w);
  else return;
  event.preventDefault();
  w.map.getContainer().focus();
}

function keyWithControl(w, event) {
  const key = event.key.toLowerCase(), again = key === "y" || (key === "z" && event.shiftKey);
  if (!again && key !== "z") return;
  event.preventDefault();
  undo(w, again ? "redo" : "undo");
}

function undo(w, what) {
  if (!w.data[what]) return w.remark(w.words[`no_${what}`]);
  dropGesture(w);
  w.send({ do: what, id: crypto.randomUUID() });
  w.refresh();
}

/** Whether a key was ours. */
function keyAlone(w, event) {
  const onMap = event.target === w.map.getContainer(), button = event.target.closest && event.target.closest("button, a, summary");
  const key = event.key.toLowerCase();
  if (event.key === "Escape") cancel(w);
  else if (onMap && ARROWS[event.key]) moveCursor(w, ARROWS[event.key], event.shiftKey ? 64 : 16);
  else if (onMap && event.key === " ") clickAt(w, ...(w.cursor || startCursor(w)));
  else if (event.key === "Enter" && !button) commit(w);
  else if (key === "+" || key === "=") w.map.zoomIn(0.5);
  else if (key === "-") w.map.zoomOut(0.5);
  else if (key === "0") w.home();
  else if (key === w.keys.guide || key === "?") startGuide(w);
  else if (key === "[" || key === "]") chooseBeside(w, key === "]" ? 1 : -1);
  else if (/^[1-9]$/.test(key) && w.preview && w.preview.alternatives[key - 1]) takeAlternative(w, Number(key) - 1);
  else {
    const verb = w.verbs.find((name) => w.keys[name] === key);
    if (!verb || event.shiftKey) return false;
    takeVerb(w, verb);
  }
  return true;
}

function takeAlternative(w, choice) {
  w.choice = choice;
  ask(w, { ...w.request, choice });
}

function chooseBeside(w, step) {
  const codes = [...w.hoods.keys()].sort();
  choose(w, codes[(codes.indexOf(w.chosen) + step + codes.length) % codes.length]);
}

function startCursor(w) {
  const middle = w.map.getCenter(), hood = w.hoods.get(w.chosen);
  w.cursor = hood && w.map.getBounds().contains([-hood.y, hood.x]) ? [hood.x, hood.y] : [middle.lng, -middle.lat];
  return w.cursor;
}

function moveCursor(w, [dx, dy], pixels) {
  const [x, y] = w.cursor || startCursor(w), step = pixels / w.scale();
  w.cursor = [x + dx * step, y + dy * step];
  const at = L.latLng(-w.cursor[1], w.cursor[0]);
  if (!w.map.getBounds().pad(-0.06).contains(at)) w.map.panTo(at, { animate: false });
  const block = blockAt(w.ground, ...w.cursor);
  if (block !== w.hover) w.say(w.sentenceOf(block));
  hoverAt(w, w.cursor);
  drawSoon(w.top);
}
