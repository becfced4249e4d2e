// The sheet on which goods are handed over: what the client takes, why not all of it, his signature, photos.

import { el, number, t } from './view.js';

const widest = 1600, mostPhotos = 5, paper = '#fff', ink = '#12233f';
const reasons = ['drive.refused.damaged', 'drive.refused.wrong', 'drive.refused.too-many', 'drive.refused.late', 'drive.refused.no-money', 'drive.refused.unwanted'];
/* what was begun for a stop is there again when its sheet is opened anew */
const begun = new Map();

const typed = text => {
  const value = Number(text.trim().replace(',', '.'));
  return text.trim() !== '' && Number.isFinite(value) && value >= 0 ? value : null;
};

/** Asks what became of a delivery; resolves with it, or with null. */
export function deliver(stop) {
  const kept = begun.get(stop.id) ?? { taken: new Map(), why: new Map(), receiver: stop.stop.contact ?? '', strokes: [], photos: [] };
  begun.set(stop.id, kept);
  const dialog = document.getElementById('ask');
  const problem = el('p', { class: 'problem', role: 'alert', hidden: true });
  const rows = stop.lines.map(line => row(line, kept));
  const pad = signature(kept);
  const shots = photos(kept, say);
  const receiver = el('input', { id: 'receiver', maxlength: '200', autocomplete: 'off', value: kept.receiver, oninput: () => { kept.receiver = receiver.value; } });
  const form = el('form', { method: 'dialog', class: 'deliver' },
    el('h2', { id: 'ask-title' }, stop.client),
    el('p', { class: 'muted' }, [stop.number, stop.stop.address].filter(Boolean).join(' · ')),
    el('ul', { class: 'handing' }, rows.map(r => r.node)),
    stop.moreLines > 0 ? el('p', { class: 'muted' }, t('drive.more-lines', stop.moreLines)) : null,
    stop.moreLines > 0 ? null : el('button', { type: 'button', class: 'plain', id: 'refuse-all', onclick: () => rows.forEach(r => r.set(0)) }, t('drive.refuse-all')),
    el('label', { for: 'receiver' }, t('drive.receiver')), receiver,
    pad.node, shots.node,
    // what is wrong stands where the thumb is, whatever part of the sheet is in view
    el('div', { class: 'actions' }, problem, el('button', { type: 'button', class: 'plain', onclick: () => dialog.close() }, t('drive.back')), el('button', { class: 'primary', value: 'yes' }, t('drive.hand-over'))));
  form.addEventListener('submit', event => {
    const wrong = rows.map(r => r.problem()).find(Boolean) ?? (rows.some(r => r.taken() > 0) && kept.strokes.length + kept.photos.length === 0 ? t('drive.no-proof') : null);
    if (!wrong) return;
    event.preventDefault();
    say(wrong);
  });
  dialog.replaceChildren(form);
  dialog.classList.add('whole');
  dialog.returnValue = '';
  dialog.showModal();
  pad.draw();
  return new Promise(resolve => dialog.addEventListener('close', async () => {
    dialog.classList.remove('whole');
    if (dialog.returnValue !== 'yes') {
      resolve(null);
      return;
    }
    begun.delete(stop.id);
    const taken = rows.map(r => ({ ...r.line, taken: r.taken(), reason: r.reason() }));
    resolve({
      result: taken.every(l => l.taken === l.quantity) ? 'Delivered' : taken.every(l => l.taken === 0) && stop.moreLines === 0 ? 'Refused' : 'Partly',
      lines: taken.filter(l => l.taken < l.quantity).map(l => ({ id: l.id, quantity: l.taken, reason: l.reason })),
      receiver: kept.receiver.trim() || null, signature: kept.strokes.length > 0 ? await pad.picture() : null, photos: kept.photos,
    });
  }, { once: true }));

  function say(words) {
    problem.hidden = false;
    problem.textContent = words;
  }
}

