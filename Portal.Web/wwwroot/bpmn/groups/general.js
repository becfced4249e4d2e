import { text, area, check, languages, group } from '../fields.js';

/** Name with its translations, and what the map's reader should know. */
export function general({ t, model, element }) {
  const bo = model.of(element);
  if (model.is(element, 'bpmn:TextAnnotation')) return group('general', t('designer.general'), true, area(t('designer.text'), bo.text, value => model.set(element, { text: value }), { rows: 3 }));
  const part = bo.processRef ?? bo, name = model.nameOf(element);
  const names = Object.fromEntries(model.extensions(part, 'portal:Name').map(n => [n.lang, n.text]));
  return group('general', t('designer.general'), true,
    area(t('designer.name'), name, typed => model.rename(element, typed)),
    name ? languages(t, names, (lang, value) => setTexts(model, element, 'portal:Name', { ...names, [lang]: value }, undefined, part)) : null,
    area(t('designer.documentation'), documentation(bo), value => model.set(element, { documentation: value ? [model.create('bpmn:Documentation', { text: value })] : [] })));
}

/** Writes one extension per language that has a text. */
export function setTexts(model, element, type, byLanguage, own, part) {
  const values = Object.entries(byLanguage).filter(([, value]) => value).map(([lang, value]) => model.create(type, { lang, text: value }));
  model.setExtensions(element, type, own ? [model.create(type, { text: own }), ...values] : values, part);
}

const documentation = bo => bo.get('documentation')?.[0]?.text;

/** What only the engine cares for. */
export function technical({ t, model, element }) {
  const bo = model.of(element);
  const node = model.is(element, 'bpmn:FlowNode'), work = model.is(element, 'bpmn:Activity');
  return group('technical', t('designer.technical'), false,
    text(t('designer.id'), bo.id, id => renamed(model, element, id), { mono: true, length: 100, hint: t('designer.id-hint') }),
    node ? check(t('designer.async'), bo.get('portal:async'), on => model.set(element, { 'portal:async': on || undefined }), t('designer.async-hint')) : null,
    work ? text(t('designer.retry'), model.extension(bo, 'portal:Retry')?.cycle, cycle => model.setExtension(element, 'portal:Retry', { cycle }), { mono: true, placeholder: 'R5/PT5M' }) : null);
}

/** Takes a new id where it is one and is free; the old one stays otherwise. */
function renamed(model, element, id) {
  const free = /^[A-Za-z_][\w.-]*$/.test(id) && !model.registry.get(id);
  if (free && id !== model.of(element).id) model.set(element, { id });
}
