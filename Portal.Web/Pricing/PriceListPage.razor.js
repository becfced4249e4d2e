// Enter and the arrows walk down and up a column of prices; leaving a cell is what saves it, Escape puts back what it held.
export function open(frame) {
  let held = "";
  const isCell = element => element.matches?.("[data-cell]");
  const enter = entered => {
    if (isCell(entered.target)) held = entered.target.value;
  };
  const walk = pressed => {
    if (!isCell(pressed.target) || pressed.ctrlKey || pressed.altKey || pressed.metaKey || pressed.shiftKey) return;
    if (pressed.key === "Escape") {
      pressed.target.value = held;
      pressed.stopPropagation();
    }
    const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[pressed.key];
    if (!step) return;
    pressed.preventDefault();
    const cells = [...frame.querySelectorAll("[data-cell]")];
    const next = cells[cells.indexOf(pressed.target) + step];
    if (!next) return pressed.target.blur();
    next.focus();
    next.select();
  };
  frame.addEventListener("focusin", enter);
  frame.addEventListener("keydown", walk);
  return {
    dispose() {
      frame.removeEventListener("focusin", enter);
      frame.removeEventListener("keydown", walk);
    },
  };
}
