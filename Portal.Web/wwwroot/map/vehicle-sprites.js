import { BEARINGS } from './vehicle-store.js';

// Marks inside a marker, one per status in the order of the VehicleStatus enum, on a box from -1 to 1.
const MARKS = [
  c => { c.arc(0, 0, 0.5, 0, 2 * Math.PI); c.lineWidth = 0.28; c.stroke(); },                                  // free: ring
  c => { c.moveTo(0, 0); c.arc(0, 0, 0.75, -Math.PI / 2, 0); c.closePath(); c.fill(); },                         // assigned: quarter
  c => { c.arc(0, 0, 0.75, -Math.PI / 2, Math.PI / 2); c.closePath(); c.fill(); },                              // accepted: half
  c => { c.moveTo(-0.6, -0.65); c.lineTo(0.75, 0); c.lineTo(-0.6, 0.65); c.lineTo(-0.25, 0); c.closePath(); c.fill(); }, // on the way: arrow
  c => { c.rect(-0.5, -0.75, 0.22, 1.5); c.moveTo(-0.28, -0.75); c.lineTo(0.7, -0.35); c.lineTo(-0.28, 0.05); c.closePath(); c.fill(); }, // arrived: flag
  c => { c.arc(0, 0, 0.5, 0, 2 * Math.PI); c.fill(); },                                                        // on board: disc
  c => { c.rect(-0.6, -0.15, 1.2, 0.3); c.fill(); },                                                           // off shift: dash
];

/**
 * Draws every look of a vehicle once: a column per bearing (the last stands still), a row per status, fresh and stale.
 * @param {object} palette colours of the theme
 * @param {number} ratio device pixels per CSS pixel
 * @param {number} radius of the disc in CSS pixels
 * @returns {{image: ImageBitmap, side: number}} the sheet and the side of a picture in device pixels
 */
export function vehicleSprites(palette, ratio, radius) {
  const side = 2 * Math.ceil((radius * 1.75 + 1.5) * ratio);
  const sheet = new OffscreenCanvas(side * (BEARINGS + 1), side * MARKS.length * 2);
  const context = sheet.getContext('2d');
  for (let status = 0; status < MARKS.length; status++)
    for (let stale = 0; stale < 2; stale++)
      for (let bearing = 0; bearing <= BEARINGS; bearing++) {
        context.save();
        context.translate((bearing + 0.5) * side, (spriteRow(status, stale) + 0.5) * side);
        context.scale(ratio, ratio);
        drawMarker(context, palette, radius, status, bearing, stale === 1);
        context.restore();
      }
  return { image: sheet.transferToImageBitmap(), side };
}

/** Row of the sheet for a status. */
export const spriteRow = (status, stale) => status * 2 + (stale ? 1 : 0);

/** Draws one marker around the origin. */
export function drawMarker(context, palette, radius, status, bearing, stale) {
  const colour = palette.status[status];
  context.beginPath();
  if (bearing < BEARINGS) {
    const ahead = bearing / BEARINGS * 2 * Math.PI - Math.PI / 2;
    context.arc(0, 0, radius, ahead + 0.75, ahead - 0.75);
    context.lineTo(Math.cos(ahead) * radius * 1.7, Math.sin(ahead) * radius * 1.7);
    context.closePath();
  } else context.arc(0, 0, radius, 0, 2 * Math.PI);
  context.lineJoin = 'round';
  context.strokeStyle = palette.surface;
  context.lineWidth = stale ? 3.5 : 2.5;
  context.stroke();
  context.fillStyle = stale ? palette.surface : colour;
  context.fill();
  if (stale) {
    context.strokeStyle = colour;
    context.lineWidth = 1.5;
    context.setLineDash([radius / 3, radius / 4]);
    context.stroke();
    context.setLineDash([]);
  }
  context.scale(radius * 0.72, radius * 0.72);
  context.beginPath();
  context.fillStyle = context.strokeStyle = stale ? colour : palette.surface;
  MARKS[status](context);
}
