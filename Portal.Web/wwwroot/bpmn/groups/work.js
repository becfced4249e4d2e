import { text, check, choice, formula, rows, group } from '../fields.js';

/** The feature's action a service task calls; choosing one lays out the inputs it takes. */
export function action({ t, model, element, actions }) {
  const own = model.extension(model.of(element), 'portal:Action');
  const write = facts => model.setExtension(element, 'portal:Action', facts);
  const known = actions.find(a => a.key === own?.name);
  const unknown = own?.name && !known ? [[own.name, own.name]] : [];
  const inputs = own?.get('inputs') ?? [];
  const take = name => {
    const chosen = actions.find(a => a.key === name);
    const kept = inputs.filter(input => input.value);
    const wanted = (chosen?.inputs ?? []).filter(p => !kept.some(input => input.name === p.name)).map(p => model.create('portal:Input', { name: p.name, type: p.type, value: '' }));
    write({ name, external: chosen?.external || undefined, inputs: [...kept, ...wanted] });
  };
  return group('action', t('designer.action'), true,
    choice(t('designer.action-name'), own?.name, [['', t('designer.action-none')], ...unknown, ...actions.map(a => [a.key, a.name])], take, known?.external ? t('designer.external-hint') : actions.length ? null : t('designer.no-actions')),
    own ? rows(t, t('designer.inputs'), inputs, input => [
      text(t('designer.input-name'), input.name, name => model.setOf(element, input, { name }), { mono: true, length: 100 }),
      formula(t('designer.input-value'), input.value, value => model.setOf(element, input, { value }), { hint: t('designer.formula-hint') }),
    ], {
      add: () => write({ inputs: [...inputs, model.create('portal:Input', { name: `input${inputs.length + 1}`, value: '' })] }),
      remove: i => write({ inputs: inputs.filter((_, n) => n !== i) }),
    }) : null,
    own ? mappings({ t, model, element }, t('designer.outputs'), own, 'outputs', 'portal:Output') : null);
}

/** Rows of a value and the name it is put under. */
export function mappings({ t, model, element }, title, holder, property, type) {
  const list = holder.get(property);
  const put = next => model.setOf(element, holder, { [property]: next });
  return rows(t, title, list, row => [
    formula(t('designer.source'), row.source, source => model.setOf(element, row, { source })),
    text(t('designer.target'), row.target, target => model.setOf(element, row, { target }), { mono: true, length: 100 }),
  ], {
    add: () => put([...list, Object.assign(model.create(type, { source: '', target: '' }), { $parent: holder })]),
    remove: i => put(list.filter((_, n) => n !== i)),
  });
}

/** An expression whose value becomes a variable. */
export function script({ t, model, element }) {
  const bo = model.of(element);
  return group('script', t('designer.script'), true,
    formula(t('designer.script-text'), bo.script, value => model.set(element, { script: value || undefined, scriptFormat: value ? 'feel' : undefined }), { hint: t('designer.script-hint') }),
    text(t('designer.result'), model.extension(bo, 'portal:Result')?.variable, variable => model.setExtension(element, 'portal:Result', { variable }), { mono: true, length: 100, hint: t('designer.result-hint') }));
}

/** Another process that is started and waited for. */
export function call({ t, model, element, maps }) {
  const own = model.extension(model.of(element), 'portal:Call');
  const write = facts => model.setExtension(element, 'portal:Call', facts);
  const start = property => () => write({ [property]: [model.create(property === 'ins' ? 'portal:In' : 'portal:Out', { source: '', target: '' })] });
  const side = (property, type, title) => own ? mappings({ t, model, element }, title, own, property, type)
    : rows(t, title, [], () => [], { add: start(property), remove: () => {} });
  return group('call', t('designer.call'), true,
    text(t('designer.called'), model.of(element).calledElement, calledElement => model.set(element, { calledElement: calledElement || undefined }), { suggestions: maps, mono: true }),
    check(t('designer.call-all'), own?.all, all => write({ all: all || undefined })),
    side('ins', 'portal:In', t('designer.call-in')),
    side('outs', 'portal:Out', t('designer.call-out')));
}
