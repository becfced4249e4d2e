const own = new Set(['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End', ' ']);

/** Keeps the page from scrolling by the keys that move within the tree. */
export function open(tree) {
  const keep = pressed => { if (own.has(pressed.key) && !pressed.ctrlKey && !pressed.altKey && !pressed.metaKey) pressed.preventDefault(); };
  tree.addEventListener('keydown', keep);
  return { dispose: () => tree.removeEventListener('keydown', keep) };
}
