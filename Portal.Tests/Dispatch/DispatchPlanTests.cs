using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Dispatch;
using static Portal.Tests.Dispatch.SampleFleet;

namespace Portal.Tests.Dispatch;

public class DispatchPlanTests
{
    private static DispatchPlan Plan(IReadOnlyList<TripDemand> trips, IReadOnlyList<VehicleCandidate> fleet, DispatchSettings? settings = null) =>
        DispatchPlan.Make(trips, fleet, Ranking(fleet, settings), settings ?? Settings, Travel);

    [Fact]
    public void Make_WhenTheNearestIsNeededElsewhere_SharesOutForTheLeastTotal()
    {
        var plan = Plan([Trip(0), Trip(2000)], [Car("A", 900), Car("B", -1000)]);
        Assert.Equal(["B", "A"], plan.Planned.Select(p => p.Choice.Vehicle.Plate));
        Assert.Empty(plan.Unserved);
    }

    [Fact]
    public void Make_WithMoreTripsThanVehicles_SaysWhoIsNotServed()
    {
        var plan = Plan([Trip(5000), Trip(100)], [Car("A")]);
        Assert.Equal(Now.AddSeconds(10), Assert.Single(plan.Planned).Choice.Arrival!.Value, TimeSpan.FromSeconds(1));
        Assert.Single(plan.Unserved);
    }

    [Fact]
    public void Make_CallsNobodyFromABreak() =>
        Assert.Equal("WORK", Assert.Single(Plan([Trip(), Trip()], [Car("REST") with { OnBreak = true }, Car("WORK", 900)]).Planned).Choice.Vehicle.Plate);

    [Fact]
    public void Make_NeverDoesWorseThanGreedyAndNeverTakesTheRefused()
    {
        var cases = from seed in Gen.Choose(0, 100_000) from trips in Gen.Choose(0, 12) from cars in Gen.Choose(0, 12) select (seed, trips, cars);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var (trips, fleet) = Scene(c.seed, c.trips, c.cars);
            var ranking = Ranking(fleet);
            var plan = Plan(trips, fleet);
            var (served, cost) = Greedy(trips, fleet, ranking);
            return plan.Planned.All(p => !p.Choice.Refused)
                && plan.Planned.Select(p => p.Choice.Vehicle.Vehicle).Distinct().Count() == plan.Planned.Count
                && plan.Planned.Count + plan.Unserved.Count == trips.Count
                && Math.Abs(plan.Planned.Sum(p => p.Choice.Cost) - plan.Cost) < 1e-6
                && (plan.Planned.Count > served || (plan.Planned.Count == served && plan.Cost <= cost + 1e-6));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Make_OverTwentyDays_LevelsOutKilometresAndHours()
    {
        var nearestOnly = TwentyDays(Settings with { KmEvenness = 0, HoursEvenness = 0 });
        var even = TwentyDays(Settings);
        Assert.True(even.Km < 0.6 * nearestOnly.Km, $"kilometres: {even.Km:F3} against {nearestOnly.Km:F3}");
        Assert.True(even.Hours < nearestOnly.Hours, $"hours: {even.Hours:F3} against {nearestOnly.Hours:F3}");
    }

    /// <summary>Cars return to their depots; most calls come from the side of the town where few cars stand.</summary>
    private static (double Km, double Hours) TwentyDays(DispatchSettings settings)
    {
        var random = new System.Random(20);
        var fleet = Enumerable.Range(0, 20).Select(i => Car($"C{i:00}", i < 5 ? random.Next(0, 3000) : random.Next(3000, 8000), random.Next(0, 4000))).ToList();
        for (var round = 0; round < 20 * 12; round++)
        {
            var trips = Enumerable.Range(0, 6)
                .Select(_ => Trip(random.NextDouble() < 0.7 ? random.Next(0, 3000) : random.Next(0, 8000), random.Next(0, 4000)) with { Ride = TimeSpan.FromMinutes(random.Next(5, 30)) })
                .ToList();
            foreach (var planned in Plan(trips, fleet, settings).Planned)
            {
                var i = fleet.FindIndex(v => v.Vehicle == planned.Choice.Vehicle.Vehicle);
                var minutes = (planned.Choice.Arrival!.Value - Now + planned.Trip.Ride).TotalMinutes;
                fleet[i] = fleet[i] with { Km28 = fleet[i].Km28 + 0.6 * minutes, Hours28 = fleet[i].Hours28 + TimeSpan.FromMinutes(minutes) };
            }
        }
        return (Evenness.Of(fleet.Select(v => (v.Km28, v.DaysAvailable)))!.Value, Evenness.Of(fleet.Select(v => (v.Hours28.TotalHours, v.DaysAvailable)))!.Value);
    }

    private static (List<TripDemand> Trips, List<VehicleCandidate> Fleet) Scene(int seed, int trips, int cars)
    {
        var random = new System.Random(seed);
        return (
            [.. Enumerable.Range(0, trips).Select(_ => Trip(random.Next(0, 9000), random.Next(0, 9000)) with { Passengers = random.Next(1, 6) })],
            [.. Enumerable.Range(0, cars).Select(i => Car($"C{i}", random.Next(0, 9000), random.Next(0, 9000)) with
            {
                Km28 = random.Next(0, 4000),
                Capacity = new(random.Next(2, 6), 400, 2m),
                ShiftEnd = Now.AddMinutes(random.Next(-10, 200)),
            })]);
    }

    private static (int Served, double Cost) Greedy(List<TripDemand> trips, List<VehicleCandidate> fleet, VehicleRanking ranking)
    {
        var free = fleet.ToList();
        var (served, cost) = (0, 0.0);
        foreach (var trip in trips)
        {
            var best = ranking.Rank(trip, free, Travel(trip.Pickup, [.. free.Select(v => v.SetsOutFrom!.Value)])).FirstOrDefault(r => !r.Refused);
            if (best is null) continue;
            free.Remove(best.Vehicle);
            served++;
            cost += best.Cost;
        }
        return (served, cost);
    }
}
