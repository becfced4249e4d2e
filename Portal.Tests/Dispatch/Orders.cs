using System.Collections.Frozen;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Tests.Dispatch;

/// <summary>Orders and people that dispatch tests share.</summary>
internal static class Orders
{
    public static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    public static readonly GeoPoint Mill = new(50.45, 30.52);
    public static readonly GeoPoint Harbour = new(50.47, 30.60);

    /// <summary>Somebody to ride from the mill to the harbour within the next quarter of an hour.</summary>
    public static TripOrder Simple(DateTimeOffset? from = null, int passengers = 1) => new()
    {
        CallerName = "Ada Quill", CallerPhone = "+000 555 0101",
        Pickup = TripStop.At("Mill Lane 12", Mill), Dropoff = TripStop.At("Harbour Gate 3", Harbour),
        PickupFrom = from ?? Now, PickupUntil = (from ?? Now).AddMinutes(15), Passengers = passengers,
    };

    /// <summary>A person with these rights.</summary>
    public static Actor Person(string name, params string[] permissions) =>
        new() { UserId = Guid.CreateVersion7(), Name = name, Permissions = permissions.ToFrozenSet() };

    /// <summary>A dispatcher with the standard role.</summary>
    public static Actor Dispatcher(string name) => Person(name, [.. StandardRoles.Grants[StandardRoles.Dispatcher]]);

    /// <summary>A driver's own sign-in.</summary>
    public static Actor Driver(string name, DriverId driver) => Person(name, Permissions.DriveOwn) with { DriverId = driver.Value };

    /// <summary>The code with which an action is refused.</summary>
    public static string RefusalOf(Action action) => Assert.Throws<RuleBrokenException>(action).Code;

    /// <summary>The refusal of a job.</summary>
    public static Task<RuleBrokenException> RefusalOfAsync(Func<Task> job) => Assert.ThrowsAsync<RuleBrokenException>(job);
}
