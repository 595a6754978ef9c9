/* Pointer: what lies under it, its outline and its words, and the click that goes to the page. */

function paintTop(v) {
  if (hover) edge(v, hover, 2.4, ink().ink); // no halo: it would cover names
}

function local(latlng) {
  const m = mercator(latlng.lng, latlng.lat), o = mercator(G.centre[0], G.centre[1]);
  return [m[0] - o[0], m[1] - o[1]];
}

function within(x, y, area) {
  let odd = false;
  for (const r of area.rings)
    for (let i = 0, j = r.length - 2; i < r.length; j = i, i += 2)
      if (r[i + 1] > y !== r[j + 1] > y && x < ((r[j] - r[i]) * (y - r[i + 1])) / (r[j + 1] - r[i + 1]) + r[i]) odd = !odd;
  return odd;
}

function areaAt(latlng) {
  const [x, y] = local(latlng);
  return (G.levels[S.level] || []).find((a) => x >= a.box[0] && x <= a.box[2] && y >= a.box[1] && y <= a.box[3] && within(x, y, a));
}

function placeAt(latlng) {
  const [x, y] = local(latlng), reach = 7 / Math.pow(2, map.getZoom() - UNIT_ZOOM);
  for (const group of G.places)
    if (shown(PLACE_LAYER[group.kind] || group.kind))
      for (const p of group.points) if (Math.hypot(p.at[0] - x, p.at[1] - y) < reach) return p;
  return null;
}

function onMove(e) {
  if (!S) return;
  if (e.originalEvent.target.closest(".leaflet-control")) return leave();
  const area = areaAt(e.latlng), place = placeAt(e.latlng);
  const border = edgeAt(...local(e.latlng), 6 / Math.pow(2, map.getZoom() - UNIT_ZOOM));
  point(area);
  map.getContainer().style.cursor = area ? "pointer" : "";
  showTip(area, place, border, e.containerPoint);
}

/** Outline the area pointed at, and tell the page, whose list marks it too. */
function point(area) {
  if (area === hover) return;
  hover = area;
  if (top) top.draw();
  window.dispatchEvent(new CustomEvent("linli:hover", { detail: area ? area.code : null }));
}

// the list beside the map points at an area of it
window.addEventListener("linli:point", (e) => {
  if (S && G) point(G.index[e.detail] || null);
});

function leave() {
  point(null);
  if (seen.tip) seen.tip.hidden = true;
}

function element(tag, className, text) {
  const e = document.createElement(tag);
  if (className) e.className = className;
  if (text) e.textContent = text;
  return e;
}

function showTip(area, place, border, point) {
  const tip = seen.tip;
  tip.hidden = !area && !place && !border;
  if (tip.hidden) return;
  tip.replaceChildren();
  if (place) tip.append(element("div", "linli-tip-place", name(place)));
  if (border) tip.append(element("div", "linli-tip-place", edgeWords(border)));
  if (area) {
    tip.append(element("div", "linli-tip-name", name(area)));
    const mark = S.classes[area.row] || ".", entry = S.legend.entries.find((x) => x[0] === mark);
    const value = element("div", "linli-tip-value");
    if (mark !== "." && entry) value.append(swatch(mark));
    const number = S.values[area.row], range = entry ? entry[1] : "";
    if (number) value.append(number + (S.legend.unit ? " " + S.legend.unit : ""));
    if (range && range !== number) value.append(element("span", number ? "linli-tip-class" : "", range));
    tip.append(value);
    if (S.suffix) tip.append(element("div", "linli-tip-note", S.suffix));
  }
  const size = map.getSize(), w = tip.offsetWidth, h = tip.offsetHeight;
  tip.style.left = Math.max(4, point.x + 16 + w > size.x ? point.x - w - 12 : point.x + 16) + "px";
  tip.style.top = Math.max(4, Math.min(point.y + 14, size.y - h - 4)) + "px";
}

/** Tell the page which area was clicked, with Shift to mark it; the time makes two clicks on one area two different messages. */
function onClick(e) {
  const area = S && areaAt(e.latlng);
  if (!area || !window.Streamlit || quiet) return;
  const message = { last_active_drawing: { code: area.code, at: Date.now(), mark: e.originalEvent.shiftKey } };
  // streamlit-folium would send the same after 250 ms; here it goes at once, and is remembered so as not to go twice
  const memory = window.__GLOBAL_DATA__;
  if (memory) {
    memory.last_active_drawing = message.last_active_drawing;
    memory.previous_data = message;
  }
  window.Streamlit.setComponentValue(message);
}
