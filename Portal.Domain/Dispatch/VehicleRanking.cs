using Portal.Domain.Shared;

namespace Portal.Domain.Dispatch;

/// <summary>A vehicle's place in a ranking: cost in minutes (infinite when refused), arrival at the pickup, and why.</summary>
public sealed record RankedVehicle(VehicleCandidate Vehicle, double Cost, DateTimeOffset? Arrival, IReadOnlyList<RankingReason> Reasons)
{
    /// <summary>True when it may not take the trip.</summary>
    public bool Refused => double.IsPositiveInfinity(Cost);
}

/// <summary>
/// Judges vehicles for trips at one moment: the cost of <see cref="DispatchSettings"/> for those that may,
/// a reason for those that may not. Pure: travel times come from outside.
/// </summary>
public sealed class VehicleRanking(FleetMeans means, DispatchSettings settings, DateTimeOffset now)
{
    private const double LeastKm = 10, LeastHours = 1;

    /// <summary>A break is taken to be over after the one that drivers must have: 45 minutes (Regulation (EC) No 561/2006, article 7).</summary>
    public static readonly TimeSpan Break = TimeSpan.FromMinutes(45);

    /// <summary>The vehicle in the gap, or after the trips, where it would do this one: see <see cref="VehicleCandidate.For"/>.</summary>
    public VehicleCandidate Place(TripDemand trip, VehicleCandidate vehicle, Func<GeoPoint, double> toPickup, Func<GeoPoint, double> onward) =>
        vehicle.Gaps.Count == 0 ? vehicle : vehicle.For(trip, now, settings.Boarding, toPickup, onward);

    /// <summary>
    /// All candidates, the best first, then those whose driver would have to be called from a break, refused ones last,
    /// of these the ones of another class after the rest; equals by plate.
    /// <paramref name="candidates"/> stand where <see cref="Place"/> put them for this trip;
    /// <paramref name="travelSeconds"/> runs beside them: from <see cref="VehicleCandidate.SetsOutFrom"/> to the pickup.
    /// </summary>
    public IReadOnlyList<RankedVehicle> Rank(TripDemand trip, IReadOnlyList<VehicleCandidate> candidates, IReadOnlyList<double> travelSeconds) =>
        [.. candidates.Select((vehicle, i) => Judge(trip, vehicle, travelSeconds[i]))
            .OrderBy(ranked => ranked.Refused).ThenBy(ranked => Rests(trip, ranked.Vehicle))
            .ThenBy(ranked => ranked.Cost).ThenBy(ranked => ranked.Reasons[0].Code == RankingCode.WrongClass).ThenBy(ranked => ranked.Vehicle.Plate, StringComparer.Ordinal)];

    /// <summary>One vehicle with its cost and all its reasons; when refused, with the first thing that forbids it.</summary>
    public RankedVehicle Judge(TripDemand trip, VehicleCandidate vehicle, double travelSeconds)
    {
        if (Unfit(trip, vehicle) is { } unfit) return new(vehicle, double.PositiveInfinity, null, [unfit]);
        if (IsOutOfReach(vehicle, travelSeconds)) return new(vehicle, double.PositiveInfinity, null, [new(RankingCode.OutOfReach)]);
        var arrival = Arrival(vehicle, travelSeconds);
        return TooLong(trip, vehicle, arrival) is { } tooLong
            ? new(vehicle, double.PositiveInfinity, arrival, [tooLong])
            : new(vehicle, Price(trip, vehicle, travelSeconds, arrival), arrival, Reasons(trip, vehicle, travelSeconds, arrival));
    }

    /// <summary>The cost in minutes without the words; infinite when refused.</summary>
    public double Cost(TripDemand trip, VehicleCandidate vehicle, double travelSeconds)
    {
        if (IsOutOfReach(vehicle, travelSeconds) || Unfit(trip, vehicle) is not null) return double.PositiveInfinity;
        var arrival = Arrival(vehicle, travelSeconds);
        return TooLong(trip, vehicle, arrival) is null ? Price(trip, vehicle, travelSeconds, arrival) : double.PositiveInfinity;
    }

    /// <summary>What forbids the vehicle whatever the way is; null when nothing does.</summary>
    public RankingReason? Unfit(TripDemand trip, VehicleCandidate vehicle)
    {
        if (vehicle.Driver is null || vehicle.ShiftEnd is not { } shiftEnd) return new(RankingCode.NoDriver);
        if (trip.IsReenacted != vehicle.IsReenacted) return new(RankingCode.Reenacted);
        if (shiftEnd <= now) return new(RankingCode.ShiftOver, shiftEnd);
        if (VehicleFitness.Lack(trip.Needs, trip.Seats, vehicle.Class, vehicle.Capacity, vehicle.Equipment) is { } lack) return lack;
        if (vehicle.SetsOutFrom is null || vehicle.PositionAt is not { } seen) return new(RankingCode.NoPosition);
        return now - seen > settings.PositionGoodFor ? new(RankingCode.PositionStale, now - seen) : null;
    }

    /// <summary>True where the driver would have to be called from his break for the trip: only a person may ask him that.</summary>
    public bool Rests(TripDemand trip, VehicleCandidate vehicle) => vehicle.OnBreak && trip.PickupFrom - now < Break;

