import { text, choice, group } from '../fields.js';
import { labels } from './form.js';

/** The funnel stage a token reaches here. A stage is one thing on the whole map: its name and chance change everywhere. */
export function stage({ t, model, element }) {
  const own = model.extension(model.of(element), 'portal:Stage');
  const known = stages(model);
  const take = key => {
    if (key === '') model.setExtensions(element, 'portal:Stage', []);
    else if (key === '+') model.setExtensions(element, 'portal:Stage', [model.create('portal:Stage', { key: free(known), name: t('designer.new-stage'), order: known.length + 1, probability: 50 })]);
    else model.setExtensions(element, 'portal:Stage', [copy(model, known.find(s => s.key === key))]);
  };
  const everywhere = facts => model.together(() => {
    for (const holder of holders(model, own.key)) model.setOf(holder, model.extension(model.of(holder), 'portal:Stage'), facts);
  });
  return group('stage', t('designer.stage'), !!own,
    choice(t('designer.stage-here'), own?.key, [['', t('designer.stage-none')], ...known.map(s => [s.key, s.name || s.key]), ['+', t('designer.stage-new')]], take),
    own && text(t('designer.stage-name'), own.name, name => everywhere({ name })),
    own && labels(t, model, element, own),
    own && text(t('designer.stage-key'), own.key, key => key && everywhere({ key }), { mono: true, length: 100 }),
    own && text(t('designer.stage-order'), own.order, order => everywhere({ order: Number.parseInt(order, 10) || 1 }), { type: 'number', min: 1, max: 99 }),
    own && text(t('designer.stage-probability'), own.probability, probability => everywhere({ probability: Math.min(100, Math.max(0, Number(probability) || 0)) }), { type: 'number', min: 0, max: 100 }));
}

const holders = (model, key) => model.registry.filter(e => !e.labelTarget && e.businessObject && model.extension(model.of(e), 'portal:Stage')?.key === key);

/** The stages of the map in their order, each once. */
function stages(model) {
  const all = model.registry.filter(e => !e.labelTarget && e.businessObject?.get).map(e => model.extension(model.of(e), 'portal:Stage')).filter(Boolean);
  return [...new Map(all.map(s => [s.key, s])).values()].sort((a, b) => a.order - b.order);
}

const copy = (model, s) => model.create('portal:Stage', {
  key: s.key, name: s.name, order: s.order, probability: s.probability,
  labels: s.get('labels').map(l => model.create('portal:Label', { lang: l.lang, text: l.text })),
});

function free(known) {
  let n = known.length + 1;
  while (known.some(s => s.key === `stage${n}`)) n++;
  return `stage${n}`;
}
