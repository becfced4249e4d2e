/** Keys that move from cell to cell, and cells pasted from a spreadsheet; the page does the rest. */
export function open(root, dotnet) {
  const stop = new AbortController();
  const cell = target => target.closest?.('input[data-cell]');
  const place = input => input.dataset.cell.split(':').map(Number);
  const go = (line, column) => {
    const to = root.querySelector(`input[data-cell="${line}:${column}"]`);
    to?.focus();
    to?.select();
  };
  root.addEventListener('keydown', pressed => {
    const input = cell(pressed.target);
    if (!input || pressed.ctrlKey || pressed.altKey || pressed.metaKey) return;
    const [line, column] = place(input);
    const all = input.selectionStart === 0 && input.selectionEnd === input.value.length;
    if (pressed.key === 'ArrowDown' || pressed.key === 'Enter' && !pressed.shiftKey) go(line + 1, column);
    else if (pressed.key === 'ArrowUp' || pressed.key === 'Enter') go(line - 1, column);
    else if (pressed.key === 'ArrowLeft' && all) go(line, column - 1);
    else if (pressed.key === 'ArrowRight' && all) go(line, column + 1);
    else if (pressed.key === 'Escape') input.value = input.defaultValue;
    else return;
    pressed.preventDefault();
  }, { signal: stop.signal });
  root.addEventListener('focusin', event => cell(event.target)?.select(), { signal: stop.signal });
  root.addEventListener('paste', event => {
    const input = cell(event.target);
    const text = event.clipboardData?.getData('text/plain') ?? '';
    // one value is the field's own affair; a message to the page ends at 32 KB
    if (!input || !/[\t\n\r]/.test(text.trimEnd()) || text.length > 30000) return;
    event.preventDefault();
    dotnet.invokeMethodAsync('Paste', ...place(input), text).catch(() => {});
  }, { signal: stop.signal });
  return {
    restore: () => root.querySelectorAll('input[data-cell]').forEach(input => { input.value = input.getAttribute('value') ?? ''; }),
    dispose: () => stop.abort(),
  };
}
