import { CanvasLayer } from './canvas-layer.js';
import { reserve } from './labels.js';

const STREETS_FROM_ZOOM = 15;
const AREAS_FROM_ZOOM = 11;
const APART = 260; // CSS pixels between two writings of one name
const FONT = 'system-ui, sans-serif';

/** Writes street names along their lines and the names of districts, parks and water over them. */
export class GroundNames extends CanvasLayer {
  #widths = new Map();

  constructor(indexes, palette, options) {
    super(options);
    this.indexes = indexes;
    this.palette = palette;
  }

  setPalette(palette) {
    this.palette = palette;
    this.invalidate();
  }

  setIndexes(indexes) {
    this.indexes = indexes;
    this.invalidate();
  }

  draw() {
    const { context, ratio, scale } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (this.zoom < AREAS_FROM_ZOOM) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.lineJoin = 'round';
    const boxes = [];
    const written = new Map();
    const west = this.originX / scale, north = this.originY / scale;
    const east = west + this.width / scale, south = north + this.height / scale;
    for (const index of this.indexes) {
      const named = index.touching(west, north, east, south).filter(f => f.name);
      for (const f of named) if (f.kind !== 'road' && f.kind !== 'rail' && f.kind !== 'building') this.#writeArea(f, boxes);
      if (this.zoom < STREETS_FROM_ZOOM) continue;
      const roads = named.filter(f => f.kind === 'road').sort((a, b) => a.roadClass - b.roadClass || b.east - b.west - (a.east - a.west));
      for (const f of roads) this.#writeStreet(f, index.coordinates, boxes, written);
    }
  }

  #writeArea(feature, boxes) {
    const across = (feature.east - feature.west) * this.scale;
    const text = feature.kind === 'district' ? feature.name.toLocaleUpperCase() : feature.name;
    const width = this.#widthOf(text, 12);
    if (feature.kind !== 'point' && (across < width * 0.8 || across > this.width * 4)) return;
    const x = (feature.west + feature.east) / 2 * this.scale - this.originX;
    const y = (feature.north + feature.south) / 2 * this.scale - this.originY + (feature.kind === 'point' ? 10 : 0);
    if (!reserve(boxes, x, y, width / 2 + 4, 9)) return;
    this.#write(text, x, y, 0, `500 12px ${FONT}`, feature.kind === 'water' ? this.palette.waterName : this.palette.district);
  }

  #writeStreet(feature, coordinates, boxes, written) {
    const width = this.#widthOf(feature.name, 11);
    for (const [start, end] of feature.parts)
      for (let i = start; i + 3 < end; i += 2) {
        const x1 = coordinates[i] * this.scale - this.originX, y1 = coordinates[i + 1] * this.scale - this.originY;
        const x2 = coordinates[i + 2] * this.scale - this.originX, y2 = coordinates[i + 3] * this.scale - this.originY;
        if (Math.hypot(x2 - x1, y2 - y1) < width * 0.75) continue;
        const x = (x1 + x2) / 2, y = (y1 + y2) / 2;
        const others = written.get(feature.name) ?? [];
        if (others.some(o => Math.hypot(o[0] - x, o[1] - y) < APART)) continue;
        let angle = Math.atan2(y2 - y1, x2 - x1);
        if (Math.abs(angle) > Math.PI / 2) angle += Math.PI;
        const halfWidth = Math.abs(Math.cos(angle)) * width / 2 + 7, halfHeight = Math.abs(Math.sin(angle)) * width / 2 + 7;
        if (!reserve(boxes, x, y, halfWidth, halfHeight)) continue;
        written.set(feature.name, [...others, [x, y]]);
        this.#write(feature.name, x, y, angle, `11px ${FONT}`, this.palette.name);
      }
  }

  #write(text, x, y, angle, font, colour) {
    const { context } = this;
    context.save();
    context.translate(x, y);
    context.rotate(angle);
    context.font = font;
    context.lineWidth = 3;
    context.strokeStyle = this.palette.halo;
    context.strokeText(text, 0, 0);
    context.fillStyle = colour;
    context.fillText(text, 0, 0);
    context.restore();
  }

  #widthOf(text, size) {
    const key = `${size} ${text}`;
    let width = this.#widths.get(key);
    if (width === undefined) {
      this.context.font = `${size}px ${FONT}`;
      width = this.context.measureText(text).width;
      this.#widths.set(key, width);
    }
    return width;
  }
}
