using Portal.Domain.Fleet;
using Portal.Domain.Shared;

namespace Portal.Domain.Dispatch;

/// <summary>What choosing a vehicle must know of a trip. Times are UTC.</summary>
public sealed record TripDemand
{
    public required TripId Id { get; init; }
    public required TripNeeds Needs { get; init; }
    public int Passengers { get; init; }
    public required GeoPoint Pickup { get; init; }
    public required DateTimeOffset PickupFrom { get; init; }
    /// <summary>The promise.</summary>
    public required DateTimeOffset PickupUntil { get; init; }
    /// <summary>Time from pickup to drop-off.</summary>
    public TimeSpan Ride { get; init; }

    /// <summary>Seats the trip takes.</summary>
    public int Seats => Math.Max(Needs.Seats, Passengers);
}

/// <summary>What choosing a vehicle must know of it and of its driver. Times are UTC.</summary>
public sealed record VehicleCandidate
{
    public required VehicleId Vehicle { get; init; }
    public required string Plate { get; init; }
    public required VehicleClassId Class { get; init; }
    public required VehicleCapacity Capacity { get; init; }
    public IReadOnlyCollection<string> Equipment { get; init; } = [];
    public GeoPoint? Position { get; init; }
    public DateTimeOffset? PositionAt { get; init; }
    /// <summary>When the trips it holds will be done; null when it is free.</summary>
    public DateTimeOffset? FreeAt { get; init; }
    /// <summary>Where it will be then; null for where it is.</summary>
    public GeoPoint? FreeWhere { get; init; }
    /// <summary>The driver whose shift on this vehicle is open.</summary>
    public DriverId? Driver { get; init; }
    public DateTimeOffset? ShiftEnd { get; init; }
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
