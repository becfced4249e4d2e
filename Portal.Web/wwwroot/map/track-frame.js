// A day's tracks as the server sends them; written by TrackFrame.cs, all little-endian.
//   u32 version, u32 length of the head, the head as UTF-8 JSON {base, vehicles: [{id, plate, label, count}]}, padding to 4
//   then for each vehicle, one column after another, each padded to 4:
//   i32 time in ms from base, i32 latitude·1e7, i32 longitude·1e7, u16 heading in 1/100° (65535 = none),
//   u16 speed in 1/10 km/h, u8 status, u8 flags

const VERSION = 1;

/**
 * Reads tracks without copying the columns.
 * @param {ArrayBuffer} buffer
 * @returns {{from: number, to: number, vehicles: object[]}} times in Unix ms; each vehicle's times rise
 */
export function readTracks(buffer) {
  const view = new DataView(buffer);
  if (view.getUint32(0, true) !== VERSION) throw new Error(`Unknown track version ${view.getUint32(0, true)}`);
  const length = view.getUint32(4, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
  let at = padded(8 + length);
  const column = (type, count) => {
    const values = new type(buffer, at, count);
    at = padded(at + values.byteLength);
    return values;
  };
  let from = Infinity, to = -Infinity;
  const vehicles = head.vehicles.map(({ count, ...vehicle }) => {
    const track = {
      ...vehicle, base: head.base, time: column(Int32Array, count), latitude: column(Int32Array, count), longitude: column(Int32Array, count),
      heading: column(Uint16Array, count), speed: column(Uint16Array, count), status: column(Uint8Array, count), flags: column(Uint8Array, count),
    };
    if (count) {
      from = Math.min(from, head.base + track.time[0]);
      to = Math.max(to, head.base + track.time[count - 1]);
    }
    return track;
  });
  return { from, to, vehicles };
}

const padded = n => (n + 3) & ~3;
