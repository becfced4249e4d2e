import { text, check, choice, formula, group } from '../fields.js';

/** A lane stands for the role that does what lies in it. */
export function lane({ t, model, element, roles }) {
  const own = model.extension(model.of(element), 'portal:Role')?.key;
  const unknown = own && !roles.some(role => role.key === own) ? [[own, own]] : [];
  return group('lane', t('designer.lane'), true,
    choice(t('designer.lane-role'), own, [['', t('designer.lane-none')], ...unknown, ...roles.map(role => [role.key, role.name])], key => model.setExtension(element, 'portal:Role', { key }), t('designer.lane-hint')));
}

/** The process itself: its key, and whether it is the one that runs. */
export function process({ t, model, element }) {
  const bo = model.processOf(element);
  if (!bo) return null;
  return group('process', t('designer.process'), true,
    formula(t('designer.owner'), model.extension(bo, 'portal:Assignment')?.assignee, assignee => model.setExtension(element, 'portal:Assignment', { assignee }, bo), { hint: t('designer.owner-hint'), placeholder: '=manager' }),
    formula(t('designer.process-title'), model.extension(bo, 'portal:Assignment')?.title, title => model.setExtension(element, 'portal:Assignment', { title }, bo), { hint: t('designer.process-title-hint'), placeholder: '=subject' }),
    text(t('designer.process-key'), bo.id, () => {}, { mono: true, hint: t('designer.process-key-hint') }),
    check(t('designer.executable'), bo.isExecutable, on => model.setOf(element, bo, { isExecutable: on })));
}
