using Portal.Domain.Fleet;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Fleet;

/// <summary>What <see cref="LiveFleet"/> keeps of one vehicle: the newest position and the way of the last half hour. Guarded by the fleet's lock.</summary>
internal sealed class LiveTrack
{
    // A point every ten seconds is what an eye can tell apart on a town map, and bounds the trail to 180 points.
    private static readonly TimeSpan TrailLength = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan TrailStep = TimeSpan.FromSeconds(10);

    private readonly JumpFilter jumps = new();
    private readonly Queue<TrackPoint> trail = new();
    private DateTimeOffset lastOnTrail;

    /// <summary>The newest clean position.</summary>
    public LiveVehicle? Latest { get; private set; }

    /// <summary>True when <see cref="Latest"/> came from a device to this node, not from the database or another node.</summary>
    public bool HeardHere { get; private set; }

    /// <summary>Number of the change that brought <see cref="Latest"/>.</summary>
    public long Version { get; set; }

    /// <summary>The way of the last half hour before the newest position, oldest first.</summary>
    public IReadOnlyCollection<TrackPoint> Trail => trail;

    /// <summary>Flags of a reading seen against what is known of the vehicle.</summary>
    public PositionFlags Judge(PositionReading reading)
    {
        var flags = reading.Flags;
        if (reading.Point is not { } point) return flags | PositionFlags.NoFix;
        if (point is { Latitude: 0, Longitude: 0 }) flags |= PositionFlags.NullIsland;
        if (flags == PositionFlags.None && jumps.IsJump(reading.Time, point, reading.ClockRate)) flags |= PositionFlags.Jump;
        return flags;
    }

    /// <summary>Takes a clean reading; false when it is no newer than what is known.</summary>
    public bool Advance(PositionReading reading)
    {
        if (Latest is not null && reading.Time <= Latest.Time) return false;
        var point = reading.Point!.Value;
        var (speed, heading) = reading is { SpeedKmh: { } said, HeadingDeg: { } pointed } ? (said, pointed) : Motion(reading.Time, point);
        Show(new(reading.Vehicle, reading.Time, point, reading.SpeedKmh ?? speed, reading.HeadingDeg ?? heading, reading.Ignition, reading.BatteryPercent));
        HeardHere = true;
        return true;
    }

    /// <summary>Takes a position that was stored before a restart, or that another node judged; false when it is no newer than what is known.</summary>
    public bool Restore(LiveVehicle stored)
    {
        if (Latest is not null && stored.Time <= Latest.Time) return false;
        jumps.IsJump(stored.Time, stored.Point);
        Show(stored);
        HeardHere = false;
        return true;
    }

    private void Show(LiveVehicle newest)
    {
        Latest = newest;
        if (newest.Time - lastOnTrail >= TrailStep)
        {
            trail.Enqueue(new(newest.Time, newest.Point));
            lastOnTrail = newest.Time;
        }
        while (trail.TryPeek(out var oldest) && newest.Time - oldest.Time > TrailLength) trail.Dequeue();
    }

    private (double SpeedKmh, double HeadingDeg) Motion(DateTimeOffset time, GeoPoint point)
    {
        if (Latest is null) return (0, 0);
        var (from, to) = (new TrackPoint(Latest.Time, Latest.Point), new TrackPoint(time, point));
        // Without a direction the way is the receiver's noise: the vehicle stands as it stood.
        return TrackMath.HeadingDeg(from, to) is { } heading ? (TrackMath.SpeedKmh(from, to) ?? 0, heading) : (0, Latest.HeadingDeg);
    }
}
