using Portal.Domain.Shared;

namespace Portal.Domain.Fleet;

/// <summary>A clean position of a track: flagged readings are left out before.</summary>
public readonly record struct TrackPoint(DateTimeOffset Time, GeoPoint Point);

/// <summary>What parts drives from stops; set per vehicle group.</summary>
public sealed record DriveSettings
{
    /// <summary>A vehicle this far from its stop has left it; points this near each other are one place. Metres.</summary>
    public double DistanceM { get; init; } = 200;
    /// <summary>So long in one place is a stop.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(180);
    /// <summary>A longer silence tells nothing of what happened in it.</summary>
    public TimeSpan Gap { get; init; } = TimeSpan.FromSeconds(3600);
}

/// <summary>Whether a vehicle moves, since when, and, for a stop, where it was recorded.</summary>
public readonly record struct MotionState(bool Moving, TrackPoint Since);

/// <summary>The moment a vehicle begins to move or stops.</summary>
public readonly record struct MotionChange(bool Moving, TrackPoint At);

/// <summary>
/// Finds drives and stops in a track, point after point in order of time. A drive is a motion segment; a trip is an order.
/// A leg counts as moving when it is not slower than distance over duration: whoever is slower never leaves one place.
/// </summary>
/// <param name="settings">What parts drives from stops.</param>
/// <param name="state">State at the end of the day before; null for a vehicle never seen, which stands where it appears.</param>
public sealed class DriveDetector(DriveSettings settings, MotionState? state = null)
{
    private readonly Queue<TrackPoint> recent = new();
    private TrackPoint? last, runStart, firstAfterStop;

    /// <summary>The state after the last point; null before the first.</summary>
    public MotionState? State { get; private set; } = state;

    /// <summary>Takes the next point and returns what it shows: none, one, or around a gap up to three changes.</summary>
    /// <exception cref="ArgumentException">The point is not later than the one before.</exception>
    public IReadOnlyList<MotionChange> Accept(TrackPoint point)
    {
        if (last?.Time >= point.Time) throw new ArgumentException("points come in order of time", nameof(point));
        State ??= new(false, point);
        var changes = last is { } before && point.Time - before.Time > settings.Gap ? AfterGap(before, point) : AfterLeg(point);
        last = point;
        return changes;
    }

    private List<MotionChange> AfterGap(TrackPoint before, TrackPoint point)
    {
        List<MotionChange> changes = [];
        if (State!.Value.Moving) changes.Add(Change(false, before));
        Forget();
        if (before.Point.DistanceTo(point.Point) < settings.DistanceM)
        {
            changes.AddRange(AfterLeg(point));
            return changes;
        }
        changes.Add(Change(true, before));
        changes.Add(Change(false, point));
        Forget();
        recent.Enqueue(point);
        return changes;
    }

    private List<MotionChange> AfterLeg(TrackPoint point)
    {
        runStart = last is { } before && IsMoving(before, point) ? runStart ?? before : null;
        recent.Enqueue(point);
        while (recent.Count > 1 && point.Time - recent.ElementAt(1).Time >= settings.Duration) recent.Dequeue();
        var (moving, since) = State!.Value;
        if (moving) return Stands(point) ? [Change(false, point)] : [];
        if (point.Time > since.Time) firstAfterStop ??= point;
        if (since.Point.DistanceTo(point.Point) < settings.DistanceM) return [];
        var start = runStart is { } run ? run.Time > since.Time ? run : firstAfterStop ?? point : point;
        return [Change(true, start)];
    }

    /// <summary>True when the latest points that span the duration all lie near the newest.</summary>
    private bool Stands(TrackPoint newest) =>
        newest.Time - recent.Peek().Time >= settings.Duration
        && recent.All(p => p.Point.DistanceTo(newest.Point) < settings.DistanceM);

    private bool IsMoving(TrackPoint a, TrackPoint b) =>
        a.Point.DistanceTo(b.Point) / (b.Time - a.Time).TotalSeconds >= settings.DistanceM / settings.Duration.TotalSeconds;

    private MotionChange Change(bool moving, TrackPoint at)
    {
        State = new(moving, at);
        firstAfterStop = null;
        return new(moving, at);
    }

    private void Forget()
    {
        recent.Clear();
        last = null;
        runStart = null;
    }
}
