// Draws maps that come without a drawing. The library lays out one process; pools are stacked here.
const MODEL = 'http://www.omg.org/spec/BPMN/20100524/MODEL';
const DI = 'http://www.omg.org/spec/BPMN/20100524/DI';
const DC = 'http://www.omg.org/spec/DD/20100524/DC';
const EDGE = 'http://www.omg.org/spec/DD/20100524/DI';
const HEAD = 30;      // width of a pool's name
const AIR = 40;       // between a pool's border and what lies in it, and between pools

/** The same map with a drawing; nothing else of it changes. */
export async function layoutMap(xml) {
  const { layoutProcess } = await import('../lib/bpmn-js/auto-layout.js');
  const whole = parse(xml);
  for (const old of [...whole.getElementsByTagNameNS(DI, 'BPMNDiagram')]) old.remove();
  const collaboration = whole.getElementsByTagNameNS(MODEL, 'collaboration')[0];
  const participants = collaboration ? [...collaboration.getElementsByTagNameNS(MODEL, 'participant')].filter(p => p.parentNode === collaboration) : [];
  if (participants.length === 0) {
    const laidOut = parse(await layoutProcess(linked(xml)));
    for (const diagram of laidOut.getElementsByTagNameNS(DI, 'BPMNDiagram')) whole.documentElement.append(whole.importNode(diagram, true));
    return new XMLSerializer().serializeToString(whole);
  }
  const plane = startPlane(whole, collaboration.getAttribute('id'));
  let top = 0;
  for (const participant of participants) {
    const process = local(participant.getAttribute('processRef'));
    const drawn = process ? await layoutProcess(linked(xml, process)) : null;
    top += AIR + addPool(whole, plane, participant, drawn, top);
  }
  return new XMLSerializer().serializeToString(whole);
}

const parse = xml => new DOMParser().parseFromString(xml, 'application/xml');

const local = name => name?.split(':').pop() ?? null;

/** The file as the library wants it: one process, no pools, and every node naming the arrows that touch it. */
function linked(xml, id) {
  const part = parse(xml);
  const drop = id ? ['process', 'collaboration', 'laneSet'] : [];
  for (const name of drop)
    for (const element of [...part.getElementsByTagNameNS(MODEL, name)]) if (element.getAttribute('id') !== id) element.remove();
  for (const link of [...part.querySelectorAll('incoming, outgoing')]) if (link.namespaceURI === MODEL) link.remove();
  const nodes = new Map([...part.getElementsByTagNameNS(MODEL, '*')].map(element => [element.getAttribute('id'), element]));
  for (const flow of part.getElementsByTagNameNS(MODEL, 'sequenceFlow'))
    for (const [end, name] of [['sourceRef', 'outgoing'], ['targetRef', 'incoming']]) {
      const link = part.createElementNS(MODEL, name);
      link.textContent = flow.getAttribute('id');
      nodes.get(local(flow.getAttribute(end)))?.append(link);
    }
  return new XMLSerializer().serializeToString(part);
}

function startPlane(whole, id) {
  const diagram = whole.createElementNS(DI, 'bpmndi:BPMNDiagram');
  diagram.setAttribute('id', 'laid-out');
  const plane = whole.createElementNS(DI, 'bpmndi:BPMNPlane');
  plane.setAttribute('id', 'laid-out-plane');
  plane.setAttribute('bpmnElement', id);
  diagram.append(plane);
  whole.documentElement.append(diagram);
  return plane;
}

/** Adds a pool with what was drawn of its process; its height. */
function addPool(whole, plane, participant, drawn, top) {
  const source = drawn === null ? null : parse(drawn).getElementsByTagNameNS(DI, 'BPMNPlane')[0];
  const items = source ? [...source.children] : [];
  const boxes = items.flatMap(item => [...item.getElementsByTagNameNS(DC, 'Bounds')]).map(b => ['x', 'y', 'width', 'height'].map(n => Number(b.getAttribute(n))));
  const left = Math.min(0, ...boxes.map(b => b[0])), first = boxes.length ? Math.min(...boxes.map(b => b[1])) : 0;
  const width = Math.max(600, ...boxes.map(b => b[0] + b[2] - left + 2 * AIR + HEAD));
  const height = boxes.length ? Math.max(...boxes.map(b => b[1] + b[3])) - first + 2 * AIR : 80;
  plane.append(shape(whole, participant.getAttribute('id'), 0, top, width, height));
  for (const item of items) {
    const moved = whole.importNode(item, true);
    for (const point of [...moved.getElementsByTagNameNS(DC, 'Bounds'), ...moved.getElementsByTagNameNS(EDGE, 'waypoint')]) {
      point.setAttribute('x', Number(point.getAttribute('x')) - left + HEAD + AIR);
      point.setAttribute('y', Number(point.getAttribute('y')) - first + top + AIR);
    }
    plane.append(moved);
  }
  return height;
}

function shape(whole, id, x, y, width, height) {
  const element = whole.createElementNS(DI, 'bpmndi:BPMNShape');
  element.setAttribute('id', `${id}-shape`);
  element.setAttribute('bpmnElement', id);
  element.setAttribute('isHorizontal', 'true');
  const bounds = whole.createElementNS(DC, 'dc:Bounds');
  for (const [name, value] of Object.entries({ x, y, width, height })) bounds.setAttribute(name, value);
  element.append(bounds);
  return element;
}
