/* The workbench in the browser: built once, then told of every answer of the server; what the planner does shows at once. */

const OUTSTANDING_MS = 8000;
const GROUND_MS = 2500;
const BAR_GROWS = 64; // so much of the map a step in hand with a reason to give covers
const BAR_AT_REST = 50;
const MARGIN = 40; // between what a step changes and the map's edge, in pixels
const LEAST_SEEN = 40; // what is smaller on the screen is zoomed to

class Workbench {
  constructor(parent) {
    this.root = element("div", "wb");
    this.points = [];
    this.selection = new Set();
    this.colours = new Map();
    this.hoods = new Map();
    this.at = [];
    this.before = [];
    this.outstanding = []; // steps shown before the server confirmed them
    this.queue = [];
    this.sent = Date.now() % 1e9; // greater than any number this session sent before
    this.tool = "choose";
    this.choice = 0;
    this.why = this.name = "";
    this.frame(parent);
  }

  frame(parent) {
    this.rail = element("div", "wb-rail");
    this.rail.setAttribute("role", "toolbar");
    this.rail.setAttribute("aria-orientation", "vertical");
    this.mapBox = element("div", "wb-map");
    this.bar = element("div", "wb-bar");
    this.live = element("div", "ll-sr");
    this.live.setAttribute("role", "status");
    this.live.setAttribute("aria-live", "polite");
    this.tip = element("div", "wb-tip");
    this.tip.setAttribute("aria-hidden", "true");
    this.tip.hidden = true;
    this.parts = { guide: element("div"), ways: element("div", "wb-ways"), concerned: element("div"), lights: element("div"), operations: element("div"), hoods: element("div") };
    this.panel = element("div", "wb-panel", ...Object.values(this.parts));
    this.panel.tabIndex = 0;
    this.panel.setAttribute("role", "region");
    this.legend = element("ul", "wb-legend");
    this.root.append(this.rail, element("div", "wb-middle", this.mapBox, this.tip, this.legend, this.bar), this.panel, this.live);
    this.rail.addEventListener("scroll", () => tellOfMoreVerbs(this), { passive: true });
    parent.append(this.root);
  }

  // ── what the server says ──

  receive(data, sendTrigger) {
    this.trigger = sendTrigger;
    this.data = data;
    if (!this.settle()) return this.missGround();
    const { n } = data;
    this.outstanding = this.outstanding.filter((step) => step.n > n);
    this.showAssignment();
    if (this.flying && n >= this.flying.n) this.flying = null;
    if (data.chosen && !this.queue.some((request) => request.do === "choose")) this.chosen = data.chosen;
    if (this.chosen && !this.hoods.has(this.chosen)) this.chosen = null;
    if (data.preview && data.preview.verb === "propose" && data.preview.n !== this.proposed) this.takeProposal(data.preview.n);
    if (this.request && data.preview && data.preview.n === this.request.n) this.previewed(data.preview);
    if (this.request && n >= this.request.n && (!data.preview || data.preview.n !== this.request.n)) this.request = null; // it came to nothing
    if (data.message && data.message.n !== this.told) {
      this.told = data.message.n;
      this.notice = data.message.text;
      this.say(data.message.text);
    }
    this.refresh();
    this.root.dataset.answered = String(n);
    this.pump();
  }

  /** A step that was put on the map from below it. */
  takeProposal(n) {
    dropGesture(this);
    this.proposed = n;
    this.request = { verb: "propose", n };
    this.root.scrollIntoView({ block: "nearest" });
  }

  previewed(preview) {
    if (!this.preview || this.preview.n !== preview.n) this.seenHead = this.data.head; // what the planner looks at while deciding
    this.preview = preview;
    this.choice = preview.choice;
    this.say(preview.refused ? preview.refused.sentence : preview.sentence);
    if (this.waiting) {
      this.waiting = false;
      commit(this);
    }
  }

  /** What was given is not there (a reload may have come between): ask once more. */
  missGround() {
    clearTimeout(this.missing);
    const lacking = () => !window.linliWorkbenchGround || window.linliWorkbenchGround.ground.id !== this.data.ground;
    this.missing = setTimeout(() => lacking() && this.trigger("act", { do: "ground", n: (this.data.n || 0) + 1 }), GROUND_MS);
  }

  /** Take in ground, words and colours once all have come; false until then. */
  settle() {
    const given = window.linliWorkbenchGround;
    if (!given || !this.data || given.ground.id !== this.data.ground || !window.L) return false;
    if (this.given === given) return true;
    const first = !this.map, other = !this.ground || this.ground.communities.join() !== given.ground.communities.join();
    this.given = given;
    Object.assign(this, { words: given.words, ink: given.ink, verbs: given.verbs, keys: given.keys, lang: given.lang });
    this.type = given.theme === "projector" ? 1.3 : 1;
    this.font = getComputedStyle(this.root).fontFamily || "sans-serif";
    if (!this.ground || this.ground.id !== given.ground.id) this.ground = decodeGround(given.ground);
    if (other) this.colours.clear();
    if (first) this.build();
    this.nameParts();
    if (other) this.home();
    if (first && guideWanted() && !this.data.closed) this.guide = { at: 0, operations: this.data.operations.length };
    return true;
  }

