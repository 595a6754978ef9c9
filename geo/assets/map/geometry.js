/* Reading the published geometry: text to areas, borders, lines and places, in local units (pixels of zoom 12 from the centre). */

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const NESTED = ["district", "subdistrict", "community", "neighbourhood"];
const FONT = '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",system-ui,sans-serif';
const UNIT_ZOOM = 12; // local units are pixels of this zoom, counted from the district's centre
const REDUCED = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const COARSE = window.matchMedia("(pointer: coarse)").matches;

const CODE = new Int8Array(128).fill(-1);
for (let i = 0; i < ALPHABET.length; i++) CODE[ALPHABET.charCodeAt(i)] = i;

/** Integers from text: zigzag, five bits a character, the sixth bit set where more follow. */
function numbers(text) {
  const out = [];
  let value = 0, shift = 0;
  for (let i = 0; i < text.length; i++) {
    const bits = CODE[text.charCodeAt(i)];
    value |= (bits & 31) << shift;
    shift += 5;
    if (bits < 32) {
      out.push(value & 1 ? -((value + 1) / 2) : value / 2);
      value = shift = 0;
    }
  }
  return out;
}

/** Paths (count, then steps) as flat arrays of x, y in local units. */
function paths(text, place) {
  const n = numbers(text), out = [];
  let i = 0, x = 0, y = 0;
  while (i < n.length) {
    const path = new Float64Array(2 * n[i++]);
    for (let k = 0; k < path.length; k += 2) {
      x += n[i++];
      y += n[i++];
      place(x, y, path, k);
    }
    out.push(path);
  }
  return out;
}

function mercator(lng, lat) {
  const size = 256 * Math.pow(2, UNIT_ZOOM), sin = Math.sin((lat * Math.PI) / 180);
  return [((lng + 180) / 360) * size, (0.5 - Math.log((1 + sin) / (1 - sin)) / (4 * Math.PI)) * size];
}

/** Stitch directed arcs of one area (index, reversed?) into rings. */
function rings(parts, arcs) {
  const byStart = new Map(), out = [];
  const start = (p) => end(arcs[p.arc], p.back), stop = (p) => end(arcs[p.arc], !p.back);
  const end = (a, last) => (last ? a[a.length - 2] + "," + a[a.length - 1] : a[0] + "," + a[1]);
  parts.forEach((p) => {
    const key = start(p);
    if (!byStart.has(key)) byStart.set(key, []);
    byStart.get(key).push(p);
  });
  for (const first of parts) {
    if (first.used) continue;
    const ring = [];
    let part = first;
    while (part && !part.used) {
      part.used = true;
      const a = arcs[part.arc];
      for (let k = 0; k < a.length - 2; k += 2) {
        const i = part.back ? a.length - 2 - k : k;
        ring.push(a[i], a[i + 1]);
      }
      part = (byStart.get(stop(part)) || []).find((p) => !p.used);
    }
    out.push(Float64Array.from(ring));
  }
  return out;
}

function trace(path, points, closed) {
  path.moveTo(points[0], points[1]);
  for (let i = 2; i < points.length; i += 2) path.lineTo(points[i], points[i + 1]);
  if (closed) path.closePath();
}

function boxOf(list) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const points of list)
    for (let i = 0; i < points.length; i += 2) {
      box[0] = Math.min(box[0], points[i]);
      box[1] = Math.min(box[1], points[i + 1]);
      box[2] = Math.max(box[2], points[i]);
      box[3] = Math.max(box[3], points[i + 1]);
    }
  return box;
}

/** Decode window.LINLI_GEOMETRY into areas by level, borders by rank, lines and places, all in local units. */
function decode(raw) {
  const step = raw.step, arcNumbers = numbers(raw.arcs);
  const centre = [arcNumbers[1] * step, arcNumbers[2] * step];
  const origin = mercator(centre[0], centre[1]);
  const place = (x, y, into, k) => {
    const m = mercator(x * step, y * step);
    into[k] = m[0] - origin[0];
    into[k + 1] = m[1] - origin[1];
  };
  const arcs = paths(raw.arcs, place), sides = numbers(raw.sides);
  const g = { centre, arcs, levels: {}, index: {}, metre: 0 };
  g.metre = (256 * Math.pow(2, UNIT_ZOOM)) / (40075016.7 * Math.cos((centre[1] * Math.PI) / 180));
  for (const level of Object.keys(raw.levels)) g.levels[level] = areasOf(raw.levels[level], level, place);
  const member = memberships(raw, g);
  for (const level of Object.keys(g.levels)) shapesOf(g.levels[level], member[level], arcs, sides);
  for (const level of Object.keys(g.levels)) g.levels[level].forEach((a) => (g.index[a.code] = a));
  g.borders = bordersByRank(arcs, sides, member);
  g.lines = raw.lines.map((l) => linesOf(l, place));
  g.places = Object.keys(raw.places).map((kind) => placesOf(kind, raw.places[kind], place));
  g.box = boxOf(arcs);
  const middle = [(g.box[0] + g.box[2]) / 2, (g.box[1] + g.box[3]) / 2];
  g.wide = g.lines.filter((l) => l.rank === "bank").flatMap((l) => l.list.map((p) => beyond(p, middle)));
  return g;
}

