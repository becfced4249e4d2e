using System.Buffers.Binary;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;

namespace Portal.Web.Fleet;

/// <summary>One vehicle in a <see cref="FleetFrame"/>.</summary>
/// <param name="Handle">The number under which the map knows the vehicle.</param>
/// <param name="Point">Where.</param>
/// <param name="Time">When it was measured, UTC.</param>
/// <param name="HeadingDeg">Degrees, 0 = north, clockwise; null when unknown.</param>
/// <param name="SpeedKmh">Speed in km/h.</param>
/// <param name="Status">What it is doing.</param>
public readonly record struct FleetRecord(uint Handle, GeoPoint Point, DateTimeOffset Time, double? HeadingDeg, double SpeedKmh, VehicleStatus Status);

/// <summary>
/// The binary batch of positions the map reads; <c>wwwroot/map/fleet-frame.js</c> is its reader and says the layout.
/// 24 bytes for a vehicle: a tenth of what the same would take as JSON.
/// </summary>
public static class FleetFrame
{
    /// <summary>Heading on the wire of a vehicle without one.</summary>
    public const ushort NoHeading = ushort.MaxValue;

    internal const ushort Version = 1;
    internal const ushort SnapshotFlag = 1;
    internal const int HeaderBytes = 24;
    internal const int RecordBytes = 24;

    /// <summary>Writes one frame.</summary>
    /// <param name="now">The server's time: fix times are told relative to it, so that ages are right where the browser's clock is not.</param>
    /// <param name="records">Vehicles that moved or changed.</param>
    /// <param name="gone">Handles the map must forget.</param>
    /// <param name="snapshot">True when the map must forget every vehicle that is not in this frame.</param>
    public static byte[] Encode(DateTimeOffset now, IReadOnlyCollection<FleetRecord> records, IReadOnlyCollection<uint> gone, bool snapshot)
    {
        var frame = new byte[HeaderBytes + RecordBytes * records.Count + sizeof(uint) * gone.Count];
        var at = frame.AsSpan();
        BinaryPrimitives.WriteUInt16LittleEndian(at, Version);
        BinaryPrimitives.WriteUInt16LittleEndian(at[2..], snapshot ? SnapshotFlag : (ushort)0);
        BinaryPrimitives.WriteUInt32LittleEndian(at[4..], (uint)records.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(at[8..], (uint)gone.Count);
        BinaryPrimitives.WriteDoubleLittleEndian(at[16..], (now - DateTimeOffset.UnixEpoch).TotalMilliseconds);
        at = at[HeaderBytes..];
        foreach (var record in records)
        {
            Write(at, record, now);
            at = at[RecordBytes..];
        }
        foreach (var handle in gone)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(at, handle);
            at = at[sizeof(uint)..];
        }
        return frame;
    }

    private static void Write(Span<byte> at, in FleetRecord record, DateTimeOffset now)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(at, record.Handle);
        BinaryPrimitives.WriteInt32LittleEndian(at[4..], DegreesE7(record.Point.Latitude));
        BinaryPrimitives.WriteInt32LittleEndian(at[8..], DegreesE7(record.Point.Longitude));
        BinaryPrimitives.WriteInt32LittleEndian(at[12..], (int)Math.Clamp((record.Time - now).TotalMilliseconds, int.MinValue, int.MaxValue));
        BinaryPrimitives.WriteUInt16LittleEndian(at[16..], Heading(record.HeadingDeg));
        BinaryPrimitives.WriteUInt16LittleEndian(at[18..], Speed(record.SpeedKmh));
        at[20] = (byte)record.Status;
    }

    internal static int DegreesE7(double degrees) => (int)Math.Round(degrees * 1e7);

    internal static ushort Heading(double? degrees) => degrees is { } d ? (ushort)(Math.Round((d % 360 + 360) % 360 * 100) % 36000) : NoHeading;

    internal static ushort Speed(double kmh) => (ushort)Math.Clamp(Math.Round(kmh * 10), 0, ushort.MaxValue);
}
