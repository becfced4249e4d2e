import { unitX, unitY } from './projection.js';

/** How long a trail reaches back, ms. */
export const TRAIL = 30 * 60_000;
const GAP = 5 * 60_000;   // a silence longer than this is not joined by a line
const FADES = 6;          // steps from old and pale to new and strong
const AT_MOST = 4000;     // points

/** Where a vehicle has been in the last half hour. */
export class Trail {
  #points; // [x, y, time], times rising

  /** @param {number[][]} fixes known so far: [latitude, longitude, Unix ms], times rising */
  constructor(fixes = []) {
    this.#points = fixes.map(([latitude, longitude, time]) => [unitX(longitude), unitY(latitude), time]);
  }

  /** Adds a fix when it is newer than the last one. */
  add(x, y, time) {
    const last = this.#points.at(-1);
    if (last && (time <= last[2] || (x === last[0] && y === last[1]))) return;
    this.#points.push([x, y, time]);
    if (this.#points.length > AT_MOST) this.#points.splice(0, AT_MOST / 4);
  }

  /** Lines to draw, oldest first: split at silences and into steps of age. */
  pieces(now) {
    const pieces = [];
    let piece = null, step = -1, previous = null;
    for (const point of this.#points) {
      const age = now - point[2];
      if (age > TRAIL) continue;
      const itsStep = Math.floor((1 - age / TRAIL) * FADES);
      const gap = previous && point[2] - previous[2] > GAP;
      if (!piece || itsStep !== step || gap) {
        piece = previous && !gap ? [previous] : [];
        pieces.push(piece);
        step = itsStep;
      }
      piece.push(point);
      previous = point;
    }
    return pieces;
  }
}
