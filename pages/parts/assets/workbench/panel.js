/* Panel: the rail of verbs, the bar of the step in hand, and beside the map what it does to the neighbourhoods concerned. */

function element(tag, className, ...content) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...content.filter((part) => part !== null && part !== undefined && part !== ""));
  return node;
}

function button(className, text, onClick, about = {}) {
  const node = element("button", className, text);
  node.type = "button";
  node.disabled = Boolean(about.disabled);
  if (about.label) node.setAttribute("aria-label", about.label);
  if (about.title) node.title = about.title;
  if (about.pressed !== undefined) node.setAttribute("aria-pressed", String(about.pressed));
  node.dataset.keep = about.keep || text;
  node.addEventListener("click", onClick);
  return node;
}

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => (values[key] === undefined ? "" : String(values[key])));
const number = (value, decimals = 0) =>
  (value < 0 ? "\u2212" : "") + Math.abs(value).toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
const percent = (share) => (share === null ? "\u2014" : number(100 * share) + "%");

/** Draw a part anew only where it differs, and keep the focus in it. */
function renew(box, key, make) {
  if (box.dataset.drawn === key) return;
  box.dataset.drawn = key;
  const focused = box.contains(document.activeElement) ? document.activeElement.dataset.keep : null;
  box.replaceChildren(...make().filter(Boolean));
  if (focused) [...box.querySelectorAll("[data-keep]")].find((node) => node.dataset.keep === focused)?.focus();
}

// ── rail ──

function drawRail(w) {
  const closed = Boolean(w.data.closed);
  renew(w.rail, JSON.stringify([w.tool, w.verbs, closed, w.lang, w.data.undo, w.data.redo]), () => [
    ...w.verbs.map((name) => verbButton(w, name, closed && name !== "choose")),
    element("hr"),
    railButton(w, "undo", "Ctrl Z", () => undo(w, "undo"), { disabled: closed || !w.data.undo }),
    railButton(w, "redo", "Ctrl Y", () => undo(w, "redo"), { disabled: closed || !w.data.redo }),
    element("hr"),
    railButton(w, "guide", w.keys.guide.toUpperCase(), () => startGuide(w), { disabled: closed }),
  ]);
  tellOfMoreVerbs(w);
}

function verbButton(w, name, disabled) {
  return railButton(w, name, w.keys[name].toUpperCase(), () => takeVerb(w, name), { disabled, pressed: w.tool === name, title: w.words.verb_hint[name] });
}

function railButton(w, name, key, act, about) {
  const node = button("wb-verb", "", act, { ...about, keep: name });
  node.append(element("span", "", w.words.verb[name]), element("kbd", "", key));
  return node;
}

// ── the bar of the step in hand ──

function drawBar(w) {
  const { preview, request } = w, names = w.tool === "rename" || (request && (w.tool === "new" || request.other === "new"));
  const shown = [w.tool, preview, request && request.n, w.selection.size, w.points.length, names, w.data.closed, w.data.conflict, w.lang, w.chosen, w.choice, w.notice];
  renew(w.bar, JSON.stringify(shown), () => w.data.conflict && !request ? conflictParts(w) : [
    element("p", "wb-hint", barSentence(w)),
    preview && w.notice ? element("p", "wb-remark", w.notice) : null,
    preview && preview.cautions.length ? cautionList(w, preview.cautions) : null,
    names ? nameField(w) : null,
    preview && preview.cautions.length && !preview.refused ? reasonField(w) : null,
    request || w.points.length ? decide(w) : null,
  ]);
  w.bar.classList.toggle("wb-refused", Boolean((preview && preview.refused) || (w.data.conflict && !request)));
}

/** Somebody else changed the same blocks: both versions to choose from. */
function conflictParts(w) {
  const { sentence, theirs, mine } = w.data.conflict;
  const decide = (what) => () => w.send({ do: what, id: crypto.randomUUID() });
  return [
    element("p", "wb-hint", sentence),
    element("div", "wb-decide", button("wb-main", theirs, decide("keep_theirs")), mine && button("wb-quiet", mine, decide("take_mine"))),
  ];
}

