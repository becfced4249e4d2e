using Portal.Domain.Fleet;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Fleet;

/// <summary>Where a vehicle is, as the map shows it. Speed and heading are the device's, or computed from its last move.</summary>
/// <param name="Vehicle">The vehicle.</param>
/// <param name="Time">When the position was measured, UTC.</param>
/// <param name="Point">Where.</param>
/// <param name="SpeedKmh">Speed in km/h.</param>
/// <param name="HeadingDeg">Heading in degrees, 0 = north, clockwise, below 360.</param>
/// <param name="Ignition">Ignition on or off, where known.</param>
/// <param name="BatteryPercent">Charge of the device's battery, 0…100, where known.</param>
public sealed record LiveVehicle(
    VehicleId Vehicle, DateTimeOffset Time, GeoPoint Point, double SpeedKmh, double HeadingDeg, bool? Ignition, double? BatteryPercent);

/// <summary>What changed for one watcher since his last batch.</summary>
/// <param name="Moved">Vehicles with their newest position, each at most once.</param>
/// <param name="Gone">Vehicles that left his viewport or his rights.</param>
public sealed record LiveBatch(IReadOnlyList<LiveVehicle> Moved, IReadOnlyList<VehicleId> Gone);
