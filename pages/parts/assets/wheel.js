/* Wheel: with Ctrl or ⌘ it zooms a map, alone it scrolls the page, and a hint over the map says so; a button shows the whole again. */

const WHEEL_HINT_MS = 1500;

/** `words()` gives the hint in the reader's language. */
function tameWheel(map, words) {
  const box = map.getContainer(), hint = document.createElement("div");
  let timer = 0;
  hint.className = "ll-wheel";
  hint.hidden = true;
  hint.setAttribute("aria-hidden", "true"); // keys and buttons zoom for those who do not see it
  box.append(hint);
  const heard = (event) => {
    clearTimeout(timer);
    hint.hidden = event.ctrlKey || event.metaKey;
    if (hint.hidden) return;
    event.stopPropagation(); // before Leaflet hears of it
    hint.textContent = words();
    timer = setTimeout(() => (hint.hidden = true), WHEEL_HINT_MS);
  };
  box.addEventListener("wheel", heard, { capture: true, passive: true });
}

/** A third button below + and −. */
function addHome(map, zoom, title, home) {
  const node = document.createElement("a");
  node.className = "ll-home";
  node.href = "#";
  node.title = title;
  node.setAttribute("role", "button");
  node.setAttribute("aria-label", title);
  node.innerHTML = '<svg viewBox="0 0 20 20" width="15" height="15" aria-hidden="true"><path d="M3 8V3h5M12 3h5v5M17 12v5h-5M8 17H3v-5" fill="none" stroke="currentColor" stroke-width="1.8"/></svg>';
  L.DomEvent.disableClickPropagation(node);
  L.DomEvent.on(node, "click", (event) => {
    L.DomEvent.stop(event);
    home();
  });
  zoom.getContainer().append(node);
  return node;
}
