/* Print: on paper the map is light and sharp, and the page's print style makes it as wide as the sheet. */

const PAPER_WIDTH = 900; // a wider map is drawn narrower, or its names would be too small to read on paper
let themeBefore = null;

/** The size that the print styles of the page and of this frame scale by. */
function tellSize(width, height) {
  for (const node of [window.frameElement, document.documentElement]) {
    if (!node || !width || !height) continue;
    node.style.setProperty("--ll-map-width", String(width));
    node.style.setProperty("--ll-map-height", String(height));
  }
}

function tellScreen() {
  if (paper && window.innerWidth > PAPER_WIDTH) return;
  tellSize(window.innerWidth, window.innerHeight);
}

/** Give the map the size it has on paper, or that of the screen again. */
function resize(onPaper) {
  const box = map.getContainer(), centre = map.getCenter();
  if (onPaper && window.innerWidth > PAPER_WIDTH) {
    box.style.setProperty("width", PAPER_WIDTH + "px", "important");
    tellSize(PAPER_WIDTH, window.innerHeight);
  } else {
    box.style.removeProperty("width");
    tellScreen();
  }
  map.invalidateSize({ pan: false });
  if (moved) map.setView(centre, map.getZoom(), { animate: false });
  else frame(false);
}

/** Paint everything anew, for paper or for the screen. */
function repaint(onPaper) {
  if (!S || !base) return;
  paper = onPaper;
  if (onPaper) themeBefore = S.theme;
  S.theme = onPaper ? "light" : themeBefore || S.theme;
  muted = true;
  resize(onPaper);
  paintFurniture();
  muted = false;
  base._update();
  top._update();
}

window.addEventListener("resize", tellScreen);
window.addEventListener("beforeprint", () => repaint(true));
window.addEventListener("afterprint", () => repaint(false));
