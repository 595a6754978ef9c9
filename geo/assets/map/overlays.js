/* Overlays: what borders lie on, grids and groups, a walk, new sites, symbols; geometry comes when first asked for. */

const OVERLAYS = {
  edges: readEdges, reach_walk: (raw, place) => paths(raw.rings, place), grids: readUnits, groups: readUnits,
};
const fetched = {}; // overlay -> "waiting", or what was read of it

/** Fetch what the state shows and is not here yet; the map is drawn again when it has come. */
function fetchOverlays() {
  for (const layer of Object.keys(OVERLAYS)) {
    const file = S.files[layer];
    if (!shown(layer) || !file || fetched[layer]) continue;
    fetched[layer] = "waiting";
    const script = document.createElement("script");
    script.src = IMAGES.path + file;
    script.addEventListener("load", () => {
      const raw = window.LINLI_OVERLAYS[layer];
      fetched[layer] = OVERLAYS[layer](raw, placer(raw.step));
      base.draw();
      document.documentElement.dataset.overlays = Object.keys(fetched).sort().join(" ");
    });
    document.head.append(script);
  }
}

function overlay(layer) {
  return shown(layer) && Array.isArray(fetched[layer]) ? fetched[layer] : null;
}

/** From whole steps of degrees to local units. */
function placer(step) {
  const origin = mercator(G.centre[0], G.centre[1]);
  return (x, y, into, k) => {
    const m = mercator(x * step, y * step);
    into[k] = m[0] - origin[0];
    into[k + 1] = m[1] - origin[1];
  };
}

function readEdges(raw, place) {
  return raw.lines.map(([barrier, zh, en, text]) => Object.assign({ barrier }, linesOf(["edge", barrier, zh, en, null, false, text], place)));
}

/** Borders of grids or residents' groups: those that are a neighbourhood's, and those that are not. */
function readUnits(raw, place) {
  return [raw.same, raw.apart].map((text) => linesOf(["unit", "", null, null, null, false, text], place));
}

const UNITS = { grids: [7, 3], groups: [1.5, 3] }; // layer -> dashes in pixels of borders that coincide
const unitInk = (layer) => ink().units[layer === "grids" ? 0 : 1];

function paintUnits(v) {
  const { ctx } = v, grow = Math.pow(1.22, Math.max(0, v.zoom - 12)) * bold();
  v.world();
  for (const layer of Object.keys(UNITS)) {
    const [same, apart] = overlay(layer) || [];
    if (!same) continue;
    const draw = (colour, alpha, wider) => {
      ctx.strokeStyle = colour;
      ctx.globalAlpha = alpha;
      ctx.setLineDash(UNITS[layer].map((n) => v.px(n * bold())));
      strokeLine(v, same, v.px(1.3 * grow + wider));
      ctx.setLineDash([]);
      strokeLine(v, apart, v.px(2.2 * grow + wider));
    };
    ctx.lineCap = "butt";
    draw(ink().halo, 0.75, 2); // on any colour of the classes they stay readable
    draw(unitInk(layer), 1, 0);
  }
  ctx.globalAlpha = 1;
  ctx.lineCap = "round";
}

// barrier -> [width at zoom 12, dashes in pixels]; the strongest barriers are drawn last
const EDGES = {
  none: [2.2, [3, 3]], wall: [1.2], lane: [1.2], rail: [1.5], road: [1.5], landmark: [2.2], arterial: [1.9], river: [2.4],
};

function paintEdges(v) {
  const lines = overlay("edges");
  if (!lines) return;
  const { ctx } = v, grow = Math.pow(1.3, Math.max(-1.5, v.zoom - 12)) * bold();
  v.world();
  ctx.lineCap = "round";
  for (const barrier of Object.keys(EDGES)) {
    const width = Math.min(EDGES[barrier][0] * grow, 7);
    ctx.strokeStyle = ink().barriers[barrier];
    ctx.lineCap = EDGES[barrier][1] ? "butt" : "round";
    ctx.setLineDash((EDGES[barrier][1] || []).map((n) => v.px(n)));
    for (const l of lines) if (l.barrier === barrier) strokeLine(v, l, v.px(width));
  }
  ctx.setLineDash([]);
}

/** The border under the pointer: the nearest one within a few pixels. */
function edgeAt(x, y, reach) {
  let best = null, least = reach;
  for (const l of overlay("edges") || [])
    for (const p of l.list)
      for (let i = 0; i + 3 < p.length; i += 2) {
        const d = awayFrom(x, y, p[i], p[i + 1], p[i + 2], p[i + 3]);
        if (d < least) [best, least] = [l, d];
      }
  return best;
}

function awayFrom(x, y, ax, ay, bx, by) {
  const dx = bx - ax, dy = by - ay, long = dx * dx + dy * dy;
  const t = long ? Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / long)) : 0;
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
}

function edgeWords(l) {
  return [S.edges.find((e) => e[0] === l.barrier)?.[1], name(l)].filter(Boolean).join(" · ");
}

// ── reach ──

