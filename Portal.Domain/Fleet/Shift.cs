using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Domain.Fleet;

/// <summary>A recorded break within a shift; open while <see cref="To"/> is null. Times are UTC.</summary>
public sealed class ShiftBreak
{
    private ShiftBreak() { }

    internal ShiftBreak(DateTimeOffset from)
    {
        Id = Guid.CreateVersion7();
        From = from;
    }

    public Guid Id { get; private set; }
    public DateTimeOffset From { get; private set; }
    public DateTimeOffset? To { get; private set; }

    internal void End(DateTimeOffset at) => To = at;
}

/// <summary>
/// A driver's shift on a vehicle: planned, then started and ended by the driver (or the dispatcher).
/// Worked time is shift time minus recorded breaks.
/// </summary>
public sealed class Shift
{
    private readonly List<ShiftBreak> breaks = [];

    private Shift() { }

    /// <summary>Plans a shift; at most 24 hours long.</summary>
    public Shift(ShiftId id, DriverId driver, VehicleId vehicle, BranchId branch, Period planned)
    {
        if (planned.Length <= TimeSpan.Zero || planned.Length > TimeSpan.FromHours(24)) throw new RuleBrokenException("fleet.shift-length");
        Id = id;
        Driver = driver;
        Vehicle = vehicle;
        Branch = branch;
        PlannedFrom = planned.From;
        PlannedTo = planned.To;
    }

    public ShiftId Id { get; private set; }
    public DriverId Driver { get; private set; }
    public VehicleId Vehicle { get; private set; }
    public BranchId Branch { get; private set; }
    public DateTimeOffset PlannedFrom { get; private set; }
    public DateTimeOffset PlannedTo { get; private set; }
    public DateTimeOffset? StartedAt { get; private set; }
    public DateTimeOffset? EndedAt { get; private set; }
    /// <summary>Name of the import or re-enactment that created it.</summary>
    public string? Source { get; private set; }
    public uint Version { get; private set; }
    public IReadOnlyList<ShiftBreak> Breaks => breaks;

    /// <summary>True between start and end.</summary>
    public bool IsOpen => StartedAt is not null && EndedAt is null;

    /// <summary>True while a break is running.</summary>
    public bool OnBreak => IsOpen && breaks.Any(b => b.To is null);

    /// <summary>The latest moment recorded so far: the start, the end or a border of a break. Nothing is recorded before it.</summary>
    public DateTimeOffset? LastMark => EndedAt ?? breaks.Select(b => b.To ?? (DateTimeOffset?)b.From).Append(StartedAt).Max();

    /// <summary>The driver begins to work.</summary>
    /// <exception cref="RuleBrokenException"><c>fleet.shift-already-started</c></exception>
    public void Start(DateTimeOffset now)
    {
        if (StartedAt is not null) throw new RuleBrokenException("fleet.shift-already-started");
        StartedAt = now;
        if (PlannedTo <= now) PlannedTo = now + (PlannedTo - PlannedFrom);
    }

    /// <summary>The driver goes home; a running break ends with the shift.</summary>
    /// <exception cref="RuleBrokenException"><c>fleet.shift-not-open</c>, <c>fleet.shift-time-reversed</c></exception>
    public void End(DateTimeOffset now)
    {
        RequireOpen(now);
        foreach (var open in breaks.Where(b => b.To is null)) open.End(now);
        EndedAt = now;
    }

    /// <summary>A break begins.</summary>
    /// <exception cref="RuleBrokenException"><c>fleet.shift-not-open</c>, <c>fleet.shift-time-reversed</c>, <c>fleet.break-already-started</c></exception>
    public void StartBreak(DateTimeOffset now)
    {
        RequireOpen(now);
        if (OnBreak) throw new RuleBrokenException("fleet.break-already-started");
        breaks.Add(new ShiftBreak(now));
    }

    /// <summary>The running break ends.</summary>
    /// <exception cref="RuleBrokenException"><c>fleet.shift-not-open</c>, <c>fleet.shift-time-reversed</c>, <c>fleet.no-break-running</c></exception>
    public void EndBreak(DateTimeOffset now)
    {
        RequireOpen(now);
        var open = breaks.FirstOrDefault(b => b.To is null) ?? throw new RuleBrokenException("fleet.no-break-running");
        open.End(now);
    }

    /// <summary>Changes vehicle during planning or a running shift.</summary>
    public void ChangeVehicle(VehicleId vehicle)
    {
        if (EndedAt is not null) throw new RuleBrokenException("fleet.shift-not-open");
        Vehicle = vehicle;
    }

    /// <summary>Moves the planned times of a shift that has not ended; the dispatcher may extend a running one.</summary>
    public void Replan(Period planned)
    {
        if (EndedAt is not null) throw new RuleBrokenException("fleet.shift-not-open");
        if (planned.Length <= TimeSpan.Zero || planned.Length > TimeSpan.FromHours(24)) throw new RuleBrokenException("fleet.shift-length");
        PlannedFrom = planned.From;
        PlannedTo = planned.To;
    }

    /// <summary>Marks it as created by an import or a re-enactment.</summary>
    public void MarkSource(string source) => Source = Required.Text(source, "shift.source", 80);

    /// <summary>Worked time until <paramref name="now"/>: shift time minus recorded breaks.</summary>
    public TimeSpan WorkedUntil(DateTimeOffset now) => WorkedWithin(new(DateTimeOffset.MinValue, now), now);

    /// <summary>
    /// Worked time that falls into <paramref name="window"/>: shift time minus recorded breaks, both cut at its borders.
    /// An open shift and a running break last until <paramref name="now"/>.
    /// </summary>
    public TimeSpan WorkedWithin(Period window, DateTimeOffset now)
    {
        if (StartedAt is not { } start) return TimeSpan.Zero;
        var end = EndedAt ?? now;
        return WorkedTime.Within(window, new(start, end), breaks.Select(b => new Period(b.From, b.To ?? end)));
    }

    private void RequireOpen(DateTimeOffset at)
    {
        if (!IsOpen) throw new RuleBrokenException("fleet.shift-not-open");
        if (at < LastMark) throw new RuleBrokenException("fleet.shift-time-reversed");
    }
}
