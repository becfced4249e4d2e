import * as L from '../lib/leaflet/leaflet.js';
import { GeometryIndex } from './geometry-index.js';
import { GroundTiles } from './ground-tiles.js';
import { GroundNames } from './ground-names.js';

const PROBE_WAIT = 6000;         // ms a tile server may take for its first tile
const FAILURES_IN_A_ROW = 8;     // tiles that may fail before the local layer takes over
const TRY_AGAIN = 120_000;       // ms between looks whether the tile server is back

/**
 * The ground under the vehicles: raster tiles where their server answers, else the local GeoJSON layers.
 * Layers marked `overlay` are drawn over either.
 */
export class Ground {
  #map;
  #options;
  #palette;
  #base = [];
  #overlay = [];
  #drawn = [];
  #raster = null;
  #failures = 0;
  #retry = 0;
  #disposed = new AbortController();

  /**
   * @param {L.Map} map
   * @param {{tileUrl: string, tileAttribution: string, maxZoom: number, layersUrl: string, localNote: string}} options
   */
  constructor(map, options, palette) {
    this.#map = map;
    this.#options = options;
    this.#palette = palette;
  }

  /** Reads the local layers and looks for the tile server. Resolves when something is drawn. */
  async open() {
    this.#tryRaster();
    await this.#loadLayers();
    if (this.#raster) this.#drawGeometry(this.#overlay, false); else if (!this.#disposed.signal.aborted) this.#drawLocal();
  }

  setPalette(palette) {
    this.#palette = palette;
    for (const layer of this.#drawn) layer.setPalette(palette);
    this.#map.getContainer().classList.toggle('fleet-map-dark', palette.dark);
  }

  /** Extent of the company's own ground: the lowest local layer and those that touch it, or null without any. A layer far away says nothing of where the company is. */
  get extent() {
    const [own, ...more] = this.#base.map(i => i.extent).filter(e => e);
    if (!own) return null;
    const extents = [own, ...more.filter(e => e.west <= own.east && e.east >= own.west && e.north <= own.south && e.south >= own.north)];
    return {
      west: Math.min(...extents.map(e => e.west)), north: Math.min(...extents.map(e => e.north)),
      east: Math.max(...extents.map(e => e.east)), south: Math.max(...extents.map(e => e.south)),
    };
  }

  dispose() {
    this.#disposed.abort();
    clearTimeout(this.#retry);
  }

  async #loadLayers() {
    if (!this.#options.layersUrl) return;
    const signal = this.#disposed.signal;
    try {
      const list = await fetchJson(this.#options.layersUrl, signal);
      const loaded = await Promise.allSettled(list.map(async layer => ({ layer, index: new GeometryIndex(await fetchJson(layer.url, signal)) })));
      const good = loaded.filter(r => r.status === 'fulfilled').map(r => r.value);
      this.#base = good.filter(r => !r.layer.overlay).map(r => r.index);
      this.#overlay = good.filter(r => r.layer.overlay).map(r => r.index);
      for (const failed of loaded.filter(r => r.status === 'rejected' && !signal.aborted)) console.warn('A map layer was not loaded:', failed.reason);
    } catch (error) {
      if (!signal.aborted) console.warn('The map layers were not loaded:', error);
    }
  }

  async #tryRaster() {
    const { tileUrl } = this.#options;
    if (!tileUrl || this.#disposed.signal.aborted) return;
    if (await answers(this.#probeUrl(), this.#disposed.signal)) this.#drawRaster();
    else if (!this.#disposed.signal.aborted) this.#retry = setTimeout(() => this.#tryRaster(), TRY_AGAIN);
  }

  #probeUrl() {
    const z = Math.min(this.#map.getZoom(), this.#options.maxZoom);
    const { x, y } = this.#map.project(this.#map.getCenter(), z).divideBy(256).floor();
    return L.Util.template(this.#options.tileUrl, { s: 'a', r: '', x, y, z });
  }

  #drawRaster() {
    this.#clear();
    this.#failures = 0;
    this.#raster = L.tileLayer(this.#options.tileUrl, { attribution: this.#options.tileAttribution, maxNativeZoom: this.#options.maxZoom, maxZoom: 20, className: 'fleet-map-raster' });
    this.#raster.on('tileload', () => this.#failures = 0);
    this.#raster.on('tileerror', () => {
      if (++this.#failures < FAILURES_IN_A_ROW || !this.#raster) return;
      this.#drawLocal();
      this.#retry = setTimeout(() => this.#tryRaster(), TRY_AGAIN);
    });
    this.#raster.addTo(this.#map);
    this.#drawGeometry(this.#overlay, false);
  }

  #drawLocal() {
    this.#clear();
    this.#drawGeometry([...this.#base, ...this.#overlay], true);
  }

  #drawGeometry(indexes, land) {
    if (!land && !indexes.length) return;
    const tiles = new GroundTiles(indexes, this.#palette, { land, pane: 'tilePane', maxZoom: 20, attribution: land ? this.#options.localNote : '' });
    const names = new GroundNames(indexes, this.#palette, { pane: 'names' });
    this.#drawn = [tiles.addTo(this.#map), names.addTo(this.#map)];
  }

  #clear() {
    this.#raster?.remove();
    this.#raster = null;
    for (const layer of this.#drawn) layer.remove();
    this.#drawn = [];
  }
}

async function fetchJson(url, signal) {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.json();
}

/** True when an image loads from the address in time. */
function answers(url, signal) {
  return new Promise(resolve => {
    const image = new Image();
    const finish = good => {
      clearTimeout(late);
      image.onload = image.onerror = null;
      resolve(good && !signal.aborted);
    };
    const late = setTimeout(() => finish(false), PROBE_WAIT);
    image.onload = () => finish(true);
    image.onerror = () => finish(false);
    image.src = url;
  });
}
