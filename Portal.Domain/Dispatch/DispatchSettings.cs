namespace Portal.Domain.Dispatch;

/// <summary>
/// What the choice of a vehicle weighs. The cost of a pair, in minutes:
/// <code>
/// cost = Approach · a + Waiting · w + Lateness · l + KmEvenness · k + HoursEvenness · h
/// a  minutes of driving to the pickup
/// w  minutes from the earliest pickup (now, if that has passed) to the arrival
/// l  minutes from the promised latest pickup to the arrival
/// k  (vehicle's km in 28 days − fleet's mean) / fleet's mean, within −1…1
/// h  (driver's hours in 28 days − fleet's mean) / fleet's mean, within −1…1
/// </code>
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
    /// <summary>Minutes charged for a vehicle at twice the fleet's mean kilometres.</summary>
    public double KmEvenness { get; init; } = 8;
    /// <summary>Minutes charged for a driver at twice the fleet's mean hours.</summary>
    public double HoursEvenness { get; init; } = 8;
    /// <summary>A vehicle that needs longer to the pickup is not offered.</summary>
    public TimeSpan Reach { get; init; } = TimeSpan.FromMinutes(60);
    /// <summary>A position older than this says nothing about where the vehicle is.</summary>
    public TimeSpan PositionGoodFor { get; init; } = TimeSpan.FromMinutes(15);
    /// <summary>A plan for many trips looks at so many vehicles per trip, nearest first.</summary>
    public int CandidatesPerTrip { get; init; } = 60;
}
