/* Sheets: canvases that move with the Leaflet map, and the state that all parts share. */

let G = null, map = null, base = null, top = null, hover = null, seen = null, moved = false, focusSeen;
let S = null; // the state applied last
const ink = () => PALETTES[S.theme] || PALETTES.light;
const shown = (layer) => S.layers.includes(layer);
const name = (thing) => thing[S.lang] || thing.zh;
let SCALE = 1, quiet = false, zooming = false; // on the glass of a talk all type is larger, and clicks lead nowhere
/** A glass of more than 1080 lines shows what one of 1080 does, only finer: the zoom that decides what is drawn. */
const nearness = (zoom) => zoom - Math.max(0, Math.log2(SCALE / 2));
const bold = () => (S.theme === "projector" ? 1.35 : 1) * Math.sqrt(SCALE);
/** Size of type in pixels; larger type has a floor, so that nothing on the glass is too small for the back row. */
const type = (size) => (SCALE > 1 ? Math.max(size, 13.4) : size) * (S.theme === "projector" ? 1.35 : 1) * SCALE;
let paper = false; // while the page is being printed
let muted = false; // while several changes are to be painted once: what is painted twice comes out white on paper
const density = () => (paper ? 3 : Math.min(window.devicePixelRatio || 1, 2));

const Sheet = L.Renderer.extend({
  options: { padding: 0.25 },
  _initContainer: function () {
    this._container = document.createElement("canvas");
    this._container.setAttribute("aria-hidden", "true");
    this._container.style.pointerEvents = "none";
  },
  _destroyContainer: function () {
    this._container.remove();
    delete this._container;
  },
  _updatePaths: function () {},
  _update: function () {
    if (muted || (this._map._animatingZoom && this._bounds)) return;
    L.Renderer.prototype._update.call(this);
    const size = this._bounds.getSize(), dpr = density();
    L.DomUtil.setPosition(this._container, this._bounds.min);
    this._container.width = size.x * dpr;
    this._container.height = size.y * dpr;
    this._container.style.width = size.x + "px";
    this._container.style.height = size.y + "px";
    this.draw();
  },
  draw: function () {
    if (muted || !this._map || !this._bounds || this._map._animatingZoom) return;
    const ctx = this._container.getContext("2d"), dpr = density();
    const zoom = this._map.getZoom(), scale = Math.pow(2, zoom - UNIT_ZOOM);
    const c = G.centre, o = this._map.project([c[1], c[0]], zoom).subtract(this._map.getPixelOrigin()).subtract(this._bounds.min);
    const view = {
      ctx, zoom, scale, near: nearness(zoom), width: this._container.width / dpr, height: this._container.height / dpr,
      world: () => ctx.setTransform(dpr * scale, 0, 0, dpr * scale, dpr * o.x, dpr * o.y),
      screen: () => ctx.setTransform(dpr, 0, 0, dpr, 0, 0),
      x: (u) => u * scale + o.x, y: (v) => v * scale + o.y, px: (n) => n / scale,
    };
    view.box = [-o.x / scale, -o.y / scale, (view.width - o.x) / scale, (view.height - o.y) / scale];
    view.screen();
    if (!paper) ctx.clearRect(0, 0, view.width, view.height); // on paper, clearing would paint white over what lies below
    this.options.paint(view);
  },
});
