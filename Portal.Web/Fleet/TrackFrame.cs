using System.Buffers.Binary;
using System.Text.Json;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;

namespace Portal.Web.Fleet;

/// <summary>One fix of a stored track. Heading is null when unknown.</summary>
public readonly record struct TrackFix(DateTimeOffset Time, GeoPoint Point, double? HeadingDeg, double SpeedKmh, VehicleStatus Status, PositionFlags Flags);

/// <summary>One vehicle's track with rising times.</summary>
/// <param name="Id">Id of the vehicle.</param>
/// <param name="Plate">Its plate.</param>
/// <param name="Label">A second line beside it, such as the driver; may be empty.</param>
/// <param name="Fixes">The fixes, times rising.</param>
public sealed record VehicleTrack(Guid Id, string Plate, string Label, IReadOnlyList<TrackFix> Fixes);

/// <summary>
/// Tracks for playback, in columns, so that the browser reads them without copying:
/// <c>wwwroot/map/track-frame.js</c> is the reader and says the layout. 18 bytes for a fix.
/// </summary>
public static class TrackFrame
{
    internal const uint Version = 1;
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>Media type of the format.</summary>
    public const string MediaType = "application/vnd.portal.tracks";

    /// <summary>Writes tracks. Times must lie within 24 days after <paramref name="from"/>.</summary>
    public static void Write(Stream to, DateTimeOffset from, IReadOnlyList<VehicleTrack> tracks)
    {
        var head = JsonSerializer.SerializeToUtf8Bytes(new
        {
            Base = (from - DateTimeOffset.UnixEpoch).TotalMilliseconds,
            Vehicles = tracks.Select(t => new { t.Id, t.Plate, t.Label, t.Fixes.Count }),
        }, Web);
        var start = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(start, Version);
        BinaryPrimitives.WriteUInt32LittleEndian(start.AsSpan(4), (uint)head.Length);
        to.Write(start);
        to.Write(head);
        Pad(to, head.Length);
        foreach (var track in tracks) Write(to, from, track.Fixes);
    }

    private static void Write(Stream to, DateTimeOffset from, IReadOnlyList<TrackFix> fixes)
    {
        WriteColumn(to, fixes, sizeof(int), (at, in fix) => BinaryPrimitives.WriteInt32LittleEndian(at, checked((int)(fix.Time - from).TotalMilliseconds)));
        WriteColumn(to, fixes, sizeof(int), (at, in fix) => BinaryPrimitives.WriteInt32LittleEndian(at, FleetFrame.DegreesE7(fix.Point.Latitude)));
        WriteColumn(to, fixes, sizeof(int), (at, in fix) => BinaryPrimitives.WriteInt32LittleEndian(at, FleetFrame.DegreesE7(fix.Point.Longitude)));
        WriteColumn(to, fixes, sizeof(ushort), (at, in fix) => BinaryPrimitives.WriteUInt16LittleEndian(at, FleetFrame.Heading(fix.HeadingDeg)));
        WriteColumn(to, fixes, sizeof(ushort), (at, in fix) => BinaryPrimitives.WriteUInt16LittleEndian(at, FleetFrame.Speed(fix.SpeedKmh)));
        WriteColumn(to, fixes, sizeof(byte), (at, in fix) => at[0] = (byte)fix.Status);
        WriteColumn(to, fixes, sizeof(byte), (at, in fix) => at[0] = (byte)fix.Flags);
    }

    private delegate void CellWriter(Span<byte> at, in TrackFix fix);

    private static void WriteColumn(Stream to, IReadOnlyList<TrackFix> fixes, int cell, CellWriter write)
    {
        var column = new byte[cell * fixes.Count];
        for (var i = 0; i < fixes.Count; i++) write(column.AsSpan(i * cell, cell), fixes[i]);
        to.Write(column);
        Pad(to, column.Length);
    }

    // Typed arrays of the browser start on multiples of their cell's size.
    private static void Pad(Stream to, int written) => to.Write(stackalloc byte[(4 - written % 4) % 4]);
}
