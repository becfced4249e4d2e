// The driver's page: reads the day, shows it with what still waits to be sent, sends commands.

import { after, nextState, stopAtHand, stopsOf, workedSeconds } from './day.js';
import { deliver } from './deliver.js';
import * as files from './files.js';
import { Queue } from './queue.js';
import * as view from './view.js';

const { t } = view;
const undoFor = 10_000, holdFor = 700, deafFor = 800, patience = 2_000, sayFor = 6_000;
/* refusals of a trip that was his no longer when he told of it */
const late = ['driver.trip-taken', 'driver.trip-ended'];
const dayPlace = 'portal.drive.day', noticePlace = 'portal.drive.notices';
const find = id => document.getElementById(id);

const queue = new Queue();
let day = read(dayPlace);
let vehicles = [];
let notices = read(noticePlace) ?? [];
let chosenVehicle = null;
let chosenStop = null;
let last = null;
let signedOut = false;
let reached = true;
let clockAhead = 0;
let shown = '';
let deafUntil = 0;
let timer = 0;
let saying = 0;
let failures = 0;
let opensOffline = true;

const now = () => Date.now() + clockAhead;
const waiting = () => day ? queue.of(day.driver) : [];
const current = () => waiting().reduce(after, day);

// Commands

function tell(command) {
  const at = new Date().toISOString();
  queue.push({ ...command, key: newKey(), driver: day.driver, at });
  deafUntil = Date.now() + deafFor;
  setTimeout(draw, deafFor);
  draw();
  void sync();
  return waiting().at(-1);
}

// randomUUID is for secure pages only, and a first trial may reach the portal over plain HTTP
const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, '0')).join('');

function step(trip, command) {
  const sent = tell({ trip: trip.id, ...command });
  last = { key: sent.key, before: trip, until: Date.now() + undoFor };
  draw();
}

function undo() {
  if (!last) return;
  const { key, before } = last;
  last = null;
  if (!queue.withdraw(key)) tell({ kind: 'Undo', trip: before.id, before });
  say(t('drive.undone'));
  draw();
}

async function sendOne(command) {
  const { plate, before, driver, result, ...sent } = command;
  const proofs = [...(sent.signature ? [sent.signature] : []), ...(sent.photos ?? [])];
  for (const id of proofs) await sendFile(command, id);
  const response = await fetch('/api/driver/commands', {
    method: 'POST', headers: { 'Content-Type': 'application/json', 'X-Portal-Page': 'driver' },
    body: JSON.stringify({ ...sent, sentAt: new Date().toISOString() }), signal: AbortSignal.timeout(20_000),
  });
  if (response.status === 401) {
    signedOut = true;
    throw new Error('signed out');
  }
  if (response.status >= 500 || response.status === 429 || response.status === 408) throw new Error(`answered ${response.status}`);
  if (proofs.length) await files.drop(proofs);
  const answer = response.headers.get('Content-Type')?.includes('json') ? await response.json() : { done: false };
  return { done: answer.done, late: late.includes(answer.code), text: answer.text ?? t('drive.refused') };
}

// a picture goes before what it proves; one that the server does not want does not hold up the rest
async function sendFile(command, id) {
  const blob = await files.find(id);
  if (!blob) return;
  const response = await fetch(`/api/driver/deliveries/${command.delivery}/files/${id}?signature=${id === command.signature}`, {
    method: 'PUT', headers: { 'Content-Type': 'application/octet-stream', 'X-Portal-Page': 'driver' }, body: blob, signal: AbortSignal.timeout(90_000),
  });
  if (response.status === 401) {
    signedOut = true;
    throw new Error('signed out');
  }
  if (response.status >= 500 || response.status === 429 || response.status === 408) throw new Error(`answered ${response.status}`);
}

// Reading

async function get(path) {
  const response = await fetch(path, { cache: 'no-cache', signal: AbortSignal.timeout(15_000), headers: { Accept: 'application/json' } });
  if (response.status === 401) signedOut = true;
  if (!response.ok) throw new Error(`answered ${response.status}`);
  const date = Date.parse(response.headers.get('Date'));
  // the header counts whole seconds: a difference below that says nothing
  if (Math.abs(date - Date.now()) > 2000) clockAhead = date - Date.now();
  signedOut = false;
  return response.json();
}

