// Turns key presses into the names of shortcuts. Keys without a modifier are left alone while somebody types.
// The page's head loads this before the circuit begins, so that no key of a page still on its way is lost or taken for another.
import * as files from '../files.js';

const most = 200, pause = 600;
let dotnet, keys = new Set(), leading = new Set();
/* keys for the field that the one before them leads to */
let held = null;
/* keys pressed before those of the page are known */
let early = null;
/* the path of the page whose keys are all known */
let settled = null;
/* when a plain key last meant nothing */
let stray = -Infinity;

const modified = (event) => event.ctrlKey || event.metaKey || event.altKey;
const off = () => document.documentElement.dataset.keys === 'off';
const modal = () => document.querySelector('dialog[open], [aria-modal=true]') !== null;

function name(event) {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push('Control');
  if (event.altKey) parts.push('Alt');
  // a question mark is one, whether or not the keyboard asks for Shift
  if (event.key === '?' || (event.shiftKey && (event.key.length > 1 || /[a-z]/i.test(event.key)))) parts.push('Shift');
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

// a field that stands on the page under a key needs no server
const fieldUnder = (pressed) => [...document.querySelectorAll('input[aria-keyshortcuts]')].find((f) => f.getAttribute('aria-keyshortcuts') === pressed && f.checkVisibility());

function onKey(event) {
  if (event.isComposing || event.defaultPrevented) return;
  const pressed = name(event);
  const known = keys.has(pressed.toLowerCase());
  if (!modified(event) && (typing(event.target, /^[A-Z]$/.test(pressed)) || modal() || off())) return;
  if (!modified(event) && /^(Enter|Space| )$/.test(event.key) && event.target.closest('a,button,[role=button],summary')) return;
  const word = isInWord(event, known);
  if (!known) return;
  event.preventDefault();
  if (word) return;
  const field = fieldUnder(pressed);
  if (field) enter(field);
  else if (leading.has(pressed.toLowerCase())) lead(pressed, []);
  else dotnet.invokeMethodAsync('Pressed', pressed);
}

// A plain key soon after one that meant nothing here is part of a word that somebody types, not a shortcut.
function isInWord(event, known) {
  if (modified(event) || (event.key.length > 1 && event.key !== 'Enter')) return false;
  const follows = event.timeStamp - stray < pause;
  if (follows || (!known && /^\S$/.test(event.key))) stray = event.timeStamp;
  return follows;
}

function enter(field) {
  field.focus();
  field.select();
}

// ——— What is typed after a key that leads to a field is meant for that field, however long the server takes to draw it. ———

async function lead(pressed, typed) {
  const mine = held = { keys: typed, answered: false };
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
  settle();
  if (held && inVain()) held = null;
  if (event.isComposing || modified(event) || /^(Shift|Control|Alt|AltGraph|Meta|CapsLock|Dead|F\d+)$/.test(event.key)) return;
  const kept = held?.keys ?? tooEarly(event);
  if (!kept) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (kept.length < most) kept.push({ key: event.key, code: event.code, shiftKey: event.shiftKey, bubbles: true, cancelable: true, at: event.timeStamp });
  settle();
}

// ——— While a page is on its way nobody knows what a key means on it: plain keys wait, and the first one tells what the rest are for. ———

const watch = new MutationObserver(settle);

// Where a key is kept that comes before those of its page are known; null for one that is nobody's but the browser's.
function tooEarly(event) {
  if (isSettled() || typing(event.target) || modal() || off()) {
    forget();
    return null;
  }
  if (early) return early;
  // no word begins with Tab, Enter, a space or an arrow
  if (!/^\S$/.test(event.key)) return null;
  watch.observe(document, { childList: true, subtree: true, attributeFilter: ['data-ready', 'data-page'] });
  return early = [];
}

// the page one comes from still stands there when the address is already another
function isDrawn() {
  const page = document.getElementById('main')?.dataset.page;
  return page !== undefined && new URL(page).pathname === location.pathname;
}

function isSettled() {
  if (isDrawn() && document.querySelector('.frame[data-keys] #main [data-ready]')) settled = location.pathname;
  return isDrawn() && settled === location.pathname;
}

function forget() {
  early = null;
  watch.disconnect();
}

// Carries the kept keys out once the first one is known: into its field, or, where it leads to none, not at all.
function settle() {
  if (!early?.length) return;
  const [first, ...typed] = early;
  const pressed = name(first);
  const field = isDrawn() ? fieldUnder(pressed) : null;
  if (!field && !isSettled()) return;
  forget();
  if (field) {
    held = { keys: typed, answered: true };
    enter(field);
  } else if (leading.has(pressed.toLowerCase())) {
    lead(pressed, typed);
  } else {
    // what is still being typed belongs to the same word
    stray = (typed.at(-1) ?? first).at;
  }
}

function onFocus(event) {
  if (!typing(event.target)) return;
  forget();
  if (!held) return;
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

function onPointer() {
  held = null;
  forget();
}

hear();

function hear() {
  document.addEventListener('keydown', onKey);
  window.addEventListener('keydown', onKeyFirst, true);
  document.addEventListener('focusin', onFocus);
  document.addEventListener('pointerdown', onPointer, true);
}

export function listen(reference) {
  dotnet = reference;
  hear();
  files.hear((words) => dotnet.invokeMethodAsync('Refused', words.slice(0, 500)));
}

/** The keys that work now, and which of them lead to a field. */
export function use(list, toFields) {
  keys = new Set(list.map((k) => k.toLowerCase()));
  leading = new Set(toFields.map((k) => k.toLowerCase()));
  if (!isDrawn()) settled = null;
  document.querySelector('.frame')?.setAttribute('data-keys', 'yes');
  settle();
}

export function stop() {
  forget();
  files.stop();
  document.removeEventListener('keydown', onKey);
  window.removeEventListener('keydown', onKeyFirst, true);
  document.removeEventListener('focusin', onFocus);
  document.removeEventListener('pointerdown', onPointer, true);
}
