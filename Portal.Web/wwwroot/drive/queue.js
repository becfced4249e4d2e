// Commands wait here, in order, until the server has answered each. They outlive the page: a phone that was switched off
// in a basement sends them when it is back.

const place = 'portal.drive.queue';

export class Queue {
  #sending = false;

  constructor(store = localStorage) {
    this.store = store;
  }

  /** The commands of one driver, oldest first. */
  of(driver) {
    return this.#read().filter(command => command.driver === driver);
  }

  push(command) {
    this.#write([...this.#read(), command]);
  }

  /** Takes a command back that has not left yet; false when it may have left. */
  withdraw(key) {
    if (this.#sending) return false;
    const all = this.#read();
    const kept = all.filter(command => command.key !== key);
    this.#write(kept);
    return kept.length < all.length;
  }

  /**
   * Sends what waits for this driver, one after the other. `send` answers { done, late, text } or throws when the server
   * cannot be reached; then the rest waits. A refusal also drops what was built on it: later commands on the same trip,
   * or on the shift that did not start. Of a trip that was his no longer (`late`) all that he did is told all the same: the
   * dispatcher must learn of it. Returns the refusals.
   */
  async flush(driver, send) {
    if (this.#sending) return [];
    this.#sending = true;
    const refused = [];
    try {
      for (let command; (command = this.of(driver)[0]);) {
        const answer = await send(command);
        this.#write(this.#read().filter(other => other.key !== command.key));
        if (answer.done) continue;
        refused.push({ key: command.key, text: answer.text });
        this.#write(this.#read().filter(other => other.driver !== driver || !restsOn(other, command, answer.late)));
      }
    } finally {
      this.#sending = false;
    }
    return refused;
  }

  #read() {
    try {
      return JSON.parse(this.store.getItem(place)) ?? [];
    } catch {
      // only a hand-made value is no JSON; nothing of ours is lost with it
      return [];
    }
  }

  #write(commands) {
    this.store.setItem(place, JSON.stringify(commands));
  }
}

const ofShift = ['EndShift', 'StartBreak', 'EndBreak', 'ChangeVehicle'];

// what a client took at one door says nothing of the next
const restsOn = (later, refused, late) =>
  (refused.trip && refused.kind !== 'Deliver' && later.trip === refused.trip && (!late || later.kind === 'Undo')) || (refused.kind === 'StartShift' && ofShift.includes(later.kind)) ||
  (refused.kind === 'StartBreak' && later.kind === 'EndBreak');
