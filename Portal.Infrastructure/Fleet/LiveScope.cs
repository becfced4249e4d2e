using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Fleet;

/// <summary>
/// What one viewer may see and is looking at. Rights are applied where positions leave <see cref="LiveFleet"/>,
/// so a page cannot show what its viewer may not see.
/// </summary>
public sealed class LiveScope
{
    private readonly IReadOnlySet<VehicleId>? granted;

    private LiveScope(GeoBounds bounds, IReadOnlySet<VehicleId>? granted)
    {
        Bounds = bounds;
        this.granted = granted;
    }

    /// <summary>The viewport.</summary>
    public GeoBounds Bounds { get; }

    /// <summary>The whole fleet, for staff; of it <paramref name="ofBranch"/>, the vehicles of his branch, for whose rights end there.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>: without the right to read the fleet, and always for people of a partner.</exception>
    public static LiveScope Fleet(Actor viewer, GeoBounds bounds, IEnumerable<VehicleId>? ofBranch = null)
    {
        viewer.Require(Permissions.FleetRead);
        if (viewer.PartnerId is not null) throw new RuleBrokenException("identity.not-allowed", Permissions.FleetRead);
        return new(bounds, viewer.OnlyBranch() is null ? null : (ofBranch ?? []).ToHashSet());
    }

    /// <summary>Only the given vehicles: those a customer waits for, the one a driver drives.</summary>
    public static LiveScope Only(IReadOnlySet<VehicleId> vehicles, GeoBounds bounds) => new(bounds, vehicles);

    /// <summary>The same rights over another viewport.</summary>
    public LiveScope Over(GeoBounds bounds) => new(bounds, granted);

    /// <summary>True when the viewer may see the vehicle at all.</summary>
    public bool Allows(VehicleId vehicle) => granted is null || granted.Contains(vehicle);

    internal bool Shows(LiveVehicle vehicle) => Allows(vehicle.Vehicle) && Bounds.Contains(vehicle.Point);
}
