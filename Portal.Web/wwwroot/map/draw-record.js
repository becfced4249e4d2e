const KEPT = 4096;

/**
 * What was drawn when, for measurement: each drawn batch's newest fix time, when it came, when it was drawn and when
 * the frame had been handed over. All in Unix ms with fractions.
 */
export class DrawRecord {
  /** While set, the fix times of all vehicles in a batch are kept too. */
  keepsTimes = false;
  #rows = [];
  #open = null;

  /** A batch with these fix times came at a time; several before one frame count from the first. */
  received(times, at) {
    if (!times.length) return;
    const newest = times.reduce((a, b) => Math.max(a, b));
    this.#open ??= { newest, received: at, times: [] };
    this.#open.newest = Math.max(this.#open.newest, newest);
    if (this.keepsTimes) this.#open.times.push(...times);
  }

  /** The canvas has been drawn; the task after it runs when the frame has been handed over. */
  drawn() {
    const row = this.#open;
    if (!row) return;
    this.#open = null;
    row.drawn = wall();
    const channel = new MessageChannel();
    channel.port1.onmessage = () => {
      channel.port1.close();
      row.framed = wall();
      if (this.#rows.length >= KEPT) this.#rows.splice(0, KEPT / 4);
      this.#rows.push(row);
    };
    channel.port2.postMessage(0);
  }

  /** Hands over the rows and starts anew. */
  take() {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }
}

/** Now, Unix ms with fractions. */
export const wall = () => performance.timeOrigin + performance.now();