async function sync() {
  clearTimeout(timer);
  try {
    if (day) {
      const refused = await queue.flush(day.driver, sendOne);
      if (refused.length) {
        // of one trip the same is said once, however many steps it answers
        notices = [...notices, ...refused].filter((notice, i, all) => all.findIndex(other => other.text === notice.text) === i).slice(-5);
        write(noticePlace, notices);
        last = null;
      }
    }
    const fresh = await get('/api/driver/day');
    if (waiting().length === 0 || fresh.driver !== day?.driver) greet(fresh);
    day = fresh;
    write(dayPlace, day);
    if (!day.shift && vehicles.length === 0) vehicles = await get('/api/driver/vehicles');
    reached = true;
    failures = 0;
  } catch {
    // no network, or a server that is not ready: what waits is kept, and the badge tells
    reached = false;
    failures++;
  }
  draw();
  document.querySelector('.drive').dataset.ready = 'yes';
  clearTimeout(timer);
  timer = setTimeout(sync, document.hidden ? 60_000 : Math.min(30_000, 5_000 * 2 ** Math.min(failures, 3)));
}

function greet(fresh) {
  const known = new Set(day?.trips.map(trip => trip.id));
  const added = day && fresh.trips.find(trip => !known.has(trip.id) && trip.state === 'Assigned');
  if (!added) return;
  say(t('drive.new-trip', added.pickup.address));
  navigator.vibrate?.([200, 100, 200]);
}

// Showing

function draw() {
  drawLink();
  if (!day) return;
  const seen = current();
  drawClock(seen);
  const minute = Math.floor(now() / 60_000);
  const key = JSON.stringify([seen, vehicles, notices, minute, signedOut, chosenStop]);
  if (key !== shown) {
    shown = key;
    const [trip, ...rest] = seen.trips;
    find('card').replaceChildren(trip ? view.card(trip, stopsOf(seen, trip), stopAtHand(seen, trip, chosenStop), now(), { noShow, fail, note, choose: id => { chosenStop = id; draw(); } }) : view.idle(seen, vehicles, { choose: id => { chosenVehicle = id; draw(); } }));
    find('next').hidden = rest.length === 0;
    find('next').replaceChildren(...view.next(rest, seen.tripsInAll - seen.trips.length));
    drawNotices();
  }
  drawFooter(seen);
}

function drawLink() {
  const cut = !reached || !navigator.onLine;
  // what is answered at once needs no word
  const count = waiting().filter(command => cut || Date.now() - Date.parse(command.at) > patience).length;
  const link = find('link');
  link.hidden = !cut && count === 0 && !signedOut;
  link.className = cut || signedOut ? 'link-state cut' : 'link-state';
  const words = [signedOut ? t('drive.signed-out') : cut ? t(opensOffline ? 'drive.offline' : 'drive.offline-open') : null, count > 0 ? view.count('drive.waiting', count) : null].filter(Boolean).join(' · ');
  if (link.dataset.words === words) return;
  link.dataset.words = words;
  link.replaceChildren(words, ...(signedOut ? [' ', view.el('a', { href: '/signin?back=%2Fdrive' }, t('drive.sign-in'))] : []));
}

function drawClock(seen) {
  const shift = seen.shift;
  find('worked').textContent = shift ? view.hours(workedSeconds(shift, now())) : t('drive.off');
  find('plate').textContent = shift ? [shift.plate, shift.breakFrom ? t('drive.on-break') : t('drive.worked')].filter(Boolean).join(' · ') : '';
  document.querySelector('.shift').dataset.state = !shift ? 'off' : shift.breakFrom ? 'break' : 'on';
  find('break').hidden = !shift;
  find('break').setAttribute('aria-disabled', String(Date.now() < deafUntil));
  if (shift) find('break').textContent = t(shift.breakFrom ? 'drive.end-break' : 'drive.start-break');
  find('end-shift').hidden = find('change-vehicle').hidden = !shift;
}

