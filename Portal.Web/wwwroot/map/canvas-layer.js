import * as L from '../lib/leaflet/leaflet.js';

const MARGIN = 0.2; // share of the viewport drawn beyond each edge, so that a drag uncovers no blank strip

/**
 * A canvas over the viewport and a margin. While the map is dragged or zoomed the browser moves and scales the
 * picture; when the map rests it is drawn anew in the same task, so nothing jumps. A subclass draws in `draw()`,
 * in device pixels: (unit x · scale − originX) · ratio.
 */
export class CanvasLayer extends L.Layer {
  #frame = 0;

  constructor(options) {
    super();
    L.Util.setOptions(this, options);
  }

  onAdd(map) {
    this.canvas = L.DomUtil.create('canvas', 'leaflet-zoom-animated', this.getPane());
    this.canvas.setAttribute('aria-hidden', 'true');
    this.context = this.canvas.getContext('2d');
    this.reset();
  }

  onRemove() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.canvas.remove();
  }

  getEvents() {
    return { moveend: this.reset, viewreset: this.reset, resize: this.reset, move: this.#moved, zoom: this.#zoomed, zoomanim: this.#animated };
  }

  /** Asks for a drawing at the next frame; many calls make one. */
  invalidate() {
    if (this.#frame || !this._map) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.draw();
    });
  }

  /** Fits the canvas to where the map now stands and draws. */
  reset() {
    const map = this._map;
    const size = map.getSize();
    const margin = size.multiplyBy(MARGIN).round();
    this.corner = map.containerPointToLayerPoint(margin.multiplyBy(-1)).round();
    this.zoom = map.getZoom();
    this.scale = 256 * 2 ** this.zoom;
    this.ratio = Math.min(devicePixelRatio || 1, 2);
    const world = map.getPixelOrigin().add(this.corner);
    this.originX = world.x;
    this.originY = world.y;
    this.width = size.x + 2 * margin.x;
    this.height = size.y + 2 * margin.y;
    const pixelWidth = Math.round(this.width * this.ratio);
    const pixelHeight = Math.round(this.height * this.ratio);
    if (this.canvas.width !== pixelWidth || this.canvas.height !== pixelHeight) {
      this.canvas.width = pixelWidth;
      this.canvas.height = pixelHeight;
      this.canvas.style.width = `${this.width}px`;
      this.canvas.style.height = `${this.height}px`;
    }
    L.DomUtil.setTransform(this.canvas, this.corner, 1);
    if (this.#frame) cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.draw();
  }

  /** Point of the canvas, in CSS pixels, under a point of the map's container. */
  toCanvas(containerPoint) {
    return this._map.containerPointToLayerPoint(containerPoint).subtract(this.corner);
  }

  #moved() {
    if (this._map.getZoom() !== this.zoom) return;
    const drift = this._map.containerPointToLayerPoint([0, 0]).subtract(this.corner);
    const size = this._map.getSize();
    if (drift.x < 0 || drift.y < 0 || drift.x + size.x > this.width || drift.y + size.y > this.height) this.reset();
  }

  #zoomed() {
    this.#place(this._map.getZoom(), this._map.getCenter());
  }

  #animated(e) {
    this.#place(e.zoom, e.center);
  }

  #place(zoom, center) {
    const corner = this._map.unproject([this.originX, this.originY], this.zoom);
    L.DomUtil.setTransform(this.canvas, this._map._latLngToNewLayerPoint(corner, zoom, center), this._map.getZoomScale(zoom, this.zoom));
  }
}
