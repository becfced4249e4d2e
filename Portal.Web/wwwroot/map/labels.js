const AT_MOST = 2000; // pictures kept

/** Pictures of short texts: drawing text is the slowest thing a canvas does, copying a picture the quickest. */
export class LabelCache {
  #pictures = new Map();

  /** The text on a rounded plate of the theme's surface colour. */
  get(text, palette, ratio) {
    const key = `${text}\n${ratio}`;
    let picture = this.#pictures.get(key);
    if (picture) return picture;
    if (this.#pictures.size >= AT_MOST) this.#pictures.clear();
    const font = `500 ${11 * ratio}px system-ui, sans-serif`;
    let context = new OffscreenCanvas(1, 1).getContext('2d');
    context.font = font;
    const width = Math.ceil(context.measureText(text).width + 10 * ratio);
    const height = Math.ceil(17 * ratio);
    const canvas = new OffscreenCanvas(width, height);
    context = canvas.getContext('2d');
    context.beginPath();
    context.roundRect(0.5, 0.5, width - 1, height - 1, 4 * ratio);
    context.fillStyle = palette.surface;
    context.fill();
    context.strokeStyle = palette.line;
    context.stroke();
    context.font = font;
    context.fillStyle = palette.text;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(text, width / 2, height / 2 + ratio * 0.5);
    picture = canvas.transferToImageBitmap();
    this.#pictures.set(key, picture);
    return picture;
  }

  clear() {
    this.#pictures.clear();
  }
}

let ages;

/** Sets the language ages are written in. */
export function setAgeLanguage(language) {
  const unit = name => new Intl.NumberFormat(language, { style: 'unit', unit: name, unitDisplay: 'short' });
  ages = { seconds: unit('second'), minutes: unit('minute'), hours: unit('hour'), days: unit('day') };
}
setAgeLanguage('en');

/** An age in its largest unit: "12 min". */
export function ageText(ms) {
  if (ms < 60_000) return ages.seconds.format(Math.max(0, Math.floor(ms / 1000)));
  if (ms < 3_600_000) return ages.minutes.format(Math.floor(ms / 60_000));
  if (ms < 86_400_000) return ages.hours.format(Math.floor(ms / 3_600_000));
  return ages.days.format(Math.floor(ms / 86_400_000));
}

/** Takes the room of a box (centre and half sizes) unless another has it. */
export function reserve(boxes, x, y, halfWidth, halfHeight) {
  for (const [bx, by, bw, bh] of boxes)
    if (Math.abs(bx - x) < bw + halfWidth && Math.abs(by - y) < bh + halfHeight) return false;
  boxes.push([x, y, halfWidth, halfHeight]);
  return true;
}
