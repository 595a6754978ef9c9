/* View: what the frame shows, wheel and fingers, and the two doors of the map: linli.start and linli.apply. */

function latLngBounds(box) {
  const o = mercator(G.centre[0], G.centre[1]), size = 256 * Math.pow(2, UNIT_ZOOM);
  const back = (x, y) => {
    const n = Math.PI * (1 - (2 * (y + o[1])) / size);
    return [(180 / Math.PI) * Math.atan(Math.sinh(n)), ((x + o[0]) / size) * 360 - 180];
  };
  return L.latLngBounds(back(box[0], box[3]), back(box[2], box[1]));
}

/** Bring the focus (or the whole district) into the frame, beside the legend where there is room. */
function frame(animate) {
  const area = (S && G.index[S.focus]) || null, size = map.getSize();
  if (!size.x || !size.y) return;
  const narrow = size.x < 520;
  if (S && S.place) {
    if (quiet) layLegend(size, false);
    return map.setView(S.place.slice(0, 2), S.place[2], { animate: animate && !REDUCED });
  }
  const bounds = latLngBounds(area ? area.box : G.box);
  map.fitBounds(bounds, {
    paddingTopLeft: [narrow ? 10 : 40, narrow ? 14 : 18],
    paddingBottomRight: [narrow ? 10 : 24, narrow ? 92 : 34],
    ...(quiet && S && besideLegend(map.getSize(), area || { box: G.box, parts: G.levels.district })),
    maxZoom: 16.5,
    animate: animate && !REDUCED,
  });
}

/** Room left for the large legend of a talk: it stands in a column or lies flat, whichever leaves the area larger. */
function besideLegend(size, area) {
  const narrow = size.x < 18 * type(13.4), forms = [false, true].map((flat) => ({ flat, ...roomBeside(size, area, flat) }));
  const flat = forms[1].k > forms[0].k * (narrow ? 0.9 : 1.05);
  layLegend(size, flat);
  return forms[Number(flat)].paddings;
}

/** The legend in one of its forms; a flat one as wide as the map has the scale above it. Returns its width and height. */
function layLegend(size, flat) {
  const root = document.documentElement, legend = seen.legend;
  root.toggleAttribute("data-flat", flat);
  // where a column would be as wide as the map its title goes: the finding above the map names the indicator
  root.toggleAttribute("data-narrow", !flat && size.x < 18 * type(13.4));
  const wide = size.x - legend.offsetWidth < 110 * SCALE + 2 * type(13.4); // the scale may become as long as that
  root.style.setProperty("--above", flat && wide ? legend.offsetHeight + 10 + "px" : "0px");
  return [legend.offsetWidth + 20, legend.offsetHeight + 20, flat && wide];
}

/** How large the area can be and where, with the legend beside it or below: as little as leaves no area under it. */
function roomBeside(size, area, flat) {
  const legend = layLegend(size, flat), scale = 3 * type(13.4), foot = legend[2] ? size.y - legend[1] : size.y;
  let best = { k: 0, paddings: {} };
  for (let share = 0; share <= 1.001; share += 0.1)
    for (const [left, below] of flat ? [[0, share * legend[1]]] : [[share * legend[0], 0], [0, share * legend[1]]]) {
      const [west, north, east, south] = area.box, pad = [12 + left, 12], end = [12, 12 + below];
      const k = Math.min((size.x - pad[0] - end[0]) / (east - west), (size.y - pad[1] - end[1]) / (south - north));
      const at = [(pad[0] + size.x - end[0]) / 2 - (k * (west + east)) / 2, (pad[1] + size.y - end[1]) / 2 - (k * (north + south)) / 2];
      const free = !lies(area, [0, size.y - legend[1], legend[0], size.y], k, at) && (share > 0.95 || !lies(area, [size.x - scale, foot - 12, size.x, foot], k, at));
      if (k > best.k && (free || share > 0.95)) best = { k, paddings: { paddingTopLeft: pad, paddingBottomRight: end } };
    }
  return best;
}

const probe = document.createElement("canvas").getContext("2d");

/** Whether the area, drawn `k` times as large and moved by `at`, lies somewhere in a box of pixels. */
function lies(area, box, k, at) {
  const steps = [0, 0.2, 0.4, 0.6, 0.8, 1], paths = (area.parts || [area]).map((part) => part.path);
  const inBox = (u, v) => {
    const x = (box[0] + u * (box[2] - box[0]) - at[0]) / k, y = (box[1] + v * (box[3] - box[1]) - at[1]) / k;
    return paths.some((path) => probe.isPointInPath(path, x, y));
  };
  return steps.some((u) => steps.some((v) => inBox(u, v)));
}

/** The wheel zooms with Ctrl or ⌘; alone it scrolls the page, which a hint says. On the glass of a talk nothing scrolls, so there it zooms. */
function tameWheel() {
  const box = map.getContainer(), hint = element("div", "linli-hint");
  let timer = 0;
  hint.hidden = true;
  box.append(hint);
  const heard = (e) => {
    clearTimeout(timer);
    hint.hidden = e.ctrlKey || e.metaKey || quiet || !S;
    if (hint.hidden) return;
    e.stopPropagation(); // before Leaflet hears of it
    hint.textContent = S.words.wheel;
    timer = setTimeout(() => (hint.hidden = true), 1500);
  };
  box.addEventListener("wheel", heard, { capture: true, passive: true });
}