function barSentence(w) {
  if (w.data.closed) return w.data.closed;
  if (w.preview) return w.preview.refused ? w.preview.refused.sentence : w.preview.sentence;
  if (w.request) return w.words.working;
  if (w.notice) return w.notice;
  const verb = VERBS[w.tool];
  if (!w.chosen && w.tool !== "choose" && w.tool !== "cut" && w.tool !== "push" && w.tool !== "new") return w.words.choose_first;
  if (w.points.length) return verb.points === 2 ? w.words.second_point[w.tool] : w.words.close_shape;
  return fill(w.words.verb_hint[w.tool], { name: w.nameOf(w.chosen) });
}

/** The ways the step in hand can be taken: beside the map, so that they cover nothing of it. */
function waysPart(w) {
  if (!w.preview || !(w.preview.alternatives.length || w.preview.options.length)) return [];
  return [
    element("h2", "", w.words.ways),
    w.preview.alternatives.length ? alternatives(w) : null,
    ...w.preview.options.map((option) => optionPills(w, option)),
  ];
}

function cautionList(w, cautions) {
  return element("ul", "wb-cautions", ...cautions.map((text) => element("li", "", text)));
}

function alternatives(w) {
  const pills = w.preview.alternatives.map((text, i) =>
    button("wb-pill", `${i + 1} ${text}`, () => takeAlternative(w, i), { pressed: i === w.preview.choice, keep: `alternative ${i}` }));
  const group = element("div", "wb-pills wb-alternatives", ...pills);
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", w.words.alternatives);
  return group;
}

function optionPills(w, { key, label, choices }) {
  const pick = (value) => () => ask(w, { ...w.request, [key]: value, ...(key === "side" ? { other: "" } : {}) });
  const pills = choices.map(({ value, text, taken }) => button("wb-pill", text, pick(value), { pressed: taken, keep: `${key} ${value}` }));
  const group = element("div", "wb-pills", element("span", "wb-label", label), ...pills);
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", label);
  return group;
}

function field(w, className, label, value, onInput) {
  const input = element("input", className);
  input.value = value;
  input.maxLength = 120;
  input.dataset.keep = className;
  input.addEventListener("input", () => onInput(input.value));
  return element("label", "wb-field", element("span", "", label), input);
}

function nameField(w) {
  const asked = (name) => {
    w.name = name;
    clearTimeout(w.naming);
    w.naming = setTimeout(() => settleName(w), 350);
  };
  return field(w, "wb-name", w.words.name, w.name || (w.tool === "rename" ? w.nameOf(w.chosen) : ""), asked);
}

function reasonField(w) {
  const label = field(w, "wb-why", w.words.why, w.why, (why) => (w.why = why)), input = label.querySelector("input");
  input.setAttribute("list", "wb-reasons");
  input.placeholder = w.words.why_example;
  const list = element("datalist", "", ...w.words.reasons.map((text) => Object.assign(document.createElement("option"), { value: text })));
  list.id = "wb-reasons";
  label.append(list);
  return label;
}

function decide(w) {
  const refused = w.preview && w.preview.refused, box = element("div", "wb-decide");
  if (refused && refused.repair) box.append(button("wb-main", refused.repair, () => repair(w), { keep: "repair" }));
  if (!refused && (w.request || VERBS[w.tool].points !== 2)) {
    const unfinished = !w.request;
    const apply = button("wb-main", "", () => commit(w), { disabled: unfinished && w.points.length < 3, keep: "apply" });
    apply.append(unfinished ? w.words.finish_shape : w.words.apply, element("kbd", "", "Enter"));
    box.append(apply);
  }
  const stop = button("wb-quiet", "", () => cancel(w), { keep: "cancel" });
  stop.append(w.words.cancel, element("kbd", "", "Esc"));
  box.append(stop);
  return box;
}

// ── beside the map ──

