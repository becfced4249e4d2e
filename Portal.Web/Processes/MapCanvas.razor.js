import Viewer from '../lib/bpmn-js/viewer.js';
import { h, icon } from '../bpmn/dom.js';
import { useStyles, look, fetchMap, drawMap, inLanguage, showMap, showElement } from '../bpmn/diagram.js';
import { travel } from '../bpmn/travel.js';

/**
 * Opens a read-only map.
 * @param {HTMLElement} element
 * @param {object} page reference to the component: Chosen
 * @param {{url: string, language: string}} options
 */
export async function open(element, page, options) {
  await useStyles();
  const map = new MapCanvas(element, page);
  await map.load(options);
  return map;
}

const BUBBLE = 120;     // px a bubble may reach beyond its element
const READABLE = 0.5;    // below this zoom names and numbers cannot be read

class MapCanvas {
  #page;
  #viewer;
  #element;
  #marks = new Map();
  #resized;
  #warm = false;

  constructor(element, page) {
    [this.#element, this.#page] = [element, page];
    this.#viewer = new Viewer({ ...look(), container: element });
    this.#viewer.on('element.click', ({ element: shape }) => this.#choose(shape));
    this.#resized = new ResizeObserver(() => this.#viewer.get('canvas').resized());
    this.#resized.observe(element);
    element.mapCanvas = { viewer: this.#viewer };
  }

  #choose(shape) {
    const ground = shape.type === 'bpmn:Process' || shape.type === 'bpmn:Collaboration' || !shape.businessObject;
    this.#page.invokeMethodAsync('Chosen', ground ? null : (shape.labelTarget ?? shape).id).catch(gone => console.warn(gone));
  }

  async load({ url, language }) {
    const { xml } = await fetchMap(url);
    await drawMap(this.#viewer, inLanguage(xml, language));
    showMap(this.#viewer);
    this.#element.dataset.drawn = 'yes';
  }

  #shape(id) {
    return this.#viewer.get('elementRegistry').get(id);
  }

  /** Draws tokens: [{ node, count, text, tone, title }]; one bubble per node. */
  setTokens(tokens) {
    this.#overlays('token', tokens, token => ({
      position: { bottom: 12, left: -6 },
      html: h('div', { class: `map-token ${token.tone}`, title: token.title },
        h('span', { class: 'map-token-count' }, token.tone === 'incident' ? icon('priority_high') : String(token.count)), token.text && h('span', { class: 'map-token-text' }, token.text)),
    }));
    this.#mark('token', tokens.map(token => ({ node: token.node, kind: `map-held map-held-${token.tone}` })));
  }

  /** Colours nodes by what is spent there: [{ node, level, text, worst }]; level 0 to 4. */
  setHeat(nodes) {
    this.#overlays('heat', nodes, node => ({
      position: { top: -3, left: 0 },
      scale: node.worst ? { min: 0.9 } : true,   // the worst is read in the overview too
      html: h('div', { class: `map-heat level-${node.level}` }, node.worst && h('strong', {}, node.worst), h('span', {}, node.text)),
    }));
    this.#mark('heat', nodes.map(node => ({ node: node.node, kind: `map-level-${node.level}` })));
    if (!this.#warm && nodes.length) this.#survey(nodes);
    this.#warm ||= nodes.length > 0;
  }

  /** Opens on the whole map where it can be read, else on the worst; the button shows the whole. */
  #survey(nodes) {
    if (this.#viewer.get('canvas').zoom('fit-viewport', 'auto') >= READABLE) return;
    this.show((nodes.find(node => node.worst) ?? nodes.reduce((a, b) => b.level > a.level ? b : a)).node);
  }

  /** Colours changed elements: [{ node, kind }]; kind is added, removed or changed. */
  setChanges(changes) {
    this.#mark('change', changes.map(({ node, kind }) => ({ node, kind: `map-${kind}` })));
  }

  #overlays(type, items, make) {
    const overlays = this.#viewer.get('overlays');
    overlays.remove({ type });
    for (const item of items) if (this.#shape(item.node)) overlays.add(item.node, type, make(item));
  }

  #mark(kind, marks) {
    const canvas = this.#viewer.get('canvas');
    for (const { node, marker } of this.#marks.get(kind) ?? []) canvas.removeMarker(node, marker);
    const next = marks.filter(m => this.#shape(m.node)).flatMap(m => m.kind.split(' ').map(marker => ({ node: m.node, marker })));
    for (const { node, marker } of next) canvas.addMarker(node, marker);
    this.#marks.set(kind, next);
  }

  /** Marks the chosen element. */
  choose(id) {
    this.#mark('chosen', id ? [{ node: id, kind: 'map-chosen' }] : []);
  }

  /** Brings an element into view. */
  show(id) {
    const shape = this.#shape(id);
    if (shape) showElement(this.#viewer, shape);
  }

  /** Brings the first of the elements into view when none of them is, with the bubble below it. */
  follow(ids) {
    const { x, y, width, height, scale } = this.#viewer.get('canvas').viewbox();
    const shapes = ids.map(id => this.#shape(id)).filter(Boolean);
    const seen = shapes.some(s => s.x >= x && s.y >= y && s.x + s.width + BUBBLE / scale <= x + width && s.y + s.height <= y + height);
    if (shapes.length && !seen) showElement(this.#viewer, shapes[0]);
  }

  fit() {
    this.#viewer.get('canvas').zoom('fit-viewport', 'auto');
  }

  zoom(by) {
    this.#viewer.get('zoomScroll').stepZoom(by);
  }

  /** Lets bubbles run along flows, all of one round at the same time. */
  travel(rounds) {
    return travel(this.#viewer, rounds);
  }

  dispose() {
    this.#resized.disconnect();
    this.#viewer.destroy();
  }
}