    // the pickup, or the one that the vehicle goes to afterwards
    private bool IsOutOfReach(VehicleCandidate vehicle, double travelSeconds) =>
        travelSeconds > settings.Reach.TotalSeconds || vehicle is { Gap: not null, NextAt: null };

    private DateTimeOffset Arrival(VehicleCandidate vehicle, double travelSeconds) =>
        Later(vehicle.FreeAt ?? now, now).AddSeconds(travelSeconds);

    private RankingReason? TooLong(TripDemand trip, VehicleCandidate vehicle, DateTimeOffset arrival)
    {
        var done = Later(arrival, trip.PickupFrom) + trip.Ride;
        if (vehicle.DelayedUntil is { } all) done = Later(done, all);
        if (done > vehicle.ShiftEnd) return new(RankingCode.ShiftTooShort, vehicle.ShiftEnd.Value);
        return vehicle.AllowedLeft is { } left && done - now > left ? new(RankingCode.DriverTimeSpent, left) : null;
    }

    private double Price(TripDemand trip, VehicleCandidate vehicle, double travelSeconds, DateTimeOffset arrival) =>
        settings.Approach * travelSeconds / 60
        + settings.Waiting * MinutesAfter(arrival, Later(trip.PickupFrom, now))
        + settings.Lateness * MinutesAfter(arrival, trip.PickupUntil)
        + NextLoses(vehicle)
        + (vehicle.FreeAt is null ? 0 : settings.Chained)
        + settings.KmEvenness * KmOver(vehicle)
        + settings.HoursEvenness * HoursOver(vehicle);

    // what the one who waits next loses is weighed like what the caller of this trip does
    private double NextLoses(VehicleCandidate vehicle) => vehicle is not { Gap: { } gap, NextAt: { } at } || at <= gap.NextAt ? 0
        : settings.Waiting * MinutesAfter(at, gap.NextAt)
        + settings.Lateness * (MinutesAfter(at, gap.NextPromised) - MinutesAfter(gap.NextAt, gap.NextPromised));

    private double KmOver(VehicleCandidate vehicle) => IsComparable(vehicle) && means.Km28 > 0
        ? Over(vehicle.Km28, means.Km28)
        : Over(vehicle.KmToday, means.KmToday, LeastKm);

    private double HoursOver(VehicleCandidate vehicle) => IsComparable(vehicle) && means.Hours28 > TimeSpan.Zero
        ? Over(vehicle.Hours28.TotalHours, means.Hours28.TotalHours)
        : Over(vehicle.HoursToday.TotalHours, means.HoursToday.TotalHours, LeastHours);

    private static bool IsComparable(VehicleCandidate vehicle) => Evenness.IsRegular(vehicle.DaysAvailable);

    private List<RankingReason> Reasons(TripDemand trip, VehicleCandidate vehicle, double travelSeconds, DateTimeOffset arrival)
    {
        // whoever sets out now for a pickup of the night would stand there for hours: what counts is that he can
        var (at, early) = arrival < trip.PickupFrom ? (trip.PickupFrom, true) : (arrival, false);
        List<RankingReason> reasons =
        [
            vehicle.FreeAt is { } free
                ? new(early ? RankingCode.InTimeChained : RankingCode.ArrivesChained, at, free, travelSeconds / 60)
                : new(early ? RankingCode.InTime : RankingCode.Arrives, at, travelSeconds / 60),
        ];
        if (vehicle.OnBreak) reasons.Insert(0, new(RankingCode.OnBreak));
        if (vehicle is { Gap: { } gap, NextAt: { } next })
            reasons.Add(MinutesAfter(next, gap.NextAt) < 1 ? new(RankingCode.BeforeNext, gap.NextAt) : new(RankingCode.DelaysNext, next, MinutesAfter(next, gap.NextAt)));
        if (arrival > trip.PickupUntil) reasons.Add(new(RankingCode.Late, MinutesAfter(arrival, trip.PickupUntil)));
        reasons.Add(new(RankingCode.Seats, vehicle.Capacity.Seats));
        if (means.KmToday > 0) reasons.Add(KmReason(vehicle.KmToday, vehicle.KmToday - means.KmToday));
        if (means.HoursToday > TimeSpan.Zero) reasons.Add(HoursReason(vehicle.HoursToday, vehicle.HoursToday - means.HoursToday));
        var left = vehicle.ShiftEnd!.Value - now;
        reasons.Add(new(RankingCode.DriverTimeLeft, vehicle.AllowedLeft < left ? vehicle.AllowedLeft.Value : left));
        return reasons;
    }

    private static RankingReason KmReason(double km, double over) => Math.Abs(over) < 1
        ? new(RankingCode.KmAtMean, km)
        : new(over > 0 ? RankingCode.KmOverMean : RankingCode.KmUnderMean, km, Math.Abs(over));

    private static RankingReason HoursReason(TimeSpan hours, TimeSpan over) => over.Duration() < TimeSpan.FromMinutes(5)
        ? new(RankingCode.HoursAtMean, hours)
        : new(over > TimeSpan.Zero ? RankingCode.HoursOverMean : RankingCode.HoursUnderMean, hours, over.Duration());

    private static double Over(double value, double mean, double least = 0) => mean > 0 ? Math.Clamp((value - mean) / Math.Max(mean, least), -1, 1) : 0;

    private static double MinutesAfter(DateTimeOffset at, DateTimeOffset limit) => Math.Max(0, (at - limit).TotalMinutes);

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
