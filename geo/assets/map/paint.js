/* Painting, from the ground up: water, land, classes, rivers, roads, borders, places. */

function paintBase(v) {
  paintGround(v);
  paintAreas(v);
  paintReach(v);
  if (shown("rivers")) paintWater(v);
  if (shown("roads")) paintRoads(v);
  paintBorders(v);
  paintEdges(v);
  paintUnits(v);
  paintDim(v);
  paintChosen(v);
  paintSymbols(v);
  paintPlaces(v);
  paintLabels(v);
}

/** The Yangtze lies outside, beyond its bank; the land is drawn over it. */
function paintGround(v) {
  const { ctx } = v;
  v.world();
  ctx.lineJoin = ctx.lineCap = "round";
  if (shown("rivers")) {
    ctx.fillStyle = ink().water;
    G.wide.forEach((path) => ctx.fill(path));
  }
  ctx.fillStyle = ink().land;
  G.levels.district.forEach((a) => ctx.fill(a.path));
}

function stroke(ctx, path, width) {
  ctx.lineWidth = width;
  ctx.stroke(path);
}

/** Stroke what lies in the frame of a set of lines. */
function strokeLine(v, line, width) {
  const [west, north, east, south] = v.box;
  for (const { path, box } of line.pieces)
    if (box[0] < east && box[2] > west && box[1] < south && box[3] > north) stroke(v.ctx, path, width);
}

/** All areas of one class are one path, so no seam shows between neighbours of one colour. */
function paintAreas(v) {
  const { ctx } = v, groups = new Map();
  (G.levels[S.level] || []).forEach((a, i) => {
    const mark = S.classes[i] || ".";
    if (mark === ".") return;
    if (!groups.has(mark)) groups.set(mark, new Path2D());
    groups.get(mark).addPath(a.path);
  });
  groups.forEach((path, mark) => {
    if (mark === "m" || mark === "s") {
      // patterns are laid in screen pixels, whatever the zoom
      v.world();
      ctx.save();
      ctx.clip(path);
      v.screen();
      ctx.fillStyle = pattern(ctx, mark);
      ctx.fillRect(0, 0, v.width, v.height);
      ctx.restore();
    } else {
      v.world();
      ctx.fillStyle = mark === "z" ? ink().zero : S.colours[Number(mark)];
      ctx.fill(path);
    }
  });
}

const patterns = {};
function pattern(ctx, mark) {
  const key = mark + S.theme;
  if (!patterns[key]) {
    const tile = document.createElement("canvas"), c = tile.getContext("2d"), p = ink();
    tile.width = tile.height = 8;
    c.fillStyle = p.land;
    c.fillRect(0, 0, 8, 8);
    c.strokeStyle = c.fillStyle = p.mark;
    c.lineWidth = 1.1;
    if (mark === "m") for (const d of [-8, 0, 8]) line(c, d, 8, d + 8, 0);
    else for (const [x, y] of [[2, 2], [6, 6]]) c.fillRect(x - 0.9, y - 0.9, 1.8, 1.8);
    patterns[key] = tile;
  }
  return ctx.createPattern(patterns[key], "repeat");
}

function line(c, x1, y1, x2, y2) {
  c.beginPath();
  c.moveTo(x1, y1);
  c.lineTo(x2, y2);
  c.stroke();
}

/** What lies outside the focus steps back. */
function paintDim(v) {
  const focus = G.index[S.focus];
  if (!focus || focus.level === "district") return;
  v.world();
  const veil = new Path2D(), big = 1e5;
  veil.rect(-big, -big, 2 * big, 2 * big);
  veil.addPath(focus.path);
  v.ctx.globalAlpha = 0.62;
  v.ctx.fillStyle = ink().dim;
  v.ctx.fill(veil, "evenodd");
  v.ctx.globalAlpha = 1;
}

function paintWater(v) {
  const { ctx } = v, rivers = G.lines.filter((l) => l.kind === "water" && l.rank !== "bank");
  const least = (l) => (l.rank === "stream" ? 0.6 : l.rank === "river" ? 1.8 : 1.4) * bold() * Math.pow(1.12, Math.max(0, v.zoom - 12));
  const width = (l) => Math.max(v.px(least(l)), (l.width || 0) * G.metre);
  v.world();
  ctx.strokeStyle = ink().shore;
  ctx.globalAlpha = 0.75;
  rivers.forEach((l) => l.rank !== "stream" && strokeLine(v, l, width(l) + v.px(1.8)));
  ctx.globalAlpha = 1;
  ctx.strokeStyle = ink().river;
  rivers.forEach((l) => strokeLine(v, l, width(l)));
}

// class -> [zoom it appears at, width in pixels at zoom 12, growth a zoom level, most]
const ROADS = {
  lane: [14.4, 0.22, 1.55, 7], minor: [13.2, 0.55, 1.5, 10], secondary: [11.6, 0.9, 1.42, 14], arterial: [0, 1.5, 1.38, 18],
};

