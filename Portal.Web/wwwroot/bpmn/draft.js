import { keep, kept, drop } from './keep.js';

const REST = 800;           // ms without a change before the draft travels
const AGAIN = 5_000;        // ms before a failed save is tried again

/**
 * The draft on its way to the server: kept in this browser at once, saved when the hand rests, one save at a time.
 * States told to the page: changed, saving, saved, offline, conflict, refused.
 */
export class Draft {
  #url;
  #key;
  #user;
  #write;
  #tell;
  #timer = null;
  #saving = null;
  #dirty = false;
  #stopped = false;

  /**
   * @param {{url: string, key: string, revision: string|null}} draft
   * @param {() => Promise<string>} write gives the XML as it is now
   * @param {(state: string, text?: string) => void} tell
   */
  constructor({ url, key, revision, user }, write, tell) {
    [this.#url, this.#key, this.#user, this.revision, this.#write, this.#tell] = [url, key, user, revision, write, tell];
  }

  get #place() {
    return `${this.#user}/${this.#key}`;
  }

  /** What an earlier visit left here unsaved. */
  kept() {
    return kept(this.#place);
  }

  /** Notes a change. */
  changed() {
    if (this.#stopped) return;
    this.#dirty = true;
    this.#tell('changed');
    this.#keep();
    this.#plan(REST);
  }

  async #keep() {
    try {
      await keep(this.#place, await this.#write(), this.revision);
    } catch (failure) {
      // A browser without storage (a private window) still saves to the server.
      console.warn(failure);
    }
  }

  #plan(wait) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), wait);
  }

  /** Saves what is not saved yet; true when the server has everything. */
  async flush() {
    clearTimeout(this.#timer);
    while (this.#saving) await this.#saving;
    if (!this.#dirty || this.#stopped) return !this.#dirty;
    this.#saving = this.#save();
    await this.#saving;
    this.#saving = null;
    return !this.#dirty;
  }

  async #save() {
    this.#dirty = false;
    this.#tell('saving');
    let answer;
    try {
      const headers = { 'Content-Type': 'application/xml', 'If-Match': `"${this.revision ?? ''}"` };
      answer = await fetch(this.#url, { method: 'PUT', headers, body: await this.#write() });
    } catch {
      // The line is cut: the browser keeps the work meanwhile.
      this.#failed('offline');
      return;
    }
    if (answer.ok) await this.#saved(answer.headers.get('ETag')?.replaceAll('"', '') ?? null);
    else if (answer.status === 409) this.#stop('conflict', await answer.text());
    else if (answer.status >= 500 || answer.status === 429) this.#failed('offline');
    else this.#stop('refused', await answer.text());
  }

  async #saved(revision) {
    this.revision = revision;
    if (this.#dirty) {
      this.#plan(REST);
      return;
    }
    await drop(this.#place).catch(failure => console.warn(failure));
    this.#tell('saved', revision);
  }

  #failed(state) {
    this.#dirty = true;
    this.#tell(state);
    this.#plan(AGAIN);
  }

  /** Waits for a person's word: the server refuses what would be saved. */
  #stop(state, text) {
    this.#dirty = true;
    this.#stopped = state === 'conflict';
    this.#tell(state, text);
  }

  /** Saves over what somebody else saved meanwhile. */
  overwrite(revision) {
    this.revision = revision;
    this.#stopped = false;
    this.#dirty = true;
    return this.flush();
  }

  /** Forgets what is kept here. */
  async forget() {
    clearTimeout(this.#timer);
    this.#stopped = true;
    await drop(this.#place).catch(failure => console.warn(failure));
  }

  dispose() {
    clearTimeout(this.#timer);
    this.#stopped = true;
  }
}
