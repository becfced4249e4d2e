using Portal.Domain.Shared;

namespace Portal.Domain.Dispatch;

/// <summary>
/// What the choice of a vehicle weighs. The cost of a pair, in minutes:
/// <code>
/// cost = Approach · a + Waiting · (w + w′) + Lateness · (l + l′) + Chained · c + KmEvenness · k + HoursEvenness · h
/// a  minutes of driving to the pickup
/// w  minutes from the earliest pickup (now, if that has passed) to the arrival
/// l  minutes from the promised latest pickup to the arrival
/// w′ l′  minutes by which w and l of the trip that the vehicle holds next would grow
/// c  1 for a vehicle that must finish other trips first: its arrival hangs on theirs; else 0
/// k  (vehicle's km in 28 days − fleet's mean) / fleet's mean, within −1…1
/// h  (driver's hours in 28 days − fleet's mean) / fleet's mean, within −1…1
/// </code>
/// A vehicle that was not there on half of the 28 days is compared by what it did today with the mean of those at work today;
/// a mean below 10 km or 1 h counts as that much, so that the first trip of a morning does not decide the second.
/// So a vehicle that has driven a tenth less than the fleet wins over one that is closer by a tenth of
/// <see cref="KmEvenness"/> minutes.
/// </summary>
public sealed record DispatchSettings
{
    /// <summary>Minutes charged per minute of empty driving.</summary>
    public double Approach { get; init; } = 0.5;
    /// <summary>Minutes charged per minute the caller waits.</summary>
    public double Waiting { get; init; } = 0.5;
    /// <summary>Minutes charged per minute beyond the promise.</summary>
    public double Lateness { get; init; } = 4;
    /// <summary>Minutes charged for a vehicle that has trips to finish first: the risk that they take longer.</summary>
    public double Chained { get; init; } = 5;
    /// <summary>Minutes charged for a vehicle at twice the fleet's mean kilometres.</summary>
    public double KmEvenness { get; init; } = 8;
    /// <summary>Minutes charged for a driver at twice the fleet's mean hours.</summary>
    public double HoursEvenness { get; init; } = 8;
    /// <summary>A vehicle that needs longer to the pickup is not offered.</summary>
    public TimeSpan Reach { get; init; } = TimeSpan.FromMinutes(60);
    /// <summary>A position older than this says nothing about where the vehicle is.</summary>
    public TimeSpan PositionGoodFor { get; init; } = TimeSpan.FromMinutes(15);
    /// <summary>A driver works no longer than this in a day, whatever the shift's plan says.</summary>
    public TimeSpan WorkAtMost { get; init; } = TimeSpan.FromHours(12);
    /// <summary>A plan for many trips looks at so many vehicles per trip, nearest first.</summary>
    public int CandidatesPerTrip { get; init; } = 60;

    /// <summary>A waiting trip draws attention this long before its promise runs out.</summary>
    public TimeSpan AttentionMargin { get; init; } = TimeSpan.FromMinutes(10);
    /// <summary>How long a vehicle stands at the pickup until it leaves.</summary>
    public TimeSpan Boarding { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The same, refused when a value makes no sense.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c></exception>
    public DispatchSettings Checked() => this with
    {
        Approach = Required.Number(Approach, "dispatch.approach", 0, 100),
        Waiting = Required.Number(Waiting, "dispatch.waiting", 0, 100),
        Lateness = Required.Number(Lateness, "dispatch.lateness", 0, 100),
        Chained = Required.Number(Chained, "dispatch.chained", 0, 100),
        KmEvenness = Required.Number(KmEvenness, "dispatch.km-evenness", 0, 240),
        HoursEvenness = Required.Number(HoursEvenness, "dispatch.hours-evenness", 0, 240),
        Reach = Minutes(Reach, "dispatch.reach", 1, 720),
        PositionGoodFor = Minutes(PositionGoodFor, "dispatch.position-good-for", 1, 720),
        WorkAtMost = Minutes(WorkAtMost, "dispatch.work-at-most", 60, 1440),
        CandidatesPerTrip = Required.Number(CandidatesPerTrip, "dispatch.candidates-per-trip", 1, 500),
        AttentionMargin = Minutes(AttentionMargin, "dispatch.attention-margin", 0, 240),
        Boarding = Minutes(Boarding, "dispatch.boarding", 0, 60),
    };

    private static TimeSpan Minutes(TimeSpan value, string field, int min, int max) =>
        TimeSpan.FromMinutes(Required.Number(value.TotalMinutes, field, min, max));
}
