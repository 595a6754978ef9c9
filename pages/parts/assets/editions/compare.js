/* Two maps of one place with one view: side by side, or one above the other with a line to swipe. */

const latLng = ([x, y]) => [y, x];

function element(name, kind, ...children) {
  const made = document.createElement(name);
  made.className = kind;
  made.append(...children.filter(Boolean));
  return made;
}

function withLeaflet([script, style], then) {
  if (!document.querySelector("link[data-linli-leaflet]")) {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL(style, document.baseURI).href });
    link.dataset.linliLeaflet = "";
    document.head.append(link);
  }
  if (window.L) return then();
  let tag = document.querySelector("script[data-linli-leaflet]");
  if (!tag) {
    tag = Object.assign(document.createElement("script"), { src: new URL(script, document.baseURI).href });
    tag.dataset.linliLeaflet = "";
    document.head.append(tag);
  }
  tag.addEventListener("load", then);
}

function drawn(box, data, side, others, home) {
  const { ink } = data;
  const map = L.map(box, {
    crs: L.CRS.Simple, zoomSnap: 0.25, minZoom: -6, maxZoom: 3, attributionControl: false, zoomControl: false,
    fadeAnimation: false, zoomAnimation: false, preferCanvas: false,
  });
  map.setView(latLng([data.box[2] / 2, data.box[3] / 2]), -2);
  for (const area of data[side])
    L.polygon(area.rings.map((p) => p.map((r) => r.map(latLng))), {
      stroke: false, fillColor: area.changed ? ink.sequential[0] : ink.land, fillOpacity: 1,
    }).bindTooltip(area.tip, { sticky: true }).addTo(map);
  for (const part of data.moved)
    L.polygon(part.rings.map((p) => p.map((r) => r.map(latLng))), {
      color: ink.accent, weight: 1, fillColor: ink.accent, fillOpacity: 0.45,
    }).bindTooltip(part.tip, { sticky: true }).addTo(map);
  for (const line of data.lines) {
    const water = line.kind === "water";
    const width = water ? 2.5 : line.rank === "arterial" ? 3 : 1.5;
    const colour = water ? ink.river : ink.casing;
    const drawn = L.polyline(line.paths.map((p) => p.map(latLng)), { color: colour, weight: width, opacity: 0.9, interactive: Boolean(line.name) });
    if (line.name) drawn.bindTooltip(line.name, { sticky: true });
    drawn.addTo(map);
  }
  for (const area of data[side]) // outlines above roads, which are wider
    L.polygon(area.rings.map((p) => p.map((r) => r.map(latLng))), {
      color: ink.boundary, weight: area.changed ? 2.5 : 1, fill: false, interactive: false,
    }).addTo(map);
  const few = data[side].length <= 40;
  for (const area of data[side])
    if (few || area.changed)
      L.marker(latLng(area.at), {
        interactive: false, keyboard: false,
        icon: L.divIcon({ className: "ed-name", html: element("span", "", area.name), iconSize: [0, 0] }),
      }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
  tameWheel(map, () => data.words.wheel);
  if (!others) {
    const zoom = L.control.zoom({ position: "topright", zoomInTitle: data.words.zoom_in, zoomOutTitle: data.words.zoom_out }).addTo(map);
    addHome(map, zoom, data.words.home, home);
  }
  return map;
}

function together(one, other) {
  let busy = false;
  const follow = (from, to) => from.on("move zoom", () => {
    if (busy) return;
    busy = true;
    to.setView(from.getCenter(), from.getZoom(), { animate: false });
    busy = false;
  });
  follow(one, other);
  follow(other, one);
}

function build(root, data) {
  const places = ["before", "after"].map((side) => {
    const map = element("div", "ed-map");
    map.setAttribute("role", "application");
    map.setAttribute("aria-label", `${data.words.label}: ${data.words[side]}`);
    return { side, map, frame: element("div", `ed-side ed-${side}`, element("p", "ed-title", data.words[side]), map) };
  });
  const swipe = Object.assign(document.createElement("input"), { type: "range", min: 0, max: 100, value: 50, className: "ed-swipe" });
  swipe.setAttribute("aria-label", data.words.swipe);
  const stage = element("div", "ed-stage", ...places.map((p) => p.frame));
  root.replaceChildren(stage, swipe);
  const maps = places.map((p, i) => drawn(p.map, data, p.side, i === 0, () => fit()));
  together(...maps);
  const part = () => stage.style.setProperty("--ed-part", `${swipe.value}%`);
  swipe.addEventListener("input", part);
  part();
  const [west, south, east, north] = data.focus;
  const fit = () => maps.forEach((map) => {
    map.invalidateSize({ animate: false });
    map.fitBounds([[south, west], [north, east]], { animate: false });
  });
  return { maps, fit };
}

export default function ({ data, parentElement }) {
  const root = (parentElement.linliEditions ??= parentElement.appendChild(element("div", "ed")));
  withLeaflet(data.leaflet, () => {
    const { how, ...rest } = data, key = JSON.stringify(rest);
    if (root.dataset.key !== String(key.length) || root.content !== key) {
      root.content = key;
      root.dataset.key = key.length;
      root.built?.maps.forEach((map) => map.remove());
      root.built = build(root, data);
    }
    root.classList.toggle("ed-over", how === "swipe");
    requestAnimationFrame(root.built.fit);
    root.dataset.ready = how;
  });
}
