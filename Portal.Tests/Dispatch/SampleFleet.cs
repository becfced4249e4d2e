using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;

namespace Portal.Tests.Dispatch;

/// <summary>Vehicles and trips for tests of choosing: a flat country, driving at 10 m/s as the crow flies.</summary>
internal static class SampleFleet
{
    public static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    public static readonly VehicleClassId Sedan = VehicleClassId.New();
    public static readonly DispatchSettings Settings = new();
    private static readonly LocalPlane Plane = new(new GeoPoint(10, 20));

    public static GeoPoint At(double x, double y) => Plane.Unproject(x, y);

    public static VehicleCandidate Car(string plate, double x = 0, double y = 0) => new()
    {
        Vehicle = VehicleId.New(),
        Plate = plate,
        Class = Sedan,
        Capacity = new(4, 400, 2m),
        Position = At(x, y),
        PositionAt = Now,
        Driver = DriverId.New(),
        ShiftEnd = Now.AddHours(6),
    };

    public static TripDemand Trip(double x = 0, double y = 0) => new()
    {
        Id = TripId.New(),
        Needs = new(),
        Passengers = 1,
        Pickup = At(x, y),
        PickupFrom = Now,
        PickupUntil = Now.AddMinutes(15),
        Ride = TimeSpan.FromMinutes(20),
    };

    public static IReadOnlyList<double> Travel(GeoPoint to, IReadOnlyList<GeoPoint> from) => [.. from.Select(p => p.DistanceTo(to) / 10)];

    public static VehicleRanking Ranking(IReadOnlyList<VehicleCandidate> fleet, DispatchSettings? settings = null) =>
        new(FleetMeans.Of(fleet), settings ?? Settings, Now);

    public static IReadOnlyList<RankedVehicle> Rank(TripDemand trip, params VehicleCandidate[] fleet) =>
        Ranking(fleet).Rank(trip, fleet, Travel(trip.Pickup, [.. fleet.Select(v => v.SetsOutFrom ?? At(0, 0))]));
}
