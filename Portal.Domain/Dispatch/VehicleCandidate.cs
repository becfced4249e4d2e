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

/// <summary>What is usual in the fleet over the last 28 days, per vehicle and per driver.</summary>
public sealed record FleetMeans(double Km28, TimeSpan Hours28)
{
    /// <summary>The means over those available at least half of the days.</summary>
    public static FleetMeans Of(IEnumerable<VehicleCandidate> fleet)
    {
        var regular = fleet.Where(v => Evenness.IsRegular(v.DaysAvailable)).ToList();
        return regular.Count == 0
            ? new(0, TimeSpan.Zero)
            : new(regular.Average(v => v.Km28), TimeSpan.FromHours(regular.Average(v => v.Hours28.TotalHours)));
    }
}
