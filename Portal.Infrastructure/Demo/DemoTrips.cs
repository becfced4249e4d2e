using System.Collections.Frozen;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Demo;

/// <summary>The demo company's trips: three weeks behind it, and a day with trips in every state.</summary>
internal sealed class DemoTrips(DemoFleet fleet, DemoOrders orders, RoadGraph roads, BranchId branch, Actor dispatcher, Random random)
{
    private const int DaysBehind = 21;
    private const int TripsADay = 28;

    private static readonly TripState[] StatesUnderWay =
        [TripState.Assigned, TripState.Accepted, TripState.OnTheWay, TripState.OnTheWay, TripState.Arrived, TripState.OnBoard, TripState.OnBoard];

    private readonly Dictionary<VehicleId, Vehicle> vehicles = fleet.Vehicles.ToDictionary(v => v.Id);
    private readonly Dictionary<DriverId, Driver> drivers = fleet.Drivers.ToDictionary(d => d.Id);
    private long number;

    /// <summary>All trips, oldest first; numbers run from 1.</summary>
    public IEnumerable<Trip> All(DateTimeOffset now)
    {
        for (var day = DaysBehind; day > 0; day--)
            foreach (var minute in Minutes(TripsADay, 23 * 60)) yield return Ended(now.AddDays(-day).AddMinutes(minute));
        foreach (var minute in Minutes(34, 320)) yield return Ended(now.AddMinutes(-400 + minute));
        for (var i = 0; i < 28; i++) yield return UnderWay(fleet.Shifts[i], StatesUnderWay[i % StatesUnderWay.Length], now);
        for (var i = 0; i < 9; i++) yield return Waiting(now.AddMinutes(i < 2 ? -22 + i : i * 4 - 8), now);
        for (var i = 0; i < 6; i++) yield return Waiting(now.AddMinutes(50 + 35 * i), now);
    }

    private IEnumerable<int> Minutes(int count, int span) => Enumerable.Range(0, count).Select(_ => random.Next(span)).Order();

    private Trip Waiting(DateTimeOffset from, DateTimeOffset now)
    {
        var asked = from.AddMinutes(-random.Next(4, 30));
        return Register(orders.Next(from), asked < now ? asked : now.AddMinutes(-random.Next(1, 30)));
    }

    private Trip UnderWay(Shift shift, TripState state, DateTimeOffset now)
    {
        var trip = Register(Fitting(shift.Vehicle, now.AddMinutes(random.Next(-6, 14))), now.AddMinutes(-random.Next(12, 25)));
        Drive(trip, shift.Driver, shift.Vehicle, now.AddMinutes(-10), 2, state);
        return trip;
    }

    private Trip Ended(DateTimeOffset from)
    {
        var shift = fleet.Shifts[random.Next(fleet.Shifts.Count)];
        var trip = Register(Fitting(shift.Vehicle, from), from.AddMinutes(-random.Next(10, 60)));
        switch (random.Next(40))
        {
            case 0:
                trip.Cancel("Plans changed", from.AddMinutes(-3), dispatcher);
                break;
            case 1:
                Drive(trip, shift.Driver, shift.Vehicle, from.AddMinutes(-9), 3, TripState.Arrived);
                trip.MarkNoShow("Nobody at the door", from.AddMinutes(12), For(shift.Driver));
                break;
            case 2:
                Drive(trip, shift.Driver, shift.Vehicle, from.AddMinutes(-9), 3, TripState.OnTheWay);
                trip.Fail("Flat tyre", from.AddMinutes(9), For(shift.Driver));
                break;
            default:
                Drive(trip, shift.Driver, shift.Vehicle, from.AddMinutes(-9), 3, TripState.Completed);
                break;
        }
        return trip;
    }

    /// <summary>Assigns the trip and brings it to a state; steps take about so many minutes, the ride what the streets say, give or take.</summary>
    private void Drive(Trip trip, DriverId driver, VehicleId vehicle, DateTimeOffset at, double stepMinutes, TripState last)
    {
        trip.Assign(vehicle, driver, at, dispatcher);
        for (var state = TripState.Accepted; state <= last; state++)
        {
            var ride = (trip.PlannedSeconds ?? 600) / 60.0 * (0.85 + random.NextDouble() * 0.5);
            at = at.AddMinutes(state == TripState.Completed ? ride : stepMinutes * (0.4 + random.NextDouble()));
            trip.Advance(state, at, For(driver));
        }
    }

    private TripOrder Fitting(VehicleId id, DateTimeOffset from)
    {
        var vehicle = vehicles[id];
        while (true)
        {
            var order = orders.Next(from);
            if (order.Needs.Seats <= vehicle.Seats && order.Needs.PayloadKg <= vehicle.PayloadKg && order.Needs.VolumeM3 <= vehicle.VolumeM3) return order;
        }
    }

    private Trip Register(TripOrder order, DateTimeOffset at)
    {
        var trip = Trip.Register(TripId.New(), ++number, branch, order, at, dispatcher);
        if (roads.Snap(order.Pickup.Point!.Value) is { } from && roads.Snap(order.Dropoff.Point!.Value) is { } to && roads.Route(from, to) is { } route)
            trip.Estimate(route.Metres / 1000, (int)route.Seconds);
        return trip;
    }

    private Actor For(DriverId driver) => new()
    {
        UserId = Guid.Empty, Name = drivers[driver].Name, DriverId = driver.Value, Permissions = new[] { Permissions.DriveOwn }.ToFrozenSet(), Origin = "demo",
    };
}
