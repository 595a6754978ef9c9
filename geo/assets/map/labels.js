/* Labels: the most important first, each only where it fits and hides no other. */

function paintLabels(v) {
  v.screen();
  v.ctx.lineJoin = "round";
  v.taken = [];
  paintSites(v);
  v.ctx.lineJoin = "round";
  if (shown("names")) {
    areaLabels(v, S.level, true);
    NESTED.slice(1, NESTED.indexOf(S.level)).forEach((level) => v.near >= NAMED_FROM[level] && areaLabels(v, level, false));
  }
  if (shown("names")) placeLabels(v, "landmark", landmarksFrom());
  if (shown("rivers")) lineLabels(v, "water", ["bank", "river", "moat", "canal", "stream"]);
  if (shown("roads")) lineLabels(v, "road", ["arterial", "secondary", "minor", "lane"]);
  if (shown("offices")) placeLabels(v, "service_office", 16);
}

// zoom from which areas above the level shown are named for orientation
const NAMED_FROM = { subdistrict: 0, community: 12.75 };
const SIZES = { subdistrict: 14, community: 12.5, neighbourhood: 11.5 };

function areaLabels(v, level, current) {
  const areas = G.levels[level] || [], big = type(SIZES[level] || 12) * (current ? 1 : 1.06);
  const style = { size: big, weight: level === "subdistrict" || S.theme === "projector" ? 600 : 500, colour: ink().ink, spacing: current ? "0px" : "0.08em" };
  const inner = G.index[S.focus];
  if (!current && inner && NESTED.indexOf(level) <= NESTED.indexOf(inner.level)) return; // the reader is inside of it
  const order = areas.map((a, i) => ({ a, i })).filter(({ a }) => inside(a, inner)).sort((p, q) => marked(q.a) - marked(p.a) || q.a.radius - p.a.radius);
  for (const { a, i } of order) {
    const room = a.radius * G.metre * v.scale * 2;
    const text = shortName(a), width = measure(v, text, style);
    if (room < width * (current ? 0.72 : 0.5) && !(current && marked(a))) continue;
    const value = current && S.labelled && room > big * 3.2 ? S.values[i] : "";
    areaLabel(v, a, text, value, current ? onGround(style, S.classes[i]) : style);
  }
}

const marked = (a) => S.highlight.includes(a.code) || S.named.includes(a.code); // what stands out is named first, even where its name is wider

/** A label on a dark class is light, on a light one dark; its halo is the ground itself. */
function onGround(style, mark) {
  const ground = S.colours[Number(mark)];
  if (!ground) return style;
  const [r, g, b] = [1, 3, 5].map((i) => parseInt(ground.slice(i, i + 2), 16));
  const lightness = 0.299 * r + 0.587 * g + 0.114 * b;
  // a projector needs 7:1: black in a white halo, except on the darkest class
  if (S.theme === "projector" && lightness >= 60) return style;
  const light = lightness > 135;
  return Object.assign({}, style, { colour: light ? "#10181f" : "#ffffff", halo: ground });
}

function inside(area, focus) {
  if (!focus || focus.level === "district" || area === focus) return true;
  const b = focus.box;
  return area.at[0] >= b[0] && area.at[0] <= b[2] && area.at[1] >= b[1] && area.at[1] <= b[3] && within(area.at[0], area.at[1], focus);
}

function shortName(a) {
  if (S.lang === "en") return a.en.replace(/ (Subdistrict|Community|Neighbourhood)$/, "");
  return a.zh.replace(/(街道|社区)$/, "");
}

function areaLabel(v, a, text, value, style) {
  const x = v.x(a.at[0]), y = v.y(a.at[1]), small = Object.assign({}, style, { size: style.size * 0.88, weight: 400 });
  const w = Math.max(measure(v, text, style), value ? measure(v, value, small) : 0), h = style.size * (value ? 2.3 : 1.25);
  if (!take(v, [[x - w / 2 - 2, y - h / 2, x + w / 2 + 2, y + h / 2]])) return;
  write(v, text, x, value ? y - style.size * 0.52 : y, 0, style);
  if (value) write(v, value, x, y + style.size * 0.6, 0, small);
}

function font(style) {
  return (style.italic ? "italic " : "") + style.weight + " " + style.size.toFixed(1) + "px " + FONT;
}

function measure(v, text, style) {
  v.ctx.font = font(style);
  v.ctx.letterSpacing = style.spacing || "0px";
  return v.ctx.measureText(text).width;
}

/** Take the boxes if they are free and inside the sheet. */
function take(v, boxes) {
  for (const b of boxes) {
    if (b[2] < 0 || b[3] < 0 || b[0] > v.width || b[1] > v.height) return false;
    for (const t of v.taken) if (b[0] < t[2] && b[2] > t[0] && b[1] < t[3] && b[3] > t[1]) return false;
  }
  v.taken.push(...boxes);
  return true;
}

