// Where most of what was recorded lies: one fix on another continent, or a receiver's slip, must not make a town a dot.

const TOGETHER = 60_000 / 111_195;   // degrees of latitude in 60 km, as MapView.Gathered gathers the live fleet
const LOOKED_AT = 300;               // fixes tried as the middle, spread evenly over all
const RADIANS = Math.PI / 180;

/**
 * The corners around the fixes that lie near the busiest of them.
 * @param {{vehicles: {latitude: Int32Array, longitude: Int32Array}[]}} tracks degrees times 1e7
 * @returns {number[][]} [[south, west], [north, east]] in degrees; empty where there is no fix
 */
export function gatheredExtent({ vehicles }) {
  const all = vehicles.reduce((sum, v) => sum + v.latitude.length, 0);
  const stride = Math.max(1, Math.ceil(all / LOOKED_AT));
  const sample = [];
  let passed = 0;
  each(vehicles, (latitude, longitude) => {
    if (passed++ % stride === 0) sample.push([latitude, longitude]);
  });
  let middle = null, most = 0;
  for (const one of sample) {
    const near = sample.reduce((count, other) => count + areTogether(one, other[0], other[1]), 0);
    if (near > most) [middle, most] = [one, near];
  }
  if (!middle) return [];
  let south = Infinity, north = -Infinity, west = Infinity, east = -Infinity;
  each(vehicles, (latitude, longitude) => {
    if (!areTogether(middle, latitude, longitude)) return;
    south = Math.min(south, latitude);
    north = Math.max(north, latitude);
    west = Math.min(west, longitude);
    east = Math.max(east, longitude);
  });
  return [[south, west], [north, east]];
}

function each(vehicles, see) {
  for (const { latitude, longitude } of vehicles)
    for (let i = 0; i < latitude.length; i++) see(latitude[i] / 1e7, longitude[i] / 1e7);
}

// So near, the earth is flat.
const areTogether = ([latitude, longitude], otherLatitude, otherLongitude) =>
  Math.hypot(otherLatitude - latitude, (otherLongitude - longitude) * Math.cos(latitude * RADIANS)) <= TOGETHER;
