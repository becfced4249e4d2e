import { text, area, formula, languages, group, choice, check, button } from '../fields.js';
import { setTexts } from './general.js';
import { h } from '../dom.js';

/** What the performer must do and how. */
export function instruction({ t, model, element }) {
  const all = model.extensions(model.of(element), 'portal:Instruction');
  const own = all.find(i => !i.lang)?.text ?? '';
  const others = Object.fromEntries(all.filter(i => i.lang).map(i => [i.lang, i.text]));
  return group('instruction', t('designer.instruction'), true,
    area(t('designer.instruction-text'), own, value => setTexts(model, element, 'portal:Instruction', others, value), { rows: 3, hint: t('designer.instruction-hint') }),
    languages(t, others, (lang, value) => setTexts(model, element, 'portal:Instruction', { ...others, [lang]: value }, own), { lines: true }));
}

/** Who may take the task. */
export function people({ t, model, element, roles, users }) {
  const facts = model.extension(model.of(element), 'portal:Assignment') ?? {};
  const write = change => model.setExtension(element, 'portal:Assignment', change);
  const written = facts.candidateRoles ?? '';
  const isFormula = written.startsWith('=');
  const chosen = isFormula ? [] : written.split(',').map(role => role.trim()).filter(Boolean);
  const put = list => write({ candidateRoles: list.join(',') });
  const nameOf = key => roles.find(role => role.key === key)?.name ?? key;
  const free = roles.filter(role => !chosen.includes(role.key)).sort((x, y) => x.name.localeCompare(y.name));
  const barred = (facts.notBy ?? '').split(',').map(id => id.trim()).filter(Boolean);
  const tasks = model.registry.filter(other => other.type === 'bpmn:UserTask').map(other => model.of(other));
  const taskName = id => tasks.find(task => task.id === id)?.name || id;
  const keepOut = list => write({ notBy: list.join(',') });
  return group('people', t('designer.people'), true,
    isFormula ? null : choice(t('designer.candidate-roles'), '', [['', t(chosen.length ? 'designer.add-role' : 'designer.no-role')], ...free.map(role => [role.key, role.name])], key => key && put([...chosen, key])),
    chosen.length ? h('ul', { class: 'chosen-roles' }, chosen.map(key => h('li', {}, h('span', {}, nameOf(key)), button('close', t('designer.remove-named', nameOf(key)), () => put(chosen.filter(role => role !== key)))))) : null,
    check(t('designer.to-owner'), facts.toOwner, on => write({ toOwner: on || undefined }), t('designer.to-owner-hint')),
    choice(t('designer.not-by'), '', [['', t(barred.length ? 'designer.add-task' : 'designer.no-task')], ...tasks.filter(task => !barred.includes(task.id) && (task !== model.of(element) || comesAgain(model, task))).map(task => [task.id, task.name || task.id])],
      id => id && keepOut([...barred, id]), t('designer.not-by-hint')),
    barred.length ? h('ul', { class: 'chosen-roles' }, barred.map(id => h('li', {}, h('span', {}, taskName(id)), button('close', t('designer.remove-named', taskName(id)), () => keepOut(barred.filter(other => other !== id)))))) : null,
    h('details', { class: 'more-fold', 'data-fold': 'people-more', open: isFormula || !!facts.assignee || !!facts.candidateUsers || !!facts.title },
      h('summary', {}, t('designer.people-more')),
      formula(t('designer.roles-formula'), isFormula ? written : '', value => write({ candidateRoles: asFormula(value) }), { placeholder: '=approver' }),
      text(t('designer.candidate-users'), facts.candidateUsers, candidateUsers => write({ candidateUsers }), { suggestions: users, hint: t('designer.users-hint') }),
      formula(t('designer.assignee'), facts.assignee, assignee => write({ assignee }), { hint: t('designer.assignee-hint'), placeholder: '=manager' }),
      formula(t('designer.title-formula'), facts.title, title => write({ title }), { placeholder: '="Offer " + number' })));
}

/** True where a task can come a second time in one process: it or what it lies in repeats, or the way leads back to it. */
function comesAgain(model, node) {
  if (!node?.$instanceOf?.('bpmn:Activity')) return false;
  const events = model.registry.filter(other => other.type === 'bpmn:BoundaryEvent').map(other => model.of(other));
  const next = at => [at, ...events.filter(event => event.attachedToRef === at)].flatMap(from => (from.outgoing ?? []).map(flow => flow.targetRef));
  const seen = new Set();
  const open = next(node);
  while (open.length) {
    const at = open.pop();
    if (seen.has(at)) continue;
    seen.add(at);
    open.push(...next(at));
  }
  return !!node.loopCharacteristics || seen.has(node) || comesAgain(model, node.$parent);
}

const asFormula = value => value && !value.startsWith('=') ? `=${value}` : value;

const DUES = [['PT4H', 4, 'hours'], ['P1D', 1, 'days'], ['P3D', 3, 'days'], ['add working days(now(), 1)', 1, 'working'], ['add working days(now(), 3)', 3, 'working'], ['add working days(now(), 5)', 5, 'working']];

/** By when, who is told when it is late, and how important it is. */
export function schedule({ t, count, model, element, roles, users }) {
  const facts = model.extension(model.of(element), 'portal:Schedule') ?? {};
  const write = change => model.setExtension(element, 'portal:Schedule', change);
  const usual = DUES.map(([key, n, unit]) => [key, count(`designer.due-${unit}`, n)]);
  const isUsual = !facts.due || usual.some(([key]) => key === facts.due);
  return group('schedule', t('designer.schedule'), true,
    choice(t('designer.due'), isUsual ? facts.due : '=', [['', t('designer.due-none')], ...usual, ['=', t('designer.due-own')]], due => write({ due: due === '=' ? facts.due || 'P2D' : due })),
    isUsual ? null : formula(t('designer.due-formula'), facts.due, due => write({ due }), { hint: t('designer.due-hint'), placeholder: 'P2D' }),
    text(t('designer.escalate-to'), facts.escalateTo, escalateTo => write({ escalateTo }), { suggestions: [...roles, ...users], hint: t('designer.escalate-hint') }),
    text(t('designer.priority'), facts.priority, priority => write({ priority }), { placeholder: '50', hint: t('designer.priority-hint') }));
}

/** When the work counts as a success. */
export function verdict({ t, model, element }) {
  return group('verdict', t('designer.verdict'), !!model.extension(model.of(element), 'portal:Verdict'),
    formula(t('designer.success'), model.extension(model.of(element), 'portal:Verdict')?.success, success => model.setExtension(element, 'portal:Verdict', { success }),
      { placeholder: 'approved = true', hint: t('designer.success-hint') }));
}