function write(v, text, x, y, angle, style) {
  const { ctx } = v;
  ctx.save();
  ctx.translate(x, y);
  ctx.rotate(angle);
  ctx.font = font(style);
  ctx.letterSpacing = style.spacing || "0px";
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.strokeStyle = style.halo || ink().halo;
  ctx.globalAlpha = 0.86;
  ctx.lineWidth = 3 * bold();
  ctx.strokeText(text, 0, 0);
  ctx.globalAlpha = 1;
  ctx.fillStyle = style.colour;
  ctx.fillText(text, 0, 0);
  ctx.restore();
}

function placeLabels(v, kind, from) {
  if (v.near < from) return;
  const style = { size: type(11), weight: 500, colour: kind === "landmark" ? ink().ink : ink().office };
  const group = G.places.find((p) => p.kind === kind);
  for (const p of group ? group.points : []) {
    const text = name(p), w = measure(v, text, style), x = v.x(p.at[0]), y = v.y(p.at[1]) + style.size * 1.15;
    if (take(v, [[x - w / 2, y - style.size * 0.6, x + w / 2, y + style.size * 0.6]])) write(v, text, x, y, 0, style);
  }
}

const LINE_FROM = { arterial: 11.4, secondary: 13, minor: 14.5, lane: 15.5, stream: 14 };

function lineLabels(v, kind, ranks) {
  const water = kind === "water";
  const style = { size: type(water ? 11.5 : 10.5), weight: 400, italic: water && S.lang === "en", colour: water ? ink().river_ink : ink().muted };
  for (const rank of ranks)
    for (const l of G.lines)
      if (l.kind === kind && l.rank === rank && name(l) && v.near >= (LINE_FROM[rank] || 0)) {
        const wide = rank === "bank" && { size: style.size * 1.5, spacing: "0.4em", beside: { by: 34 * Math.max(1, SCALE / 2), from: [v.x((G.box[0] + G.box[2]) / 2), v.y((G.box[1] + G.box[3]) / 2)] } };
        l.list.forEach((p) => lineLabel(v, p, name(l), Object.assign({}, style, wide || {})));
      }
}

/** Write the name along a line: every 520 pixels, where a stretch as long as the name is straight enough. */
function lineLabel(v, points, text, style) {
  const w = measure(v, text, style) + 6, along = [0];
  for (let i = 2; i < points.length; i += 2)
    along.push(along[along.length - 1] + Math.hypot(points[i] - points[i - 2], points[i + 1] - points[i - 1]) * v.scale);
  const total = along[along.length - 1];
  if (total < w * 1.15) return;
  const slots = Math.max(1, Math.floor(total / (520 * Math.max(1, SCALE / 2))));
  for (let k = 0; k < slots; k++)
    for (const shift of [0, 0.22, -0.22]) if (writeAlong(v, points, along, ((k + 0.5 + shift) / slots) * total, w, text, style)) break;
}

function writeAlong(v, points, along, middle, w, text, style) {
  const a = pointAt(v, points, along, middle - w / 2), b = pointAt(v, points, along, middle + w / 2);
  const chord = Math.hypot(b[0] - a[0], b[1] - a[1]);
  if (chord < w * 0.94) return false;
  let angle = Math.atan2(b[1] - a[1], b[0] - a[0]);
  if (angle > Math.PI / 2) angle -= Math.PI;
  if (angle <= -Math.PI / 2) angle += Math.PI;
  if (style.beside) shiftOut(a, b, style.beside);
  const x = (a[0] + b[0]) / 2, y = (a[1] + b[1]) / 2, n = Math.max(2, Math.ceil(w / style.size)), boxes = [];
  for (let i = 0; i < n; i++) {
    const cx = a[0] + ((b[0] - a[0]) * (i + 0.5)) / n, cy = a[1] + ((b[1] - a[1]) * (i + 0.5)) / n, h = style.size * 0.62;
    boxes.push([cx - h, cy - h, cx + h, cy + h]);
  }
  if (!take(v, boxes)) return false;
  write(v, text, x, y, angle, style);
  return true;
}

/** Move a chord sideways, away from the middle of the district. */
function shiftOut(a, b, side) {
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1, n = [(b[1] - a[1]) / length, (a[0] - b[0]) / length];
  const away = n[0] * (side.from[0] - a[0]) + n[1] * (side.from[1] - a[1]) > 0 ? -1 : 1;
  for (const p of [a, b]) {
    p[0] += n[0] * away * side.by;
    p[1] += n[1] * away * side.by;
  }
}

function pointAt(v, points, along, s) {
  let i = 1;
  while (i < along.length - 1 && along[i] < s) i++;
  const t = (s - along[i - 1]) / (along[i] - along[i - 1] || 1), k = 2 * i;
  return [v.x(points[k - 2] + t * (points[k] - points[k - 2])), v.y(points[k - 1] + t * (points[k + 1] - points[k - 1]))];
}
