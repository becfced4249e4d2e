// Pointer and keys of the calendar: drawing an empty stretch, moving and stretching entries. The page draws; this only shows where
// something will be, and tells the page ids, columns and minutes when it is let go.
const SNAP = 15;
const DAY = 1440;
const NEAR = 24;

export function open(root, dotnet) {
  return new Drag(root, dotnet);
}

class Drag {
  #stop = new AbortController();
  #now = null;
  #said = Promise.resolve();
  #dropped = -Infinity;

  constructor(root, dotnet) {
    this.root = root;
    this.dotnet = dotnet;
    const on = (target, type, run, options) => target.addEventListener(type, run, { signal: this.#stop.signal, ...options });
    on(root, 'pointerdown', (e) => this.#grab(e));
    // the click that ends a drag opens nothing
    on(root, 'click', (e) => { if (e.timeStamp - this.#dropped < 100) e.stopPropagation(); }, { capture: true });
    on(root, 'dblclick', (e) => this.#double(e));
    on(root, 'keydown', (e) => this.#key(e));
    on(document, 'pointermove', (e) => this.#drag(e));
    on(document, 'pointerup', (e) => this.#drop(e));
    on(document, 'pointercancel', () => this.#end());
    on(document, 'keydown', (e) => { if (e.key === 'Escape' && this.#now?.begun) { e.stopPropagation(); this.#end(); } }, { capture: true });
  }

  /** Brings a minute of the day to the upper edge. */
  scrollTo(minute) {
    const [box, grid] = [this.root.querySelector('.cal-scroll'), this.root.querySelector('.cal-grid')];
    if (box && grid) box.scrollTop = grid.offsetHeight * minute / DAY;
  }

  dispose() {
    this.#end();
    this.#stop.abort();
  }

  // one after the other: the second move of an entry needs what came of the first
  #tell(method, ...args) {
    this.#said = this.#said.then(() => this.dotnet.invokeMethodAsync(method, ...args)).catch(() => {});
    return this.#said;
  }

  #grab(event) {
    if (event.button !== 0 || event.pointerType === 'touch' || event.target.closest('a, button')) return;
    const entry = event.target.closest('.cal-event');
    const column = event.target.closest('[data-col]');
    if (!column || entry && !entry.dataset.movable || !entry && !this.root.dataset.write) return;
    const kind = !entry ? 'draw' : event.target.closest('.cal-grip') ? 'stretch' : 'move';
    if (kind === 'draw' && !column.classList.contains('cal-col')) return;
    this.#now = { kind, entry, column, from: column.dataset.col, x: event.clientX, y: event.clientY, begun: false, start: this.#minute(column, event.clientY) };
    if (entry) Object.assign(this.#now, { id: entry.dataset.id, version: Number(entry.dataset.version), top: Number(entry.dataset.from), bottom: Number(entry.dataset.until) });
  }

  #drag(event) {
    const now = this.#now;
    if (!now) return;
    if (!now.begun) {
      if (Math.hypot(event.clientX - now.x, event.clientY - now.y) < 5) return;
      now.begun = true;
      now.entry?.classList.add('cal-moving');
      document.body.classList.add('cal-dragging');
      getSelection()?.removeAllRanges();
    }
    const box = this.root.querySelector('.cal-scroll');
    if (box) {
      const edge = box.getBoundingClientRect();
      if (event.clientY < edge.top + NEAR) box.scrollTop -= 12;
      else if (event.clientY > edge.bottom - NEAR) box.scrollTop += 12;
    }
    const under = document.elementsFromPoint(event.clientX, event.clientY).find((e) => e.matches?.('[data-col]') && this.root.contains(e));
    if (now.kind === 'move' && under) now.column = under;
    if (!now.column.classList.contains('cal-col')) {
      this.root.querySelector('.cal-aim')?.classList.remove('cal-aim');
      now.column.classList.add('cal-aim');
      return;
    }
    const minute = this.#minute(now.column, event.clientY);
    if (now.kind === 'move') {
      const length = now.bottom - now.top;
      now.to = Math.min(Math.max(0, snap(now.top + minute - now.start)), DAY - SNAP);
      this.#show(now.column, now.to, now.to + length);
    } else if (now.kind === 'stretch') {
      now.to = Math.max(snap(minute), now.top + SNAP);
      this.#show(now.column, now.top, now.to);
    } else {
      const [a, b] = minute < now.start ? [minute, now.start] : [now.start, minute];
      now.low = Math.floor(a / SNAP) * SNAP;
      now.to = Math.max(Math.ceil(b / SNAP) * SNAP, now.low + SNAP);
      this.#show(now.column, now.low, now.to);
    }
  }

  #drop(event) {
    const now = this.#now;
    if (!now) return;
    if (!now.begun) {
      this.#now = null;
      return;
    }
    this.#now = null;
    this.#dropped = event.timeStamp;
    const column = now.column.dataset.col;
    const told = now.kind === 'draw' ? this.#tell('Drawn', column, now.low, now.to)
      : now.kind === 'stretch' ? this.#tell('Stretched', now.id, now.version, now.to)
      : this.#tell('Moved', now.id, now.version, now.from, column, now.to ?? -1);
    // the mark stays until the page shows the entry in its place
    told.then(() => { if (!this.#now) this.#clear(now); });
  }

  #double(event) {
    const column = event.target.closest('[data-col]');
    if (!column || !this.root.dataset.write || event.target.closest('.cal-event, a, button')) return;
    const start = column.classList.contains('cal-col') ? Math.floor(this.#minute(column, event.clientY) / 30) * 30 : 540;
    this.#tell('Drawn', column.dataset.col, start, start + 30);
  }

  #key(event) {
    const entry = event.target.closest?.('.cal-event');
    if (!entry || !event.altKey || !event.key.startsWith('Arrow') || !entry.dataset.movable) return;
    event.preventDefault();
    event.stopPropagation();
    const [x, y] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -SNAP], ArrowDown: [0, SNAP] }[event.key];
    const id = entry.dataset.id;
    this.#tell('Nudged', id, x, event.shiftKey ? 0 : y, event.shiftKey ? y : 0)
      .then(() => this.root.querySelector(`.cal-event[data-id="${id}"][data-movable]`)?.focus());
  }

  #minute(column, y) {
    const box = column.getBoundingClientRect();
    return Math.min(Math.max(0, (y - box.top) / box.height * DAY), DAY);
  }

  #show(column, from, until) {
    const ghost = this.root.querySelector('.cal-ghost');
    if (!ghost) return;
    ghost.hidden = false;
    Object.assign(ghost.style, { left: `${column.offsetLeft}px`, width: `${column.offsetWidth}px`, top: `${from / DAY * 100}%`, height: `${(Math.min(until, DAY) - from) / DAY * 100}%` });
    ghost.textContent = `${clock(from)} – ${clock(until)}`;
  }

  #clear(now) {
    now.entry?.classList.remove('cal-moving');
    document.body.classList.remove('cal-dragging');
    this.root.querySelector('.cal-aim')?.classList.remove('cal-aim');
    const ghost = this.root.querySelector('.cal-ghost');
    if (ghost) ghost.hidden = true;
  }

  #end() {
    if (this.#now) this.#clear(this.#now);
    this.#now = null;
  }
}

function snap(minute) {
  return Math.round(minute / SNAP) * SNAP;
}

function clock(minute) {
  return `${String(Math.floor(minute / 60) % 24).padStart(2, '0')}:${String(Math.round(minute % 60)).padStart(2, '0')}`;
}
