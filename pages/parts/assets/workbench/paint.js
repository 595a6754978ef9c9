/* Painting, from the ground up: neighbours in grey, neighbourhoods, water, roads, borders, homes, names; above it what is being edited. */

const ROAD_WIDTH = { lane: 1.6, minor: 2.6, secondary: 3.6, arterial: 5 };

function paintBase(w, v) {
  const { ctx } = v, ink = w.ink;
  ctx.lineJoin = ctx.lineCap = "round";
  v.world();
  ctx.fillStyle = ink.surface;
  ctx.strokeStyle = ink.line;
  for (const grey of w.ground.grey) {
    if (!seenBy(v, grey.box)) continue;
    ctx.fill(grey.path, "evenodd");
    strokeIn(v, grey, v.px(0.8));
  }
  paintHoods(w, v);
  paintWater(w, v);
  paintRoads(w, v);
  paintBlocks(w, v);
  paintChanged(w, v);
  paintBorders(w, v);
  paintHomes(w, v);
  paintPlaces(w, v);
  paintNames(w, v);
}

/** All blocks of one neighbourhood are one path, so no seam shows between them. */
function paintHoods(w, v) {
  const paths = new Map();
  w.ground.blocks.forEach((block, i) => {
    if (!paths.has(w.at[i])) paths.set(w.at[i], new Path2D());
    paths.get(w.at[i]).addPath(block.path);
  });
  v.world();
  paths.forEach((path, code) => {
    v.ctx.fillStyle = w.ink.land;
    v.ctx.fill(path, "evenodd");
    v.ctx.globalAlpha = code === w.chosen ? 0.5 : 0.2;
    v.ctx.fillStyle = colourOf(w, code);
    v.ctx.fill(path, "evenodd");
    v.ctx.globalAlpha = 1;
  });
}

const colourOf = (w, code) => w.ink.categories[w.colours.get(code) ?? 0];

function paintWater(w, v) {
  const { ctx } = v, least = { stream: 1.2, bank: 0 };
  const wide = (line) => Math.max(v.px(least[line.rank] ?? 2.4), line.width);
  const water = w.ground.lines.filter((line) => line.kind === "water" && line.rank !== "bank");
  v.world();
  ctx.strokeStyle = w.ink.shore;
  for (const line of water) strokeIn(v, line, wide(line) + v.px(2));
  ctx.strokeStyle = w.ink.river;
  for (const line of water) strokeIn(v, line, wide(line));
}

function paintRoads(w, v) {
  const { ctx } = v, roads = w.ground.lines.filter((line) => line.kind === "road");
  const width = (line) => v.px((ROAD_WIDTH[line.rank] || 2) * Math.min(2.6, Math.max(0.7, Math.pow(1.5, v.zoom + 0.6))));
  v.world();
  ctx.strokeStyle = w.ink.casing;
  for (const line of roads) strokeIn(v, line, width(line) + v.px(1.4));
  for (const rank of ["lane", "minor", "secondary", "arterial"]) {
    ctx.strokeStyle = rank === "arterial" ? w.ink.arterial : w.ink.road;
    for (const line of roads) if (line.rank === rank) strokeIn(v, line, width(line));
  }
  ctx.strokeStyle = w.ink.rail;
  for (const line of w.ground.lines) if (line.kind === "rail") strokeIn(v, line, v.px(1.2));
}

function paintBlocks(w, v) {
  v.world();
  v.ctx.strokeStyle = w.ink.boundary;
  v.ctx.globalAlpha = 0.34;
  for (const edge of w.ground.edges) if (edge.left >= 0 && edge.right >= 0 && w.at[edge.left] === w.at[edge.right]) strokeIn(v, edge, v.px(0.7));
  v.ctx.globalAlpha = 1;
}

/** Blocks that are elsewhere than in the edition the draft began from: dots. */
function paintChanged(w, v) {
  const changed = w.ground.blocks.filter((block, i) => w.before[i] !== w.at[i] && seenBy(v, block.box));
  if (changed.length) fillWith(v, changed, pattern(v.ctx, "dots", w.ink.ink), 0.45);
}

