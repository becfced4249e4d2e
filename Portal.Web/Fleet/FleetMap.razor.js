import * as L from '../lib/leaflet/leaflet.js';
import { Ground } from '../map/ground.js';
import { VehicleLayer } from '../map/vehicle-layer.js';
import { VehicleStore } from '../map/vehicle-store.js';
import { TripLayer } from '../map/trip-layer.js';
import { Trail, TRAIL } from '../map/trail.js';
import { DrawRecord, wall } from '../map/draw-record.js';
import { applyFrame } from '../map/fleet-frame.js';
import { readTracks } from '../map/track-frame.js';
import { gatheredExtent } from '../map/gathered.js';
import { PlaybackClock, TrackPlayer } from '../map/playback.js';
import { ageText, setAgeLanguage } from '../map/labels.js';
import { unitX, unitY, latitudeOf, longitudeOf } from '../map/projection.js';
import { paletteFor, onThemeChange } from '../map/palette.js';
import { MapButtons } from '../map/map-buttons.js';
import { PlaybackBar } from '../map/playback-bar.js';

const BOUNDS_WAIT = 150;   // ms the map rests before the server learns the new viewport
const OPENING_ZOOM = 14;   // no nearer, when a map opens on a few points
const AGE_TICK = 10_000;   // ms between drawings that only make vehicles older
const FOLLOW_ZONE = 0.3;   // share of the window, around its middle, in which a followed vehicle may wander

/**
 * Opens the map in an element.
 * @param {HTMLElement} element
 * @param {object} page reference to the component: ViewMoved, VehicleChosen, TripChosen, PointPicked, ContextOpened, FollowEnded
 * @param {object} options see Opening in FleetMap.razor.cs
 */
export function open(element, page, options) {
  return new FleetMap(element, page, options);
}

class FleetMap {
  #page;
  #options;
  #map;
  #ground;
  #store = new VehicleStore();
  #vehicles;
  #trips;
  #directory = new Map();
  #record = new DrawRecord();
  #tooltip;
  #hovered = null;
  #skew = 0;
  #followed = -1;
  #allTrails = false;
  #picking = false;
  #playback = null;
  #stop = [];

