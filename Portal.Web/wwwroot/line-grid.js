// The keyboard of a document's lines: arrows and Enter between cells, rows to and from a spreadsheet.

const chunk = 16000;

/**
 * @param {HTMLElement} grid
 * @param {DotNetObject} component
 */
export function open(grid, component) {
  const rows = () => [...grid.querySelectorAll('tr[data-line]')];
  const cell = (row, name) => row?.querySelector(`[data-cell="${name}"]`);
  const entry = () => grid.querySelector('[data-entry]');
  const go = (input) => { if (input) { input.focus(); input.select?.(); } return !!input; };

  const step = (input, by) => {
    const all = rows();
    for (let at = all.indexOf(input.closest('tr')) + by; at >= 0 && at < all.length; at += by)
      if (go(cell(all[at], input.dataset.cell) ?? cell(all[at], 'name'))) return;
    if (by > 0) go(entry());
  };

  const keydown = (e) => {
    const input = e.target;
    const line = input.closest?.('tr[data-line]')?.dataset.line;
    if (!line) return;
    if (e.altKey && (e.key === 'ArrowUp' || e.key === 'ArrowDown')) {
      e.preventDefault();
      component.invokeMethodAsync('MoveAsync', line, e.key === 'ArrowUp' ? -1 : 1).then(() => go(cell(grid.querySelector(`tr[data-line="${line}"]`), input.dataset.cell)));
    } else if (e.ctrlKey && e.key === 'Delete') {
      e.preventDefault();
      step(input, 1);
      component.invokeMethodAsync('RemoveAsync', line);
    } else if (!input.dataset.cell) {
      return;
    } else if (e.key === 'ArrowDown' || e.key === 'Enter') {
      e.preventDefault();
      step(input, 1);
    } else if (e.key === 'ArrowUp') {
      e.preventDefault();
      step(input, -1);
    } else if (e.key === 'Escape') {
      input.value = input.defaultValue;
      input.blur();
    }
  };

  const paste = async (e) => {
    const text = e.clipboardData?.getData('text/plain') ?? '';
    if (!grid.dataset.writing || !/[\t]|\n./.test(text.trim())) return;
    e.preventDefault();
    const line = e.target.closest?.('tr[data-line]')?.dataset.line ?? null;
    const parts = [''];
    for (const row of text.split(/\r?\n/)) {
      if (parts[parts.length - 1].length + row.length > chunk) parts.push('');
      parts[parts.length - 1] += `${row}\n`;
    }
    for (let i = 0; i < parts.length; i++) await component.invokeMethodAsync('PasteAsync', line, parts[i], i === parts.length - 1);
  };

  // what a spreadsheet would take for a formula gets an apostrophe
  const harmless = (text) => (/^[=+@-]/.test(text) && !/^[+-]?[\d\s.,]+$/.test(text) ? `'${text}` : text);
  const values = (row) => grid.dataset.cells.split(' ').map((name) => harmless(cell(row, name)?.value ?? row.dataset[name] ?? '')).join('\t');

  const copy = (e) => {
    const row = e.target.closest?.('tr[data-line]');
    if (!row || e.target.selectionStart !== e.target.selectionEnd || String(getSelection())) return;
    e.preventDefault();
    e.clipboardData.setData('text/plain', values(row));
  };

  grid.addEventListener('keydown', keydown);
  grid.addEventListener('paste', paste);
  grid.addEventListener('copy', copy);
  grid.dataset.listening = 'yes';

  return {
    focus: (line, name) => { go(cell(grid.querySelector(`tr[data-line="${line}"]`), name)); },
    enter: () => { go(entry()); },
    copyAll: () => navigator.clipboard.writeText(rows().map(values).join('\n')),
    dispose: () => {
      grid.removeEventListener('keydown', keydown);
      grid.removeEventListener('paste', paste);
      grid.removeEventListener('copy', copy);
    },
  };
}
