// Draws the day. Everything that came from people goes in as text, never as markup.

import { nextState } from './day.js';

const words = JSON.parse(document.getElementById('words').textContent);
const language = document.documentElement.lang;
const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
export const number = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
const plural = new Intl.PluralRules(language);
const forms = { en: ['one', 'other'], ru: ['one', 'few', 'many'], uk: ['one', 'few', 'many'], ro: ['one', 'few', 'other'], id: ['other'] };
const signs = { Assigned: '◔', Accepted: '◑', OnTheWay: '➤', Arrived: '⚑', OnBoard: '●', Completed: '✓' };

/** A text by its key, its places filled. */
export const t = (key, ...args) => (words[key] ?? key).replace(/\{(\d)\}/g, (_, i) => args[i] ?? '');

/** A text in the plural form of a number, which fills place 0. */
export function count(key, n) {
  const all = (words[key] ?? key).split('|');
  const form = Math.max(0, (forms[language] ?? forms.en).indexOf(plural.select(n)));
  return all[Math.min(form, all.length - 1)].replace('{0}', n);
}

/** An element with attributes and children; strings become text. */
export function el(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? '' : value);
  }
  node.append(...children.flat().filter(child => child !== null && child !== undefined && child !== ''));
  return node;
}

/** Hours and minutes of a duration in seconds, as 7:05. */
export const hours = seconds => `${Math.floor(seconds / 3600)}:${String(Math.floor(seconds / 60) % 60).padStart(2, '0')}`;

/** The trip at hand. */
export function card(trip, stops, hand, now, on) {
  const toPickup = trip.state !== 'OnBoard';
  const load = [
    trip.passengers > 0 ? count('drive.passengers', trip.passengers) : null,
    trip.cargo, ...trip.equipment, trip.plannedKm ? t('drive.km', number.format(trip.plannedKm)) : null,
  ].filter(Boolean);
  return el('article', { class: `trip is-${trip.state}`, 'data-trip': trip.id, 'data-state': trip.state },
    el('header', {},
      el('span', { class: 'state' }, el('span', { 'aria-hidden': 'true' }, signs[trip.state]), ` ${t(`tripState.${trip.state}`)}`),
      el('span', { class: 'number' }, `#${trip.number}`),
      el('span', { class: 'when' }, span(trip), ' ', due(trip, now))),
    toPickup || stops.length === 0 ? stop(trip.pickup, stops.length ? 'drive.load' : 'drive.pickup', toPickup, trip) : null,
    hand ? stop(hand.stop, 'drive.dropoff', true, null, goods(hand)) : null,
    stops.length ? round(stops, hand, on) : stop(trip.dropoff, 'drive.dropoff', !toPickup, null),
    load.length ? el('p', { class: 'load' }, load.join(' · ')) : null,
    trip.note ? el('p', { class: 'note' }, trip.note) : null,
    el('p', { class: 'trouble' },
      el('button', { type: 'button', class: 'plain', onclick: () => on.note(trip) }, t('drive.write-note')),
      trip.state === 'Arrived' ? el('button', { type: 'button', class: 'plain', onclick: () => on.noShow(trip) }, t('drive.no-show')) : null,
      trip.state === 'Assigned' ? null : el('button', { type: 'button', class: 'plain', onclick: () => on.fail(trip) }, t('drive.fail'))));
}

// what is handed over at a stop
const goods = hand => [
  el('p', { class: 'client' }, [hand.client, hand.number].filter(Boolean).join(' · ')),
  el('ul', { class: 'goods' }, hand.lines.map(line => el('li', {}, `${number.format(line.quantity)} ${line.unit} `, el('span', {}, line.name))), hand.moreLines > 0 ? el('li', { class: 'muted' }, t('drive.more-lines', hand.moreLines)) : null),
  hand.note ? el('p', { class: 'note' }, hand.note) : null,
];

// all stops in their order; once loaded, another may be gone to first
const round = (stops, hand, on) => el('ol', { class: 'round' }, stops.map(one => el('li', { 'data-stop': one.id, 'data-state': one.state, class: one === hand ? 'at-hand' : null },
  el('span', { class: 'place' }, one.state === 'Planned' ? String(one.place) : one.state === 'Delivered' ? '✓' : one.state === 'Refused' ? '✕' : '◐'),
  el('span', {}, one.stop.address, el('br'), el('span', { class: 'muted' }, [one.client, one.state === 'Planned' ? count('drive.lines', one.lines.length + one.moreLines) : t(`drive.told.${one.state}`)].join(' · '))),
  hand && one !== hand && one.state === 'Planned' ? el('button', { type: 'button', class: 'plain', 'aria-label': t('drive.go-first', one.stop.address), onclick: () => on.choose(one.id) }, '➤') : null)));

