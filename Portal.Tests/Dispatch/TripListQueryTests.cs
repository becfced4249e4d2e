using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Dispatch;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Dispatch;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Dispatch;

public sealed class TripListQueryTests(DispatchYard yard) : IClassFixture<DispatchYard>
{
    private async Task<IReadOnlyList<TripRow>> FindAsync(TripFilter filter, TripOrdering ordering = TripOrdering.Pickup, bool descending = false, Actor? actor = null) =>
        (await yard.Services.GetRequiredService<TripListQuery>().PageAsync(filter, ordering, descending, Slice.All, actor ?? yard.Ida)).Rows;

    private Task<TripStanding> TripAsync(string caller, double inHours = 0, string pickup = "Mill Lane 12") => yard.TripAsync(
        Simple(yard.Clock.GetUtcNow().AddHours(inHours)) with { CallerName = caller, Pickup = TripStop.At(pickup, Mill) });

    [Fact]
    public async Task Page_OrdersByEveryColumnBothWays_AndPagesWithoutLossOrRepeat()
    {
        var (vehicle, _, _) = await yard.CarAsync();
        for (var i = 0; i < 7; i++) await TripAsync($"Order Case {i % 3}", i % 4);
        await yard.Assignment.AssignAsync((await FindAsync(new() { Text = "order case" }))[0].Id, vehicle.Id, yard.Ida);
        var filter = new TripFilter { Text = "order case" };
        var query = yard.Services.GetRequiredService<TripListQuery>();

        foreach (var ordering in Enum.GetValues<TripOrdering>())
            foreach (var descending in new[] { false, true })
            {
                var all = await FindAsync(filter, ordering, descending);
                var paged = new List<TripRow>();
                for (var from = 0; from < 7; from += 3)
                {
                    var page = await query.PageAsync(filter, ordering, descending, new(from, 3), yard.Ida);
                    Assert.Equal(7, page.Total);
                    paged.AddRange(page.Rows);
                }
                Assert.Equal(all, paged);
                Assert.Equal(7, all.DistinctBy(r => r.Id).Count());
            }
        Assert.Equal((await FindAsync(filter)).Select(r => r.PickupFrom).Order(), (await FindAsync(filter)).Select(r => r.PickupFrom));
        Assert.Equal((await FindAsync(filter, TripOrdering.Customer, true)).Select(r => r.Who).OrderDescending(), (await FindAsync(filter, TripOrdering.Customer, true)).Select(r => r.Who));
    }

    [Fact]
    public async Task Page_OrderedByState_FollowsTheLifeOfATrip()
    {
        var (vehicle, _, _) = await yard.CarAsync();
        var (requested, assigned, cancelled) = (await TripAsync("Life Case"), await TripAsync("Life Case"), await TripAsync("Life Case"));
        await yard.Assignment.AssignAsync(assigned.Id, vehicle.Id, yard.Ida);
        await yard.Progress.CancelAsync(cancelled.Id, "not needed", yard.Ida);

        TripState[] life = [TripState.Requested, TripState.Assigned, TripState.Cancelled];
        Assert.Equal(life, (await FindAsync(new() { Text = "life case" }, TripOrdering.State)).Select(r => r.State));
        Assert.Equal(life.Reverse(), (await FindAsync(new() { Text = "life case" }, TripOrdering.State, descending: true)).Select(r => r.State));
        Assert.Equal(requested.Id, (await FindAsync(new() { Text = "life case" }, TripOrdering.State))[0].Id);
    }

    [Fact]
    public async Task Filter_ByStateVehicleTimeAndLateness_NarrowsToThem()
    {
        var (vehicle, _, _) = await yard.CarAsync();
        var held = await TripAsync("Filter Case", 1);
        await TripAsync("Filter Case", 30);
        var late = await TripAsync("Filter Case", -2);
        await yard.Assignment.AssignAsync(held.Id, vehicle.Id, yard.Ida);
        var now = yard.Clock.GetUtcNow();
        var filter = new TripFilter { Text = "filter case" };

        Assert.Equal(held.Id, Assert.Single(await FindAsync(filter with { States = [TripState.Assigned, TripState.Accepted] })).Id);
        Assert.Equal(vehicle.Plate, Assert.Single(await FindAsync(filter with { Vehicle = vehicle.Id })).Plate);
        Assert.Equal(late.Id, Assert.Single(await FindAsync(filter with { LateOnly = true })).Id);
        Assert.Equal(2, (await FindAsync(filter with { From = now.AddHours(-3), To = now.AddHours(2) })).Count);
        Assert.Empty(await FindAsync(filter with { Customer = Domain.Clients.PartnerId.New() }));
    }

    [Theory]
    [InlineData("quarry 12", true)]
    [InlineData("\\", false)]
    [InlineData("%", false)]
    [InlineData("'; drop table dispatch.trip; --", false)]
    public async Task Filter_ByWords_FindsThemAsTheyAreWritten(string text, bool found)
    {
        await TripAsync("Words Case", pickup: "Quarry Road 12");

        Assert.Equal(found, (await FindAsync(new() { Text = text })).Any(r => r.Who == "Words Case"));
    }

    [Fact]
    public async Task Page_ForADispatcherOfAnotherBranch_IsEmpty_AndWithoutTheRightRefused()
    {
        await TripAsync("Branch Case");

        Assert.Empty(await FindAsync(new(), actor: yard.Ida with { Scope = ActorScope.Branch, BranchId = Guid.NewGuid() }));
        Assert.Equal("identity.not-allowed", (await RefusalOfAsync(() => FindAsync(new(), actor: Person("Visitor")))).Code);
    }
}
