import { check, choice, formula, group } from '../fields.js';

/** Under which condition an arrow is taken. */
export function flow({ t, model, element }) {
  const bo = model.of(element), source = bo.sourceRef;
  const mayDefault = ['bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway', 'bpmn:Activity'].some(type => source?.$instanceOf?.(type));
  const isDefault = source?.default === bo;
  const condition = body => model.set(element, { conditionExpression: body ? model.create('bpmn:FormalExpression', { body }) : undefined });
  const makeDefault = on => model.together(() => {
    if (on && bo.conditionExpression) condition('');
    model.set(element.source, { default: on ? bo : undefined });
  });
  return group('flow', t('designer.flow'), true,
    mayDefault ? check(t('designer.default-flow'), isDefault, makeDefault, t('designer.default-hint')) : null,
    isDefault ? null : formula(t('designer.condition'), bo.conditionExpression?.body, condition, { placeholder: 'amount > 1000', hint: t('designer.condition-hint') }));
}

/** Which way a gateway takes when no condition holds, and the conditions of all its ways in one place. */
export function gateway({ t, model, element }) {
  if (!model.is(element, 'bpmn:ExclusiveGateway', 'bpmn:InclusiveGateway') || element.outgoing.length < 2) return null;
  const bo = model.of(element);
  const name = out => out.businessObject.name || out.target.businessObject.name || out.target.id;
  const ways = element.outgoing.filter(out => out.type === 'bpmn:SequenceFlow');
  return group('gateway', t('designer.ways'), true,
    choice(t('designer.otherwise'), bo.default?.id, [['', t('designer.otherwise-none')], ...ways.map(out => [out.id, name(out)])],
      id => model.set(element, { default: id ? model.registry.get(id).businessObject : undefined })),
    ways.filter(out => out.businessObject !== bo.default).map(out =>
      formula(name(out), out.businessObject.conditionExpression?.body, body => model.set(out, { conditionExpression: body ? model.create('bpmn:FormalExpression', { body }) : undefined }), { placeholder: 'amount > 1000' })));
}
