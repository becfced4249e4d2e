import { CanvasLayer } from './canvas-layer.js';
import { unitX, unitY } from './projection.js';

const REACH = 12;

/**
 * Draws trips (pickup ○, numbered stops, drop ◆, dashed line in order of driving) and own places (house).
 * A trip: {id, stops: [[latitude, longitude], …], status, selected, label}; a place: {id, latitude, longitude, name}.
 */
export class TripLayer extends CanvasLayer {
  #trips = [];
  #places = [];
  #pin = null;

  setPalette(palette) {
    this.palette = palette;
    this.invalidate();
  }

  setTrips(trips) {
    this.#trips = trips.map(trip => ({ ...trip, points: trip.stops.map(([lat, lon]) => [unitX(lon), unitY(lat)]) }))
      .sort((a, b) => (a.selected ? 1 : 0) - (b.selected ? 1 : 0));
    this.invalidate();
  }

  setPlaces(places) {
    this.#places = places.map(place => ({ ...place, x: unitX(place.longitude), y: unitY(place.latitude) }));
    this.invalidate();
  }

  /** Marks a picked point; null takes the mark away. */
  setPin(latitude, longitude) {
    this.#pin = latitude === null || latitude === undefined ? null : [unitX(longitude), unitY(latitude)];
    this.invalidate();
  }

  /** The trip or place under a point of the container, or null. */
  at(containerPoint) {
    const p = this.toCanvas(containerPoint);
    const near = ([x, y]) => Math.hypot(x * this.scale - this.originX - p.x, y * this.scale - this.originY - p.y) <= REACH;
    const trip = this.#trips.findLast(t => t.points.some(near));
    if (trip) return { trip: trip.id, text: trip.label };
    const place = this.#places.find(q => near([q.x, q.y]));
    return place ? { place: place.id, text: place.name } : null;
  }

  draw() {
    const { context, palette, ratio } = this;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    if (!palette) return;
    context.scale(ratio, ratio);
    context.lineJoin = context.lineCap = 'round';
    for (const place of this.#places) this.#drawPlace(this.#at(place.x, place.y));
    for (const trip of this.#trips) this.#drawTrip(trip);
    if (this.#pin) this.#drawPin(this.#at(...this.#pin));
  }

  #at(x, y) {
    return [x * this.scale - this.originX, y * this.scale - this.originY];
  }

  #drawTrip(trip) {
    const { context, palette } = this;
    const points = trip.points.map(([x, y]) => this.#at(x, y));
    const colour = trip.selected ? palette.accent : palette.status[trip.status] ?? palette.text2;
    const path = () => {
      context.beginPath();
      points.forEach(([x, y], i) => i ? context.lineTo(x, y) : context.moveTo(x, y));
    };
    if (trip.selected) {
      path();
      context.lineWidth = 6;
      context.strokeStyle = palette.halo;
      context.stroke();
    }
    path();
    context.lineWidth = trip.selected ? 2.5 : 1.5;
    context.strokeStyle = colour;
    context.setLineDash([2, 6]);
    context.stroke();
    context.setLineDash([]);
    points.forEach((point, i) => this.#drawStop(point, i, points.length, colour, trip.selected ? 8 : 6));
  }

  #drawStop([x, y], index, count, colour, radius) {
    const { context, palette } = this;
    context.beginPath();
    const last = index === count - 1 && count > 1;
    if (last) {
      context.moveTo(x, y - radius * 1.2);
      context.lineTo(x + radius * 1.2, y);
      context.lineTo(x, y + radius * 1.2);
      context.lineTo(x - radius * 1.2, y);
      context.closePath();
    } else context.arc(x, y, radius, 0, 2 * Math.PI);
    context.lineWidth = 5;
    context.strokeStyle = palette.surface;
    context.stroke();
    context.fillStyle = last ? colour : palette.surface;
    context.fill();
    context.lineWidth = 2.5;
    context.strokeStyle = colour;
    context.stroke();
    if (count < 3) return;
    context.fillStyle = last ? palette.surface : palette.text;
    context.font = `600 ${radius + 3}px system-ui, sans-serif`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(String(index + 1), x, y + 0.5);
  }

  #drawPlace([x, y]) {
    const { context, palette } = this;
    context.beginPath();
    context.roundRect(x - 8, y - 8, 16, 16, 4);
    context.fillStyle = palette.surface;
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = palette.text2;
    context.stroke();
    context.beginPath();
    context.moveTo(x - 5, y);
    context.lineTo(x, y - 5);
    context.lineTo(x + 5, y);
    context.moveTo(x - 3.5, y - 0.5);
    context.lineTo(x - 3.5, y + 4.5);
    context.lineTo(x + 3.5, y + 4.5);
    context.lineTo(x + 3.5, y - 0.5);
    context.stroke();
  }

  #drawPin([x, y]) {
    const { context, palette } = this;
    context.beginPath();
    context.moveTo(x, y);
    context.bezierCurveTo(x - 3, y - 8, x - 9, y - 11, x - 9, y - 18);
    context.arc(x, y - 18, 9, Math.PI, 0);
    context.bezierCurveTo(x + 9, y - 11, x + 3, y - 8, x, y);
    context.fillStyle = palette.accent;
    context.fill();
    context.lineWidth = 1.5;
    context.strokeStyle = palette.surface;
    context.stroke();
    context.beginPath();
    context.arc(x, y - 18, 3.5, 0, 2 * Math.PI);
    context.fillStyle = palette.surface;
    context.fill();
  }
}
