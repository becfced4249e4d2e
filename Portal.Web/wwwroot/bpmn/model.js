/**
 * What the panel reads and writes of a drawn element. Every write is one step of the command stack, so it can be undone.
 */
export class MapModel {
  #modeler;

  constructor(modeler) {
    this.#modeler = modeler;
    const stack = modeler.get('commandStack');
    stack.registerHandler('portal.together', Together);
  }

  get modeling() {
    return this.#modeler.get('modeling');
  }

  get registry() {
    return this.#modeler.get('elementRegistry');
  }

  /** The element as BPMN means it. */
  of(element) {
    return element.businessObject;
  }

  is(element, ...types) {
    return types.some(type => this.of(element).$instanceOf?.(type));
  }

  create(type, facts = {}) {
    const made = this.#modeler.get('bpmnFactory').create(type, facts);
    for (const value of Object.values(facts).flat()) if (value?.$type) value.$parent = made;
    return made;
  }

  /** Several writes as one step. */
  together(work) {
    this.#modeler.get('commandStack').execute('portal.together', { work });
  }

  /** Sets plain attributes, such as the name. */
  set(element, facts) {
    this.modeling.updateProperties(element, facts);
  }

  /** Sets attributes of a part of an element, such as one field of its form. */
  setOf(element, part, facts) {
    this.modeling.updateModdleProperties(element, part, facts);
  }

  /** Portal's extensions of that type on an element or a part of it, such as <code>portal:Form</code>. */
  extensions(part, type) {
    return part.get('extensionElements')?.get('values').filter(value => value.$type === type) ?? [];
  }

  extension(part, type) {
    return this.extensions(part, type)[0] ?? null;
  }

  /** Puts extensions of one type in place of those there are; the others stay. */
  setExtensions(element, type, values, part = this.of(element)) {
    const others = part.get('extensionElements')?.get('values').filter(value => value.$type !== type) ?? [];
    const all = [...others, ...values];
    const holder = all.length ? this.create('bpmn:ExtensionElements', { values: all }) : undefined;
    if (holder) holder.$parent = part;
    this.setOf(element, part, { extensionElements: holder });
  }

  /** Sets attributes of the one extension of a type, made when missing, dropped when nothing is left on it. */
  setExtension(element, type, facts, part = this.of(element)) {
    const old = this.extension(part, type);
    const next = { ...(old ? plain(old) : {}), ...facts };
    const filled = Object.values(next).some(value => Array.isArray(value) ? value.length : value !== undefined && value !== '' && value !== false);
    this.setExtensions(element, type, filled ? [this.create(type, clean(next))] : [], part);
  }

  /** Roots of the file of a type: messages, signals, errors, escalations. */
  roots(type) {
    return this.definitions.get('rootElements').filter(root => root.$type === type);
  }

  get definitions() {
    return this.#modeler.getDefinitions();
  }

  /** The root of that type whose attribute has this value; made when missing. Part of the step under way. */
  root(type, attribute, value, facts = {}) {
    const found = this.roots(type).find(root => root.get(attribute) === value);
    if (found) return found;
    const made = this.create(type, { [attribute]: value, ...facts });
    made.$parent = this.definitions;
    this.modeling.updateModdleProperties(this.#modeler.get('canvas').getRootElement(), this.definitions, { rootElements: [...this.definitions.get('rootElements'), made] });
    return made;
  }

  /** The name; a pool and its process go by one. */
  nameOf(element) {
    const bo = this.of(element);
    return bo.processRef?.name || bo.name;
  }

  rename(element, name) {
    const process = this.of(element).processRef;
    this.together(() => {
      this.set(element, { name: name || undefined });
      if (process) this.setOf(element, process, { name: name || undefined });
    });
  }

  /** The process an element lies in, or the one a pool stands for. */
  processOf(element) {
    if (this.is(element, 'bpmn:Participant')) return this.of(element).get('processRef') ?? null;
    let at = this.of(element);
    while (at && !at.$instanceOf?.('bpmn:Process')) at = at.$parent;
    return at ?? null;
  }
}

const plain = value => Object.fromEntries(value.$descriptor.properties.map(p => [p.ns.localName, value.get(p.name)]).filter(([, v]) => v !== undefined));

const clean = facts => Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined && value !== ''));

/** Runs its work as the inside of one command. */
class Together {
  preExecute({ work }) {
    work();
  }
}
