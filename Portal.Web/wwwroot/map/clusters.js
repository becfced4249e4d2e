/** Side of a cell in CSS pixels: about the space three markers need. */
export const CELL = 64;

/**
 * Groups points that crowd. The grid is tied to the world, not to the window, so that groups hold while the map is dragged.
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
    const key = Math.floor((xs[i] + originX) / CELL) * 4194304 + Math.floor((ys[i] + originY) / CELL);
    const members = cells.get(key);
    if (members) members.push(i); else cells.set(key, [i]);
  }
  for (const members of cells.values()) {
    if (members.length < crowd) continue;
    let x = 0, y = 0;
    for (const i of members) {
      x += xs[i];
      y += ys[i];
      groupOf[i] = groups.length;
    }
    groups.push({ x: x / members.length, y: y / members.length, members });
  }
  return { groupOf, groups };
}
