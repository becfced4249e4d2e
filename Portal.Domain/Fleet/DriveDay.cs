namespace Portal.Domain.Fleet;

/// <summary>
/// The drives of one vehicle on one day while its points still arrive. A late (buffered) point recomputes the day,
/// so that the live view and a report made later agree whatever the order of arrival. A time seen before is ignored.
/// </summary>
/// <param name="settings">What parts drives from stops.</param>
/// <param name="atStart">State at the end of the day before.</param>
public sealed class DriveDay(DriveSettings settings, MotionState? atStart = null)
{
    private readonly SortedList<DateTimeOffset, TrackPoint> points = [];
    private readonly List<MotionChange> changes = [];
    private DriveDetector detector = new(settings, atStart);

    /// <summary>Every beginning and end of a drive so far, in order of time.</summary>
    public IReadOnlyList<MotionChange> Changes => changes;

    /// <summary>The state after the latest point; the next day starts with it.</summary>
    public MotionState? State => detector.State;

    /// <summary>Takes a point of the day in any order. True when the day was recomputed.</summary>
    public bool Add(TrackPoint point)
    {
        if (!points.TryAdd(point.Time, point)) return false;
        if (points.GetKeyAtIndex(points.Count - 1) == point.Time)
        {
            changes.AddRange(detector.Accept(point));
            return false;
        }
        detector = new(settings, atStart);
        changes.Clear();
        foreach (var each in points.Values) changes.AddRange(detector.Accept(each));
        return true;
    }

    /// <summary>The finished drives of the day and the one still running.</summary>
    public IReadOnlyList<Drive> Drives()
    {
        var drives = new List<Drive>();
        TrackPoint? start = atStart is { Moving: true } && points.Count > 0 ? points.GetValueAtIndex(0) : null;
        foreach (var change in changes)
        {
            if (change.Moving) start = change.At;
            else if (start is { } from) drives.Add(Between(from, change.At, running: false));
            if (!change.Moving) start = null;
        }
        if (start is { } open) drives.Add(Between(open, points.GetValueAtIndex(points.Count - 1), running: true));
        return drives;
    }

    private Drive Between(TrackPoint from, TrackPoint to, bool running) =>
        new(from, to, TrackMath.Kilometres(points.Values.Where(p => p.Time >= from.Time && p.Time <= to.Time)), running);
}

/// <summary>A motion segment of a track.</summary>
public sealed record Drive(TrackPoint From, TrackPoint To, double Kilometres, bool Running);