  build() {
    if (this.root.getBoundingClientRect().top < 0) this.root.scrollIntoView({ block: "start" }); // opened from a list further down
    this.map = createMap(this.mapBox, this.words);
    this.map.setView([0, 0], 0);
    const [west, north, east, south] = this.ground.box, room = (east - west + south - north) / 2;
    this.map.setMaxBounds(latLngs([west - room, north - room, east + room, south + room]));
    this.base = makeSheet((view) => paintBase(this, view)).addTo(this.map);
    this.top = makeSheet((view) => paintTop(this, view)).addTo(this.map);
    const box = this.map.getContainer();
    box.tabIndex = 0;
    box.setAttribute("role", "application");
    box.addEventListener("focus", () => this.root.classList.add("wb-focused"));
    box.addEventListener("blur", () => {
      this.cursor = null;
      drawSoon(this.top);
    });
    addHome(this.map, this.map.zoomControl, this.words.home, () => this.home());
    tameWheel(this.map, () => this.words.wheel);
    listenToPointer(this);
    listenToKeys(this);
    new ResizeObserver(() => {
      this.map.invalidateSize({ pan: false });
      if (!this.moved) this.home();
    }).observe(box);
    this.map.on("dragstart", () => (this.moved = true));
    box.addEventListener("wheel", () => (this.moved = true), { passive: true });
  }

  nameParts() {
    this.map.getContainer().setAttribute("aria-label", this.words.map_label);
    this.rail.setAttribute("aria-label", this.words.rail_label);
    this.panel.setAttribute("aria-label", this.words.panel_label);
    this.root.dataset.ready = this.ground.id;
    for (const [kind, text] of [["leaflet-control-zoom-in", this.words.zoom_in], ["leaflet-control-zoom-out", this.words.zoom_out], ["ll-home", this.words.home]]) {
      const node = this.mapBox.querySelector(`.${kind}`);
      node.title = text;
      node.setAttribute("aria-label", text);
    }
    this.legend.setAttribute("aria-label", this.words.legend.title);
    const kinds = ["home", "office", "landmark", "river"];
    this.legend.replaceChildren(...kinds.map((kind) => element("li", "", element("i", `wb-sign wb-sign-${kind}`), this.words.legend[kind])));
    for (const [name, ink] of [["home", this.ink.muted], ["office", this.ink.office], ["landmark", this.ink.ink], ["river", this.ink.river]])
      this.legend.style.setProperty(`--wb-${name}`, ink);
  }

  home() {
    const size = this.map.getSize();
    if (size.x && size.y) this.map.fitBounds(latLngs(this.ground.box), { paddingTopLeft: [24, 24], paddingBottomRight: [24, BAR_GROWS], animate: false });
    this.moved = false;
  }

  showAssignment() {
    const { codes, at, base, hoods } = this.data;
    this.at = at.map((place) => codes[place]);
    this.before = base.map((place) => codes[place]);
    for (const step of this.outstanding) for (const [index, code] of step.moves) this.at[index] = code;
    colourCodes(this.ground, this.at, this.colours, this.ink.categories.length);
    this.hoods = new Map(Object.entries(hoods).map(([code, hood]) => [code, { ...hood, ...this.middleOf(code) }]));
  }

  /** Where a neighbourhood's name stands: the inner point of the block nearest to its centre. */
  middleOf(code) {
    const own = this.ground.blocks.filter((block, index) => this.at[index] === code);
    const area = own.reduce((sum, block) => sum + block.area, 0) || 1;
    const x = own.reduce((sum, block) => sum + block.x * block.area, 0) / area;
    const y = own.reduce((sum, block) => sum + block.y * block.area, 0) / area;
    const far = (block) => Math.hypot(block.x - x, block.y - y) - Math.sqrt(block.area) / 2;
    const best = own.reduce((one, other) => (!one || far(other) < far(one) ? other : one), null);
    return best ? { x: best.x, y: best.y } : { x, y };
  }

  // ── what the planner does ──

  /** Put a request on its way; returns its number. One is out at a time, and a newer preview replaces one that waits. */
  send(request) {
    const n = (this.sent = Math.max(this.sent + 1, (this.data.n || 0) + 1));
    if (request.do === "preview" || request.do === "cancel") this.queue = this.queue.filter((other) => other.do !== "preview" && other.do !== "cancel");
    this.queue.push({ ...request, n });
    this.pump();
    return n;
  }

  pump() {
    if (this.flying && Date.now() - this.flying.since < OUTSTANDING_MS) return;
    const next = this.flying || this.queue.shift();
    if (!next) return;
    this.flying = { ...next, since: Date.now() };
    const { since, ...request } = this.flying;
    this.trigger("act", { head: this.data.head, ...request });
    setTimeout(() => this.root.isConnected && this.flying && this.pump(), OUTSTANDING_MS + 50);
  }

