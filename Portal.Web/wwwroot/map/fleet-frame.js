// The binary batch of positions the server sends; written by FleetFrame.cs, all little-endian.
//   header 24 bytes: u16 version, u16 flags, u32 records, u32 removals, u32 zero, f64 server's time in Unix ms
//   record 24 bytes: u32 handle, i32 latitude·1e7, i32 longitude·1e7, i32 fix time in ms from the server's time,
//                    u16 heading in 1/100°, u16 speed in 1/10 km/h, u8 status, u8 flags, u16 zero
//   removal 4 bytes: u32 handle

const VERSION = 1;
const HEADER = 24;
const RECORD = 24;

/** Frame flag: the frame is a whole picture; vehicles it does not name are gone. */
export const SNAPSHOT = 1;
/** Heading of a vehicle that has none. */
export const NO_HEADING = 65535;

/**
 * Applies a frame to the store.
 * @param {Uint8Array} bytes one frame
 * @param {import('./vehicle-store.js').VehicleStore} store
 * @returns {{serverTime: number, times: Float64Array}} the server's time and the fix times, Unix ms
 */
export function applyFrame(bytes, store) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(0, true) !== VERSION) throw new Error(`Unknown frame version ${view.getUint16(0, true)}`);
  const records = view.getUint32(4, true);
  const removals = view.getUint32(8, true);
  const serverTime = view.getFloat64(16, true);
  if (view.getUint16(2, true) & SNAPSHOT) store.clear();

  const times = new Float64Array(records);
  let at = HEADER;
  for (let i = 0; i < records; i++, at += RECORD) {
    const time = serverTime + view.getInt32(at + 12, true);
    times[i] = time;
    store.put(
      view.getUint32(at, true), view.getInt32(at + 4, true) / 1e7, view.getInt32(at + 8, true) / 1e7, time,
      view.getUint16(at + 16, true), view.getUint16(at + 18, true), view.getUint8(at + 20), view.getUint8(at + 21));
  }
  for (let i = 0; i < removals; i++, at += 4) store.remove(view.getUint32(at, true));
  return { serverTime, times };
}