function fillWith(v, areas, fill, alpha) {
  const path = new Path2D();
  areas.forEach((area) => path.addPath(area.path));
  v.world();
  v.ctx.save();
  v.ctx.clip(path, "evenodd");
  v.screen();
  v.ctx.globalAlpha = alpha;
  v.ctx.fillStyle = fill;
  v.ctx.fillRect(0, 0, v.width, v.height);
  v.ctx.restore();
}

const patterns = new Map();
function pattern(ctx, kind, colour) {
  const key = kind + colour;
  if (!patterns.has(key)) {
    const tile = document.createElement("canvas"), c = tile.getContext("2d");
    tile.width = tile.height = 8;
    c.strokeStyle = c.fillStyle = colour;
    c.lineWidth = 2.6;
    if (kind === "dots") for (const [x, y] of [[2, 2], [6, 6]]) c.fillRect(x - 0.7, y - 0.7, 1.4, 1.4);
    else
      for (const d of [-8, 0, 8]) {
        c.beginPath();
        c.moveTo(d, 8);
        c.lineTo(d + 8, 0);
        c.stroke();
      }
    patterns.set(key, tile);
  }
  return ctx.createPattern(patterns.get(key), "repeat");
}

function paintBorders(w, v) {
  const { ctx, zoom } = v, grow = Math.min(1.6, Math.max(0.8, Math.pow(1.25, zoom + 1)));
  const inner = (edge) => edge.left >= 0 && edge.right >= 0 && w.at[edge.left] !== w.at[edge.right];
  const outer = (edge) => edge.left < 0 || edge.right < 0;
  v.world();
  for (const [wanted, width, colour] of [
    [inner, 5.6, w.ink.halo], [inner, 2.6, w.ink.boundary], [outer, 7, w.ink.halo], [outer, 3.6, w.ink.boundary],
  ]) {
    ctx.strokeStyle = colour;
    for (const edge of w.ground.edges) if (wanted(edge)) strokeIn(v, edge, v.px(width * grow));
  }
  // a border that lies on water shows it, as a blue line within
  ctx.strokeStyle = w.ink.river;
  for (const edge of w.ground.edges) if (edge.barrier === "river" && (inner(edge) || outer(edge))) strokeIn(v, edge, v.px(1.7 * grow));
}

