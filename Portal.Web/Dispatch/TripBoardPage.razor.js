// Pointer work of the board: splitters that keep their place, dragging trips onto lanes, holding lists still under the cursor.
const boards = new Map();

export function open(root, dotnet, user, draft) {
  const board = new Board(root, dotnet, user);
  boards.set(root, board);
  // whether an order that this user began waits to be gone on with
  return sessionStorage.getItem(draft) !== null;
}

export function close(root) {
  boards.get(root)?.end();
  boards.delete(root);
}

/** Scrolls a list so that its row can be seen; rows have one height. */
export function reveal(root, list, index) {
  const rows = root.querySelector(`[data-list="${list}"]`);
  if (!rows || index < 0) return;
  const height = list === 'table' ? 34 : 54;
  const top = index * height;
  if (top < rows.scrollTop) rows.scrollTop = top;
  else if (top + 2 * height > rows.scrollTop + rows.clientHeight) rows.scrollTop = top + 2 * height - rows.clientHeight;
}

class Board {
  #stop = new AbortController();
  #held = false;
  #sought = false;
  /* the word whose hits are entered as soon as they stand there */
  #awaited = null;
  #answers = new MutationObserver(() => this.#enter());

  constructor(root, dotnet, user) {
    this.root = root;
    this.dotnet = dotnet;
    this.key = `portal.board.${user}`;
    this.places = JSON.parse(localStorage.getItem(this.key) ?? '{}');
    for (const [name, share] of Object.entries(this.places)) this.#place(name, share);
    const on = (type, run) => root.addEventListener(type, run, { signal: this.#stop.signal });
    on('pointerdown', (e) => this.#grab(e));
    on('keydown', (e) => this.#nudge(e));
    on('keydown', (e) => this.#seek(e));
    on('click', (e) => this.#press(e));
    on('pointerover', (e) => this.#hold(e.target.closest('[data-hold]') !== null));
    on('pointerleave', () => this.#hold(false));
    on('dragstart', (e) => this.#drag(e));
    on('dragover', (e) => this.#over(e));
    on('dragleave', (e) => { if (!e.relatedTarget?.closest?.('[data-vehicle]')) this.#aim(null); });
    on('dragend', () => this.#aim(null));
    on('drop', (e) => this.#drop(e));
    this.#answers.observe(root, { attributeFilter: ['data-found'] });
  }

  end() {
    this.#stop.abort();
    this.#answers.disconnect();
  }

  #press(event) {
    const trip = event.target.closest('[data-trip]')?.dataset.trip;
    const vehicle = event.target.closest('.lane-name')?.closest('[data-vehicle]')?.dataset.vehicle;
    if (trip) this.dotnet.invokeMethodAsync('Pressed', trip, event.ctrlKey || event.metaKey, event.shiftKey).catch(() => {});
    else if (vehicle) this.dotnet.invokeMethodAsync('VehiclePressed', vehicle).catch(() => {});
  }

  #hold(held) {
    if (held === this.#held) return;
    this.#held = held;
    this.dotnet.invokeMethodAsync('Hold', held).catch(() => {});
  }

  #place(name, share) {
    this.root.style.setProperty(`--${name}`, `${share}%`);
    this.root.querySelector(`[data-split="${name}"]`)?.setAttribute('aria-valuenow', Math.round(share));
  }

  #move(name, share) {
    this.places[name] = Math.min(85, Math.max(15, share));
    this.#place(name, this.places[name]);
    localStorage.setItem(this.key, JSON.stringify(this.places));
  }

  #grab(event) {
    // rows and bars are many: they become draggable when somebody takes hold of one
    const trip = event.target.closest('.may-move');
    if (trip) trip.draggable = true;
    const splitter = event.target.closest('[data-split]');
    if (!splitter) return;
    event.preventDefault();
    splitter.focus();
    splitter.setPointerCapture(event.pointerId);
    const area = splitter.parentElement.getBoundingClientRect();
    const upright = splitter.getAttribute('aria-orientation') === 'vertical';
    const follow = (e) => this.#move(splitter.dataset.split, upright ? 100 * (e.clientX - area.left) / area.width : 100 * (e.clientY - area.top) / area.height);
    splitter.addEventListener('pointermove', follow);
    splitter.addEventListener('pointerup', () => splitter.removeEventListener('pointermove', follow), { once: true });
  }

  #nudge(event) {
    const splitter = event.target.closest?.('[data-split]');
    const step = { ArrowLeft: -2, ArrowUp: -2, ArrowRight: 2, ArrowDown: 2 }[event.key];
    if (!splitter || !step) return;
    event.preventDefault();
    event.stopPropagation();
    this.#move(splitter.dataset.split, Number(splitter.getAttribute('aria-valuenow')) + step);
  }

  // From the search box into what it found, and back.
  #seek(event) {
    const box = this.root.querySelector('.bfind');
    if (event.isComposing) return;
    this.#awaited = null;
    if (event.target !== box) {
      if (event.key === 'Escape' && this.#sought) box.select();
      this.#sought &&= event.key !== 'Escape';
    } else if (event.key === 'ArrowDown' || event.key === 'Enter') {
      event.preventDefault();
      this.#awaited = box.value;
      this.#enter();
    } else if (event.key === 'Escape' && !box.value) {
      box.blur();
    }
  }

  // What answers an earlier word is not what was sought: the hits are entered once they answer this one.
  #enter() {
    const box = this.root.querySelector('.bfind');
    if (this.#awaited === null || this.#awaited !== this.root.dataset.found || document.activeElement !== box) return;
    this.#awaited = null;
    const hits = [...this.root.querySelectorAll('.btable, .blist-rows')].find((list) => list.querySelector('[data-trip]'));
    if (!hits) return;
    hits.focus();
    this.#sought = true;
    this.dotnet.invokeMethodAsync('Found').catch(() => {});
  }

  #drag(event) {
    const held = event.target.closest?.('[data-trip]')?.dataset;
    if (!held) return;
    // with the version that was taken hold of: what others did since then is told at the drop, not written over
    event.dataTransfer.setData('text/x-trip', `${held.trip} ${held.version}`);
    event.dataTransfer.effectAllowed = 'move';
  }

  #over(event) {
    const lane = event.target.closest?.('[data-vehicle]');
    if (!lane || !event.dataTransfer.types.includes('text/x-trip')) return;
    event.preventDefault();
    this.#aim(lane);
  }

  // One lane at a time is the target, also while the pointer crosses its bars.
  #aim(lane) {
    for (const other of this.root.querySelectorAll('.lane.target')) if (other !== lane) other.classList.remove('target');
    lane?.classList.add('target');
  }

  #drop(event) {
    const lane = event.target.closest?.('[data-vehicle]');
    const held = event.dataTransfer.getData('text/x-trip');
    if (!lane || !held) return;
    event.preventDefault();
    this.#aim(null);
    const [trip, version] = held.split(' ');
    this.dotnet.invokeMethodAsync('Dropped', trip, Number(version), lane.dataset.vehicle).catch(() => {});
  }
}