function row(line, kept) {
  const box = el('input', { inputmode: 'decimal', maxlength: '12', 'aria-label': line.name, value: String(kept.taken.get(line.id) ?? line.quantity), oninput: told });
  const select = el('select', { 'aria-label': t('drive.reason'), onchange: () => kept.why.set(line.id, select.value) },
    el('option', { value: '' }, t('drive.choose-reason')), reasons.map(key => el('option', { value: key, selected: kept.why.get(line.id) === key }, t(key))));
  const node = el('li', { 'data-line': line.id },
    el('span', { class: 'name' }, line.name),
    el('span', { class: 'count' },
      el('button', { type: 'button', class: 'plain', 'aria-label': t('drive.less', line.name), onclick: () => set((taken() ?? line.quantity) - 1) }, '−'), box,
      el('button', { type: 'button', class: 'plain', 'aria-label': t('drive.more-of', line.name), onclick: () => set((taken() ?? 0) + 1) }, '+'),
      el('span', { class: 'muted' }, t('drive.of', number.format(line.quantity), line.unit))),
    select);
  told();
  return { node, line, set, taken, reason: () => select.value, problem };

  function taken() {
    return typed(box.value);
  }

  function set(quantity) {
    box.value = String(Math.round(Math.min(line.quantity, Math.max(0, quantity)) * 1e6) / 1e6);
    told();
  }

  function told() {
    kept.taken.set(line.id, box.value);
    const all = taken() === line.quantity;
    select.hidden = all;
    node.classList.toggle('short', !all);
  }

  function problem() {
    if (taken() === null || taken() > line.quantity) return t('drive.wrong-count', line.name, number.format(line.quantity));
    return taken() < line.quantity && !select.value ? t('drive.reason-for', line.name) : null;
  }
}

/** A strip to sign on: strokes are kept, so that it can be drawn anew. */
function signature(kept) {
  const pad = el('canvas', { id: 'sign', class: 'sign', 'aria-label': t('drive.sign-here') });
  const clear = el('button', { type: 'button', class: 'plain', onclick: () => { kept.strokes = []; draw(); } }, t('drive.clear'));
  pad.addEventListener('pointerdown', event => {
    pad.setPointerCapture(event.pointerId);
    kept.strokes.push([at(event)]);
    draw();
  });
  pad.addEventListener('pointermove', event => {
    if (!pad.hasPointerCapture(event.pointerId)) return;
    kept.strokes.at(-1).push(at(event));
    draw();
  });
  return { node: el('section', { class: 'signing' }, el('p', {}, t('drive.sign-here'), ' ', clear), pad), draw, picture: () => new Promise(resolve => { draw(); pad.toBlob(resolve, 'image/png'); }) };

  // as shares of the strip, for a phone that is turned meanwhile
  function at(event) {
    const box = pad.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  function draw() {
    const sharp = Math.min(2, devicePixelRatio);
    // a sheet that is closed already has no width any more
    if (pad.clientWidth > 0) [pad.width, pad.height] = [pad.clientWidth * sharp, pad.clientHeight * sharp];
    const to = pad.getContext('2d');
    to.fillStyle = paper;
    to.fillRect(0, 0, pad.width, pad.height);
    [to.strokeStyle, to.lineWidth, to.lineCap, to.lineJoin] = [ink, 2.5 * sharp, 'round', 'round'];
    for (const [first, ...rest] of kept.strokes) {
      to.beginPath();
      to.moveTo(first[0] * pad.width, first[1] * pad.height);
      for (const [x, y] of rest.length ? rest : [first]) to.lineTo(x * pad.width, y * pad.height);
      to.stroke();
    }
  }
}

function photos(kept, say) {
  const input = el('input', { type: 'file', id: 'photo', class: 'unseen', accept: 'image/*', capture: 'environment', onchange: add });
  const shown = el('p', { class: 'shots' });
  const button = el('label', { for: 'photo', class: 'plain', role: 'button' }, t('drive.photo'));
  draw();
  return { node: el('section', { class: 'shooting' }, input, button, shown) };

  async function add() {
    const [file] = input.files;
    input.value = '';
    if (!file || kept.photos.length >= mostPhotos) return;
    try {
      kept.photos.push(await smaller(file));
      draw();
    } catch {
      // the file is no picture that this phone can read
      say(t('drive.no-picture'));
    }
  }

  function draw() {
    input.disabled = kept.photos.length >= mostPhotos;
    shown.replaceChildren(...kept.photos.map((_, i) => el('button', { type: 'button', class: 'plain', 'aria-label': t('drive.drop-photo', i + 1), onclick: () => { kept.photos.splice(i, 1); draw(); } }, `${i + 1} ✕`)));
  }
}

// as large as a screen shows it: what a camera takes would be on its way for minutes
async function smaller(file) {
  const image = await createImageBitmap(file);
  const share = Math.min(1, widest / Math.max(image.width, image.height));
  const canvas = el('canvas', { width: Math.round(image.width * share), height: Math.round(image.height * share) });
  canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
  image.close();
  return new Promise(resolve => canvas.toBlob(resolve, 'image/jpeg', 0.8));
}
