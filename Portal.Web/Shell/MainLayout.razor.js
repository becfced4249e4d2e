// Turns key presses into the names of shortcuts. Keys without a modifier are left alone while somebody types.
let dotnet, keys = new Set(), leading = new Set(), held = null;

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
  // a field that stands on the page under this key needs no server
  const field = [...document.querySelectorAll('input[aria-keyshortcuts]')].find((f) => f.getAttribute('aria-keyshortcuts') === pressed && f.checkVisibility());
  if (field) field.select();
  else if (leading.has(pressed.toLowerCase())) lead(pressed);
  else dotnet.invokeMethodAsync('Pressed', pressed);
}

// ——— What is typed after a key that leads to a field is meant for that field, however long the server takes to draw it. ———

async function lead(pressed) {
  const mine = held = { keys: [], answered: false };
  try {
    await dotnet.invokeMethodAsync('Pressed', pressed);
  } finally {
    mine.answered = true;
    if (held === mine && inVain()) held = null;
  }
}

// the answer came, and no form that is still being made ready
const inVain = () => held.answered && !document.querySelector('form[aria-busy=true]');

function onKeyFirst(event) {
  if (held && inVain()) held = null;
  if (!held || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || /^(Shift|Control|Alt|AltGraph|Meta|CapsLock|Dead|F\d+)$/.test(event.key)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  held.keys.push({ key: event.key, code: event.code, shiftKey: event.shiftKey, bubbles: true, cancelable: true });
}

function onFocus(event) {
  if (!held || !typing(event.target)) return;
  const given = held.keys;
  held = null;
  // whoever moved the focus finishes first
  queueMicrotask(() => given.forEach(give));
}

// A key that the browser gave to nobody reaches the field as if it were pressed now.
function give(key) {
  const field = document.activeElement;
  if (!field.dispatchEvent(new KeyboardEvent('keydown', key))) return;
  if (key.key.length === 1) document.execCommand('insertText', false, key.key);
  else if (key.key === 'Backspace') document.execCommand('delete');
  else if (key.key === 'Tab') besides(field, key.shiftKey ? -1 : 1)?.focus();
}

function besides(field, by) {
  const fields = [...(field.form?.elements ?? [])].filter((f) => !f.disabled && f.tabIndex >= 0 && f.checkVisibility());
  return fields[fields.indexOf(field) + by];
}

const onPointer = () => { held = null; };

export function listen(reference) {
  dotnet = reference;
  document.addEventListener('keydown', onKey);
  window.addEventListener('keydown', onKeyFirst, true);
  document.addEventListener('focusin', onFocus);
  document.addEventListener('pointerdown', onPointer, true);
}

/** The keys that work now, and which of them lead to a field. */
export function use(list, toFields) {
  keys = new Set(list.map((k) => k.toLowerCase()));
  leading = new Set(toFields.map((k) => k.toLowerCase()));
  document.querySelector('.frame')?.setAttribute('data-keys', 'yes');
}

export function stop() {
  document.removeEventListener('keydown', onKey);
  window.removeEventListener('keydown', onKeyFirst, true);
  document.removeEventListener('focusin', onFocus);
  document.removeEventListener('pointerdown', onPointer, true);
}
