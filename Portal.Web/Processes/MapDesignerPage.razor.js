import Modeler from '../lib/bpmn-js/modeler.js';
import { useStyles, look, fetchMap, drawMap, fitMap, showMap, showElement } from '../bpmn/diagram.js';
import { wordsOf } from '../bpmn/words.js';
import { runnableElements } from '../bpmn/runnable.js';
import { MapModel } from '../bpmn/model.js';
import { PropertyPanel } from '../bpmn/panel.js';
import { Draft } from '../bpmn/draft.js';

/**
 * Opens the designer.
 * @param {HTMLElement} canvas
 * @param {HTMLElement} panel
 * @param {object} page reference to the component: DraftTold, HistoryTold
 * @param {object} options see Opening in MapDesignerPage.razor.cs
 */
export async function open(canvas, panel, page, options) {
  await useStyles();
  const designer = new Designer(canvas, panel, page, options);
  await designer.start();
  return designer;
}

class Designer {
  #page;
  #options;
  #modeler;
  #panel;
  #draft = null;
  #marked = [];

  constructor(canvas, panel, page, options) {
    [this.#page, this.#options] = [page, options];
    const words = wordsOf(options.words);
    const { additionalModules, ...looks } = look();
    this.#modeler = new Modeler({
      ...looks,
      container: canvas,
      moddleExtensions: { portal: JSON.parse(options.notation) },
      additionalModules: [...additionalModules, { translate: ['value', words.translate] }, runnableElements],
    });
    const model = new MapModel(this.#modeler);
    this.#panel = new PropertyPanel(panel, this.#modeler, model, words, { roles: options.roles, users: options.users, actions: options.actions, maps: options.maps });
    this.#modeler.on('commandStack.changed', () => this.#changed());
    // What is typed in the panel counts before the page goes.
    this.leave = () => { if (panel.contains(document.activeElement)) document.activeElement.blur(); };
    window.addEventListener('pagehide', this.leave);
    canvas.mapDesigner = { modeler: this.#modeler, model };
  }

  async start() {
    const { xml, revision } = await fetchMap(this.#options.url);
    this.#draft = this.#newDraft(revision);
    const mine = await this.#draft.kept().catch(() => undefined);
    if (!mine) return this.#draw(xml);
    try {
      await this.#draw(mine.xml);
    } catch (broken) {
      console.warn(broken);
      await this.#draft.forget();
      this.#draft = this.#newDraft(revision);
      return this.#draw(xml);
    }
    this.#draft.revision = mine.revision;
    this.#draft.changed();
    return this.#draft.flush();
  }

  #newDraft(revision) {
    const { url, key, user } = this.#options;
    return new Draft({ url, key, user, revision }, () => this.#write(), (state, text) => this.#tell('DraftTold', state, text ?? null));
  }

  async #draw(xml) {
    await drawMap(this.#modeler, xml);
    showMap(this.#modeler);
    this.#tellHistory();
  }

  async #write() {
    return (await this.#modeler.saveXML({ format: true })).xml;
  }

  #changed() {
    this.#draft?.changed();
    this.#tellHistory();
  }

  #tellHistory() {
    const stack = this.#modeler.get('commandStack');
    this.#tell('HistoryTold', stack.canUndo(), stack.canRedo());
  }

  // A page that is gone is told nothing more.
  #tell(method, ...facts) {
    this.#page.invokeMethodAsync(method, ...facts).catch(gone => console.warn(gone));
  }

  // ——— called by the component ———

  undo() {
    this.#modeler.get('commandStack').undo();
  }

  redo() {
    this.#modeler.get('commandStack').redo();
  }

  fit() {
    fitMap(this.#modeler);
  }

  zoom(by) {
    this.#modeler.get('zoomScroll').stepZoom(by);
  }

  /** Brings everything to the server; true when it is there. */
  save() {
    this.leave();
    return this.#draft.flush();
  }

  /** Chooses an element and brings it into view. */
  choose(id) {
    const element = this.#modeler.get('elementRegistry').get(id);
    if (!element) return;
    showElement(this.#modeler, element);
    this.#modeler.get('selection').select(element);
  }

  /** Marks elements with findings: [{ id, warning }]. */
  mark(findings) {
    const [canvas, registry] = [this.#modeler.get('canvas'), this.#modeler.get('elementRegistry')];
    for (const { id, marker } of this.#marked) if (registry.get(id)) canvas.removeMarker(id, marker);
    this.#marked = findings.filter(f => registry.get(f.id)).map(f => ({ id: f.id, marker: f.warning ? 'map-warning' : 'map-finding' }));
    for (const { id, marker } of this.#marked) canvas.addMarker(id, marker);
  }

  /** Takes what somebody else saved; the own changes are dropped. */
  async takeTheirs() {
    await this.#draft.forget();
    const { xml, revision } = await fetchMap(this.#options.url);
    this.#draft = null;
    await this.#draw(xml);
    this.#draft = this.#newDraft(revision);
  }

  /** Saves the own map over what somebody else saved. */
  async keepMine() {
    const { revision } = await fetchMap(this.#options.url);
    return this.#draft.overwrite(revision);
  }

  /** The draft became a version: the next change begins a new one. */
  startAnew() {
    this.#draft.revision = null;
  }

  /** Lets go of what is kept here of a draft that was thrown away. */
  forget() {
    return this.#draft.forget();
  }

  async dispose() {
    this.leave();
    window.removeEventListener('pagehide', this.leave);
    await this.#draft?.flush();
    this.#draft?.dispose();
    this.#panel.dispose();
    this.#modeler.destroy();
  }
}
