// What the driver's day looks like after commands that the server has not answered yet. No DOM, no network.

const life = ['Assigned', 'Accepted', 'OnTheWay', 'Arrived', 'OnBoard', 'Completed'];

/** The state that the wide button brings about, or null. */
export const nextState = state => life[life.indexOf(state) + 1] ?? null;

/** Seconds worked at a moment (ms since 1970): time since the start minus breaks. */
export function workedSeconds(shift, now) {
  if (!shift?.startedAt) return 0;
  const running = shift.breakFrom ? now - Date.parse(shift.breakFrom) : 0;
  return Math.max(0, (now - Date.parse(shift.startedAt) - running) / 1000 - shift.restedSeconds);
}

/** The day after a command, as the server will most likely see it. */
export function after(day, command) {
  switch (command.kind) {
    case 'StartShift': return {
      ...day, planned: null,
      shift: { id: null, vehicle: command.vehicle, plate: command.plate, startedAt: command.at, restedSeconds: 0, breakFrom: null },
    };
    case 'EndShift': return { ...day, shift: null };
    case 'StartBreak': return withShift(day, { breakFrom: command.at });
    case 'EndBreak': return withShift(day, shift => ({
      breakFrom: null,
      restedSeconds: shift.restedSeconds + Math.max(0, Date.parse(command.at) - Date.parse(shift.breakFrom)) / 1000,
    }));
    case 'ChangeVehicle': return withShift(day, { vehicle: command.vehicle, plate: command.plate });
    case 'Advance': return command.to === 'Completed' ? without(day, command.trip) : withTrip(day, command.trip, { state: command.to });
    case 'NoShow': case 'Fail': return without(day, command.trip);
    case 'Deliver': return { ...day, deliveries: day.deliveries.map(stop => stop.id === command.delivery ? { ...stop, state: command.result } : stop) };
    // the undone trip comes back with the server's answer; until then it stands as the phone kept it
    case 'Undo': return command.before ? restored(day, command.before) : day;
    default: return day;
  }
}

/** The stops of a delivery trip in their order; none of another trip. */
export const stopsOf = (day, trip) => (day.deliveries ?? []).filter(stop => stop.trip === trip.id);

/** The stop at hand once the trip is loaded: the one that was chosen, else the first that is not told; null when all are. */
export function stopAtHand(day, trip, chosen) {
  if (trip.state !== 'OnBoard') return null;
  const open = stopsOf(day, trip).filter(stop => stop.state === 'Planned');
  return open.find(stop => stop.id === chosen) ?? open[0] ?? null;
}

function withShift(day, change) {
  if (!day.shift) return day;
  return { ...day, shift: { ...day.shift, ...(typeof change === 'function' ? change(day.shift) : change) } };
}

const withTrip = (day, id, change) => ({ ...day, trips: day.trips.map(trip => trip.id === id ? { ...trip, ...change } : trip) });

function without(day, id) {
  const trips = day.trips.filter(trip => trip.id !== id);
  return { ...day, trips, tripsInAll: day.tripsInAll - (day.trips.length - trips.length) };
}

function restored(day, trip) {
  const others = day.trips.filter(other => other.id !== trip.id);
  return { ...day, trips: [trip, ...others], tripsInAll: day.tripsInAll + 1 - (day.trips.length - others.length) };
}