function drawNotices() {
  find('notices').replaceChildren(...notices.map(notice => view.el('p', { class: 'notice' }, view.el('span', {}, notice.text),
    view.el('button', { type: 'button', class: 'plain', onclick: () => dismiss(notice.key) }, t('drive.understood')))));
}

function drawFooter(seen) {
  const [trip] = seen.trips;
  const button = find('step');
  button.hidden = false;
  button.classList.toggle('start', !trip && !seen.shift);
  button.setAttribute('aria-disabled', String(Date.now() < deafUntil));
  if (trip) button.textContent = stopAtHand(seen, trip, chosenStop) ? t('drive.hand-over') : view.stepWord(trip);
  else if (!seen.shift) button.textContent = t('drive.start-shift');
  else button.hidden = true;
  const left = last ? Math.ceil((last.until - Date.now()) / 1000) : 0;
  if (left <= 0) last = null;
  find('undo').hidden = !last;
  if (last) find('undo').textContent = t('drive.undo', left);
}

/** Says what was done: aloud, and for a moment on the screen. */
function say(text) {
  find('say').textContent = text;
  find('say').className = 'said';
  clearTimeout(saying);
  saying = setTimeout(() => { find('say').className = 'unseen'; }, sayFor);
}

// Buttons

find('step').addEventListener('click', () => {
  // a double tap is one step
  if (!day || Date.now() < deafUntil) return;
  const seen = current();
  const [trip] = seen.trips;
  const hand = trip && stopAtHand(seen, trip, chosenStop);
  if (hand) void handOver(trip, hand);
  else if (trip) step(trip, { kind: 'Advance', to: nextState(trip.state) });
  else if (!seen.shift) startShift(seen);
});

async function handOver(trip, stop) {
  const told = await deliver(stop);
  if (!told) return;
  const { signature, photos, ...rest } = told;
  const proofs = [signature, ...photos].filter(Boolean).map(blob => ({ id: fileId(), blob }));
  for (const { id, blob } of proofs) await files.keep(id, blob);
  const ids = proofs.map(proof => proof.id);
  last = null;
  chosenStop = null;
  tell({ kind: 'Deliver', trip: trip.id, delivery: stop.id, signature: signature ? ids.shift() : null, photos: ids, ...rest });
  say(t(`drive.told.${told.result}`));
}

const fileId = () => newKey().replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, '$1-$2-4$3-8$4-$5');

function startShift(seen) {
  const vehicle = chosenVehicle || seen.planned?.vehicle || seen.usualVehicle;
  if (!vehicle) {
    say(t('drive.choose-vehicle'));
    find('vehicle')?.focus();
    return;
  }
  const plate = vehicles.find(v => v.id === vehicle)?.plate ?? seen.planned?.plate ?? '';
  tell({ kind: 'StartShift', vehicle, plate });
}

find('break').addEventListener('click', () => {
  const shift = current().shift;
  if (shift && Date.now() >= deafUntil) tell({ kind: shift.breakFrom ? 'EndBreak' : 'StartBreak', shift: shift.id ?? undefined });
});

find('more').addEventListener('click', () => openMenu(find('menu').hidden));
document.addEventListener('keydown', event => event.key === 'Escape' && openMenu(false));

function openMenu(open) {
  find('menu').hidden = !open;
  find('more').setAttribute('aria-expanded', String(open));
}

find('end-shift').addEventListener('click', async () => {
  openMenu(false);
  const shift = current().shift;
  if (shift && await view.ask(t('drive.end-shift'), t('drive.end-shift-ask', view.hours(workedSeconds(shift, now()))), null, t('drive.end-shift')))
    tell({ kind: 'EndShift', shift: shift.id ?? undefined });
});

find('change-vehicle').addEventListener('click', async () => {
  openMenu(false);
  try {
    vehicles = await get('/api/driver/vehicles');
  } catch {
    // offline: the list of the last time is still good to choose from
    reached = false;
  }
  const shift = current().shift;
  const select = view.el('select', { name: 'vehicle', 'aria-label': t('drive.vehicle') },
    vehicles.filter(v => !v.takenBy || v.id === shift.vehicle).map(v => view.el('option', { value: v.id, selected: v.id === shift.vehicle }, `${v.plate} · ${v.model}`)));
  if (!await view.ask(t('drive.change-vehicle'), null, select, t('drive.change-vehicle')) || !select.value || select.value === shift.vehicle) return;
  tell({ kind: 'ChangeVehicle', shift: shift.id ?? undefined, vehicle: select.value, plate: vehicles.find(v => v.id === select.value)?.plate });
});

