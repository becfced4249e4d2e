// Web Mercator on the unit square: (0,0) is the north-west corner of the world, (1,1) the south-east.
// World pixels of a zoom are these figures times 256 · 2^zoom.

const RADIANS = Math.PI / 180;
const MAX_LATITUDE = 85.0511287798;

/** Unit x of a longitude in degrees. */
export const unitX = longitude => longitude / 360 + 0.5;

/** Unit y of a latitude in degrees; clipped where Mercator ends. */
export function unitY(latitude) {
  const sine = Math.sin(Math.max(-MAX_LATITUDE, Math.min(MAX_LATITUDE, latitude)) * RADIANS);
  return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
}

/** Longitude in degrees of a unit x. */
export const longitudeOf = x => (x - 0.5) * 360;

/** Latitude in degrees of a unit y. */
export const latitudeOf = y => Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) / RADIANS;
