// Turns key presses into the names of shortcuts. Keys without a modifier are left alone while somebody types.
let dotnet, keys = new Set();

function name(event) {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push('Control');
  if (event.altKey) parts.push('Alt');
  if (event.shiftKey && (event.key.length > 1 || /[a-z?]/i.test(event.key))) parts.push('Shift');
  // a letter is named by its place on the keyboard, so that shortcuts work under any layout
  const letter = /^Key([A-Z])$/.exec(event.code);
  parts.push(letter ? letter[1] : event.key);
  return parts.join('+');
}

function typing(target, letter) {
  // a letter means nothing to a box that is ticked; arrows and space do
  if (letter && /^(radio|checkbox)$/.test(target.type)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}

function onKey(event) {
  if (event.isComposing || event.defaultPrevented) return;
  const pressed = name(event);
  if (!keys.has(pressed.toLowerCase())) return;
  const modified = event.ctrlKey || event.metaKey || event.altKey;
  if (!modified && (typing(event.target, /^[A-Z]$/.test(pressed)) || document.querySelector('dialog[open], [aria-modal=true]') || document.documentElement.dataset.keys === 'off')) return;
  if (/^(Enter|Space| )$/.test(event.key) && event.target.closest('a,button,[role=button],summary')) return;
  event.preventDefault();
  dotnet.invokeMethodAsync('Pressed', pressed);
}

export function listen(reference) {
  dotnet = reference;
  document.addEventListener('keydown', onKey);
}

export function use(list) {
  keys = new Set(list.map((k) => k.toLowerCase()));
}

export function stop() {
  document.removeEventListener('keydown', onKey);
}
