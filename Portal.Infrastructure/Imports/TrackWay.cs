using Portal.Domain.Fleet;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Imports;

/// <summary>The way of one vehicle, fix after fix: flags jumps and computes the speed and heading that a file does not say.</summary>
internal sealed class TrackWay
{
    private readonly JumpFilter jumps = new();
    private PositionReading? last;

    /// <summary>Starts from the fixes known before, times rising.</summary>
    public TrackWay(IEnumerable<PositionReading> before)
    {
        foreach (var reading in before)
            if (!reading.Flags.HasFlag(PositionFlags.NullIsland) && !jumps.IsJump(reading.Time, reading.Point!.Value)) last = reading;
    }

    /// <summary>The reading with its flags, and with speed and heading where they can be known.</summary>
    public PositionReading Next(PositionReading reading)
    {
        if (reading.Point is not { } point) return reading with { Flags = PositionFlags.NoFix };
        if (point is { Latitude: 0, Longitude: 0 }) return reading with { Flags = PositionFlags.NullIsland };
        if (jumps.IsJump(reading.Time, point)) return reading with { Flags = PositionFlags.Jump };
        var (speed, heading) = Motion(reading.Time, point);
        return last = reading with { SpeedKmh = reading.SpeedKmh ?? speed, HeadingDeg = reading.HeadingDeg ?? heading };
    }

    private (double? SpeedKmh, double? HeadingDeg) Motion(DateTimeOffset time, GeoPoint point)
    {
        if (last is null || time <= last.Time) return (null, null);
        var from = new TrackPoint(last.Time, last.Point!.Value);
        var to = new TrackPoint(time, point);
        var speed = TrackMath.SpeedKmh(from, to);
        // Beyond what anybody drives, the filter has changed its belief: there was no leg between the two.
        return (speed <= JumpFilter.MaxSpeedKmh ? speed : null, TrackMath.HeadingDeg(from, to) ?? last.HeadingDeg);
    }
}
