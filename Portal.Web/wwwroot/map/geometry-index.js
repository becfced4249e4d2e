import { unitX, unitY } from './projection.js';

const CELLS = 96; // cells along each side of a layer's extent

/** Kinds of features, in the order they are painted. */
export const KINDS = ['district', 'park', 'water', 'building', 'rail', 'road', 'point'];

// Words of the usual road classifications, from the widest to the narrowest.
const ROAD_CLASSES = [
  ['motorway', 'trunk', 'freeway', 'motorway_link', '1', '2'],
  ['primary', 'major', 'secondary', 'arterial', 'highway', 'primary_link', '3', '6'],
  ['tertiary', 'collector', 'medium', '4'],
  ['residential', 'minor', 'street', 'local', 'unclassified', 'living_street', '5'],
  ['service', 'path', 'footway', 'track', 'cycleway', 'pedestrian', 'steps', 'alley', 'private', '0'],
];

/**
 * A GeoJSON layer made quick to draw: coordinates projected once into one array, and a grid that says which features
 * touch a rectangle.
 */
export class GeometryIndex {
  features = [];
  #cells = new Map();
  #stamp = 0;

  /** @param {{features: object[]}} collection GeoJSON FeatureCollection in WGS84 degrees */
  constructor(collection) {
    const coordinates = [];
    for (const feature of collection.features ?? []) {
      const parts = linesOf(feature.geometry);
      if (!parts.length) continue;
      const shape = { kind: kindOf(feature), roadClass: roadClassOf(feature.properties ?? {}), name: feature.properties?.name ?? '', parts: [], seen: 0,
        west: Infinity, north: Infinity, east: -Infinity, south: -Infinity };
      for (const part of parts) {
        const start = coordinates.length;
        for (const [longitude, latitude] of part) {
          const x = unitX(longitude), y = unitY(latitude);
          coordinates.push(x, y);
          if (x < shape.west) shape.west = x;
          if (x > shape.east) shape.east = x;
          if (y < shape.north) shape.north = y;
          if (y > shape.south) shape.south = y;
        }
        shape.parts.push([start, coordinates.length]);
      }
      this.features.push(shape);
    }
    this.coordinates = Float64Array.from(coordinates);
    this.#layOut();
  }

  /** Extent in unit coordinates, or null when the layer is empty. */
  get extent() {
    return this.features.length ? { west: this.west, north: this.north, east: this.east, south: this.south } : null;
  }

  /** Features that may touch a rectangle in unit coordinates, each once. */
  touching(west, north, east, south) {
    const found = [];
    const stamp = ++this.#stamp;
    const [fromColumn, fromRow] = this.#cellAt(west, north);
    const [toColumn, toRow] = this.#cellAt(east, south);
    for (let row = fromRow; row <= toRow; row++)
      for (let column = fromColumn; column <= toColumn; column++)
        for (const feature of this.#cells.get(row * CELLS + column) ?? []) {
          if (feature.seen === stamp) continue;
          feature.seen = stamp;
          if (feature.west <= east && feature.east >= west && feature.north <= south && feature.south >= north) found.push(feature);
        }
    return found;
  }

  #layOut() {
    this.west = this.north = Infinity;
    this.east = this.south = -Infinity;
    for (const f of this.features) {
      this.west = Math.min(this.west, f.west);
      this.north = Math.min(this.north, f.north);
      this.east = Math.max(this.east, f.east);
      this.south = Math.max(this.south, f.south);
    }
    for (const feature of this.features) {
      const [fromColumn, fromRow] = this.#cellAt(feature.west, feature.north);
      const [toColumn, toRow] = this.#cellAt(feature.east, feature.south);
      for (let row = fromRow; row <= toRow; row++)
        for (let column = fromColumn; column <= toColumn; column++) {
          const key = row * CELLS + column;
          const cell = this.#cells.get(key);
          if (cell) cell.push(feature); else this.#cells.set(key, [feature]);
        }
    }
  }

  #cellAt(x, y) {
    const clamp = i => Math.max(0, Math.min(CELLS - 1, i));
    return [
      clamp(Math.floor((x - this.west) / (this.east - this.west || 1) * CELLS)),
      clamp(Math.floor((y - this.north) / (this.south - this.north || 1) * CELLS)),
    ];
  }
}

function linesOf(geometry) {
  switch (geometry?.type) {
    case 'Point': return [[geometry.coordinates]];
    case 'LineString': return [geometry.coordinates];
    case 'MultiPoint': return geometry.coordinates.map(c => [c]);
    case 'MultiLineString': case 'Polygon': return geometry.coordinates;
    case 'MultiPolygon': return geometry.coordinates.flat();
    case 'GeometryCollection': return geometry.geometries.flatMap(linesOf);
    default: return [];
  }
}

function kindOf({ geometry, properties }) {
  if (KINDS.includes(properties?.kind)) return properties.kind;
  if (/Point$/.test(geometry.type)) return 'point';
  if (/Polygon$/.test(geometry.type)) {
    if (properties?.natural === 'water' || properties?.water || properties?.waterway) return 'water';
    if (properties?.leisure === 'park' || properties?.landuse === 'forest' || properties?.landuse === 'grass') return 'park';
    return properties?.building ? 'building' : 'district';
  }
  return properties?.railway ? 'rail' : 'road';
}

function roadClassOf(properties) {
  const word = String(properties.class ?? properties.highway ?? properties.cls ?? '').toLowerCase();
  const found = ROAD_CLASSES.findIndex(words => words.includes(word));
  return found < 0 ? 3 : found;
}