const noShow = trip => end(trip, 'NoShow', t('drive.no-show'), ['drive.reason.nobody', 'drive.reason.no-answer', 'drive.reason.gone']);
const fail = trip => end(trip, 'Fail', t('drive.fail'), ['drive.reason.breakdown', 'drive.reason.accident', 'drive.reason.closed', 'drive.reason.wrong-load']);

async function end(trip, kind, title, reasons) {
  const select = view.el('select', { name: 'reason', 'aria-label': t('drive.reason') }, reasons.map(key => view.el('option', {}, t(key))));
  const note = view.el('input', { name: 'note', maxlength: '200', placeholder: t('drive.reason-more'), 'aria-label': t('drive.reason-more') });
  if (!await view.ask(title, `#${trip.number} · ${trip.pickup.address}`, view.el('div', { class: 'fields' }, select, note), title)) return;
  step(trip, { kind, reason: [select.value, note.value.trim()].filter(Boolean).join(': ') });
}

async function note(trip) {
  const box = view.el('input', { name: 'note', maxlength: '300', required: true, autocomplete: 'off', 'aria-label': t('drive.write-note') });
  if (!await view.ask(t('drive.write-note'), `#${trip.number} · ${trip.pickup.address}`, view.el('div', { class: 'fields' }, box), t('drive.send'))) return;
  if (!box.value.trim()) return;
  tell({ kind: 'Note', trip: trip.id, note: box.value.trim() });
  say(t(reached && navigator.onLine ? 'drive.noted' : 'drive.note-kept'));
}

function dismiss(key) {
  notices = notices.filter(notice => notice.key !== key);
  write(noticePlace, notices);
  draw();
}

// Holding, so that a pocket or a wet finger does not undo. Assistive technology presses without a pointer: one press is enough.

const hold = { timer: 0 };
const press = event => {
  if (event.type === 'keydown' && (event.repeat || ![' ', 'Enter'].includes(event.key))) return;
  if (event.type === 'keydown') event.preventDefault();
  find('undo').classList.add('held');
  clearTimeout(hold.timer);
  hold.timer = setTimeout(() => { release(); undo(); }, holdFor);
};
const release = () => {
  clearTimeout(hold.timer);
  find('undo').classList.remove('held');
};
for (const type of ['pointerdown', 'keydown']) find('undo').addEventListener(type, press);
for (const type of ['pointerup', 'pointerleave', 'pointercancel', 'keyup', 'blur']) find('undo').addEventListener(type, release);
find('undo').addEventListener('contextmenu', event => event.preventDefault());
find('undo').addEventListener('click', event => event.detail === 0 && undo());

// Keeping

function read(place) {
  try {
    return JSON.parse(localStorage.getItem(place));
  } catch {
    // an old or hand-made value: the server's answer replaces it
    return null;
  }
}

function write(place, value) {
  localStorage.setItem(place, JSON.stringify(value));
}

async function keepOffline() {
  await navigator.serviceWorker.register('/drive-worker.js', { scope: '/drive' });
  const registration = await navigator.serviceWorker.ready;
  const parts = performance.getEntriesByType('resource').map(entry => entry.name).filter(name => name.startsWith(location.origin) && !name.includes('/api/'));
  registration.active.postMessage({ keep: [location.href, ...parts, ...[...document.querySelectorAll('link[rel=manifest], link[rel=icon]')].map(link => link.href)] });
}

for (const type of ['online', 'focus', 'pageshow']) window.addEventListener(type, () => sync());
window.addEventListener('offline', () => { reached = false; draw(); });
document.addEventListener('visibilitychange', () => document.hidden || sync());
setInterval(draw, 1000);
draw();
sync();
// where no worker can be had (plain HTTP), the page works on without a network only while it stays open, and says so
keepOffline().catch(() => { opensOffline = false; });
