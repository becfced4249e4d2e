import { text, check, choice, formula, group, rows } from '../fields.js';
import { brings } from './form.js';
import { mappings } from './work.js';

const FORMS = [['timeDuration', 'P3D'], ['timeDate', '2030-01-31T09:00:00Z'], ['timeCycle', 'R3/P1D']];

/** What an event waits for or causes; also the message of a send or receive task. */
export function event({ t, model, element }) {
  const bo = model.of(element);
  if (model.is(element, 'bpmn:SendTask', 'bpmn:ReceiveTask')) return message({ t, model, element }, bo);
  const definition = bo.get('eventDefinitions')?.[0];
  const boundary = model.is(element, 'bpmn:BoundaryEvent') && definition?.$type !== 'bpmn:ErrorEventDefinition'
    ? check(t('designer.interrupting'), bo.cancelActivity !== false, on => model.set(element, { cancelActivity: on }), t('designer.interrupting-hint')) : null;
  const own = definition ? KINDS[definition.$type]?.({ t, model, element }, definition) : null;
  if (!own && !boundary) return null;
  return [boundary && group('boundary', t('designer.boundary'), true, boundary), own].flat();
}

const KINDS = {
  'bpmn:TimerEventDefinition': timer,
  'bpmn:MessageEventDefinition': message,
  'bpmn:SignalEventDefinition': (context, definition) => exchanged(context, definition, 'signal', 'bpmn:Signal', 'signalRef'),
  'bpmn:ErrorEventDefinition': (context, definition) => named(context, definition, 'error', 'bpmn:Error', 'errorRef', 'errorCode'),
  'bpmn:EscalationEventDefinition': (context, definition) => named(context, definition, 'escalation', 'bpmn:Escalation', 'escalationRef', 'escalationCode'),
  'bpmn:LinkEventDefinition': ({ t, model, element }, definition) => group('link', t('designer.link'), true,
    text(t('designer.link-name'), definition.name, name => model.setOf(element, definition, { name }), { hint: t('designer.link-hint') })),
};

function timer({ t, model, element }, definition) {
  const [form, example] = FORMS.find(([name]) => definition[name]) ?? FORMS[0];
  const write = (name, body) => model.setOf(element, definition, {
    ...Object.fromEntries(FORMS.map(([other]) => [other, undefined])), [name]: body ? model.create('bpmn:FormalExpression', { body }) : undefined,
  });
  return group('timer', t('designer.timer'), true,
    choice(t('designer.timer-form'), form, FORMS.map(([name]) => [name, t(`designer.timer-${name}`)]), name => write(name, FORMS.find(([n]) => n === name)[1])),
    formula(t('designer.timer-text'), definition[form]?.body, body => write(form, body), { placeholder: example, hint: t(`designer.timer-${form}-hint`) }));
}

/** A trigger that refers to something the file declares once, by its name or code. */
function named({ t, model, element }, definition, kind, type, reference, attribute, ...more) {
  const write = value => model.together(() => model.setOf(element, definition, {
    [reference]: value ? model.root(type, attribute, value, attribute === 'name' ? {} : { name: value }) : undefined,
  }));
  return group(kind, t(`designer.${kind}`), true,
    text(t(`designer.${kind}-name`), definition[reference]?.get(attribute), write, { suggestions: model.roots(type).map(root => root.get(attribute)).filter(Boolean), hint: t(`designer.${kind}-hint`) }),
    more);
}

function message(context, definition) {
  const { t, model, element } = context;
  return exchanged(context, definition, 'message', 'bpmn:Message', 'messageRef',
    formula(t('designer.correlation'), model.extension(model.of(element), 'portal:Correlation')?.key, key => model.setExtension(element, 'portal:Correlation', { key }), { hint: t('designer.correlation-hint') }));
}

/** What a receiver takes stands on the declaration, once for the file; what a sender puts in, on the sender. */
function exchanged(context, definition, kind, type, reference, ...more) {
  return context.model.is(context.element, 'bpmn:CatchEvent', 'bpmn:ReceiveTask')
    ? [named(context, definition, kind, type, reference, 'name', ...more), brings(context, definition[reference])]
    : named(context, definition, kind, type, reference, 'name', ...more, payload(context));
}

function payload({ t, model, element }) {
  const own = model.extension(model.of(element), 'portal:Payload');
  return own ? mappings({ t, model, element }, t('designer.payload'), own, 'puts', 'portal:Put')
    : rows(t, t('designer.payload'), [], () => [], {
      add: () => model.setExtension(element, 'portal:Payload', { puts: [model.create('portal:Put', { source: '', target: '' })] }), remove: () => {},
    });
}