function drawPanel(w) {
  drawGuide(w);
  renew(w.parts.ways, JSON.stringify([w.preview && [w.preview.alternatives, w.preview.options], w.choice, w.lang]), () => waysPart(w));
  const rows = concerned(w);
  renew(w.parts.concerned, JSON.stringify([rows, w.lang, Boolean(w.request), w.preview && w.preview.four]), () => concernedPart(w, rows));
  renew(w.parts.lights, JSON.stringify([w.preview ? w.preview.lights : w.data.lights, w.chosen, w.lang]), () => lightsPart(w));
  renew(w.parts.operations, JSON.stringify([w.data.operations, w.data.undo, w.data.redo, w.data.closed, w.lang]), () => operationsPart(w));
  renew(w.parts.hoods, JSON.stringify([[...w.hoods.values()].map((hood) => [hood.name, hood.households]), w.chosen, w.lang, [...w.colours]]), () => hoodsPart(w));
}

/** Neighbourhoods concerned, before and after: the server's, until they come the sums of blocks; else the chosen one alone. */
function concerned(w) {
  if (w.preview && w.preview.rows.length) return w.preview.rows;
  const moves = w.pendingMoves();
  if (!moves.length) {
    const hood = w.hoods.get(w.chosen);
    return hood ? [{ code: w.chosen, name: hood.name, before: hood, after: hood }] : [];
  }
  const after = new Map();
  const of = (code) => after.get(code) || after.set(code, { ...(w.hoods.get(code) || { households: 0, people: 0, buildings: 0, target: 300 }) }).get(code);
  for (const [index, code] of moves)
    for (const [which, sign] of [[w.at[index], -1], [code, 1]])
      for (const count of ["households", "people", "buildings"]) of(which)[count] += sign * w.ground.blocks[index][count];
  return [...after].map(([code, now]) => ({ code, name: w.nameOf(code), before: w.hoods.get(code) || null, after: now }));
}

function concernedPart(w, rows) {
  const title = w.request ? w.words.concerned : w.words.chosen;
  if (!rows.length) return [element("h2", "", w.words.chosen), element("p", "wb-empty", w.words.none_chosen)];
  const shown = rows.slice(0, 8), few = shown.length < 3;
  return [
    element("h2", "", title),
    element("div", few ? "wb-heads" : "wb-heads wb-many", ...shown.map((row) => hoodHead(w, row))),
    few ? counterTable(w, shown) : null,
    rows.length > 8 ? element("p", "wb-empty", fill(w.words.more, { count: rows.length - 8 })) : null,
  ];
}

/** Name, households before and after, and where they stand in the range. */
function hoodHead(w, { code, name, before, after, ends }) {
  const swatch = element("i", "wb-swatch"), now = ends ? null : after;
  swatch.style.background = colourOf(w, code);
  const note = ends ? w.words.ends : before ? "" : w.words.begins;
  const count = (hood) => (hood ? number(hood.households) : "0");
  const homes = element("p", "wb-homes", before === after ? count(after) : spoken(w, count(before), count(now)), element("small", "", w.words.hoods_unit));
  return element("section", "wb-hood", element("h3", "", swatch, name, note && element("small", "", note)), homes, now ? rangeBar(w, before, now) : null);
}

/** The other counters, a column a neighbourhood. */
function counterTable(w, rows) {
  const head = element("tr", "", element("td", "ll-sr-cell"), ...rows.map((row) => Object.assign(element("th", "", row.name), { scope: "col" })));
  const lines = COUNTERS.map(([key, show]) => {
    const cells = rows.map(({ before, after, ends }) => {
      const was = before ? show(before[key], w) : null, is = after && !ends ? show(after[key], w) : null;
      return was === null && is === null ? null : element("td", was !== is && before !== after ? "wb-changed" : "", spoken(w, before === after ? null : was, is ?? "\u2014"));
    });
    return cells.every((cell) => cell === null) ? null : element("tr", "", Object.assign(element("th", "", w.words[key]), { scope: "row" }), ...cells.map((cell) => cell || element("td", "", "\u2014")));
  });
  const table = element("table", "wb-counters", element("caption", "ll-sr", w.words.concerned), element("thead", "", head), element("tbody", "", ...lines.filter(Boolean)));
  return table;
}

function spoken(w, was, is) {
  if (was === null || was === is) return is;
  const arrow = element("span", "", " → ");
  arrow.setAttribute("aria-label", w.words.becomes);
  arrow.setAttribute("role", "img");
  const both = element("span", "");
  both.append(was, arrow, element("b", "", is));
  return both;
}