  /** A step is shown at once; the server's answer corrects it. */
  commitNow(request, moves) {
    const n = this.send({ ...request, id: crypto.randomUUID() });
    this.outstanding.push({ n, moves });
    for (const [index, code] of moves) this.at[index] = code;
    this.why = "";
    this.choice = 0;
  }

  pendingMoves() {
    if (this.preview) return this.preview.changes;
    if (!this.request || !this.selection.size) return [];
    const code = this.chosen || this.at[[...this.selection][0]];
    return [...this.selection].map((index) => [index, code]);
  }

  reason() {
    return this.why.trim();
  }

  askReason() {
    this.remark(this.words.why_needed);
    this.bar.querySelector(".wb-why")?.focus();
  }

  trail() {
    const points = this.dragging || (this.hoverEnd ? [...this.points, this.hoverEnd] : this.points);
    if (this.tool !== "box" || points.length < 2) return points;
    const [[ax, ay], [bx, by]] = [points[0], points.at(-1)];
    return [[ax, ay], [bx, ay], [bx, by], [ax, by]];
  }

  closes() {
    return this.tool === "box" || Boolean(VERBS[this.tool].closes);
  }

  scale() {
    return Math.pow(2, this.map.getZoom());
  }

  /** A point of the map as the server measures it. */
  metres = ([x, y]) => [this.ground.origin[0] + x, this.ground.origin[1] - y].map((value) => Math.round(value * 100) / 100);

  // ── what it shows ──

  refresh() {
    if (!this.map) return;
    drawSoon(this.base);
    drawSoon(this.top);
    drawRail(this);
    drawBar(this);
    drawPanel(this);
    this.keepInSight();
  }

  /** What a step would change is brought before the planner's eyes, once a step: the bar grows over the map, and a proposal may lie anywhere. */
  keepInSight() {
    if (!this.preview || this.shown === this.preview.n || this.dragging) return;
    this.shown = this.preview.n;
    const boxes = this.preview.changes.map(([index]) => this.ground.blocks[index].box);
    if (!boxes.length) return;
    const box = [0, 1, 2, 3].map((i) => (i < 2 ? Math.min : Math.max)(...boxes.map((each) => each[i])));
    const size = this.map.getSize(), covered = getComputedStyle(this.bar).position === "absolute" ? Math.max(0, this.bar.offsetHeight - BAR_AT_REST) : 0;
    const from = this.map.latLngToContainerPoint([-box[1], box[0]]), to = this.map.latLngToContainerPoint([-box[3], box[2]]);
    const room = [size.x - 2 * MARGIN, size.y - covered - 2 * MARGIN];
    const tiny = Math.max(to.x - from.x, to.y - from.y) < LEAST_SEEN && this.preview.verb === "propose";
    if (tiny || to.x - from.x > room[0] || to.y - from.y > room[1])
      return this.map.fitBounds(latLngs(box), { paddingTopLeft: [MARGIN, MARGIN], paddingBottomRight: [MARGIN, MARGIN + covered], maxZoom: tiny ? -1 : 4, animate: false });
    const off = (low, high, most) => (low < MARGIN ? low - MARGIN : high > most - MARGIN ? high - most + MARGIN : 0);
    const by = [off(from.x, to.x, size.x), off(from.y, to.y, size.y - covered)];
    if (by[0] || by[1]) this.map.panBy(by, { animate: false });
  }

  nameOf(code) {
    return this.hoods.get(code)?.name || this.data.names[code] || "";
  }

  sentenceOf(block) {
    if (!block) return this.words.outside;
    const values = { name: this.nameOf(this.at[block.index]), households: number(block.households), buildings: number(block.buildings) };
    return fill(this.words.block_label, values);
  }

  tell(block) {
    this.tip.textContent = block ? this.sentenceOf(block) : "";
    this.tip.hidden = !block;
  }

  /** A remark for eyes and ears: it stands under the map until the next action. */
  remark(text) {
    this.notice = text;
    this.say(text);
    this.refresh();
  }

  say(text) {
    this.live.textContent = text || "";
    this.spoke = text;
  }
}

function withLeaflet(address, then) {
  if (window.L) return then();
  let script = document.querySelector("script[data-linli-leaflet]");
  if (!script) {
    script = Object.assign(document.createElement("script"), { src: new URL(address, document.baseURI).href });
    script.dataset.linliLeaflet = "";
    document.head.append(script);
  }
  script.addEventListener("load", then);
}

function withStyle(address) {
  if (document.querySelector("link[data-linli-leaflet]")) return;
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL(address, document.baseURI).href });
  link.dataset.linliLeaflet = "";
  document.head.append(link);
}

export default function ({ data, parentElement, setTriggerValue }) {
  withStyle(data.leaflet[1]);
  const bench = (parentElement.linliWorkbench ??= new Workbench(parentElement));
  const receive = () => bench.receive(data, setTriggerValue);
  bench.latest = receive;
  withLeaflet(data.leaflet[0], () => bench.latest());
  if (!bench.listening) {
    bench.listening = true;
    window.addEventListener("linli:ground", () => bench.root.isConnected && bench.latest());
  }
}
