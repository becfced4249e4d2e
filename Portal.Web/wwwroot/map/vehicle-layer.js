import { CanvasLayer } from './canvas-layer.js';
import { discRadius, groupByCell } from './clusters.js';
import { vehicleSprites, spriteRow } from './vehicle-sprites.js';
import { Stamps } from './stamps.js';
import { LabelCache, ageText, reserve } from './labels.js';

const CROWD = 6;              // vehicles in a cell that become a group
const GROUPS_BELOW_ZOOM = 16; // from here on every vehicle stands alone
const LABELS_FROM_ZOOM = 15;
const LABELS_AT_MOST = 400;
const PRESSED_ABOVE = 1500;   // vehicles drawn singly from which small markers are pressed instead of painted
const REACH = 14;             // CSS pixels between the pointer and what it means

/** Draws vehicles, their trails and groups from a VehicleStore on one canvas, and says what lies under a point. */
export class VehicleLayer extends CanvasLayer {
  selected = -1;              // handle
  grouping = true;
  shown = 0xFF;               // bit per status
  staleAfter = 120_000;       // ms
  trails = new Map();         // handle → Trail
  #visible = 0;
  #slots = new Uint32Array(0);
  #xs = new Float32Array(0);
  #ys = new Float32Array(0);
  #groupOf = new Int32Array(0);
  #groups = [];
  #sprites;
  #stamps;
  #single = 0;
  #labels = new LabelCache();

  /**
   * @param {import('./vehicle-store.js').VehicleStore} store
   * @param {() => number} now the time the ages are counted to, Unix ms
   * @param {(handle: number) => string} plateOf text beside a vehicle
   */
  constructor(store, now, plateOf, options) {
    super(options);
    this.store = store;
    this.now = now;
    this.plateOf = plateOf;
  }

  /** Takes the colours of a theme. */
  setPalette(palette) {
    this.palette = palette;
    this.#sprites = this.#stamps = undefined;
    this.#labels.clear();
    this.invalidate();
  }

  isStale(slot) {
    return this.now() - this.store.time[slot] > this.staleAfter;
  }

  draw() {
    const context = this.context;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (!this.palette) return;
    this.#collect();
    this.#group();
    const pressed = this.#single > PRESSED_ABOVE;
    if (pressed) this.#pressMarkers();
    this.#drawTrails(pressed);
    this.#drawLabels();
    if (!pressed) this.#drawMarkers();
    this.#drawSelected();
    this.#drawGroups();
    this.ondrawn?.();
  }