function stop(at, title, here, caller, more) {
  const name = at.contact ?? caller?.caller;
  const phone = at.phone ?? caller?.callerPhone;
  return el('section', { class: here ? 'stop here' : 'stop' },
    el('h2', {}, t(title)),
    el('p', { class: 'address' }, at.address),
    at.door ? el('p', { class: 'door' }, t('drive.door', at.door)) : null,
    at.accessNote ? el('p', { class: 'access' }, at.accessNote) : null,
    name ? el('p', { class: 'contact' }, name) : null,
    ...(more ?? []),
    here ? el('p', { class: 'reach' },
      phone ? el('a', { class: 'call', href: `tel:${phone.replace(/[^+\d]/g, '')}` }, el('span', { 'aria-hidden': 'true' }, '✆ '), t('drive.call')) : null,
      el('a', { class: 'map', href: mapLink(at), rel: 'noopener', target: '_blank' }, el('span', { 'aria-hidden': 'true' }, '➤ '), t('drive.navigate'))) : null);
}

function mapLink(at) {
  const template = document.querySelector('.drive').dataset.mapLink;
  const address = encodeURIComponent(at.address);
  if (at.latitude === null || at.longitude === null) return template.startsWith('geo:') ? `geo:0,0?q=${address}` : template.replace(/\{lat\},\{lon\}/g, address);
  return template.replaceAll('{lat}', at.latitude).replaceAll('{lon}', at.longitude).replaceAll('{address}', address);
}

const span = trip => trip.pickupFrom === trip.pickupUntil
  ? clock.format(new Date(trip.pickupUntil)) : `${clock.format(new Date(trip.pickupFrom))}–${clock.format(new Date(trip.pickupUntil))}`;

function due(trip, now) {
  if (trip.state === 'Arrived' || trip.state === 'OnBoard') return null;
  const late = Math.round((now - Date.parse(trip.pickupUntil)) / 60_000);
  if (late > 0) return el('span', { class: 'chip bad' }, t('drive.late', late));
  // the driver is wanted from the window's begin on; its end is only the promise
  const minutes = Math.round((Date.parse(trip.pickupFrom) - now) / 60_000);
  if (minutes <= 0) return el('span', { class: 'chip warn' }, t('drive.due-now'));
  return minutes <= 60 ? el('span', { class: minutes <= 5 ? 'chip warn' : 'chip' }, t('drive.due', minutes)) : null;
}

/** The trips after this one. */
export const next = (trips, more) => [
  el('h2', {}, t('drive.next')),
  el('ol', {}, trips.map(trip => el('li', { 'data-trip': trip.id },
    el('span', { class: 'when' }, span(trip)), el('span', { class: 'way' }, `${trip.pickup.address} → ${trip.dropoff.address}`)))),
  more > 0 ? el('p', { class: 'muted' }, count('drive.more-trips', more)) : null,
].filter(Boolean);

/** What stands there without a trip. */
export function idle(day, vehicles, on) {
  if (day.shift) return el('div', { class: 'idle' }, el('h2', {}, t(day.shift.breakFrom ? 'drive.on-break' : 'drive.free')), el('p', {}, t('drive.free-hint')));
  const chosen = day.planned?.vehicle ?? day.usualVehicle ?? '';
  const select = el('select', { id: 'vehicle' },
    chosen ? null : el('option', { value: '' }, t('drive.choose-vehicle')),
    vehicles.map(v => el('option', { value: v.id, selected: v.id === chosen, disabled: v.takenBy && v.id !== chosen },
      v.takenBy ? `${v.plate} · ${v.takenBy}` : `${v.plate} · ${v.model}`)));
  select.addEventListener('change', () => on.choose(select.value));
  return el('div', { class: 'idle' },
    el('h2', {}, t('drive.off-shift')),
    el('p', {}, day.planned ? t('drive.planned', clock.format(new Date(day.planned.plannedFrom)), clock.format(new Date(day.planned.plannedTo)), day.planned.plate) : t('drive.unplanned')),
    el('label', { for: 'vehicle' }, t('drive.vehicle')), select);
}

/** The word on the wide button: what the press brings about. */
export const stepWord = trip => t(`drive.step.${nextState(trip.state)}`);

/** Asks a question in the dialog; resolves with the value of the pressed button, or null. */
export function ask(title, text, body, answer) {
  const dialog = document.getElementById('ask');
  const form = el('form', { method: 'dialog' },
    el('h2', { id: 'ask-title' }, title), text ? el('p', {}, text) : null, body,
    el('p', { class: 'actions' }, el('button', { type: 'button', class: 'plain', onclick: () => dialog.close() }, t('drive.back')), el('button', { class: 'primary', value: 'yes' }, answer)));
  dialog.replaceChildren(form);
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise(resolve => dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes' ? form : null), { once: true }));
}
