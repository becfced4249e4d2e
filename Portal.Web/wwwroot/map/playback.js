import { NO_HEADING } from './fleet-frame.js';

/** A silence longer than this is not guessed over: the vehicle is held where it was last seen and ages. */
export const GAP = 5 * 60_000;

/** The viewer's own clock: runs at a rate, stands, jumps. Times in Unix ms; `real` is any steady clock in ms. */
export class PlaybackClock {
  rate = 1;
  playing = false;
  #at;
  #since = 0;

  constructor(from, to) {
    this.from = from;
    this.to = to;
    this.#at = from;
  }

  /** The played time; stops itself at the end. */
  now(real) {
    if (!this.playing) return this.#at;
    const now = this.#at + (real - this.#since) * this.rate;
    if (now < this.to) return now;
    this.#at = this.to;
    this.playing = false;
    return this.to;
  }

  play(real) {
    if (this.#at >= this.to) this.#at = this.from;
    this.#since = real;
    this.playing = true;
  }

  pause(real) {
    this.#at = this.now(real);
    this.playing = false;
  }

  seek(time, real) {
    this.#at = Math.max(this.from, Math.min(this.to, time));
    this.#since = real;
  }

  setRate(rate, real) {
    this.#at = this.now(real);
    this.#since = real;
    this.rate = rate;
  }
}

/**
 * Index of the last fix not after a time, or -1 before the first. `hint` is the index found last time: while the
 * clock runs forward the answer is there or a step on.
 */
export function fixBefore(times, time, hint = 0) {
  if (!times.length || time < times[0]) return -1;
  let i = Math.max(0, Math.min(hint, times.length - 1));
  if (times[i] <= time)
    for (let steps = 0; steps < 8; steps++) {
      if (i === times.length - 1 || times[i + 1] > time) return i;
      i++;
    }
  let low = 0, high = times.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (times[middle] <= time) low = middle; else high = middle - 1;
  }
  return low;
}

/**
 * Where a vehicle was: between two fixes on the straight line, over a gap at its last fix.
 * @returns {{latitude: number, longitude: number, heading: number, speed: number, time: number}} `time` (Unix ms) is when it was
 * really known: the played time while fixes follow closely, the last fix's over a gap
 */
export function positionAt(track, index, time) {
  const { base, time: times, latitude, longitude, heading, speed } = track;
  const offset = time - base;
  const last = index === times.length - 1;
  const span = last ? 0 : times[index + 1] - times[index];
  if (last || span > GAP)
    return { latitude: latitude[index] / 1e7, longitude: longitude[index] / 1e7, heading: heading[index], speed: 0, time: base + times[index] };
  const share = span ? (offset - times[index]) / span : 0;
  return {
    latitude: (latitude[index] + (latitude[index + 1] - latitude[index]) * share) / 1e7,
    longitude: (longitude[index] + (longitude[index + 1] - longitude[index]) * share) / 1e7,
    heading: turned(heading[index], heading[index + 1], share),
    speed: speed[index],
    time,
  };
}

function turned(from, to, share) {
  if (from === NO_HEADING || to === NO_HEADING) return from;
  const turn = ((to - from + 54000) % 36000) - 18000; // the shorter way round
  return (from + turn * share + 36000) % 36000;
}

/** Moves a store's vehicles to where the tracks had them at a time. Handles are indexes into the tracks plus one. */
export class TrackPlayer {
  #hints;

  constructor(tracks) {
    this.tracks = tracks;
    this.#hints = new Int32Array(tracks.vehicles.length);
  }

  show(store, time) {
    this.tracks.vehicles.forEach((track, i) => {
      const index = fixBefore(track.time, time - track.base, this.#hints[i]);
      if (index < 0) {
        store.remove(i + 1);
        return;
      }
      this.#hints[i] = index;
      const p = positionAt(track, index, time);
      store.put(i + 1, p.latitude, p.longitude, p.time, p.heading, p.speed, track.status[index], track.flags[index]);
    });
  }

  /** A vehicle's fixes in the time before, for its trail: [latitude, longitude, Unix ms], times rising. */
  fixesBefore(handle, time, reach) {
    const track = this.tracks.vehicles[handle - 1];
    if (!track) return [];
    const end = fixBefore(track.time, time - track.base);
    const fixes = [];
    for (let i = end; i >= 0 && time - track.base - track.time[i] <= reach; i--)
      fixes.push([track.latitude[i] / 1e7, track.longitude[i] / 1e7, track.base + track.time[i]]);
    return fixes.reverse();
  }
}