function paintReach(v) {
  const { ctx } = v, walk = overlay("reach_walk");
  v.world();
  ctx.strokeStyle = ctx.fillStyle = ink().accent;
  if (walk) ground(v, walk, 0.16, []);
  if (S.patches) ground(v, paths(S.patches, placer(1e-6)), 0.3, [], ink().office);
  if (!shown("reach_straight")) return;
  const circles = new Path2D(), r = 500 * G.metre;
  for (const group of G.places)
    if (group.kind === "service_office") for (const p of group.points) {
      circles.moveTo(p.at[0] + r, p.at[1]);
      circles.arc(p.at[0], p.at[1], r, 0, 7);
    }
  ctx.strokeStyle = ctx.fillStyle = ink().muted;
  ctx.globalAlpha = 0.1;
  ctx.fill(circles);
  ctx.globalAlpha = 0.75;
  ctx.setLineDash([v.px(4), v.px(3)]);
  stroke(ctx, circles, v.px(1 * bold()));
  ctx.setLineDash([]);
  ctx.globalAlpha = 1;
}

function ground(v, rings, alpha, dash, colour) {
  const { ctx } = v, path = new Path2D();
  rings.forEach((r) => trace(path, r, true));
  ctx.fillStyle = ctx.strokeStyle = colour || ink().accent;
  ctx.globalAlpha = alpha;
  ctx.fill(path, "evenodd");
  ctx.globalAlpha = 0.9;
  stroke(ctx, path, v.px(1.2 * bold()));
  ctx.globalAlpha = 1;
}

/** New sites: numbered, in the order of what they add. */
function paintSites(v) {
  const { ctx } = v, place = placer(1e-6), r = 10 * bold();
  v.screen();
  S.sites.forEach(([x, y, text]) => {
    const at = [0, 0];
    place(x, y, at, 0);
    ctx.beginPath();
    ctx.arc(v.x(at[0]), v.y(at[1]), r, 0, 7);
    ctx.fillStyle = ink().accent;
    ctx.fill();
    ctx.lineWidth = 2;
    ctx.strokeStyle = ink().halo;
    ctx.stroke();
    ctx.font = "600 " + 12 * bold() + "px " + FONT;
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.fillStyle = ink().surface;
    ctx.fillText(text, v.x(at[0]), v.y(at[1]) + 0.5);
    v.taken.push([v.x(at[0]) - r, v.y(at[1]) - r, v.x(at[0]) + r, v.y(at[1]) + r]);
  });
}

// ── symbols: circles whose area is the number ──

function paintSymbols(v) {
  if (!S.symbols.length) return;
  const { ctx } = v, focus = G.index[S.focus];
  v.screen();
  const drawn = (G.levels[S.level] || []).map((a, i) => ({ a, n: S.symbols[i] })).filter(({ a, n }) => n > 0 && inside(a, focus));
  ctx.lineWidth = 1.2 * bold();
  for (const { a, n } of drawn.sort((p, q) => q.n - p.n)) {
    ctx.beginPath();
    ctx.arc(v.x(a.at[0]), v.y(a.at[1]), symbolRadius(n), 0, 7);
    ctx.globalAlpha = 0.55;
    ctx.fillStyle = ink().office;
    ctx.fill();
    ctx.globalAlpha = 1;
    ctx.strokeStyle = ink().halo;
    ctx.stroke();
  }
}

/** Radius in pixels of a share (thousandths of the greatest value). */
function symbolRadius(thousandths) {
  return S.symbolLegend.radius * Math.sqrt(thousandths / 1000) * bold();
}

// ── their legends ──

function gridLegend(grid) {
  const box = element("div", "linli-grid"), cells = element("div", "linli-grid-cells");
  for (let y = 2; y >= 0; y--)
    for (let x = 0; x < 3; x++) {
      const cell = element("span");
      cell.style.background = S.colours[3 * y + x];
      const entry = S.legend.entries.find((e) => e[0] === String(3 * y + x));
      if (entry) cell.title = entry[1];
      cells.append(cell);
    }
  box.append(element("span", "linli-grid-y", grid[1] + " →"), cells, element("span", "linli-grid-x", grid[0] + " →"));
  return box;
}

function edgeLegend() {
  const list = element("ul");
  for (const [barrier, text] of S.edges) {
    const item = element("li"), line = element("span", "linli-line");
    line.style.borderTopColor = ink().barriers[barrier];
    if (EDGES[barrier][1]) line.style.borderTopStyle = "dashed";
    item.append(line, element("span", "", text));
    list.append(item);
  }
  return list;
}

function symbolLegend() {
  const { title, steps } = S.symbolLegend, box = element("div", "linli-symbols");
  box.append(element("div", "linli-symbols-title", title));
  for (const [share, text] of steps) {
    const circle = element("span", "linli-circle"), size = 2 * symbolRadius(share) + "px";
    circle.style.width = circle.style.height = size;
    circle.style.background = ink().office;
    const item = element("span", "linli-symbol");
    item.append(circle, element("span", "", text));
    box.append(item);
  }
  return box;
}

function noteLegend() {
  const list = element("ul");
  for (const [kind, text] of S.notes) {
    const item = element("li"), mark = element("span", "linli-swatch linli-note-" + kind);
    item.append(mark, element("span", "", text));
    list.append(item);
  }
  return list;
}
