import { h } from './dom.js';
import { general, technical } from './groups/general.js';
import { instruction, people, schedule, verdict } from './groups/people.js';
import { form, startForm } from './groups/form.js';
import { stage } from './groups/stage.js';
import { action, script, call } from './groups/work.js';
import { decision } from './groups/decision.js';
import { repeat } from './groups/repeat.js';
import { flow, gateway } from './groups/flow.js';
import { event } from './groups/event.js';
import { lane, process } from './groups/places.js';

/** Which groups of settings an element has, in the order of work: what, who, when, how. */
const GROUPS = [
  [['bpmn:UserTask'], instruction, people, schedule, form, verdict],
  [['bpmn:StartEvent'], startForm],
  [['bpmn:ServiceTask'], action, verdict],
  [['bpmn:ScriptTask'], script],
  [['bpmn:BusinessRuleTask'], decision],
  [['bpmn:CallActivity'], call],
  [['bpmn:SendTask', 'bpmn:ReceiveTask', 'bpmn:Event'], event],
  [['bpmn:SequenceFlow'], flow],
  [['bpmn:Gateway'], gateway],
  [['bpmn:Activity'], repeat],
  [['bpmn:Activity', 'bpmn:Event'], stage],
  [['bpmn:Lane'], lane],
  [['bpmn:Process', 'bpmn:Participant'], process],
];

/** Portal's properties of the chosen element. Follows the selection and every change of the map. */
export class PropertyPanel {
  #host;
  #modeler;
  #model;
  #words;
  #choices;
  #element = null;
  #folds = new Map();
  #queued = false;
  #pressed = false;
  #stop = new AbortController();

  constructor(host, modeler, model, words, choices) {
    [this.#host, this.#modeler, this.#model, this.#words, this.#choices] = [host, modeler, model, words, choices];
    const bus = modeler.get('eventBus');
    bus.on('selection.changed', ({ newSelection }) => this.show(newSelection.length === 1 ? newSelection[0] : null));
    bus.on(['elements.changed', 'commandStack.changed', 'root.set'], () => this.#soon());
    // A button drawn anew between press and release would lose its click.
    const signal = this.#stop.signal;
    host.addEventListener('pointerdown', () => { this.#pressed = true; }, { signal });
    for (const end of ['pointerup', 'pointercancel']) document.addEventListener(end, () => { this.#pressed = false; if (this.#queued) this.#later(); }, { signal });
    // A fold keeps its place from element to element.
    host.addEventListener('toggle', e => { if (e.target.dataset.fold) this.#folds.set(e.target.dataset.fold, e.target.open); }, true);
  }

  show(element) {
    this.#leave();
    this.#element = element;
    this.#soon();
  }

  /** What is being typed counts, though the hand has not left the field. */
  #leave() {
    if (this.#host.contains(document.activeElement)) document.activeElement.blur();
  }

  #soon() {
    if (this.#queued) return;
    this.#queued = true;
    this.#later();
  }

  // Not before the browser has moved the cursor to the next field.
  #later() {
    setTimeout(() => {
      if (!this.#queued || this.#pressed || this.#stop.signal.aborted) return;
      this.#queued = false;
      this.#render();
    });
  }

  dispose() {
    this.#stop.abort();
  }

  #render() {
    const element = this.#target();
    const place = this.#place();
    this.#host.replaceChildren(...(element ? this.#content(element) : []));
    for (const fold of this.#host.querySelectorAll('details[data-fold]'))
      if (this.#folds.has(fold.dataset.fold)) fold.open = this.#folds.get(fold.dataset.fold);
    this.#back(place);
  }

  #target() {
    const chosen = this.#element?.labelTarget ?? this.#element;
    if (chosen && this.#modeler.get('elementRegistry').get(chosen.id)) return chosen;
    const root = this.#modeler.get('canvas').getRootElement();
    if (!root?.businessObject) return null;
    // With pools, the map is the pool whose process runs.
    const pools = root.type === 'bpmn:Collaboration' ? root.children.filter(child => child.businessObject.processRef) : [];
    return pools.find(pool => pool.businessObject.processRef.isExecutable) ?? pools[0] ?? root;
  }

  #content(element) {
    const context = { ...this.#choices, t: this.#words.t, count: this.#words.count, model: this.#model, element };
    const own = GROUPS.filter(([types]) => this.#model.is(element, ...types)).flatMap(([, ...groups]) => groups.map(group => group(context)));
    return [
      h('header', { class: 'property-head' }, h('h2', {}, this.#model.nameOf(element) || this.#kind(element)), h('span', { class: 'muted' }, this.#kind(element))),
      ...[general(context), ...own.flat(), technical(context)].filter(Boolean),
    ];
  }

  /** What the element is, as bpmn-js's own menu calls it. */
  #kind(element) {
    const bo = this.#model.of(element);
    const definition = bo.eventDefinitions?.[0]?.$type.slice(5).replace('EventDefinition', '') ?? '';
    const name = bo.$type.slice(5).replace(/([a-z])([A-Z])/g, '$1 $2');
    const known = [`${definition} ${name}`, name].map(n => n.trim().toLowerCase().replace(/[^a-z]+/g, '-')).find(key => this.#words.known(`bpmn.${key}`));
    return known ? this.#words.t(`bpmn.${known}`) : name;
  }

  // The field with the cursor keeps it when the panel is drawn anew.
  #place() {
    const field = document.activeElement;
    if (!this.#host.contains(field) || !field.dataset.field) return null;
    const twins = [...this.#host.querySelectorAll('[data-field]')].filter(f => f.dataset.field === field.dataset.field);
    return { name: field.dataset.field, index: twins.indexOf(field), from: field.selectionStart, to: field.selectionEnd };
  }

  #back(place) {
    if (!place) return;
    const field = [...this.#host.querySelectorAll('[data-field]')].filter(f => f.dataset.field === place.name)[place.index];
    if (!field) return;
    field.focus({ preventScroll: true });
    if (place.from !== null && place.from !== undefined && field.setSelectionRange && /^(text|textarea)$/.test(field.type)) field.setSelectionRange(place.from, place.to);
  }
}
