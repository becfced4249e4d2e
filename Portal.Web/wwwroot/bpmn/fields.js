import { h, icon } from './dom.js';

const LANGUAGES = [['en', 'English'], ['ru', 'Русский'], ['uk', 'Українська'], ['ro', 'Română'], ['id', 'Bahasa Indonesia']];
const LENGTH = 4_000;   // longest text of a field

let lists = 0;

/** A label with its input, and beside both what explains them. */
const field = (label, input, hint, ...more) => h('div', { class: 'field' }, h('label', {}, h('span', {}, label), input), more, hint && h('small', {}, hint));

/** A labelled line of text; `write` gets what was typed when the hand leaves it. */
export function text(label, value, write, { hint, suggestions, mono, length = LENGTH, placeholder, type = 'text', min, max } = {}) {
  const list = suggestions?.length ? `bpmn-list-${++lists}` : null;
  return field(label,
    h('input', { type, step: type === 'number' ? 'any' : null, value, maxlength: length, class: mono ? 'mono' : null, spellcheck: mono ? 'false' : null, placeholder, list, min, max, 'data-field': label, change: e => write(e.target.value.trim()) }),
    hint, list && h('datalist', { id: list }, suggestions.map(s => h('option', { value: s.key ?? s }, s.name ?? ''))));
}

/** A labelled text of several lines. */
export function area(label, value, write, { hint, mono, rows = 2, placeholder } = {}) {
  return field(label,
    h('textarea', { rows, maxlength: LENGTH, class: mono ? 'mono' : null, spellcheck: mono ? 'false' : null, placeholder, value, 'data-field': label, change: e => write(e.target.value.trim()) }), hint);
}

/** An expression: one line that grows to several, in a fixed-width face. */
export const formula = (label, value, write, options = {}) =>
  area(label, value, write, { ...options, mono: true, rows: Math.min(6, Math.max(1, Math.ceil((value?.length ?? 0) / 40))) });

/** A box to tick. */
export const check = (label, checked, write, hint) => h('div', { class: 'check-field' },
  h('label', { class: 'check' }, h('input', { type: 'checkbox', checked, 'data-field': label, change: e => write(e.target.checked) }), h('span', {}, label)), hint && h('small', {}, hint));

/** A choice; options are [value, name]. */
export function choice(label, value, options, write, hint) {
  const id = `bpmn-choice-${++lists}`;
  return h('div', { class: 'field' }, h('label', { for: id }, label),
    h('select', { id, 'data-field': label, change: e => write(e.target.value) }, options.map(([key, name]) => h('option', { value: key, selected: key === (value ?? '') }, name))),
    hint && h('small', {}, hint));
}

/**
 * A text's translations behind a fold: one field per language.
 * @param {Record<string, string>} values by language
 * @param {(language: string, text: string) => void} write
 */
export function languages(t, values, write, { lines = false } = {}) {
  const count = LANGUAGES.filter(([code]) => values[code]).length;
  return h('details', { class: 'languages-fold', 'data-fold': 'languages' },
    h('summary', {}, t('designer.languages', count, LANGUAGES.length)),
    LANGUAGES.map(([code, name]) => (lines ? area : text)(name, values[code], typed => write(code, typed))));
}

/**
 * Rows of small fields with a button to add one.
 * @param {string} title
 * @param {object[]} rows
 * @param {(row: object, index: number) => Node[]} cells
 */
export function rows(t, title, rows, cells, { add, remove, move, addLabel }) {
  return h('fieldset', { class: 'rows-field' }, h('legend', {}, title),
    rows.map((row, i) => h('div', { class: 'row' }, h('div', { class: 'row-cells' }, cells(row, i)),
      h('div', { class: 'row-tools' },
        move && i > 0 && button('arrow_upward', t('designer.up'), () => move(i, i - 1)),
        button('close', t('designer.remove'), () => remove(i))))),
    h('button', { type: 'button', class: 'plain small', click: add }, icon('add'), addLabel ?? t('designer.add')));
}

/** A button of one symbol. */
export const button = (symbol, label, click) => h('button', { type: 'button', class: 'icon', title: label, 'aria-label': label, click }, icon(symbol));

/** A group that folds. */
export const group = (key, title, open, ...children) =>
  h('details', { class: 'group', 'data-fold': key, open }, h('summary', {}, title), h('div', { class: 'group-body' }, children));
