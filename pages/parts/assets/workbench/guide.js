/* Guide: a first edit, step by step; each step is done when the planner has done it. It can be skipped and begun again. */

const GUIDE_SEEN = "linli-workbench-guide";

// what is asked for, and how the workbench knows that it was done
const GUIDE = [
  ["choose", (w) => Boolean(w.chosen)],
  ["verb", (w) => w.tool === "paint" || w.tool === "cut"],
  ["pick", (w) => w.selection.size > 0 || askedToCut(w)],
  ["read", (w) => Boolean(w.preview)],
  ["commit", (w, then) => w.data.operations.length > then.operations],
  ["undo", (w, then) => w.data.operations.length <= then.operations],
  ["redo", (w, then) => w.data.operations.length > then.operations],
];

/** Both ends of a cut are set: along a river or road it is what most come for, so the guide goes along. */
function askedToCut(w) {
  return w.tool === "cut" && Boolean(w.request || w.preview);
}

function guideWanted() {
  try {
    return !localStorage.getItem(GUIDE_SEEN);
  } catch {
    return false; // without storage it would come back on every visit
  }
}

function startGuide(w) {
  w.guide = { at: 0, operations: w.data.operations.length };
  w.refresh();
}

function endGuide(w) {
  w.guide = null;
  try {
    localStorage.setItem(GUIDE_SEEN, "1");
  } catch {
    // it may be offered again next time
  }
  w.refresh();
}

/** Go on past everything that is done already; the last step leaves a word of praise and where help stands. */
function followGuide(w) {
  const guide = w.guide;
  if (!guide || w.data.closed) return;
  const before = guide.at;
  while (guide.at < GUIDE.length && GUIDE[guide.at][1](w, guide)) guide.at++;
  // a refused or dropped try goes back to picking
  if (guide.at === 3 && !w.selection.size && !w.preview && !askedToCut(w)) guide.at = 2;
  if (guide.at !== before) w.say(guideText(w));
}

function guideText(w) {
  const { at } = w.guide;
  if (at === 2 && w.tool === "cut") return w.words.guide.pick_cut;
  return at < GUIDE.length ? w.words.guide[GUIDE[at][0]] : w.words.guide.done;
}

function guidePart(w) {
  const { at } = w.guide, over = at >= GUIDE.length;
  const count = fill(w.words.guide.step, { at: Math.min(at + 1, GUIDE.length), all: GUIDE.length });
  return [
    element("h2", "", w.words.guide.title, over ? null : element("small", "", count)),
    element("p", "wb-guide-text", guideText(w)),
    element("div", "wb-decide", button("wb-quiet", over ? w.words.guide.close : w.words.guide.skip, () => endGuide(w), { keep: "guide" })),
  ];
}

function drawGuide(w) {
  followGuide(w);
  w.parts.guide.classList.toggle("wb-guide", Boolean(w.guide));
  renew(w.parts.guide, JSON.stringify([w.guide, w.lang, w.tool]), () => (w.guide ? guidePart(w) : []));
}
