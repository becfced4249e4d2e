import * as L from '../lib/leaflet/leaflet.js';
import { KINDS } from './geometry-index.js';

const SIDE = 512;
const CHUNK = 300;   // lines stroked at once: one huge path costs more than its parts
const NARROWEST = 0.6;

// Width of a road in CSS pixels at zoom 16 by class; it halves with each two zooms out.
const WIDTHS = [11, 9, 7.5, 6, 3];
const FROM_ZOOM = [0, 0, 11, 12, 14];
const CASING_FROM_ZOOM = 14;

/** Draws GeoJSON layers as map tiles: a drag costs the new tiles only, and Leaflet scales them while it zooms. */
export class GroundTiles extends L.GridLayer {
  /** @param {import('./geometry-index.js').GeometryIndex[]} indexes lowest first */
  constructor(indexes, palette, options) {
    super({ tileSize: SIDE, updateWhenZooming: false, keepBuffer: 1, ...options });
    this.indexes = indexes;
    this.palette = palette;
  }

  setPalette(palette) {
    this.palette = palette;
    this.redraw();
  }

  setIndexes(indexes) {
    this.indexes = indexes;
    this.redraw();
  }

  createTile(coords, done) {
    const ratio = Math.min(devicePixelRatio || 1, 2);
    const tile = document.createElement('canvas');
    tile.width = tile.height = SIDE * ratio;
    // A tile per task keeps the page answering while a new zoom is drawn.
    setTimeout(() => {
      this.#paint(tile.getContext('2d'), coords, ratio);
      done(null, tile);
    });
    return tile;
  }

  #paint(context, { x, y, z }, ratio) {
    const world = SIDE / (256 * 2 ** z);
    const west = x * world, north = y * world;
    const edge = world * 0.05;
    const scale = SIDE / world * ratio;
    if (this.options.land !== false) {
      context.fillStyle = this.palette.land;
      context.fillRect(0, 0, SIDE * ratio, SIDE * ratio);
    }
    for (const index of this.indexes) {
      const byKind = Map.groupBy(index.touching(west - edge, north - edge, west + world + edge, north + world + edge), f => f.kind);
      const pen = new Pen(context, index.coordinates, west, north, scale);
      for (const kind of KINDS) if (byKind.has(kind)) this.#paintKind(pen, kind, byKind.get(kind), z, ratio);
    }
  }

  #paintKind(pen, kind, features, zoom, ratio) {
    const palette = this.palette;
    switch (kind) {
      case 'road': return paintRoads(pen, features, palette, zoom, ratio);
      case 'district': return pen.stroke(features, palette.district, 1 * ratio, [6 * ratio, 4 * ratio], true);
      case 'rail': return pen.stroke(features, palette.rail, 1.5 * ratio, [5 * ratio, 3 * ratio]);
      case 'point': return pen.dots(features, palette.district, 3 * ratio);
      default: return pen.fill(features, palette[kind], widthAt(8, zoom) * ratio);
    }
  }
}

const widthAt = (at16, zoom) => Math.max(NARROWEST, at16 * 2 ** ((zoom - 16) / 1.6));

function paintRoads(pen, features, palette, zoom, ratio) {
  const classes = WIDTHS.map((_, c) => FROM_ZOOM[c] <= zoom ? features.filter(f => f.roadClass === c) : []);
  if (zoom >= CASING_FROM_ZOOM)
    for (let c = WIDTHS.length - 1; c >= 0; c--) pen.stroke(classes[c], palette.casing, (widthAt(WIDTHS[c], zoom) + 1.6) * ratio);
  for (let c = WIDTHS.length - 1; c >= 0; c--)
    pen.stroke(classes[c], zoom < CASING_FROM_ZOOM && c > 1 ? palette.casing : palette.road[c], widthAt(WIDTHS[c], zoom) * ratio);
}

class Pen {
  constructor(context, coordinates, west, north, scale) {
    Object.assign(this, { context, coordinates, west, north, scale });
    context.lineCap = context.lineJoin = 'round';
  }

  stroke(features, colour, width, dash = [], closed = false) {
    const { context } = this;
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.setLineDash(dash);
    for (let i = 0; i < features.length; i += CHUNK) {
      context.beginPath();
      for (let n = i; n < features.length && n < i + CHUNK; n++) this.#trace(features[n], closed);
      context.stroke();
    }
    context.setLineDash([]);
  }

  fill(features, colour, lineWidth) {
    const { context } = this;
    context.fillStyle = context.strokeStyle = colour;
    for (const feature of features) {
      context.beginPath();
      this.#trace(feature, false);
      if (isOpen(feature, this.coordinates)) {
        context.lineWidth = lineWidth;
        context.stroke();
      } else context.fill('evenodd');
    }
  }

  dots(features, colour, radius) {
    const { context, coordinates } = this;
    context.fillStyle = colour;
    for (const feature of features)
      for (const [start] of feature.parts) {
        context.beginPath();
        context.arc((coordinates[start] - this.west) * this.scale, (coordinates[start + 1] - this.north) * this.scale, radius, 0, 2 * Math.PI);
        context.fill();
      }
  }

  #trace(feature, closed) {
    const { context, coordinates, west, north, scale } = this;
    for (const [start, end] of feature.parts) {
      let lastX = (coordinates[start] - west) * scale, lastY = (coordinates[start + 1] - north) * scale;
      context.moveTo(lastX, lastY);
      for (let i = start + 2; i < end; i += 2) {
        const x = (coordinates[i] - west) * scale, y = (coordinates[i + 1] - north) * scale;
        if (Math.abs(x - lastX) + Math.abs(y - lastY) < 0.8 && i < end - 2) continue;
        context.lineTo(x, y);
        lastX = x;
        lastY = y;
      }
      if (closed) context.closePath();
    }
  }
}

function isOpen(feature, coordinates) {
  const [start, end] = feature.parts[0];
  return coordinates[start] !== coordinates[end - 2] || coordinates[start + 1] !== coordinates[end - 1];
}