/** One finger scrolls the page, two move and zoom the map, a tap chooses. */
function tameTouch() {
  if (!COARSE) return;
  map.dragging.disable();
  const box = map.getContainer(), hint = element("div", "linli-hint");
  let timer = 0;
  hint.hidden = true;
  box.append(hint);
  box.addEventListener("touchmove", (e) => {
    moved = moved || e.touches.length > 1;
    if (e.touches.length > 1 || !S) return;
    hint.textContent = S.words.two_fingers;
    hint.hidden = false;
    clearTimeout(timer);
    timer = setTimeout(() => (hint.hidden = true), 900);
  }, { passive: true });
}

/** How far out one may zoom: never from a frame that has no size yet, which would keep the map zoomed in for good. */
function limit() {
  const size = map.getSize();
  if (!size.x || !size.y) return;
  map.options.minZoom = 0; // what fits is asked for without the limit of the size before
  const least = Math.max(8, map.getBoundsZoom(latLngBounds(G.box)) - 1.5);
  map.options.minZoom = moved ? Math.min(least, map.getZoom()) : least; // setMinZoom would move the map, some time later
}

/** The frame may have another size: a map that shows what it shows by itself is framed anew, any other keeps its middle. */
function refit() {
  map.invalidateSize({ animate: false, pan: moved });
  limit();
  if (moved) return;
  if (zooming) map.once("zoomend", () => moved || frame(false)); // a movement under way would end where it was bound for
  else frame(false);
}

function start(id, options) {
  if (!window.LINLI_GEOMETRY) throw new Error("The map's geometry did not arrive.");
  G = decode(window.LINLI_GEOMETRY);
  L.Icon.Default.imagePath = IMAGES.path;
  L.Icon.Default.mergeOptions({ iconUrl: IMAGES.icon, iconRetinaUrl: IMAGES.icon2x, shadowUrl: IMAGES.shadow });
  map = L.map(id, {
    zoomSnap: 0.1, wheelPxPerZoomLevel: 110, maxZoom: 18, attributionControl: false,
    zoomAnimation: !REDUCED, fadeAnimation: false, inertia: !REDUCED, maxBoundsViscosity: 0.7, bounceAtZoomLimits: false,
  });
  map.getContainer().setAttribute("role", "region");
  const whole = latLngBounds(G.box);
  map.fitBounds(whole, { padding: [20, 20], animate: false });
  limit();
  map.setMaxBounds(whole.pad(0.6));
  if (options.tiles) L.tileLayer(options.tiles, { attribution: options.credit, opacity: 0.55 }).addTo(map);
  furnish();
  tellScreen();
  tameWheel();
  tameTouch();
  map.on("mousemove", onMove).on("click", onClick).on("movestart", () => (seen.tip.hidden = true));
  map.getContainer().addEventListener("mouseleave", leave);
  map.on("zoomanim", () => (zooming = true)).on("zoomend", () => (zooming = false));
  map.on("dragstart", () => (moved = true)).on("move zoom", () => window.dispatchEvent(new Event("linli:moved")));
  map.getContainer().addEventListener("wheel", () => (moved = true), { passive: true });
  new ResizeObserver(refit).observe(map.getContainer());
  return map;
}

function unpack(state) {
  return Object.assign({ highlight: [], layers: [], focus: null, place: null, hold: "", caption: "", named: [], labelled: false, suffix: "", files: {}, edges: [], notes: [], sites: [], patches: "" }, state, {
    values: state.values ? state.values.split("|") : [],
    symbols: state.symbols ? numbers(state.symbols) : [],
  });
}

/** Show a state: colours, legend, names and, when the focus is another than before, the view. */
function apply(state) {
  S = unpack(state);
  hover = null;
  seen.tip.hidden = true; // what it says may no longer be so
  paintFurniture();
  if (!base) {
    base = new Sheet({ paint: paintBase }).addTo(map);
    top = new Sheet({ paint: paintTop }).addTo(map);
  }
  const sought = JSON.stringify([S.focus, S.place, S.hold]), first = focusSeen === undefined;
  if (sought === focusSeen || !first) redraw(); // its colours first, then it moves
  if (sought !== focusSeen) {
    focusSeen = sought;
    moved = false;
    frame(!first);
    if (first) redraw();
  }
  document.documentElement.dataset.applied = String(Number(document.documentElement.dataset.applied || 0) + 1);
}

function redraw() {
  fetchOverlays();
  base.draw();
  top.draw();
}

/** On the glass of a talk: type `scale` times as large, no furniture but legend and scale, and clicks lead nowhere. */
function stage(scale) {
  SCALE = scale;
  quiet = true;
  document.documentElement.style.setProperty("--scale", scale);
  document.documentElement.dataset.stage = "";
  map?.setMaxBounds(null); // they would pull a small map back under its legend
  if (!seen) return; // the talk may call before the map has begun, and calls again when it has
  seen.legend.open = true; // nobody can open it there
  seen.scale.options.maxWidth = 110 * scale; // so that its words fit on its line
  seen.scale._update();
  if (!S) return;
  paintFurniture();
  refit();
  redraw();
}

/** Back to what the state asks for, wherever the map is. */
function settle() {
  moved = false;
  frame(true);
}

// marks drawn over the map stay on their ground: degrees to pixels of the frame, and back
const toPixel = (lat, lng) => map.latLngToContainerPoint([lat, lng]);
const toGround = (x, y) => map.containerPointToLatLng([x, y]);
/** Where the reader has moved the map to; nothing where it shows what it shows by itself. */
const held = () => (moved ? [map.getCenter().lat, map.getCenter().lng, map.getZoom()] : null);

window.linli = { start, apply, stage, settle, toPixel, toGround, held };
