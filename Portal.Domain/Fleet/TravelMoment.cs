using Portal.Domain.Shared;

namespace Portal.Domain.Fleet;

/// <summary>
/// Travel times of one moment, for ranking and planning: one search serves all origins of a destination, and an origin is
/// brought to its street once for all destinations. Not for several threads.
/// </summary>
public sealed class TravelMoment
{
    private readonly RoadGraph? roads;
    private readonly GreatCircleSpeeds circle;
    private readonly TravelExperience experience;
    private readonly int hourOfWeek;
    private readonly double withinSeconds;
    private readonly Dictionary<GeoPoint, RoadPoint?> snapped = [];

    internal TravelMoment(RoadGraph? roads, GreatCircleSpeeds circle, TravelExperience experience, int hourOfWeek, double withinSeconds)
    {
        this.roads = roads;
        this.circle = circle;
        this.experience = experience;
        this.hourOfWeek = hourOfWeek;
        this.withinSeconds = withinSeconds;
    }

    /// <summary>Seconds from each origin to one destination, infinite out of reach.</summary>
    public double[] SecondsTo(GeoPoint destination, IReadOnlyList<GeoPoint> origins)
    {
        var seconds = new double[origins.Count];
        var onRoad = new List<RoadPoint>();
        var which = new List<int>();
        var goal = Snap(destination);
        for (var i = 0; i < origins.Count; i++)
        {
            if (goal is { } end && Snap(origins[i]) is { } near && roads!.Connected(near, end))
            {
                onRoad.Add(near);
                which.Add(i);
            }
            else
            {
                var (time, way) = circle.Between(origins[i], destination);
                seconds[i] = time * experience.Factor(false, hourOfWeek, way);
            }
        }
        if (onRoad.Count > 0)
        {
            var driven = roads!.SecondsTo(goal!.Value, onRoad, withinSeconds / experience.LeastFactor);
            for (var k = 0; k < driven.Length; k++)
            {
                var way = circle.Between(origins[which[k]], destination).Metres;
                seconds[which[k]] = driven[k] * experience.Factor(true, hourOfWeek, way);
            }
        }
        for (var i = 0; i < seconds.Length; i++)
            if (seconds[i] > withinSeconds) seconds[i] = double.PositiveInfinity;
        return seconds;
    }

    private RoadPoint? Snap(GeoPoint point)
    {
        if (roads is null) return null;
        if (!snapped.TryGetValue(point, out var near)) snapped[point] = near = roads.Snap(point, TravelTimeEstimator.NearRoadM);
        return near;
    }
}
