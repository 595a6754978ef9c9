/* The offline story: turning scenes by keyboard, maps to zoom and move, marks that say what they are. */
(function () {
  const scenes = [...document.querySelectorAll("section")], links = [...document.querySelectorAll("nav a")];
  const tip = document.getElementById("tip"), stage = document.querySelector("main");
  const close = () => document.querySelectorAll(".fit details[open]").forEach((d) => { d.open = false; });

  function show(place) {
    const at = Math.min(Math.max(place, 0), scenes.length - 1);
    scenes.forEach((s, i) => s.classList.toggle("here", i === at));
    links.forEach((a, i) => (i === at ? a.setAttribute("aria-current", "true") : a.removeAttribute("aria-current")));
    if (location.hash !== "#" + (at + 1)) history.replaceState(null, "", "#" + (at + 1));
    if (links[at]) links[at].scrollIntoView({ block: "nearest", inline: "nearest" });
    tip.hidden = true;
    close();
    stage.scrollTop = 0;
    stage.focus({ preventScroll: true });
  }
  const here = () => scenes.findIndex((s) => s.classList.contains("here"));

  const keys = { ArrowRight: 1, PageDown: 1, " ": 1, ArrowLeft: -1, PageUp: -1 };
  addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey || /^(SUMMARY|BUTTON|A)$/.test(e.target.tagName) && e.key === " ") return;
    if (e.key in keys) { e.preventDefault(); show(here() + keys[e.key]); }
    else if (e.key === "Escape") close();
    else if (e.key === "Home") show(0);
    else if (e.key === "End") show(scenes.length - 1);
    else if (/^[1-9]$/.test(e.key)) show(Number(e.key) - 1);
  });
  document.addEventListener("click", (e) => { if (!e.target.closest("details")) close(); });
  links.forEach((a, i) => a.addEventListener("click", (e) => { e.preventDefault(); show(i); }));
  addEventListener("hashchange", () => show(Number(location.hash.slice(1)) - 1 || 0));

  document.addEventListener("pointermove", (e) => {
    const mark = e.target.closest && e.target.closest("[data-tip]");
    tip.hidden = !mark;
    if (!mark) return;
    tip.textContent = mark.dataset.tip;
    const right = e.clientX + 16 + tip.offsetWidth > innerWidth;
    tip.style.left = (right ? e.clientX - 16 - tip.offsetWidth : e.clientX + 16) + "px";
    tip.style.top = Math.min(e.clientY + 16, innerHeight - tip.offsetHeight - 8) + "px";
  });

  document.querySelectorAll(".mapbox").forEach((box) => {
    const svg = box.querySelector("svg"), moving = svg.querySelector(".moving"), scale = svg.querySelector(".scale");
    const view = svg.viewBox.baseVal;
    let k = 1, x = 0, y = 0, held = null;
    function draw() {
      x = Math.min(0, Math.max(x, view.width * (1 - k)));
      y = Math.min(0, Math.max(y, view.height * (1 - k)));
      moving.setAttribute("transform", `translate(${x} ${y}) scale(${k})`);
      if (scale) scale.style.visibility = k === 1 ? "" : "hidden"; // the bar is right for the whole map only
      moving.querySelectorAll(".labels text").forEach((t) => {
        if (!t.dataset.size) t.dataset.size = t.getAttribute("font-size");
        t.style.fontSize = t.dataset.size / Math.sqrt(k) + "px";
      });
    }
    function zoom(by, px, py) {
      const next = Math.min(Math.max(k * by, 1), 16);
      x = px - ((px - x) * next) / k;
      y = py - ((py - y) * next) / k;
      k = next;
      draw();
    }
    const at = (e) => { // the drawing stands in the middle of its box, whatever the box's shape
      const p = new DOMPoint(e.clientX, e.clientY).matrixTransform(svg.getScreenCTM().inverse());
      return [p.x, p.y];
    };
    svg.addEventListener("wheel", (e) => { e.preventDefault(); zoom(e.deltaY < 0 ? 1.25 : 0.8, ...at(e)); }, { passive: false });
    svg.addEventListener("pointerdown", (e) => { held = at(e); svg.setPointerCapture(e.pointerId); svg.classList.add("dragged"); });
    svg.addEventListener("pointermove", (e) => {
      if (!held) return;
      const now = at(e);
      x += now[0] - held[0];
      y += now[1] - held[1];
      held = now;
      draw();
    });
    ["pointerup", "pointercancel"].forEach((name) => svg.addEventListener(name, () => { held = null; svg.classList.remove("dragged"); }));
    const [closer, farther, whole] = box.querySelectorAll(".zoom button");
    closer.onclick = () => zoom(1.6, view.width / 2, view.height / 2);
    farther.onclick = () => zoom(0.625, view.width / 2, view.height / 2);
    whole.onclick = () => { k = 1; x = y = 0; draw(); };
  });
  show(Number(location.hash.slice(1)) - 1 || 0);
})();
