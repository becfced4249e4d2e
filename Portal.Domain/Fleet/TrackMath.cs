namespace Portal.Domain.Fleet;

/// <summary>What consecutive points of a track tell when the device itself says nothing.</summary>
public static class TrackMath
{
    /// <summary>Over a shorter way the receiver's noise decides the direction, metres.</summary>
    public const double LeastHeadingM = 10;

    /// <summary>Over a longer silence the mean speed says nothing about now.</summary>
    public static readonly TimeSpan LongestLeg = TimeSpan.FromMinutes(5);

    /// <summary>Mean speed of a leg in km/h; null for one shorter than a second or longer than <see cref="LongestLeg"/>.</summary>
    public static double? SpeedKmh(TrackPoint from, TrackPoint to)
    {
        var time = to.Time - from.Time;
        return time >= TimeSpan.FromSeconds(1) && time <= LongestLeg ? from.Point.DistanceTo(to.Point) / time.TotalSeconds * 3.6 : null;
    }

    /// <summary>Direction of a leg in degrees, 0 = north, clockwise; null for one shorter than <see cref="LeastHeadingM"/>.</summary>
    public static double? HeadingDeg(TrackPoint from, TrackPoint to) =>
        from.Point.DistanceTo(to.Point) >= LeastHeadingM ? from.Point.BearingTo(to.Point) : null;

    /// <summary>Length of a track in kilometres, in the order given; leave flagged points out before.</summary>
    public static double Kilometres(IEnumerable<TrackPoint> track)
    {
        double metres = 0;
        TrackPoint? before = null;
        foreach (var point in track)
        {
            if (before is { } last) metres += last.Point.DistanceTo(point.Point);
            before = point;
        }
        return metres / 1000;
    }
}