  constructor(element, page, options) {
    this.element = element;
    this.#page = page;
    this.#options = options;
    setAgeLanguage(options.language);
    this.#map = L.map(element, {
      zoomControl: false, attributionControl: true, worldCopyJump: false, minZoom: 3, maxZoom: 20, zoomSnap: 1, keyboardPanDelta: 120, boxZoom: true,
    });
    this.#map.attributionControl.setPrefix(false);
    L.control.zoom({ zoomInTitle: options.words.zoomIn, zoomOutTitle: options.words.zoomOut, position: 'topright' }).addTo(this.#map);
    if (options.live) new MapButtons(options.words, {
      fit: () => this.#tell('FitFleet'), grouping: on => this.#setGrouping(on), trails: on => this.#setAllTrails(on),
    }).addTo(this.#map);
    const left = options.given ? null : this.#viewLeft();
    this.#opened = options.given || left !== null;
    this.#map.setView(left ? [left.latitude, left.longitude] : [options.latitude, options.longitude], left?.zoom ?? options.zoom);
    for (const [name, z] of [['names', 410], ['trips', 420], ['vehicles', 430]]) {
      const pane = this.#map.createPane(name);
      pane.style.zIndex = z;
      pane.style.pointerEvents = 'none';
    }
    const palette = paletteFor(element);
    this.#ground = new Ground(this.#map, options, palette);
    this.#trips = new TripLayer({ pane: 'trips' }).addTo(this.#map);
    this.#vehicles = new VehicleLayer(this.#store, () => this.#now(), handle => this.#directory.get(handle)?.plate ?? '', { pane: 'vehicles' });
    this.#vehicles.staleAfter = options.staleAfter;
    this.#vehicles.ondrawn = () => this.#record.drawn();
    this.#vehicles.addTo(this.#map);
    this.#paint();
    this.#tooltip = L.DomUtil.create('div', 'fleet-map-tooltip', element);
    this.#tooltip.setAttribute('role', 'tooltip');
    this.#tooltip.hidden = true;
    this.#listen();
    // The measuring bench and browser tests read what was drawn here.
    element.fleetMap = { record: this.#record, vehicles: () => this.#describe(), pointOf: id => this.#pointOf(id), leaflet: this.#map };
    this.#start();
  }

  // ——— called by the component ———

  /** Takes a batch of positions. */
  apply(bytes) {
    const came = wall();
    const { serverTime, times } = applyFrame(bytes, this.#store);
    this.#skew = serverTime - came;
    this.#record.received(times, came);
    this.#addToTrails();
    this.#follow();
    this.#vehicles.invalidate();
  }

  /** Takes what is said of vehicles: [{handle, id, plate, label, title}]. */
  describe(vehicles) {
    for (const vehicle of vehicles) this.#directory.set(vehicle.handle, vehicle);
    this.#vehicles.invalidate();
  }

  /** Draws trips, see TripLayer. */
  setTrips(trips) {
    this.#trips.setTrips(trips);
  }

  /** Draws own places, see TripLayer. */
  setPlaces(places) {
    this.#trips.setPlaces(places);
  }

  /** While on, a click picks a point instead of a vehicle. */
  setPicking(on) {
    this.#picking = on;
    this.element.classList.toggle('fleet-map-picking', on);
  }

  /** Marks a point, or takes the mark away (null). */
  setPin(latitude, longitude) {
    this.#trips.setPin(latitude, longitude);
  }

  /** Shows only the statuses whose bits are set. */
  setShown(bits) {
    this.#vehicles.shown = bits;
    this.#vehicles.invalidate();
  }

  /** Marks a vehicle by handle (0 = none); `fixes` are its last half hour: [[latitude, longitude, Unix ms], …], times rising. */
  select(handle, fixes) {
    if (!this.#allTrails) this.#vehicles.trails.clear();
    this.#vehicles.selected = handle || -1;
    this.#vehicles.invalidate();
    if (!handle) return;
    this.#vehicles.trails.set(handle, new Trail(fixes ?? this.#playback?.player.fixesBefore(handle, this.#now(), TRAIL)));
    this.#addToTrails();
  }

  /** Keeps a vehicle in the window (0 = none). */
  follow(handle) {
    this.#followed = handle || -1;
    this.#follow();
  }

  /** Moves the window. */
  goTo(latitude, longitude, zoom) {
    this.#map.setView([latitude, longitude], zoom || this.#map.getZoom(), { animate: calm() ? false : undefined });
  }

  /** Fits points [[latitude, longitude], …] into the window. */
  fit(points, maxZoom = 16) {
    if (points.length) this.#map.fitBounds(L.latLngBounds(points), { padding: [48, 48], maxZoom, animate: false });
  }

  /** Plays the tracks of an address, steered by a bar; resolves when they stand at their start. */
  async playFrom(bar, url) {
    const { words, language, timeZone } = this.#options;
    const steering = new PlaybackBar(bar, words, new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'medium', timeZone }), {
      play: () => this.#play(), pause: () => this.#pause(), seek: time => this.#seek(time), rate: rate => this.#playback?.clock.setRate(rate, performance.now()),
    });
    let tracks;
    try {
      const response = await fetch(url);
      if (!response.ok) throw new Error(`${url} answered ${response.status}`);
      tracks = readTracks(await response.arrayBuffer());
    } catch (error) {
      console.warn('The tracks were not loaded:', error);
      steering.say(words.notLoaded);
      return;
    }
    if (this.#disposed) return;
    if (!(tracks.from <= tracks.to)) {
      steering.say(words.noTracks);
      return;
    }
    this.#directory = new Map(tracks.vehicles.map((v, i) => [i + 1, { ...v, handle: i + 1 }]));
    this.#playback = { player: new TrackPlayer(tracks), clock: new PlaybackClock(tracks.from, tracks.to), steering, frame: 0 };
    this.#playback.clock.setRate(steering.rate, performance.now());
    steering.open(tracks.from, tracks.to);
    this.fit(gatheredExtent(tracks));
    this.#showPlayed();
  }

  dispose() {
    this.#disposed = true;
    for (const stop of this.#stop) stop();
    if (this.#playback) cancelAnimationFrame(this.#playback.frame);
    this.#ground.dispose();
    this.#map.remove();
    delete this.element.fleetMap;
  }

  // ——— inside ———

  #disposed = false;
  #opened = false;
  #moved = false;

  #viewLeft() {
    const view = this.#options.keep ? JSON.parse(localStorage.getItem(`portal.map.${this.#options.keep}`)) : null;
    return Number.isFinite(view?.latitude + view?.longitude + view?.zoom) ? view : null;
  }

  // Only what the viewer did himself is kept: a map that opened by itself may open better tomorrow.
  #keepView(latitude, longitude, zoom) {
    if (this.#moved && this.#options.keep) localStorage.setItem(`portal.map.${this.#options.keep}`, JSON.stringify({ latitude, longitude, zoom }));
  }

  async #start() {
    await this.#ground.open();
    if (this.#disposed) return;
    if (!this.#opened && this.#options.around.length) this.fit(this.#options.around, OPENING_ZOOM);
    else if (!this.#opened && this.#ground.extent) {
      const { west, north, east, south } = this.#ground.extent;
      this.fit([[latitudeOf(north), longitudeOf(west)], [latitudeOf(south), longitudeOf(east)]]);
    }
    this.#tellView();
    requestAnimationFrame(() => this.element.dataset.ready = 'yes');
  }

  #setGrouping(on) {
    this.#vehicles.grouping = on;
    this.#vehicles.invalidate();
  }

  #setAllTrails(on) {
    const { trails, selected } = this.#vehicles;
    this.#allTrails = on;
    if (!on) for (const handle of [...trails.keys()]) if (handle !== selected) trails.delete(handle);
    this.#vehicles.invalidate();
  }

  #play() {
    this.#playback?.clock.play(performance.now());
    this.#runPlayback();
  }

  #pause() {
    this.#playback?.clock.pause(performance.now());
    this.#showPlayed();
  }

  #seek(time) {
    this.#playback?.clock.seek(time, performance.now());
    this.#showPlayed();
  }

  #now() {
    return this.#playback ? this.#playback.clock.now(performance.now()) : Date.now() + this.#skew;
  }

  #paint() {
    const palette = paletteFor(this.element);
    this.#ground.setPalette(palette);
    this.#trips.setPalette(palette);
    this.#vehicles.setPalette(palette);
  }

  #listen() {
    const map = this.#map;
    let rest = 0;
    map.on('moveend', () => {
      clearTimeout(rest);
      rest = setTimeout(() => this.#tellView(), BOUNDS_WAIT);
    });
    map.on('dragstart', () => {
      if (this.#followed < 0) return;
      this.#followed = -1;
      this.#tell('FollowEnded');
    });
    map.on('click', e => this.#clicked(e));
    map.on('contextmenu', e => {
      L.DomEvent.preventDefault(e.originalEvent);
      this.#tell('ContextOpened', e.latlng.lat, e.latlng.lng, e.containerPoint.x, e.containerPoint.y);
    });
    map.on('mousemove', e => this.#hover(e.containerPoint));
    map.on('mouseout movestart', () => this.#hover(null));
    const key = e => this.#keyed(e);
    const touched = () => this.#moved = true;
    this.element.addEventListener('keydown', key);
    for (const type of ['pointerdown', 'wheel', 'keydown']) this.element.addEventListener(type, touched, { passive: true });
    const resized = new ResizeObserver(() => map.invalidateSize({ animate: false }));
    resized.observe(this.element);
    const tick = setInterval(() => this.#vehicles.invalidate(), AGE_TICK);
    this.#stop.push(() => clearTimeout(rest), () => clearInterval(tick), () => resized.disconnect(), onThemeChange(() => this.#paint()),
      () => this.element.removeEventListener('keydown', key));
  }

  #tellView() {
    // taking the map away moves it a last time
    if (this.#disposed) return;
    const b = this.#map.getBounds();
    const c = this.#map.getCenter();
    this.#keepView(c.lat, c.lng, this.#map.getZoom());
    this.#tell('ViewMoved', b.getSouth(), b.getWest(), b.getNorth(), b.getEast(), c.lat, c.lng, this.#map.getZoom());
  }

  #tell(method, ...args) {
    if (this.#disposed) return;
    // The circuit may be down for a while; the component asks for the view anew when it is back.
    this.#page?.invokeMethodAsync(method, ...args).catch(error => console.debug(`${method} was not heard:`, error));
  }

  #clicked(e) {
    if (this.#picking) {
      this.#trips.setPin(e.latlng.lat, e.latlng.lng);
      this.#tell('PointPicked', e.latlng.lat, e.latlng.lng);
      return;
    }
    const hit = this.#vehicles.at(e.containerPoint);
    if (hit?.group) {
      const points = hit.group.map(slot => [this.#store.latitude(slot), this.#store.longitude(slot)]);
      const zoom = Math.min(18, Math.max(this.#map.getZoom() + 1, this.#map.getBoundsZoom(L.latLngBounds(points), false, [80, 80])));
      this.#map.setView(L.latLngBounds(points).getCenter(), zoom, { animate: calm() ? false : undefined });
      return;
    }
    const trip = hit ? null : this.#trips.at(e.containerPoint);
    if (trip?.trip) this.#tell('TripChosen', trip.trip);
    // Played vehicles are known to the tracks only.
    else if (this.#playback) this.select(hit?.handle ?? 0);
    else this.#tell('VehicleChosen', hit?.handle ?? 0);
  }

  #keyed(e) {
    if (e.target !== this.element) return;
    if (e.key === 'Enter') {
      const nearest = this.#nearestToCentre();
      if (nearest) this.#tell('VehicleChosen', nearest);
    } else if (e.key === 'ContextMenu' || (e.key === 'F10' && e.shiftKey)) {
      e.preventDefault();
      const c = this.#map.getCenter(), p = this.#map.latLngToContainerPoint(c);
      this.#tell('ContextOpened', c.lat, c.lng, p.x, p.y);
    }
  }

  #nearestToCentre() {
    const c = this.#map.getCenter();
    const x = unitX(c.lng), y = unitY(c.lat);
    let best = Infinity, nearest = 0;
    for (let slot = 0; slot < this.#store.count; slot++) {
      const distance = Math.hypot(this.#store.x[slot] - x, this.#store.y[slot] - y);
      if (distance < best) { best = distance; nearest = this.#store.handle[slot]; }
    }
    return nearest;
  }

  #hover(point) {
    const hit = point && !this.#picking ? this.#vehicles.at(point) : null;
    const other = point && !hit && !this.#picking ? this.#trips.at(point) : null;
    this.#hovered = hit?.handle ?? null;
    this.element.classList.toggle('fleet-map-over', !!(hit || other));
    const lines = hit?.handle ? this.#linesOf(hit.handle) : other?.text ? [other.text] : null;
    this.#tooltip.hidden = !lines;
    if (!lines) return;
    // Names come from people: only ever as text.
    this.#tooltip.replaceChildren(...lines.map((line, i) => {
      const row = document.createElement(i ? 'div' : 'strong');
      row.textContent = line;
      return row;
    }));
    const size = this.#map.getSize();
    const left = Math.min(point.x + 14, size.x - this.#tooltip.offsetWidth - 8);
    const top = point.y + 18 + this.#tooltip.offsetHeight > size.y ? point.y - this.#tooltip.offsetHeight - 10 : point.y + 18;
    this.#tooltip.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
  }

  #linesOf(handle) {
    const slot = this.#store.slotOf(handle);
    if (slot < 0) return null;
    const vehicle = this.#directory.get(handle) ?? {};
    const { words } = this.#options;
    const age = this.#now() - this.#store.time[slot];
    const speed = new Intl.NumberFormat(this.#options.language, { maximumFractionDigits: 0 }).format(this.#store.speed[slot] / 10);
    return [
      vehicle.plate ?? `#${handle}`, vehicle.label,
      `${words.statuses[this.#store.status[slot]] ?? ''} · ${words.speed.replace('{0}', speed)}`,
      age > this.#options.staleAfter ? words.seen.replace('{0}', ageText(age)) : null,
    ].filter(line => line);
  }

  #addToTrails() {
    const { trails, selected } = this.#vehicles;
    const add = slot => {
      const handle = this.#store.handle[slot];
      let trail = trails.get(handle);
      if (!trail) trails.set(handle, trail = new Trail());
      trail.add(this.#store.x[slot], this.#store.y[slot], this.#store.time[slot]);
    };
    if (this.#allTrails) for (let slot = 0; slot < this.#store.count; slot++) add(slot);
    else if (this.#store.slotOf(selected) >= 0) add(this.#store.slotOf(selected));
  }

  #follow() {
    const slot = this.#store.slotOf(this.#followed);
    if (slot < 0) return;
    const at = L.latLng(this.#store.latitude(slot), this.#store.longitude(slot));
    const point = this.#map.latLngToContainerPoint(at), size = this.#map.getSize();
    if (Math.abs(point.x / size.x - 0.5) > FOLLOW_ZONE / 2 || Math.abs(point.y / size.y - 0.5) > FOLLOW_ZONE / 2)
      this.#map.panTo(at, { animate: false });
  }

  #runPlayback() {
    if (!this.#playback || this.#disposed) return;
    cancelAnimationFrame(this.#playback.frame);
    this.#showPlayed();
    if (this.#playback.clock.playing) this.#playback.frame = requestAnimationFrame(() => this.#runPlayback());
  }

  #showPlayed() {
    const { player, clock, steering } = this.#playback ?? {};
    if (!player || this.#disposed) return;
    const now = this.#now();
    player.show(this.#store, now);
    const { selected, trails } = this.#vehicles;
    if (trails.has(selected)) trails.set(selected, new Trail(player.fixesBefore(selected, now, TRAIL)));
    this.#addToTrails();
    this.#follow();
    this.#vehicles.invalidate();
    steering.show(now, clock.playing);
  }

  #describe() {
    return Array.from({ length: this.#store.count }, (_, slot) => ({
      handle: this.#store.handle[slot], ...this.#directory.get(this.#store.handle[slot]), latitude: this.#store.latitude(slot),
      longitude: this.#store.longitude(slot), time: this.#store.time[slot], status: this.#store.status[slot], stale: this.#vehicles.isStale(slot),
    }));
  }

  #pointOf(id) {
    const vehicle = this.#describe().find(v => v.id === id);
    if (!vehicle) return null;
    const p = this.#map.latLngToContainerPoint([vehicle.latitude, vehicle.longitude]);
    return { x: p.x, y: p.y };
  }
}

const calm = () => matchMedia('(prefers-reduced-motion: reduce)').matches;