function paintHomes(w, v) {
  if (v.zoom < -2.4) return;
  const { ctx } = v, labelled = v.zoom > 0.35;
  v.screen();
  ctx.font = `500 ${Math.round(11 * w.type)}px ${w.font}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  for (const home of w.ground.buildings) {
    const x = v.x(home.x), y = v.y(home.y);
    if (x < -20 || y < -20 || x > v.width + 20 || y > v.height + 20) continue;
    const half = Math.max(1.5, Math.min(7, 0.8 * Math.sqrt(home.households) * Math.pow(1.4, v.zoom)));
    ctx.fillStyle = w.ink.surface;
    ctx.fillRect(x - half - 1, y - half - 1, 2 * half + 2, 2 * half + 2);
    ctx.fillStyle = w.ink.muted;
    ctx.fillRect(x - half, y - half, 2 * half, 2 * half);
    if (labelled && home.households > 1) halo(w, ctx, String(home.households), x, y + half + 8 * w.type, w.ink.ink);
  }
}

function halo(w, ctx, text, x, y, colour) {
  ctx.lineJoin = "round";
  ctx.lineWidth = 3.4;
  ctx.strokeStyle = w.ink.halo;
  ctx.strokeText(text, x, y);
  ctx.fillStyle = colour;
  ctx.fillText(text, x, y);
}

function paintPlaces(w, v) {
  v.screen();
  const { ctx } = v;
  for (const place of w.ground.places) {
    const x = v.x(place.x), y = v.y(place.y), r = 5 * w.type;
    ctx.beginPath();
    if (place.kind === "landmark") ctx.rect(x - r, y - r, 2 * r, 2 * r);
    else ctx.arc(x, y, r, 0, 7);
    ctx.fillStyle = place.kind === "landmark" ? w.ink.ink : w.ink.office;
    ctx.fill();
    ctx.lineWidth = 1.6;
    ctx.strokeStyle = w.ink.halo;
    ctx.stroke();
  }
}

/** Whether a box is free of all that were asked for before. */
function room() {
  const taken = [];
  return (box) => !taken.some((b) => box[0] < b[2] && box[2] > b[0] && box[1] < b[3] && box[3] > b[1]) && taken.push(box);
}

/** Names of lines and neighbourhoods; one that would cover another is left out, neighbourhoods come first. */
function paintNames(w, v) {
  const free = room();
  v.screen();
  paintHoodNames(w, v, free);
  paintLineNames(w, v, free);
}

function paintHoodNames(w, v, free) {
  const { ctx } = v;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  for (const hood of w.hoods.values()) {
    const x = v.x(hood.x), y = v.y(hood.y), size = 13.5 * w.type;
    if (x < 0 || y < 0 || x > v.width || y > v.height) continue;
    ctx.font = `600 ${size}px ${w.font}`;
    // where the whole name finds no room its serial may
    const name = [hood.name, hood.name.split("-").at(-1)].find((text) => {
      const wide = ctx.measureText(text).width / 2 + 4;
      return free([x - wide, y - size, x + wide, y + size * 1.5]);
    });
    if (!name) continue;
    halo(w, ctx, name, x, y - size * 0.3, w.ink.ink);
    ctx.font = `500 ${size * 0.88}px ${w.font}`;
    halo(w, ctx, fill(w.words.households_short, { count: number(hood.households) }), x, y + size * 0.85, w.ink.muted);
  }
}

function paintLineNames(w, v, free) {
  const { ctx } = v, done = new Map();
  ctx.font = `500 ${12 * w.type}px ${w.font}`;
  for (const line of w.ground.lines) {
    if (!line.name || !seenBy(v, line.box)) continue;
    const text = line.name[w.lang === "zh" ? 0 : 1];
    const placed = done.get(text) || [];
    const far = (spot) => placed.every(([x, y]) => Math.hypot(x - spot.x, y - spot.y) > 320);
    const spot = straightest(line.xy, v, ctx.measureText(text).width + 16).find((s) => far(s) && free([s.x - 24, s.y - 9, s.x + 24, s.y + 9]));
    if (!spot) continue;
    done.set(text, [...placed, [spot.x, spot.y]]);
    ctx.save();
    ctx.translate(spot.x, spot.y);
    ctx.rotate(spot.turn);
    halo(w, ctx, text, 0, 0, line.kind === "water" ? w.ink.river_ink : w.ink.muted);
    ctx.restore();
  }
}

/** Where a line is long and straight enough for its name, within the frame, the straightest first. */
function straightest(xy, v, room) {
  const found = [];
  for (let i = 0; i + 3 < xy.length; i += 2) {
    let j = i + 2;
    const x1 = v.x(xy[i]), y1 = v.y(xy[i + 1]);
    while (j + 1 < xy.length && Math.hypot(v.x(xy[j]) - x1, v.y(xy[j + 1]) - y1) < room) j += 2;
    if (j + 1 >= xy.length) break;
    const x2 = v.x(xy[j]), y2 = v.y(xy[j + 1]), straight = Math.hypot(x2 - x1, y2 - y1);
    let along = 0;
    for (let k = i; k < j; k += 2) along += Math.hypot(v.x(xy[k + 2]) - v.x(xy[k]), v.y(xy[k + 3]) - v.y(xy[k + 1]));
    if (along / straight > 1.06) continue;
    const turn = Math.atan((y2 - y1) / (x2 - x1 || 1e-6)), edge = Math.min(0.5, room / 2 / straight);
    for (let part = edge; part <= 1 - edge + 1e-9; part += Math.max(0.08, 40 / straight)) {
      const x = x1 + part * (x2 - x1), y = y1 + part * (y2 - y1);
      if (x > 40 && y > 20 && x < v.width - 40 && y < v.height - 20) found.push({ bent: along / straight, x, y, turn });
    }
  }
  return found.sort((a, b) => a.bent - b.bent);
}

// ── above it: what is being edited ──

function paintTop(w, v) {
  const { ctx } = v, chosen = w.chosen;
  ctx.lineJoin = ctx.lineCap = "round";
  if (chosen) outlineHood(w, v, chosen, w.ink.accent, 4);
  paintPending(w, v);
  v.screen();
  if (chosen || w.request) paintHoodNames(w, v, room()); // once more, above what was laid over them
  if (w.hover) outlineBlock(v, w.hover, w.ink.ink, 2.2);
  paintRefused(w, v);
  paintProposed(w, v);
  paintTool(w, v);
}

function outlineHood(w, v, code, colour, width) {
  v.world();
  for (const [stroke, wide] of [[w.ink.halo, width + 3], [colour, width]]) {
    v.ctx.strokeStyle = stroke;
    for (const edge of w.ground.edges) if ((w.at[edge.left] === code) !== (w.at[edge.right] === code)) strokeIn(v, edge, v.px(wide));
  }
}

function outlineBlock(v, block, colour, width) {
  v.world();
  v.ctx.strokeStyle = colour;
  strokeIn(v, block, v.px(width));
}

/** Blocks that would change, hatched in the colour of where they would go. */
function paintPending(w, v) {
  const goes = new Map();
  for (const [index, code] of w.pendingMoves()) {
    if (!goes.has(code)) goes.set(code, []);
    goes.get(code).push(w.ground.blocks[index]);
  }
  goes.forEach((blocks, code) => {
    fillWith(v, blocks, pattern(v.ctx, "hatch", colourOf(w, code)), 0.9);
    blocks.forEach((block) => outlineBlock(v, block, w.ink.ink, 1.6));
  });
}

function paintRefused(w, v) {
  const refused = w.preview && w.preview.refused;
  if (!refused) return;
  v.ctx.setLineDash([v.px(6), v.px(4)]);
  for (const id of refused.blocks) {
    const index = w.ground.byId.get(id);
    if (index !== undefined) outlineBlock(v, w.ground.blocks[index], w.ink.office, 3);
  }
  v.ctx.setLineDash([]);
}

/** Lines the server proposes (cuts and their alternatives); the one that would be taken is drawn full. */
function paintProposed(w, v) {
  const lines = (w.preview && w.preview.lines) || [];
  v.world();
  lines.forEach(({ xy, taken }) => {
    const line = lineOf(Float64Array.from(xy, (value, i) => (i % 2 ? w.ground.origin[1] - value : value - w.ground.origin[0])));
    for (const [colour, width] of [[w.ink.halo, 7], [w.ink.accent, taken ? 4 : 2]]) {
      v.ctx.strokeStyle = colour;
      v.ctx.setLineDash(taken ? [] : [v.px(8), v.px(6)]);
      strokeIn(v, line, v.px(width));
    }
  });
  v.ctx.setLineDash([]);
}

function paintTool(w, v) {
  const { ctx } = v, points = w.points;
  v.screen();
  ctx.strokeStyle = w.ink.accent;
  ctx.fillStyle = w.ink.accent;
  ctx.lineWidth = 2;
  const trail = w.trail();
  if (trail.length > 1) {
    ctx.beginPath();
    trail.forEach(([x, y], i) => (i ? ctx.lineTo(v.x(x), v.y(y)) : ctx.moveTo(v.x(x), v.y(y))));
    if (w.closes()) {
      ctx.globalAlpha = 0.14;
      ctx.fill();
      ctx.globalAlpha = 1;
      ctx.closePath();
    }
    ctx.stroke();
    if (w.tool === "push") arrowHead(ctx, trail.at(-2), trail.at(-1), v);
  }
  for (const [x, y] of points.length < 40 ? points : []) {
    ctx.beginPath();
    ctx.arc(v.x(x), v.y(y), 4, 0, 7);
    ctx.fill();
  }
  if (w.cursor) crosshair(w, v);
}

function arrowHead(ctx, [ax, ay], [bx, by], v) {
  const turn = Math.atan2(v.y(by) - v.y(ay), v.x(bx) - v.x(ax));
  ctx.save();
  ctx.translate(v.x(bx), v.y(by));
  ctx.rotate(turn);
  ctx.beginPath();
  ctx.moveTo(0, 0);
  ctx.lineTo(-14, -7);
  ctx.lineTo(-14, 7);
  ctx.fill();
  ctx.restore();
}

function crosshair(w, v) {
  const { ctx } = v, x = v.x(w.cursor[0]), y = v.y(w.cursor[1]);
  for (const [colour, width] of [[w.ink.halo, 5], [w.ink.ink, 2]]) {
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.beginPath();
    for (const [a, b] of [[-14, -4], [4, 14]]) {
      ctx.moveTo(x + a, y);
      ctx.lineTo(x + b, y);
      ctx.moveTo(x, y + a);
      ctx.lineTo(x, y + b);
    }
    ctx.stroke();
  }
}
