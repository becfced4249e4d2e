import * as L from '../lib/leaflet/leaflet.js';

// Outlines on a box of 24.
const SHAPES = {
  fit: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5M9.5 12a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0',
  grouping: 'M4.5 8a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0M13 16a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0M10.5 10.5l3.5 3',
  trails: 'M4 20c6 0 3-8 8-8s3-8 8-8',
};

/** Buttons on the map: fit all vehicles, group crowded ones, show all trails. */
export class MapButtons extends L.Control {
  /** @param {{fit: () => void, grouping: (on: boolean) => void, trails: (on: boolean) => void}} actions */
  constructor(words, actions) {
    super({ position: 'topright' });
    this.words = words;
    this.actions = actions;
  }

  onAdd() {
    const { words, actions } = this;
    const box = L.DomUtil.create('div', 'leaflet-bar');
    box.append(
      button('fit', words.fitFleet, null, actions.fit),
      button('grouping', words.grouping, true, actions.grouping),
      button('trails', words.trails, false, actions.trails));
    L.DomEvent.disableClickPropagation(box);
    return box;
  }
}

/** A button; `pressed` is null for one that does not stay down. */
function button(name, title, pressed, action) {
  const made = document.createElement('button');
  made.type = 'button';
  made.title = title;
  made.dataset.button = name;
  made.setAttribute('aria-label', title);
  if (pressed !== null) made.setAttribute('aria-pressed', String(pressed));
  made.append(icon(SHAPES[name]));
  made.addEventListener('click', () => {
    if (pressed === null) return action();
    pressed = !pressed;
    made.setAttribute('aria-pressed', String(pressed));
    action(pressed);
  });
  return made;
}

/** An outline as an SVG picture. */
export function icon(path) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const line = document.createElementNS(space, 'path');
  line.setAttribute('d', path);
  svg.append(line);
  return svg;
}