function paintRoads(v) {
  const { ctx } = v;
  const drawn = Object.keys(ROADS).filter((k) => v.near >= ROADS[k][0]);
  // far out, streets without a name are only a texture
  const quiet = (l) => (l.zh || v.near > 14 ? 1 : 0.6);
  const width = (k) => Math.min(ROADS[k][1] * Math.pow(ROADS[k][2], v.zoom - 12), ROADS[k][3]) * bold();
  const each = (k, how) => G.lines.forEach((l) => l.kind === "road" && l.rank === k && how(l));
  v.world();
  ctx.lineCap = "butt";
  ctx.lineJoin = "bevel";
  ctx.strokeStyle = ink().casing;
  ctx.globalAlpha = 0.7;
  drawn.forEach((k) => each(k, (l) => strokeLine(v, l, v.px(width(k) * quiet(l) + 1.2 * bold()))));
  ctx.globalAlpha = 1;
  drawn.forEach((k) => {
    ctx.strokeStyle = k === "arterial" ? ink().arterial : ink().road;
    ctx.lineCap = k === "lane" ? "butt" : "round"; // thousands of round ends would cost more than they show
    each(k, (l) => strokeLine(v, l, v.px(width(k) * quiet(l))));
  });
  paintRails(v);
  ctx.lineCap = ctx.lineJoin = "round";
}

function paintRails(v) {
  const { ctx } = v;
  ctx.lineCap = "butt";
  ctx.strokeStyle = ink().rail;
  for (const l of G.lines)
    if (l.kind === "rail") {
      strokeLine(v, l, v.px(1));
      ctx.setLineDash([v.px(1.5), v.px(7)]);
      strokeLine(v, l, v.px(5));
      ctx.setLineDash([]);
    } else if (l.kind === "wall" && v.near >= 15.5) strokeLine(v, l, v.px(0.8));
}

// rank -> [width at zoom 12, opacity]; a border grows a little with the zoom
const BORDERS = { neighbourhood: [0.35, 0.55], community: [0.8, 0.7], subdistrict: [1.6, 0.85], district: [2.4, 0.95] };

function paintBorders(v) {
  const { ctx } = v, grow = Math.pow(1.22, Math.max(0, v.zoom - 11.5)) * bold();
  v.world();
  ctx.strokeStyle = ink().boundary;
  for (const rank of ["neighbourhood", "community", "subdistrict", "district"]) {
    if (rank !== "district" && rank !== S.level && !shown(rank) && !shown("borders")) continue;
    if (rank === "neighbourhood" && S.level !== rank && v.near < 13) continue;
    if (overlay("edges") && rank !== "subdistrict" && rank !== "district") continue; // the overlay draws them
    const current = rank === S.level;
    ctx.globalAlpha = current ? 0.9 : BORDERS[rank][1];
    stroke(ctx, G.borders[rank], v.px(BORDERS[rank][0] * grow * (current ? 1.4 : 1)));
  }
  ctx.setLineDash([v.px(7), v.px(5)]);
  ctx.globalAlpha = 0.9;
  ctx.strokeStyle = ink().accent;
  for (const rank of ["zone", "former_district"]) if (shown(rank) && G.borders[rank]) stroke(ctx, G.borders[rank], v.px(1.8 * bold()));
  ctx.setLineDash([]);
  ctx.globalAlpha = 1;
}

function paintChosen(v) {
  outline(v, G.index[S.focus], 2.6, ink().ink, S.focus && G.index[S.focus] && G.index[S.focus].level !== "district");
  for (const code of S.highlight) outline(v, G.index[code], 3, ink().accent, true);
}

function outline(v, area, width, colour, wanted) {
  if (!wanted || !area) return;
  edge(v, area, width + 2.4, ink().halo);
  edge(v, area, width, colour);
}

function edge(v, area, width, colour) {
  v.world();
  v.ctx.lineJoin = "round";
  v.ctx.strokeStyle = colour;
  stroke(v.ctx, area.path, v.px(width * bold()));
}

const landmarksFrom = () => (SCALE > 1 ? 13 : 11.5);
const PLACE_LAYER = { service_office: "offices", landmark: "names" };

function paintPlaces(v) {
  v.screen();
  for (const group of G.places) if (shown(PLACE_LAYER[group.kind] || group.kind)) group.points.forEach((p) => paintPlace(v, p));
}

function paintPlace(v, p) {
  if (p.kind === "landmark" && v.near < landmarksFrom()) return;
  const { ctx } = v, x = v.x(p.at[0]), y = v.y(p.at[1]);
  if (x < -9 || y < -9 || x > v.width + 9 || y > v.height + 9) return;
  const far = quiet ? Math.max(0.5, Math.min(1, Math.pow(2, v.near - 12))) : 1; // a small map on the glass would be dots alone
  const r = (p.kind === "landmark" ? 3.4 : v.near < 12.5 ? 1.9 * far : v.near < 14.5 ? 3 : 4.6) * bold();
  ctx.beginPath();
  if (p.kind === "landmark") ctx.rect(x - r, y - r, 2 * r, 2 * r);
  else ctx.arc(x, y, r, 0, 7);
  ctx.fillStyle = p.kind === "landmark" ? ink().ink : ink().office;
  ctx.fill();
  ctx.lineWidth = 1;
  ctx.strokeStyle = ink().halo;
  ctx.stroke();
}
