// Enter and the arrows walk down and up a column of prices; leaving a cell is what saves it.
export function open(frame) {
  const cells = () => [...frame.querySelectorAll("[data-cell]")];
  const walk = pressed => {
    if (!pressed.target.matches?.("[data-cell]") || pressed.ctrlKey || pressed.altKey || pressed.metaKey || pressed.shiftKey) return;
    const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[pressed.key];
    if (pressed.key === "Escape") {
      pressed.target.value = pressed.target.defaultValue;
      pressed.stopPropagation();
    }
    if (!step) return;
    pressed.preventDefault();
    const all = cells();
    const next = all[all.indexOf(pressed.target) + step];
    if (!next) return pressed.target.blur();
    next.focus();
    next.select();
  };
  frame.addEventListener("keydown", walk);
  return { dispose: () => frame.removeEventListener("keydown", walk) };
}
