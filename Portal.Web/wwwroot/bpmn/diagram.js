import { layoutMap } from './layout.js';

const STYLES = ['../lib/bpmn-js/assets/diagram-js.css', '../lib/bpmn-js/assets/bpmn-js.css', '../lib/bpmn-js/assets/bpmn-font/css/bpmn.css', 'map.css', 'panel.css'];

/** Brings bpmn-js's own styles, once, on the first page that draws a map. */
export function useStyles() {
  return Promise.all(STYLES.map(path => {
    const address = new URL(path, import.meta.url).href;
    if (document.querySelector(`link[href="${address}"]`)) return null;
    const link = document.createElement('link');
    link.rel = 'stylesheet';
    link.href = address;
    const loaded = new Promise(done => { link.onload = link.onerror = done; });
    document.head.append(link);
    return loaded;
  }));
}

/** Colours and letters of the page, so that the drawing follows its theme; texts are measured in the letters they are drawn in. */
export function look() {
  const fontFamily = getComputedStyle(document.body).fontFamily;
  return {
    bpmnRenderer: { defaultFillColor: 'var(--surface)', defaultStrokeColor: 'var(--map-stroke)', defaultLabelColor: 'var(--text)' },
    textRenderer: { defaultStyle: { fontFamily, fontSize: 12, lineHeight: 1.2 }, externalStyle: { fontFamily, fontSize: 10, lineHeight: 1.2 } },
    additionalModules: [{ __init__: ['quietPools'], quietPools: ['type', QuietPools] }],
  };
}

/** Pools and lanes are the ground that work lies on: their borders step back. */
class QuietPools {
  static $inject = ['eventBus', 'canvas'];

  constructor(eventBus, canvas) {
    eventBus.on('shape.added', ({ element }) => {
      if (element.type === 'bpmn:Participant' || element.type === 'bpmn:Lane') canvas.addMarker(element, 'map-pool');
    });
  }
}

/** Reads a map from the server; a refusal comes as its words. */
export async function fetchMap(url) {
  const answer = await fetch(url, { headers: { Accept: 'application/xml' } });
  if (!answer.ok) throw new Error(await answer.text());
  return { xml: await answer.text(), revision: answer.headers.get('ETag')?.replaceAll('"', '') ?? null };
}

/**
 * Draws a map; one without a drawing is laid out first.
 * @returns {Promise<boolean>} true when it was laid out
 */
export async function drawMap(viewer, xml) {
  const bare = !/<(?:\w+:)?BPMNShape\b/.test(xml);
  await viewer.importXML(bare ? await layoutMap(xml) : xml);
  return bare;
}

const MODEL = 'http://www.omg.org/spec/BPMN/20100524/MODEL';
const PORTAL = 'urn:portal:bpmn:1';

/** The same map for a reader: what has a name in his language carries it. For looking only, never for saving. */
export function inLanguage(xml, language) {
  const map = new DOMParser().parseFromString(xml, 'application/xml');
  const names = [...map.getElementsByTagNameNS(PORTAL, 'name')].filter(name => name.getAttribute('lang') === language && name.parentNode.localName === 'extensionElements');
  if (names.length === 0) return xml;
  const pools = [...map.getElementsByTagNameNS(MODEL, 'participant')];
  for (const name of names) {
    const element = name.parentNode.parentNode, own = element.getAttribute('name');
    element.setAttribute('name', name.textContent);
    // A pool and its process go by one name.
    for (const pool of pools) if (pool.getAttribute('processRef') === element.getAttribute('id') && pool.getAttribute('name') === own) pool.setAttribute('name', name.textContent);
  }
  return new XMLSerializer().serializeToString(map);
}

const READABLE = 0.5;   // below this zoom the names cannot be read
const START = 0.75;     // zoom at which a large map opens, at its beginning
const MARGIN = 100;     // left of it
const GAP = 24;         // px between the palette and the map

/** Shows the whole map beside the palette, where there is one; tells the zoom. */
export function fitMap(viewer) {
  const canvas = viewer.get('canvas');
  const zoom = canvas.zoom('fit-viewport', 'auto');
  const room = paletteRoom(canvas);
  const { inner, outer } = canvas.viewbox();
  if (!room || !inner.width) return zoom;
  const scale = Math.min(1, (outer.width - room - GAP) / inner.width, outer.height / inner.height);
  const [width, height] = [outer.width / scale, outer.height / scale];
  canvas.viewbox({ x: inner.x + inner.width / 2 - (width + room / scale) / 2, y: inner.y + inner.height / 2 - height / 2, width, height });
  return scale;
}

/** How far the palette reaches into the window, in px. */
function paletteRoom(canvas) {
  const palette = canvas.getContainer().querySelector('.djs-palette');
  return palette ? palette.offsetLeft + palette.offsetWidth + GAP : 0;
}

/** Shows the whole map where its names stay readable, else its beginning. */
export function showMap(viewer) {
  const canvas = viewer.get('canvas');
  if (fitMap(viewer) >= READABLE) return;
  const { inner, outer } = canvas.viewbox();
  const [width, height] = [outer.width / START, outer.height / START];
  const start = viewer.get('elementRegistry').filter(e => e.type === 'bpmn:StartEvent').sort((a, b) => a.x - b.x)[0];
  const top = Math.min(Math.max(inner.y, (start?.y ?? inner.y) - height / 2), Math.max(inner.y, inner.y + inner.height - height));
  canvas.viewbox({ x: inner.x - Math.max(MARGIN, paletteRoom(canvas) / START), y: top - MARGIN / 4, width, height });
}

/** Brings an element into view, at a third of the window's width. */
export function showElement(viewer, element) {
  const canvas = viewer.get('canvas');
  const root = canvas.findRoot(element);
  if (root && root !== canvas.getRootElement()) canvas.setRootElement(root);
  const { outer } = canvas.viewbox();
  if (!outer.width) return;
  const middle = element.waypoints?.[Math.floor(element.waypoints.length / 2)] ?? { x: element.x + element.width / 2, y: element.y + element.height / 2 };
  const scale = canvas.zoom() < READABLE ? canvas.zoom(START) : canvas.zoom();
  canvas.viewbox({ x: middle.x - outer.width / scale / 3, y: middle.y - outer.height / scale / 2, width: outer.width / scale, height: outer.height / scale });
}
