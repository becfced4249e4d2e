// Pointer and keys of the kanban: dragging a card over a column, arrows from card to card. The page moves; this only tells it ids.
const KIND = 'text/x-deal';

export function open(root, dotnet) {
  return new Kanban(root, dotnet);
}

class Kanban {
  #stop = new AbortController();
  // the card that keys were on; when it stands elsewhere, or a dialog over it is gone, they go on from there
  #kept = null;
  #watch = new MutationObserver(() => this.#keep());

  constructor(root, dotnet) {
    this.root = root;
    this.dotnet = dotnet;
    const on = (type, run) => root.addEventListener(type, run, { signal: this.#stop.signal });
    on('dragstart', (e) => this.#drag(e));
    on('dragover', (e) => this.#over(e));
    on('dragleave', (e) => { if (!e.relatedTarget?.closest?.('[data-stage]')) this.#aim(null); });
    on('dragend', () => this.#end());
    on('drop', (e) => this.#drop(e));
    on('keydown', (e) => this.#key(e));
    on('focusin', (e) => this.#focused(e.target.closest?.('[data-deal]')?.dataset.deal));
    document.addEventListener('pointerdown', () => { this.#kept = null; }, { signal: this.#stop.signal });
    this.#watch.observe(document.body, { childList: true, subtree: true });
  }

  dispose() {
    this.#watch.disconnect();
    this.#end();
    this.#stop.abort();
  }

  #tell(method, deal, ...rest) {
    if (deal) this.dotnet.invokeMethodAsync(method, deal, ...rest).catch(() => {});
  }

  #focused(deal) {
    this.#kept = deal ?? null;
    this.#tell('Focus', deal);
  }

  #keep() {
    if (this.#kept && document.activeElement === document.body) this.root.querySelector(`[data-deal="${this.#kept}"]`)?.focus();
  }

  #drag(event) {
    const card = event.target.closest?.('[data-deal]');
    if (!card) return;
    event.dataTransfer.setData(KIND, card.dataset.deal);
    event.dataTransfer.effectAllowed = 'move';
    this.root.classList.add('dragging');
  }

  #over(event) {
    const column = event.target.closest?.('[data-stage]');
    if (!column || !event.dataTransfer.types.includes(KIND)) return;
    event.preventDefault();
    this.#aim(column);
  }

  #drop(event) {
    const column = event.target.closest?.('[data-stage]');
    const deal = event.dataTransfer.getData(KIND);
    if (!column || !deal) return;
    event.preventDefault();
    const from = this.root.querySelector(`[data-deal="${deal}"]`)?.closest('[data-stage]');
    this.#end();
    if (from !== column) this.#tell('Drop', deal, column.dataset.stage);
  }

  #aim(column) {
    for (const other of this.root.querySelectorAll('.target')) if (other !== column) other.classList.remove('target');
    column?.classList.add('target');
  }

  #end() {
    this.#aim(null);
    this.root.classList.remove('dragging');
  }

  #key(event) {
    const card = event.target.closest?.('[data-deal]');
    if (!card || event.altKey || event.ctrlKey || event.metaKey || !event.key.startsWith('Arrow')) return;
    const column = card.closest('[data-stage]');
    const cards = [...column.querySelectorAll('[data-deal]')];
    const at = cards.indexOf(card);
    const next = event.key === 'ArrowDown' ? cards[at + 1] : event.key === 'ArrowUp' ? cards[at - 1] : this.#beside(column, at, event.key === 'ArrowRight' ? 1 : -1);
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  // the card at the same height of the nearest column that has one
  #beside(column, at, step) {
    const columns = [...this.root.querySelectorAll('.kanban-column')];
    for (let i = columns.indexOf(column) + step; i >= 0 && i < columns.length; i += step) {
      const cards = columns[i].querySelectorAll('[data-deal]');
      if (cards.length > 0) return cards[Math.min(at, cards.length - 1)];
    }
    return null;
  }
}
