/** Side of a cell in CSS pixels: about the space three markers need. */
export const CELL = 64;

/** Radius in CSS pixels of the disc that stands for so many points; never more than a cell holds. */
export const discRadius = (points) => 13 + Math.min(11, Math.log2(points) * 1.4);

/**
 * Groups points that crowd. The grid is tied to the world, not to the window, so that groups hold while the map is dragged.
 * A group stands in the middle of its points, as far as its disc stays in its cell: no disc lies over another.
 * @param {Float64Array|Float32Array} xs CSS pixels on the canvas
 * @param {Float64Array|Float32Array} ys CSS pixels on the canvas
 * @param {number} count points in use
 * @param {number} originX world pixel of the canvas's left edge
 * @param {number} originY world pixel of the canvas's top edge
 * @param {number} crowd points from which a cell becomes a group
 * @returns {{groupOf: Int32Array, groups: {x: number, y: number, members: number[]}[]}} index of each point's group, -1 without one
 */
export function groupByCell(xs, ys, count, originX, originY, crowd) {
  const cells = new Map();
  const groupOf = new Int32Array(count).fill(-1);
  const groups = [];
  for (let i = 0; i < count; i++) {
    const column = Math.floor((xs[i] + originX) / CELL), row = Math.floor((ys[i] + originY) / CELL);
    const key = column * 4194304 + row;
    const cell = cells.get(key);
    if (cell) cell.members.push(i); else cells.set(key, { left: column * CELL - originX, top: row * CELL - originY, members: [i] });
  }
  for (const { left, top, members } of cells.values()) {
    if (members.length < crowd) continue;
    let x = 0, y = 0;
    for (const i of members) {
      x += xs[i];
      y += ys[i];
      groupOf[i] = groups.length;
    }
    const radius = discRadius(members.length);
    const within = (at, from) => Math.min(Math.max(at, from + radius), from + CELL - radius);
    groups.push({ x: within(x / members.length, left), y: within(y / members.length, top), members });
  }
  return { groupOf, groups };
}
