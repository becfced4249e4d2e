using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;

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

    /// <summary>Refuses an actor who neither drives the trip himself nor holds <paramref name="permission"/>.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public static void RequireDrivingOr(this Actor actor, Trip trip, string permission)
    {
        if (!actor.Drives(trip)) actor.Require(permission);
    }

    private static bool Drives(this Actor actor, Trip trip) =>
        actor.Can(Permissions.DriveOwn) && actor.DriverId is { } driver && trip.Driver == new DriverId(driver);
}