const known = (show) => (value, w) => (value === undefined || value === null ? null : show(value, w));
const COUNTERS = [
  ["people", known((value) => number(value))],
  ["buildings", known((value) => number(value))],
  ["area", known((value) => number(value / 1e4, 1))],
  ["roundness", known((value) => number(value, 2))],
  ["following", (value) => (value === undefined ? null : percent(value))],
  ["office", known((value, w) => (value ? w.words.yes : w.words.no))],
];

/** Households before and after against the range, to scale: two targets wide. */
function rangeBar(w, before, after) {
  const most = 2 * after.target, place = (value) => `${Math.min(100, (100 * value) / most)}%`;
  const bar = element("div", "wb-range");
  bar.setAttribute("role", "img");
  const state = w.words.state[stateOf(after)];
  bar.setAttribute("aria-label", fill(w.words.range_label, { after: number(after.households), target: number(after.target), state }));
  const band = (share, className) => {
    const node = element("i", className);
    node.style.left = place(after.target * (1 - share));
    node.style.width = `${100 * share}%`;
    return node;
  };
  const mark = (value, className) => {
    const node = element("i", className);
    node.style.left = place(value);
    return node;
  };
  bar.append(band(0.2, "wb-fair"), band(0.12, "wb-good"));
  if (before && before.households !== after.households) bar.append(mark(before.households, "wb-was"));
  bar.append(mark(after.households, "wb-is"));
  const off = Math.round(100 * (after.households / after.target - 1));
  return element("div", "", bar, element("p", `wb-state wb-${stateOf(after)}`, fill(w.words.range_text, { state, target: number(after.target), off: (off > 0 ? "+" : "") + number(off) })));
}

function stateOf(hood) {
  const off = Math.abs(hood.households / hood.target - 1);
  return off <= 0.12 + 1e-9 ? "good" : off <= 0.2 + 1e-9 ? "fair" : hood.households > hood.target ? "above" : "below";
}

/** On a phone the verbs scroll sideways: a sign at their end says that there are more. */
function tellOfMoreVerbs(w) {
  w.rail.classList.toggle("wb-more", w.rail.scrollLeft + w.rail.clientWidth < w.rail.scrollWidth - 8);
}

const SIGNS = { ok: "●", caution: "▲", none: "○", refused: "✕" };

function lightsPart(w) {
  const lights = (w.preview ? w.preview.lights : w.data.lights) || [];
  if (!lights.length) return [];
  const items = lights.map(({ tone, text }) => {
    const sign = element("span", "", SIGNS[tone]);
    sign.setAttribute("role", "img");
    sign.setAttribute("aria-label", w.words.tone[tone]);
    return element("li", `wb-${tone}`, sign, " " + text);
  });
  return [element("h2", "", w.words.rules), element("ul", "wb-lights", ...items)];
}

function operationsPart(w) {
  const { operations, closed } = w.data;
  const head = element("h2", "", w.words.operations, element("small", "", fill(w.words.operation_count, { count: number(operations.length) })));
  if (!operations.length) return [head, element("p", "wb-empty", w.words.no_operations)];
  const items = operations.map((entry) => {
    const item = element("li", "", element("span", "", entry.words), element("small", "", entry.about));
    if (!closed)
      item.append(button("wb-link", w.words.take_back, () => w.send({ do: "take_back", entry: entry.id, id: crypto.randomUUID() }), { label: fill(w.words.take_back_label, { words: entry.words }), keep: `back ${entry.id}` }));
    return item;
  });
  const list = element("ol", "wb-operations", ...items);
  list.tabIndex = 0;
  list.setAttribute("aria-label", w.words.operations);
  return [head, list];
}

function hoodsPart(w) {
  const items = [...w.hoods].sort().map(([code, hood]) => {
    const swatch = element("i", "wb-swatch");
    swatch.style.background = colourOf(w, code);
    const node = button("wb-choice", "", () => choose(w, code), { pressed: code === w.chosen, keep: code });
    node.append(swatch, element("span", "", hood.name), element("b", `wb-${stateOf(hood)}`, number(hood.households)));
    return element("li", "", node);
  });
  return [element("h2", "", w.words.hoods, element("small", "", w.words.hoods_unit)), element("ul", "wb-hoods", ...items)];
}
