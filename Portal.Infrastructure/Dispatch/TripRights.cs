using Microsoft.EntityFrameworkCore;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Dispatch;

/// <summary>Whose trips an actor may touch.</summary>
internal static class TripRights
{
    /// <summary>Refuses a trip of a branch that the actor's rights do not reach; a driver always reaches the trip he drives.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.out-of-reach</c></exception>
    public static void RequireReach(this Actor actor, Trip trip)
    {
        if (!actor.Drives(trip)) actor.RequireReach(trip.Branch);
    }

    /// <summary>
    /// Refuses a trip held by a vehicle of a branch that the actor's rights do not reach: what a vehicle is to do is planned where it belongs.
    /// A driver always reaches the trip he drives.
    /// </summary>
    /// <exception cref="RuleBrokenException"><c>identity.out-of-reach</c></exception>
    public static async Task RequireReachOfHolderAsync(this Actor actor, PortalDb db, Trip trip, CancellationToken ct)
    {
        if (trip.Vehicle is not { } holder || actor.Drives(trip) || actor.OnlyBranch() is null) return;
        actor.RequireReach(await db.Set<Vehicle>().Where(v => v.Id == holder).Select(v => v.Branch).SingleAsync(ct));
    }

    /// <summary>Refuses an actor who neither drives the trip himself nor holds <paramref name="permission"/>.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public static void RequireDrivingOr(this Actor actor, Trip trip, string permission)
    {
        if (!actor.Drives(trip)) actor.Require(permission);
    }

    private static bool Drives(this Actor actor, Trip trip) =>
        actor.Can(Permissions.DriveOwn) && actor.DriverId is { } driver && trip.Driver == new DriverId(driver);
}
