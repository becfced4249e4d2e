import { unitX, unitY, latitudeOf, longitudeOf } from './projection.js';
import { NO_HEADING } from './fleet-frame.js';

/** Directions a marker can point in; the index after the last means it stands. */
export const BEARINGS = 32;
const STANDING_BELOW = 30; // 1/10 km/h: GPS noise turns a standing car around

/** What the map knows of vehicles: one typed array per field, slots without gaps. */
export class VehicleStore {
  count = 0;
  #slots = new Map();

  constructor(capacity = 1024) {
    this.#allocate(capacity);
  }

  /** Slot of a handle, or -1. */
  slotOf(handle) {
    return this.#slots.get(handle) ?? -1;
  }

  /** Adds or moves a vehicle: degrees, Unix ms, 1/100°, 1/10 km/h. */
  put(handle, latitude, longitude, time, heading, speed, status, flags) {
    let slot = this.#slots.get(handle);
    if (slot === undefined) {
      if (this.count === this.handle.length) this.#allocate(this.count * 2);
      slot = this.count++;
      this.#slots.set(handle, slot);
      this.handle[slot] = handle;
    }
    this.x[slot] = unitX(longitude);
    this.y[slot] = unitY(latitude);
    this.time[slot] = time;
    this.speed[slot] = speed;
    this.status[slot] = status;
    this.flags[slot] = flags;
    this.bearing[slot] = heading === NO_HEADING || speed < STANDING_BELOW
      ? BEARINGS : Math.round(heading / 36000 * BEARINGS) % BEARINGS;
  }

  /** Forgets a vehicle; the last one takes its slot. */
  remove(handle) {
    const slot = this.#slots.get(handle);
    if (slot === undefined) return;
    this.#slots.delete(handle);
    const last = --this.count;
    if (slot === last) return;
    for (const column of this.#columns()) column[slot] = column[last];
    this.#slots.set(this.handle[slot], slot);
  }

  clear() {
    this.count = 0;
    this.#slots.clear();
  }

  latitude(slot) {
    return latitudeOf(this.y[slot]);
  }

  longitude(slot) {
    return longitudeOf(this.x[slot]);
  }

  #columns() {
    return [this.handle, this.x, this.y, this.time, this.speed, this.status, this.flags, this.bearing];
  }

  #allocate(capacity) {
    const grown = (type, old) => {
      const column = new type(capacity);
      if (old) column.set(old);
      return column;
    };
    this.handle = grown(Uint32Array, this.handle);
    this.x = grown(Float64Array, this.x);
    this.y = grown(Float64Array, this.y);
    this.time = grown(Float64Array, this.time);
    this.speed = grown(Uint16Array, this.speed);
    this.status = grown(Uint8Array, this.status);
    this.flags = grown(Uint8Array, this.flags);
    this.bearing = grown(Uint8Array, this.bearing);
  }
}
