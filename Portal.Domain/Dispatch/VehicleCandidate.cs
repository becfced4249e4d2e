using Portal.Domain.Fleet;
using Portal.Domain.Shared;

namespace Portal.Domain.Dispatch;

/// <summary>What choosing a vehicle must know of a trip. Times are UTC.</summary>
public sealed record TripDemand
{
    private readonly GeoPoint? dropoff;

    public required TripId Id { get; init; }
    public required TripNeeds Needs { get; init; }
    public int Passengers { get; init; }
    public required GeoPoint Pickup { get; init; }
    public required DateTimeOffset PickupFrom { get; init; }
    /// <summary>The promise.</summary>
    public required DateTimeOffset PickupUntil { get; init; }
    /// <summary>Time from pickup to drop-off.</summary>
    public TimeSpan Ride { get; init; }
    /// <summary>A re-enactment asks for it.</summary>
    public bool IsReenacted { get; init; }
    /// <summary>Where it ends; the pickup while nobody knows.</summary>
    public GeoPoint Dropoff { get => dropoff ?? Pickup; init => dropoff = value; }

    /// <summary>What a trip is taken to last whose way is not known, because an end of it is on no map.</summary>
    public static readonly TimeSpan UnknownRide = TimeSpan.FromMinutes(15);

    /// <summary>Seats the trip takes.</summary>
    public int Seats => Math.Max(Needs.Seats, Passengers);
}

/// <summary>What choosing a vehicle must know of it and of its driver. Times are UTC.</summary>
public sealed record VehicleCandidate
{
    public required VehicleId Vehicle { get; init; }
    public required string Plate { get; init; }
    /// <summary>A re-enactment plays its shift.</summary>
    public bool IsReenacted { get; init; }
    public required VehicleClassId Class { get; init; }
    public required VehicleCapacity Capacity { get; init; }
    public IReadOnlyCollection<string> Equipment { get; init; } = [];
    public GeoPoint? Position { get; init; }
    public DateTimeOffset? PositionAt { get; init; }
    /// <summary>When the trips it holds will be done; null when it is free.</summary>
    public DateTimeOffset? FreeAt { get; init; }
    /// <summary>Where it will be then; null for where it is.</summary>
    public GeoPoint? FreeWhere { get; init; }
    /// <summary>The time left between the trips it holds, in the order of driving.</summary>
    public IReadOnlyList<VehicleGap> Gaps { get; init; } = [];
    /// <summary>The gap a trip would go into; null where it would come after all the vehicle holds.</summary>
    public VehicleGap? Gap { get; init; }
    /// <summary>When the vehicle stands at the next pickup after <see cref="Gap"/> if it does the trip before; null without a gap, and where that pickup is out of reach.</summary>
    public DateTimeOffset? NextAt { get; init; }
    /// <summary>When all it holds will be done at the soonest where the trip in <see cref="Gap"/> delays it; null where it delays nothing.</summary>
    public DateTimeOffset? DelayedUntil { get; init; }
    /// <summary>The driver whose shift on this vehicle is open.</summary>
    public DriverId? Driver { get; init; }
    public DateTimeOffset? ShiftEnd { get; init; }
    /// <summary>The driver has a break; nobody knows for how long.</summary>
    public bool OnBreak { get; init; }
    /// <summary>Working time the driver has left under the rules; null when no rule limits it.</summary>
    public TimeSpan? AllowedLeft { get; init; }
    /// <summary>Days of the last 28 on which the vehicle was available.</summary>
    public int DaysAvailable { get; init; } = Evenness.WindowDays;
    public double KmToday { get; init; }
    /// <summary>Kilometres of the last 28 days.</summary>
    public double Km28 { get; init; }
    public TimeSpan HoursToday { get; init; }
    /// <summary>Hours the driver worked in the last 28 days.</summary>
    public TimeSpan Hours28 { get; init; }

    /// <summary>Where it will set out from.</summary>
    public GeoPoint? SetsOutFrom => FreeAt is null ? Position : FreeWhere ?? Position;

    /// <summary>Every place it may set out from, whichever gap a trip goes into.</summary>
    public IEnumerable<GeoPoint> SetOutPlaces => Gaps.Select(gap => gap.FreeWhere ?? Position).Append(SetsOutFrom).OfType<GeoPoint>();

