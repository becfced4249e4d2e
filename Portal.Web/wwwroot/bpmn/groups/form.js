import { text, check, choice, formula, languages, rows, group } from '../fields.js';
import { h, icon } from '../dom.js';

const TYPES = ['text', 'longText', 'number', 'boolean', 'date', 'dateTime', 'choice', 'list'];
const ITEMS = TYPES.filter(type => type !== 'list' && type !== 'longText');

/** What a plain start event asks of whoever starts the process by hand. */
export function startForm(context) {
  const bo = context.model.of(context.element);
  const asks = !bo.get('eventDefinitions')?.length && bo.$parent?.$instanceOf?.('bpmn:Process');
  return asks || context.model.extension(bo, 'portal:Form') ? form(context, 'designer.start-form') : null;
}

/** What the message or signal an element receives may bring. */
export const brings = (context, declared) => declared ? form(context, 'designer.brings', declared) : null;

/** The fields the performer fills in, or those a declaration of the file names; each folds to its label. */
export function form({ t, model, element }, title = 'designer.form', part = model.of(element)) {
  const old = model.extension(part, 'portal:Form');
  const fields = old?.get('fields') ?? [];
  const isAsked = part === model.of(element);
  const put = list => model.setExtension(element, 'portal:Form', { fields: list }, part);
  const change = (field, facts) => model.setOf(element, field, facts);
  const move = (from, to) => {
    const list = [...fields];
    list.splice(to, 0, ...list.splice(from, 1));
    put(list);
  };
  const add = () => put([...fields, model.create('portal:Field', { key: free(fields), label: t('designer.new-field'), type: 'text' })]);
  return group('form', t(title), true,
    title === 'designer.form' ? null : h('small', {}, t(`${title}-hint`)),
    fields.map((field, i) => h('details', { class: 'part', 'data-fold': `field-${i}` },
      h('summary', {}, h('span', { class: 'part-name' }, field.label || field.key || t('designer.new-field')), h('span', { class: 'muted' }, t(`designer.type-${typeOf(field)}`) + (field.required ? ' *' : ''))),
      text(t('designer.field-label'), field.label, label => change(field, { label })),
      labels(t, model, element, field),
      text(t('designer.field-key'), field.key, key => change(field, { key }), { mono: true, length: 100, hint: t('designer.field-key-hint') }),
      choice(t('designer.field-type'), typeOf(field), TYPES.map(type => [type, t(`designer.type-${type}`)]), type => change(field, { type, min: undefined, max: undefined })),
      check(t('designer.required'), field.required, required => change(field, { required: required || undefined })),
      bounded(field) && [['min', 'designer.min'], ['max', 'designer.max']].map(([name, title]) => text(t(title), field[name], value => change(field, { [name]: value || undefined }), { type: bounded(field), length: 40 })),
      isAsked && formula(t('designer.required-when'), field.requiredWhen, value => change(field, { requiredWhen: value || undefined }), { placeholder: 'decision = "refund"', hint: t('designer.required-when-hint') }),
      isAsked && check(t('designer.read-only'), field.readOnly, readOnly => change(field, { readOnly: readOnly || undefined })),
      isAsked && formula(t('designer.default'), field.default, value => change(field, { default: value || undefined }), { hint: t('designer.formula-hint') }),
      typeOf(field) === 'list' ? choice(t('designer.items'), typeOf(field, 'items'), ITEMS.map(type => [type, t(`designer.type-${type}`)]), items => change(field, { items, min: undefined, max: undefined }), t('designer.items-hint')) : null,
      typeOf(field) === 'choice' || typeOf(field) === 'list' && typeOf(field, 'items') === 'choice' ? options(t, model, element, field) : null,
      h('div', { class: 'actions' },
        i > 0 && h('button', { type: 'button', class: 'plain small', click: () => move(i, i - 1) }, icon('arrow_upward'), t('designer.up')),
        h('button', { type: 'button', class: 'plain small', click: () => put(fields.filter(f => f !== field)) }, icon('close'), t('designer.remove'))))),
    h('button', { type: 'button', class: 'plain small', click: add }, icon('add'), t('designer.add-field')));
}

const typeOf = (field, attribute = 'type') => TYPES.find(type => type.toLowerCase() === (field[attribute] ?? '').toLowerCase()) ?? 'text';

/** The input for a field's least and most; null where its type has no bounds. */
function bounded(field) {
  const type = typeOf(field, typeOf(field) === 'list' ? 'items' : 'type');
  return type === 'number' || type === 'date' ? type : null;
}

function free(fields) {
  let n = fields.length + 1;
  while (fields.some(f => f.key === `field${n}`)) n++;
  return `field${n}`;
}

/** Translations of the label of a field, an option or a stage. */
export function labels(t, model, element, part) {
  const values = Object.fromEntries(part.get('labels').map(l => [l.lang, l.text]));
  return languages(t, values, (lang, value) => model.setOf(element, part, { labels: labelled(model, { ...values, [lang]: value }) }));
}

const labelled = (model, values) => Object.entries(values).filter(([, text]) => text).map(([lang, text]) => model.create('portal:Label', { lang, text }));

function options(t, model, element, field) {
  const list = field.get('options');
  return rows(t, t('designer.options'), list, option => [
    text(t('designer.option-label'), option.label, label => model.setOf(element, option, { label })),
    text(t('designer.option-value'), option.value, value => model.setOf(element, option, { value }), { mono: true }),
    labels(t, model, element, option),
  ], {
    add: () => model.setOf(element, field, { options: [...list, model.create('portal:Option', { value: `option${list.length + 1}`, label: t('designer.new-option') })] }),
    remove: i => model.setOf(element, field, { options: list.filter((_, n) => n !== i) }),
    addLabel: t('designer.add-option'),
  });
}
