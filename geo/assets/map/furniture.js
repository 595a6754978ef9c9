/* Furniture: legend, footer line, north, scale, zoom buttons. */

function swatch(mark) {
  const box = element("span", "linli-swatch");
  const p = ink();
  if (mark === "m") box.style.background = `repeating-linear-gradient(135deg, ${p.mark} 0 1px, ${p.land} 1px 4px)`;
  else if (mark === "s") box.style.background = `radial-gradient(${p.mark} 1px, ${p.land} 1.2px) 0 0 / 4px 4px`;
  else box.style.background = mark === "z" ? p.zero : S.colours[Number(mark)];
  return box;
}

function paintLegend() {
  const { legend } = S, box = seen.legend;
  box.hidden = !legend.entries.length && !S.edges.length && !S.symbols.length && !S.notes.length;
  const head = element("summary", "", legend.title);
  if (S.caption) head.prepend(element("span", "linli-caption", S.caption));
  if (legend.unit) head.append(element("span", "linli-unit", legend.unit));
  const list = element("ul");
  const listed = legend.grid ? legend.entries.filter((e) => !S.colours[Number(e[0])]) : legend.entries;
  for (const [mark, text] of listed) {
    const item = element("li");
    item.append(swatch(mark), element("span", "", text));
    list.append(item);
  }
  box.replaceChildren(head);
  if (legend.grid) box.append(gridLegend(legend.grid));
  if (listed.length) box.append(list);
  if (S.edges.length) box.append(edgeLegend());
  if (S.symbols.length) box.append(symbolLegend());
  if (S.notes.length) box.append(noteLegend());
}

function paintFurniture() {
  const root = document.documentElement, p = ink(), words = S.words;
  root.lang = S.lang === "zh" ? "zh-CN" : "en";
  root.dataset.theme = S.theme;
  for (const key of ["paper", "surface", "ink", "muted", "line", "accent", "boundary", "office"]) root.style.setProperty("--" + key, p[key]);
  for (const layer of Object.keys(UNITS)) root.style.setProperty("--" + layer, unitInk(layer));
  // a line breaks between statements only, and the dot stays with what it ends
  seen.foot.textContent = S.footer.split(" · ").map((part) => part.replaceAll(" ", "\u00a0")).join("\u00a0· ");
  seen.north.firstChild.textContent = words.north;
  seen.north.title = words.north_title;
  for (const [key, text] of [["in", words.zoom_in], ["out", words.zoom_out]]) {
    const button = map.zoomControl["_zoom" + key[0].toUpperCase() + key.slice(1) + "Button"];
    button.title = text;
    button.setAttribute("aria-label", text);
  }
  seen.home.title = words.home;
  seen.home.setAttribute("aria-label", words.home);
  map.getContainer().setAttribute("aria-label", words.label);
  document.title = words.label;
  paintLegend();
}

function corner(position, node) {
  const control = L.control({ position });
  control.onAdd = () => {
    L.DomEvent.disableClickPropagation(node);
    L.DomEvent.disableScrollPropagation(node);
    return node;
  };
  control.addTo(map);
  return node;
}

function furnish() {
  const north = element("div", "linli-north");
  north.innerHTML = '<span></span><svg viewBox="0 0 20 26" width="18" height="24" aria-hidden="true"><path d="M10 1 18 24 10 18Z" fill="none" stroke="currentColor"/><path d="M10 1 2 24 10 18Z" fill="currentColor" stroke="currentColor"/></svg>';
  const legend = element("details", "linli-legend");
  legend.open = map.getSize().x > 520;
  const home = element("button", "linli-home");
  home.type = "button";
  home.innerHTML = '<svg viewBox="0 0 20 20" width="16" height="16" aria-hidden="true"><path d="M3 8V3h5M12 3h5v5M17 12v5h-5M8 17H3v-5" fill="none" stroke="currentColor" stroke-width="1.8"/></svg>';
  home.addEventListener("click", () => {
    moved = false;
    frame(true);
  });
  seen = { legend: corner("bottomleft", legend), foot: null, north: corner("topright", north), home, tip: element("div", "linli-tip") };
  map.zoomControl.getContainer().append(home);
  seen.foot = corner("bottomright", element("div", "linli-foot"));
  seen.scale = L.control.scale({ imperial: false, position: "bottomright", maxWidth: 110 }).addTo(map);
  seen.tip.hidden = true;
  seen.tip.setAttribute("aria-hidden", "true");
  map.getContainer().append(seen.tip);
}
