/* Sheets: canvases that move with the Leaflet map; the map's plane is metres, so that one unit at zoom 0 is one pixel. */

function makeSheet(paint) {
  const Sheet = L.Renderer.extend({
    options: { padding: 0.3 },
    _initContainer() {
      this._container = document.createElement("canvas");
      this._container.setAttribute("aria-hidden", "true");
      this._container.style.pointerEvents = "none";
    },
    _destroyContainer() {
      this._container.remove();
      delete this._container;
    },
    _updatePaths() {},
    _update() {
      if (this._map._animatingZoom && this._bounds) return;
      L.Renderer.prototype._update.call(this);
      const size = this._bounds.getSize(), dense = density();
      L.DomUtil.setPosition(this._container, this._bounds.min);
      this._container.width = size.x * dense;
      this._container.height = size.y * dense;
      this._container.style.width = size.x + "px";
      this._container.style.height = size.y + "px";
      this.draw();
    },
    draw() {
      if (!this._map || !this._bounds || this._map._animatingZoom) return;
      const ctx = this._container.getContext("2d"), dense = density(), zoom = this._map.getZoom(), scale = Math.pow(2, zoom);
      const zero = this._map.project([0, 0], zoom).subtract(this._map.getPixelOrigin()).subtract(this._bounds.min);
      const view = {
        ctx, zoom, scale, width: this._container.width / dense, height: this._container.height / dense,
        world: () => ctx.setTransform(dense * scale, 0, 0, dense * scale, dense * zero.x, dense * zero.y),
        screen: () => ctx.setTransform(dense, 0, 0, dense, 0, 0),
        x: (x) => x * scale + zero.x,
        y: (y) => y * scale + zero.y,
        px: (n) => n / scale,
      };
      view.box = [-zero.x / scale, -zero.y / scale, (view.width - zero.x) / scale, (view.height - zero.y) / scale];
      view.screen();
      ctx.clearRect(0, 0, view.width, view.height);
      paint(view);
    },
  });
  return new Sheet();
}

const density = () => Math.min(window.devicePixelRatio || 1, 2);

/** A sheet is drawn at most once a frame, however often it is asked for. */
function drawSoon(sheet) {
  if (sheet.waiting) return;
  sheet.waiting = requestAnimationFrame(() => {
    sheet.waiting = 0;
    sheet.draw();
  });
}

const seenBy = (view, box) => box[0] < view.box[2] && box[2] > view.box[0] && box[1] < view.box[3] && box[3] > view.box[1];

function strokeIn(view, thing, width) {
  if (!seenBy(view, thing.box)) return;
  view.ctx.lineWidth = width;
  view.ctx.stroke(thing.path);
}

function createMap(box, words) {
  const map = L.map(box, {
    crs: L.CRS.Simple, zoomSnap: 0.1, wheelPxPerZoomLevel: 110, minZoom: -5, maxZoom: 4, attributionControl: false, keyboard: false,
    doubleClickZoom: false, boxZoom: false, zoomControl: false, fadeAnimation: false, bounceAtZoomLimits: false,
    zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
  });
  map.zoomControl = L.control.zoom({ position: "topright", zoomInTitle: words.zoom_in, zoomOutTitle: words.zoom_out }).addTo(map);
  L.control.scale({ imperial: false, position: "bottomright", maxWidth: 110 }).addTo(map);
  return map;
}

const latLngs = (box) => [[-box[3], box[0]], [-box[1], box[2]]];