  /** What lies under a point of the container: `{handle}`, `{group}` (slots) or null. */
  at(containerPoint) {
    const p = this.toCanvas(containerPoint);
    for (const group of this.#groups)
      if (Math.hypot(group.x - p.x, group.y - p.y) <= groupRadius(group)) return { group: group.members.map(i => this.#slots[i]) };
    let best = REACH, found = -1;
    for (let i = 0; i < this.#visible; i++) {
      if (this.#groupOf[i] >= 0) continue;
      const distance = Math.hypot(this.#xs[i] - p.x, this.#ys[i] - p.y);
      if (distance < best) { best = distance; found = i; }
    }
    return found < 0 ? null : { handle: this.store.handle[this.#slots[found]] };
  }

  #collect() {
    const { store, scale, originX, originY, width, height } = this;
    if (this.#slots.length < store.count) {
      this.#slots = new Uint32Array(store.handle.length);
      this.#xs = new Float32Array(store.handle.length);
      this.#ys = new Float32Array(store.handle.length);
    }
    let visible = 0;
    for (let slot = 0; slot < store.count; slot++) {
      if (!(this.shown >> store.status[slot] & 1) && store.handle[slot] !== this.selected) continue;
      const x = store.x[slot] * scale - originX;
      const y = store.y[slot] * scale - originY;
      if (x < -20 || y < -20 || x > width + 20 || y > height + 20) continue;
      this.#slots[visible] = slot;
      this.#xs[visible] = x;
      this.#ys[visible] = y;
      visible++;
    }
    this.#visible = visible;
  }

  #group() {
    const grouped = this.grouping && this.zoom < GROUPS_BELOW_ZOOM;
    if (grouped) {
      const { groupOf, groups } = groupByCell(this.#xs, this.#ys, this.#visible, this.originX, this.originY, CROWD);
      this.#groupOf = groupOf;
      this.#groups = groups;
    } else {
      this.#groupOf = this.#groupOf.length < this.#visible ? new Int32Array(this.#slots.length).fill(-1) : this.#groupOf.fill(-1);
      this.#groups = [];
    }
    this.#single = this.#visible - this.#groups.reduce((sum, g) => sum + g.members.length, 0);
  }

  #drawTrails(beneath) {
    const { context, ratio, scale, originX, originY } = this;
    context.lineJoin = context.lineCap = 'round';
    context.globalCompositeOperation = beneath ? 'destination-over' : 'source-over';
    for (const [handle, trail] of this.trails) {
      const slot = this.store.slotOf(handle);
      const colour = slot < 0 ? this.palette.accent : this.palette.status[this.store.status[slot]];
      const pieces = trail.pieces(this.now());
      pieces.forEach((piece, i) => {
        context.globalAlpha = 0.25 + 0.65 * (i + 1) / pieces.length;
        context.beginPath();
        piece.forEach(([x, y], n) => {
          const px = (x * scale - originX) * ratio, py = (y * scale - originY) * ratio;
          if (n) context.lineTo(px, py); else context.moveTo(px, py);
        });
        context.strokeStyle = colour;
        context.lineWidth = 3 * ratio;
        context.stroke();
      });
    }
    context.globalAlpha = 1;
    context.globalCompositeOperation = 'source-over';
  }

  #drawMarkers() {
    const { context, store, ratio } = this;
    if (this.#sprites?.ratio !== ratio) this.#sprites = { ratio, ...vehicleSprites(this.palette, ratio, 8.5) };
    const { image, side } = this.#sprites;
    const half = side >> 1;
    const fresh = this.now() - this.staleAfter;
    for (let i = 0; i < this.#visible; i++) {
      if (this.#groupOf[i] >= 0) continue;
      const slot = this.#slots[i];
      // Whole device pixels: a picture between pixels would be resampled.
      context.drawImage(image, store.bearing[slot] * side, spriteRow(store.status[slot], store.time[slot] < fresh) * side, side, side,
        (this.#xs[i] * ratio | 0) - half, (this.#ys[i] * ratio | 0) - half, side, side);
    }
  }

  #pressMarkers() {
    const { context, store, ratio, canvas } = this;
    if (this.#stamps?.ratio !== ratio || this.#stamps.width !== canvas.width || this.#stamps.height !== canvas.height) {
      this.#stamps = new Stamps(vehicleSprites(this.palette, ratio, 5), canvas.width, canvas.height);
      this.#stamps.ratio = ratio;
    }
    const stamps = this.#stamps;
    const fresh = this.now() - this.staleAfter;
    stamps.clear();
    for (let i = 0; i < this.#visible; i++) {
      if (this.#groupOf[i] >= 0) continue;
      const slot = this.#slots[i];
      stamps.press(store.bearing[slot], spriteRow(store.status[slot], store.time[slot] < fresh), this.#xs[i] * ratio | 0, this.#ys[i] * ratio | 0);
    }
    stamps.putOn(context);
  }

  #drawSelected() {
    const { context, ratio, store } = this;
    const slot = store.slotOf(this.selected);
    if (slot < 0) return;
    context.beginPath();
    context.arc((store.x[slot] * this.scale - this.originX) * ratio, (store.y[slot] * this.scale - this.originY) * ratio, 16 * ratio, 0, 2 * Math.PI);
    context.lineWidth = 5 * ratio;
    context.strokeStyle = this.palette.surface;
    context.stroke();
    context.lineWidth = 2.5 * ratio;
    context.strokeStyle = this.palette.accent;
    context.stroke();
  }

  #drawGroups() {
    const { context, ratio, palette, store } = this;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    for (const group of this.#groups) {
      const radius = groupRadius(group) * ratio, x = group.x * ratio, y = group.y * ratio;
      const counts = new Array(palette.status.length).fill(0);
      for (const i of group.members) counts[store.status[this.#slots[i]]]++;
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.fillStyle = palette.surface;
      context.fill();
      // The ring tells the mix of statuses inside.
      context.lineWidth = 4 * ratio;
      let from = -Math.PI / 2;
      counts.forEach((count, status) => {
        if (!count) return;
        const to = from + count / group.members.length * 2 * Math.PI;
        context.beginPath();
        context.arc(x, y, radius - 2 * ratio, from, to);
        context.strokeStyle = palette.status[status];
        context.stroke();
        from = to;
      });
      context.fillStyle = palette.text;
      context.font = `600 ${12 * ratio}px system-ui, sans-serif`;
      context.fillText(String(group.members.length), x, y);
    }
  }

  #drawLabels() {
    const { context, ratio, palette, store } = this;
    const plates = this.zoom >= LABELS_FROM_ZOOM && this.#visible <= LABELS_AT_MOST;
    const now = this.now();
    const boxes = [];
    for (let i = 0; i < this.#visible; i++) {
      const slot = this.#slots[i];
      const handle = store.handle[slot];
      const chosen = handle === this.selected;
      if (!chosen && (this.#groupOf[i] >= 0 || !plates)) continue;
      const age = now - store.time[slot];
      const text = age > this.staleAfter ? `${this.plateOf(handle)} · ${ageText(age)}` : this.plateOf(handle);
      if (!text) continue;
      const label = this.#labels.get(text, palette, ratio);
      if (!reserve(boxes, this.#xs[i], this.#ys[i] + 22, label.width / ratio / 2, 8) && !chosen) continue;
      context.drawImage(label, (this.#xs[i] * ratio - label.width / 2) | 0, (this.#ys[i] * ratio + 15 * ratio) | 0);
    }
  }
}

const groupRadius = group => discRadius(group.members.length);