    /// <summary>
    /// The vehicle as it stands to a trip: where it would drive it. Vehicles drive by the begin of the window (<see cref="VehicleForecast"/>), so a trip
    /// goes before the first that is ordered for later, and what it makes that one wait is told and charged; where there is none, after all the vehicle holds.
    /// </summary>
    /// <param name="trip">The trip to fit in.</param>
    /// <param name="now">The moment of the choice.</param>
    /// <param name="boarding">Time to get in or load.</param>
    /// <param name="toPickup">Seconds from one of <see cref="SetOutPlaces"/> to the trip's pickup.</param>
    /// <param name="onward">Seconds from the trip's drop-off to a next pickup.</param>
    public VehicleCandidate For(TripDemand trip, DateTimeOffset now, TimeSpan boarding, Func<GeoPoint, double> toPickup, Func<GeoPoint, double> onward)
    {
        if (Gaps.FirstOrDefault(gap => gap.NextOrderedFor > trip.PickupFrom) is not { } gap) return this;
        var placed = this with { FreeAt = gap.FreeAt, FreeWhere = gap.FreeWhere, Gap = gap };
        if (placed.SetsOutFrom is not { } from) return placed;
        // seconds from now; infinite where a way is out of reach
        var arrival = Seconds(gap.FreeAt ?? now) + toPickup(from);
        var next = Math.Max(arrival, Seconds(trip.PickupFrom)) + (boarding + trip.Ride).TotalSeconds + (gap.NextPickup is { } pickup ? onward(pickup) : 0);
        if (double.IsInfinity(next)) return placed;
        if (next <= Seconds(gap.NextAt)) return placed with { NextAt = gap.NextAt };
        // what the gaps after it take up of the delay; the way in them is not known to be shorter
        var delay = TimeSpan.FromSeconds(next - Seconds(gap.NextAt));
        foreach (var later in Gaps.SkipWhile(g => g != gap).Skip(1))
            if (later.FreeAt is { } free && later.NextAt > free) delay -= later.NextAt - free;
        return placed with { NextAt = now.AddSeconds(next), DelayedUntil = delay > TimeSpan.Zero ? FreeAt + delay : null };

        double Seconds(DateTimeOffset at) => (at - now).TotalSeconds;
    }

    /// <summary>The vehicle with the trips it holds: the gaps between them, and when and where it will be free after all. A trip occupies it as the board forecasts.</summary>
    public VehicleCandidate Holding(IEnumerable<(HeldTrip Trip, Period Occupies)> trips, DateTimeOffset now)
    {
        var gaps = new List<VehicleGap>();
        var (freeAt, freeWhere) = (FreeAt, FreeWhere);
        foreach (var (trip, occupies) in trips.OrderBy(t => t.Trip, VehicleForecast.DrivingOrder))
        {
            if (!trip.State.IsUnderWay()) gaps.Add(new(freeAt, freeWhere, trip.Pickup, trip.PickupFrom, occupies.From, trip.PickupUntil));
            var done = occupies.To > now ? occupies.To : now;
            (freeAt, freeWhere) = (done > freeAt || freeAt is null ? done : freeAt, trip.Dropoff);
        }
        return this with { Gaps = gaps, FreeAt = freeAt, FreeWhere = freeWhere };
    }
}

/// <summary>What is usual in the fleet, per vehicle and per driver: over the last 28 days, and today among those at work.</summary>
public sealed record FleetMeans(double Km28, TimeSpan Hours28, double KmToday, TimeSpan HoursToday)
{
    /// <summary>The means of 28 days over those available at least half of them, those of today over all.</summary>
    public static FleetMeans Of(IEnumerable<VehicleCandidate> fleet)
    {
        var all = fleet.ToList();
        var regular = all.FindAll(v => Evenness.IsRegular(v.DaysAvailable));
        return new(Mean(regular, v => v.Km28), TimeSpan.FromHours(Mean(regular, v => v.Hours28.TotalHours)), Mean(all, v => v.KmToday), TimeSpan.FromHours(Mean(all, v => v.HoursToday.TotalHours)));
    }

    private static double Mean(List<VehicleCandidate> vehicles, Func<VehicleCandidate, double> amount) => vehicles.Count == 0 ? 0 : vehicles.Average(amount);
}
