import { text, choice, group, button } from '../fields.js';
import { h, icon } from '../dom.js';

const POLICIES = ['first', 'unique', 'collect'];

/** The decision table of a business rule task: a grid whose columns are inputs and outputs, whose rows are rules. */
export function decision({ t, model, element }) {
  const own = model.extension(model.of(element), 'portal:Decision');
  if (!own) return group('decision', t('designer.decision'), true,
    h('button', { type: 'button', class: 'plain small', click: () => model.setExtensions(element, 'portal:Decision', [fresh(model)]) }, icon('add'), t('designer.decision-new')));
  const table = new Table(model, element, own);
  return group('decision', t('designer.decision'), true,
    text(t('designer.result'), own.result, result => table.write({ result }), { mono: true, length: 100, hint: t('designer.result-hint') }),
    choice(t('designer.policy'), own.policy ?? 'first', POLICIES.map(p => [p, t(`designer.policy-${p}`)]), policy => table.write({ policy })),
    h('div', { class: 'decision-scroll' }, grid(t, table)),
    h('div', { class: 'actions' },
      h('button', { type: 'button', class: 'plain small', click: () => table.addInput() }, icon('add'), t('designer.add-input')),
      h('button', { type: 'button', class: 'plain small', click: () => table.addOutput() }, icon('add'), t('designer.add-output')),
      h('button', { type: 'button', class: 'plain small', click: () => table.addRule() }, icon('add'), t('designer.add-rule'))),
    h('small', {}, t('designer.decision-hint')));
}

function grid(t, table) {
  const cell = (label, value, write) => h('td', {}, h('input', { class: 'mono', maxlength: 400, value, 'aria-label': label, 'data-field': label, change: e => write(e.target.value.trim()) }));
  const { inputs, outputs, rules } = table;
  return h('table', { class: 'decision' },
    h('thead', {}, h('tr', {}, h('th', {}, '#'),
      inputs.map((input, i) => h('th', { class: 'in' }, h('input', { class: 'mono', maxlength: 400, value: input.expression, placeholder: 'amount', 'aria-label': t('designer.input-n', i + 1), 'data-field': `in-${i}`, change: e => table.set(input, { expression: e.target.value.trim() }) }),
        button('close', t('designer.remove'), () => table.removeInput(i)))),
      outputs.map((output, i) => h('th', { class: 'out' }, h('input', { class: 'mono', maxlength: 100, value: output.name, 'aria-label': t('designer.output-n', i + 1), 'data-field': `out-${i}`, change: e => table.set(output, { name: e.target.value.trim() }) }),
        button('close', t('designer.remove'), () => table.removeOutput(i)))),
      h('th', {}))),
    h('tbody', {}, rules.map((rule, n) => h('tr', {}, h('td', {}, n + 1),
      rule.get('whens').map((when, i) => cell(t('designer.when', n + 1, i + 1), when.test, test => table.set(when, { test }))),
      rule.get('thens').map((then, i) => cell(t('designer.then', n + 1, i + 1), then.value, value => table.set(then, { value }))),
      h('td', {}, button('close', t('designer.remove'), () => table.removeRule(n)))))));
}

const fresh = model => model.create('portal:Decision', {
  policy: 'first',
  inputs: [model.create('portal:Input', { expression: '' })],
  outputs: [model.create('portal:Output', { name: 'outcome' })],
  rules: [ruleOf(model, 1, 1)],
});

const ruleOf = (model, ins, outs) => model.create('portal:Rule', {
  whens: Array.from({ length: ins }, () => model.create('portal:When', { test: '-' })),
  thens: Array.from({ length: outs }, () => model.create('portal:Then', { value: '""' })),
});

/** Edits of the table that keep every row as wide as its heading. */
class Table {
  constructor(model, element, own) {
    [this.model, this.element, this.own] = [model, element, own];
  }

  get inputs() { return this.own.get('inputs'); }
  get outputs() { return this.own.get('outputs'); }
  get rules() { return this.own.get('rules'); }

  set(part, facts) { this.model.setOf(this.element, part, facts); }
  write(facts) { this.set(this.own, facts); }

  #columns(property, cells, list, edit) {
    this.model.together(() => {
      this.write({ [property]: list });
      for (const rule of this.rules) this.set(rule, { [cells]: edit(rule.get(cells)) });
    });
  }

  addInput() {
    this.#columns('inputs', 'whens', [...this.inputs, this.model.create('portal:Input', { expression: '' })], whens => [...whens, this.model.create('portal:When', { test: '-' })]);
  }

  addOutput() {
    this.#columns('outputs', 'thens', [...this.outputs, this.model.create('portal:Output', { name: `outcome${this.outputs.length + 1}` })], thens => [...thens, this.model.create('portal:Then', { value: '""' })]);
  }

  removeInput(i) {
    this.#columns('inputs', 'whens', without(this.inputs, i), whens => without(whens, i));
  }

  removeOutput(i) {
    this.#columns('outputs', 'thens', without(this.outputs, i), thens => without(thens, i));
  }

  addRule() {
    this.write({ rules: [...this.rules, ruleOf(this.model, this.inputs.length, this.outputs.length)] });
  }

  removeRule(n) {
    this.write({ rules: without(this.rules, n) });
  }
}

const without = (list, i) => list.filter((_, n) => n !== i);
