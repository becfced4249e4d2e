import { text, choice, formula, group } from '../fields.js';

const APPROVALS = ['all', 'any', 'quorum', 'veto'];

/** How an activity repeats, and the presets of an approval by several people. */
export function repeat({ t, model, element }) {
  const loop = model.of(element).loopCharacteristics;
  const several = loop?.$type === 'bpmn:MultiInstanceLoopCharacteristics' ? loop : null;
  const mode = !several ? '' : several.isSequential ? 'sequential' : 'parallel';
  const take = value => model.set(element, {
    loopCharacteristics: value === '' ? undefined
      : several ? several : model.create('bpmn:MultiInstanceLoopCharacteristics', { isSequential: value === 'sequential' || undefined }),
  });
  const change = value => several && value !== '' ? model.setOf(element, several, { isSequential: value === 'sequential' }) : take(value);
  return group('repeat', t('designer.repeat'), !!several,
    choice(t('designer.repeat-mode'), mode, [['', t('designer.repeat-none')], ['parallel', t('designer.repeat-parallel')], ['sequential', t('designer.repeat-sequential')]], change),
    several && settings({ t, model, element }, several),
    several && approval({ t, model, element }, several));
}

function settings({ t, model, element }, loop) {
  const own = model.extension(loop, 'portal:Loop') ?? {};
  const write = facts => model.setExtension(element, 'portal:Loop', facts, loop);
  const body = property => value => model.setOf(element, loop, { [property]: value ? model.create('bpmn:FormalExpression', { body: value }) : undefined });
  return [
    formula(t('designer.collection'), own.collection, collection => write({ collection }), { placeholder: 'approvers', hint: t('designer.collection-hint') }),
    text(t('designer.item'), own.item, item => write({ item }), { mono: true, length: 100, placeholder: 'approver' }),
    formula(t('designer.cardinality'), loop.loopCardinality?.body, body('loopCardinality'), { placeholder: '3' }),
    formula(t('designer.completion'), loop.completionCondition?.body, body('completionCondition'), { placeholder: 'nrOfCompletedInstances >= 2' }),
    formula(t('designer.output'), own.output, output => write({ output })),
    text(t('designer.output-list'), own.outputList, outputList => write({ outputList }), { mono: true, length: 100 }),
  ];
}

function approval({ t, model, element }, loop) {
  const own = model.extension(loop, 'portal:Approval');
  const write = facts => model.setExtension(element, 'portal:Approval', facts, loop);
  const mode = own ? (own.mode ?? 'all').toLowerCase() : '';
  const take = value => value === '' ? model.setExtensions(element, 'portal:Approval', [], loop)
    : write({ mode: value, verdict: own?.verdict ?? 'approved', result: own?.result ?? 'approved', percent: value === 'quorum' ? own?.percent ?? 50 : undefined });
  return [
    choice(t('designer.approval'), mode, [['', t('designer.approval-none')], ...APPROVALS.map(a => [a, t(`designer.approval-${a}`)])], take, t('designer.approval-hint')),
    mode === 'quorum' && text(t('designer.percent'), own.percent, percent => write({ percent: Math.min(100, Math.max(1, Number(percent) || 50)) }), { type: 'number', min: 1, max: 100 }),
    mode !== '' && text(t('designer.vote-field'), own.verdict, verdict => write({ verdict }), { mono: true, length: 100 }),
    mode !== '' && text(t('designer.vote-result'), own.result, result => write({ result }), { mono: true, length: 100 }),
  ];
}
