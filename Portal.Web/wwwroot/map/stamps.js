const OPAQUE = 250, FAINT = 20; // alphas from which a pixel is copied, and up to which it is left out

/**
 * Markers as lists of pixels, pressed straight into an image. Without a graphics card a canvas spends about 5 µs on
 * each picture it copies; this takes a tenth of it, which is what lets ten thousand vehicles move.
 */
export class Stamps {
  #stamps;
  #columns;
  #half;
  #image;
  #pixels;

  /** @param {{image: ImageBitmap, side: number}} sprites a sheet of square pictures */
  constructor({ image, side }, width, height) {
    this.#columns = image.width / side;
    this.#half = side >> 1;
    this.#image = new ImageData(width, height);
    this.#pixels = new Uint32Array(this.#image.data.buffer);
    this.width = width;
    this.height = height;

    const sheet = new OffscreenCanvas(image.width, image.height).getContext('2d', { willReadFrequently: true });
    sheet.drawImage(image, 0, 0);
    const source = new Uint32Array(sheet.getImageData(0, 0, image.width, image.height).data.buffer);
    this.#stamps = Array.from({ length: this.#columns * (image.height / side) }, (_, i) =>
      this.#cut(source, image.width, (i % this.#columns) * side, Math.floor(i / this.#columns) * side, side));
  }

  clear() {
    this.#pixels.fill(0);
  }

  /** Presses the picture of a column and row with its middle at a device pixel; one that would cross the edge is left out. */
  press(column, row, x, y) {
    const left = x - this.#half, top = y - this.#half;
    if (left < 0 || top < 0 || x + this.#half > this.width || y + this.#half > this.height) return;
    const pixels = this.#pixels;
    const corner = top * this.width + left;
    const { solid, solidColours, edge, edgeColours } = this.#stamps[row * this.#columns + column];
    for (let i = 0; i < solid.length; i++) pixels[corner + solid[i]] = solidColours[i];
    for (let i = 0; i < edge.length; i++) {
      const at = corner + edge[i];
      pixels[at] = pixels[at] ? blend(edgeColours[i], pixels[at]) : edgeColours[i];
    }
  }

  /** Puts the pressed image on a canvas in place of all it held. */
  putOn(context) {
    context.putImageData(this.#image, 0, 0);
  }

  #cut(source, sheetWidth, left, top, side) {
    const solid = [], solidColours = [], edge = [], edgeColours = [];
    for (let y = 0; y < side; y++)
      for (let x = 0; x < side; x++) {
        const colour = source[(top + y) * sheetWidth + left + x];
        const alpha = colour >>> 24;
        if (alpha <= FAINT) continue;
        (alpha >= OPAQUE ? solid : edge).push(y * this.width + x);
        (alpha >= OPAQUE ? solidColours : edgeColours).push(colour);
      }
    return { solid: Int32Array.from(solid), solidColours: Uint32Array.from(solidColours), edge: Int32Array.from(edge), edgeColours: Uint32Array.from(edgeColours) };
  }
}

/** One colour over another that is taken as opaque; two channels at a time. */
function blend(over, under) {
  const alpha = over >>> 24, rest = 255 - alpha;
  const redBlue = (over & 0xFF00FF) * alpha + (under & 0xFF00FF) * rest;
  const green = (over >>> 8 & 0xFF) * alpha + (under >>> 8 & 0xFF) * rest;
  return (0xFF000000 | redBlue >>> 8 & 0xFF00FF | green & 0xFF00) >>> 0;
}
