using Portal.Domain.Shared;

namespace Portal.Domain.Fleet;

/// <summary>
/// Tells leaps of a receiver from driving, one instance per vehicle, fed in order of arrival.
/// A point that could only be reached faster than <see cref="MaxSpeedKmh"/> is a jump. When the place believed
/// so far was itself the mistake (a first fix far away, a vehicle carried by ferry with the device off),
/// <see cref="Believe"/> points in a row that agree with each other move the belief.
/// </summary>
public sealed class JumpFilter
{
    /// <summary>Faster than this nobody drives, km/h.</summary>
    public const double MaxSpeedKmh = 300;

    /// <summary>So many agreeing points in a row outvote the old place.</summary>
    public const int Believe = 5;

    private (DateTimeOffset Time, GeoPoint Point)? believed;
    private (DateTimeOffset Time, GeoPoint Point)? suspect;
    private int agreeing;

    /// <summary>
    /// True when the point is a jump. A late point is judged by the same speed, backwards in time.
    /// <paramref name="clockRate"/> is how fast the device's world runs.
    /// </summary>
    public bool IsJump(DateTimeOffset time, GeoPoint point, double clockRate = 1)
    {
        if (believed is not { } anchor || Reachable(anchor, time, point, clockRate))
        {
            believed = (time, point);
            suspect = null;
            agreeing = 0;
            return false;
        }
        if (suspect is { } last && last.Time != time && Reachable(last, time, point, clockRate)) agreeing++;
        else if (suspect?.Time != time) agreeing = 1;
        suspect = (time, point);
        if (agreeing < Believe) return true;
        believed = suspect;
        suspect = null;
        agreeing = 0;
        return false;
    }

    // Below a second the receiver's own noise of a few dozen metres would look like flying.
    private static bool Reachable((DateTimeOffset Time, GeoPoint Point) from, DateTimeOffset time, GeoPoint point, double clockRate)
    {
        var seconds = Math.Max(1, Math.Abs((time - from.Time).TotalSeconds)) * clockRate;
        return from.Point.DistanceTo(point) <= MaxSpeedKmh / 3.6 * seconds;
    }
}