function areasOf(level, name, place) {
  const parents = numbers(level.parent), label = numbers(level.label);
  let x = 0, y = 0;
  return level.code.map((code, i) => {
    const at = [0, 0];
    x += label[3 * i];
    y += label[3 * i + 1];
    place(x, y, at, 0);
    return { code, level: name, row: i, zh: level.zh[i], en: level.en[i], parent: parents[i], at, radius: label[3 * i + 2] };
  });
}

/** For each level, the row of the area that each neighbourhood lies in (-1: none). */
function memberships(raw, g) {
  const units = g.levels.neighbourhood, member = { neighbourhood: units.map((_, i) => i) };
  for (let i = NESTED.length - 2; i >= 0; i--) {
    const below = g.levels[NESTED[i + 1]];
    if (g.levels[NESTED[i]]) member[NESTED[i]] = member[NESTED[i + 1]].map((row) => below[row].parent);
  }
  for (const level of Object.keys(raw.overlays)) member[level] = numbers(raw.overlays[level]);
  return member;
}

function shapesOf(areas, member, arcs, sides) {
  const parts = areas.map(() => []);
  const group = (unit) => (unit < 0 ? -1 : member[unit]);
  for (let i = 0; i < arcs.length; i++) {
    const left = group(sides[2 * i]), right = group(sides[2 * i + 1]);
    if (left === right) continue;
    if (left >= 0) parts[left].push({ arc: i, back: false });
    if (right >= 0) parts[right].push({ arc: i, back: true });
  }
  areas.forEach((area, i) => {
    area.rings = rings(parts[i], arcs);
    area.box = boxOf(area.rings);
    area.path = new Path2D();
    area.rings.forEach((r) => trace(area.path, r, true));
  });
}

/** One path for each rank of border: the highest level whose areas differ on its two sides. */
function bordersByRank(arcs, sides, member) {
  const borders = {};
  const ranks = NESTED.filter((level) => member[level]);
  for (const rank of ranks.concat(Object.keys(member).filter((m) => !NESTED.includes(m)))) borders[rank] = new Path2D();
  for (let i = 0; i < arcs.length; i++) {
    const at = (level, s) => (s < 0 ? -1 : member[level][s]);
    const differs = (level) => at(level, sides[2 * i]) !== at(level, sides[2 * i + 1]);
    trace(borders[ranks.find(differs) || "neighbourhood"], arcs[i], false);
    for (const level of Object.keys(member)) if (!NESTED.includes(level) && differs(level)) trace(borders[level], arcs[i], false);
  }
  return borders;
}

/** Like lines, in pieces of about two kilometres, so that what lies outside the frame need not be drawn. */
function linesOf(l, place) {
  const list = paths(l[6], place), cells = new Map(), size = 64;
  for (const p of list) {
    const cell = Math.floor(p[0] / size) + "," + Math.floor(p[1] / size);
    if (!cells.has(cell)) cells.set(cell, []);
    cells.get(cell).push(p);
  }
  const pieces = [...cells.values()].map((lines) => {
    const path = new Path2D();
    lines.forEach((p) => trace(path, p, false));
    return { path, box: boxOf(lines) };
  });
  return { kind: l[0], rank: l[1], zh: l[2], en: l[3], width: l[4], list, pieces };
}

/** The water beyond a bank: the bank, carried on at both ends and far out to the side where the district is not. */
function beyond(bank, district) {
  const n = bank.length, far = 4e3, first = [bank[0], bank[1]], last = [bank[n - 2], bank[n - 1]];
  const length = Math.hypot(last[0] - first[0], last[1] - first[1]) || 1;
  const along = [(last[0] - first[0]) / length, (last[1] - first[1]) / length];
  const middle = [(first[0] + last[0]) / 2, (first[1] + last[1]) / 2];
  const side = along[0] * (district[1] - middle[1]) - along[1] * (district[0] - middle[0]) > 0 ? 1 : -1;
  const out = [along[1] * side, -along[0] * side], path = new Path2D();
  trace(path, bank, false);
  for (const [p, a, o] of [[last, far, 0], [last, far, far], [first, -far, far], [first, -far, 0]])
    path.lineTo(p[0] + along[0] * a + out[0] * o, p[1] + along[1] * a + out[1] * o);
  path.closePath();
  return path;
}

function placesOf(kind, raw, place) {
  const [all] = paths(raw.xy, place);
  return { kind, points: raw.zh.map((zh, i) => ({ kind, at: all.subarray(2 * i, 2 * i + 2), zh, en: raw.en[i] })) };
}
