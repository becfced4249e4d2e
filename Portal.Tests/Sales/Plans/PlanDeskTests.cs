using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Sales.Plans;
using static Portal.Tests.Sales.SalesOffice;

namespace Portal.Tests.Sales.Plans;

/// <summary>Plans in the database: who plans for whom, what stays as a version, and what is measured.</summary>
public sealed class PlanDeskTests(SalesOffice office) : IClassFixture<SalesOffice>
{
    private static readonly Actor Head = Actor.System("test");

    private PlanDesk Desk => ActivatorUtilities.CreateInstance<PlanDesk>(office.Services);
    private PlanQuery Query => ActivatorUtilities.CreateInstance<PlanQuery>(office.Services);
    private DateOnly Today => DateOnly.FromDateTime(office.Clock.GetUtcNow().UtcDateTime);
    private DateOnly Month => new(Today.Year, Today.Month, 1);

    private async Task<PipelineId> PipelineAsync() => await office.Settings.AddAsync(Unique("Planned"), [new(null, "Only", 50, null)], Head, default);

    private async Task<PlanCell> CellAsync(PipelineId pipeline, Guid? manager, DateOnly month, Actor? reader = null) =>
        (await Query.ReadAsync(pipeline, month.Year, reader ?? Head, default)).Rows.Single(r => r.Manager == manager).Months[month.Month - 1];

    [Fact]
    public async Task Plan_IsMeasuredByWonDeals_AndWorkingDays()
    {
        var (pipeline, seller) = (await PipelineAsync(), await office.SellerAsync(Unique("Planner")));
        await Desk.SetAsync(pipeline, [new(Month, seller.UserId, 1_000), new(Month, null, 500)], Head, default);
        var deal = await office.Desk.AddAsync(new(new(Unique("Won"), Amount: 400, Manager: seller.UserId), pipeline), seller, default);
        await office.Desk.WinAsync(deal, (await office.CardAsync(deal)).Deal.Version, seller, default);

        var year = await Query.ReadAsync(pipeline, Month.Year, Head, default);

        var figures = (await CellAsync(pipeline, seller.UserId, Month)).Figures;
        var (elapsed, all) = new Domain.Sales.Plans.WorkingDays(new Dictionary<DateOnly, bool>()).OfMonth(Month, Today);
        Assert.Equal((0.4m, -600m, Math.Round(1_000m * elapsed / all, 2, MidpointRounding.AwayFromZero)), (figures.Execution!.Value, figures.Deviation, figures.Expected));
        Assert.Equal((1_500m, 400m), (year.Months[Month.Month - 1].Plan, year.Months[Month.Month - 1].Fact));
        Assert.Equal((1_500m, 400m), (year.Total.Plan, year.Total.Fact));
    }

    [Fact]
    public async Task Plan_MadeAnewOnAnotherDay_IsAVersion_AndHistoryKeepsTheOld()
    {
        var (pipeline, seller) = (await PipelineAsync(), await office.SellerAsync(Unique("Anew")));
        var month = Month;
        await Desk.SetAsync(pipeline, [new(month, seller.UserId, 100)], Head, default);
        await Desk.SetAsync(pipeline, [new(month, seller.UserId, 120)], Head, default);
        Assert.Equal(120, Assert.Single(await Query.VersionsAsync(pipeline, month.Year, Head, default)).Amount);
        office.Clock.Advance(TimeSpan.FromDays(40));
        await Desk.SetAsync(pipeline, [new(month, seller.UserId, 999), new(month.AddMonths(1), seller.UserId, 50)], Head, default);

        Assert.Equal(120, (await CellAsync(pipeline, seller.UserId, month)).Figures.Plan);
        Assert.Equal(2, (await CellAsync(pipeline, seller.UserId, month)).Versions);
        Assert.Equal([999m, 50, 120], (await Query.VersionsAsync(pipeline, month.Year, Head, default)).Select(v => v.Amount));
    }

    [Fact]
    public async Task Plan_OfTheSameCellsFromTwoSides_LosesNeither()
    {
        var (pipeline, seller) = (await PipelineAsync(), await office.SellerAsync(Unique("Two")));

        await Task.WhenAll(Enumerable.Range(1, 8).Select(i => Desk.SetAsync(pipeline, [new(Month, seller.UserId, i)], Head, default)));

        Assert.Single(await Query.VersionsAsync(pipeline, Month.Year, Head, default));
    }

    [Fact]
    public async Task Plan_OfOnesOwnReach_IsSeenAndMadeThereOnly()
    {
        var pipeline = await PipelineAsync();
        var (own, other) = (await office.SellerAsync(Unique("Own"), ActorScope.Own), await office.SellerAsync(Unique("Far"), ActorScope.Own));
        await Desk.SetAsync(pipeline, [new(Month, own.UserId, 1), new(Month, other.UserId, 2), new(Month, null, 4)], Head, default);
        var planner = own with { Permissions = [.. own.Permissions, Permissions.PlansManage] };

        Assert.Equal(1, (await Query.ReadAsync(pipeline, Month.Year, own, default)).Total.Plan);
        Assert.Equal(7, (await Query.ReadAsync(pipeline, Month.Year, Head, default)).Total.Plan);
        Assert.Equal("identity.not-allowed", await RefusedAsync(() => Desk.SetAsync(pipeline, [new(Month, own.UserId, 9)], own, default)));
        Assert.Equal("identity.out-of-reach", await RefusedAsync(() => Desk.SetAsync(pipeline, [new(Month, other.UserId, 9)], planner, default)));
        Assert.Equal("identity.out-of-reach", await RefusedAsync(() => Desk.SetAsync(pipeline, [new(Month, null, 9)], planner, default)));
        Assert.Equal("number.out-of-range", await RefusedAsync(() => Desk.SetAsync(pipeline, [new(Month, own.UserId, 5), new(Month.AddMonths(1), own.UserId, -1)], Head, default)));
        Assert.Equal(7, (await Query.ReadAsync(pipeline, Month.Year, Head, default)).Total.Plan);
    }

    /// <summary>A deal that somebody works on with a colleague is not that colleague's month: of it he would see a part, and take it for the whole.</summary>
    [Fact]
    public async Task Plan_OfOnesOwnReach_CountsNoPartOfAColleague()
    {
        var pipeline = await PipelineAsync();
        var (own, other) = (await office.SellerAsync(Unique("Helping"), ActorScope.Own), await office.SellerAsync(Unique("Helped"), ActorScope.Own));
        foreach (var joined in new[] { true, false })
        {
            var deal = await office.Desk.AddAsync(new(new(Unique("Joint"), Amount: 300, Manager: other.UserId), pipeline), other, default);
            if (joined) await office.Team.JoinAsync(deal, own.UserId, "drawings", other, default);
            await office.Desk.WinAsync(deal, (await office.CardAsync(deal)).Deal.Version, other, default);
        }

        var seen = await Query.ReadAsync(pipeline, Month.Year, own, default);

        Assert.Equal(0m, seen.Total.Fact);
        Assert.Equal([own.UserId], seen.Rows.Select(r => r.Manager));
        Assert.Equal(600, (await CellAsync(pipeline, other.UserId, Month, other)).Figures.Fact);
    }

    [Fact]
    public async Task Calendar_OfABranch_StandsOverThatOfAll()
    {
        var (pipeline, seller) = (await PipelineAsync(), await office.SellerAsync(Unique("Festive")));
        var (next, all) = (Month.AddMonths(1), new Domain.Sales.Plans.WorkingDays(new Dictionary<DateOnly, bool>()));
        await Desk.SetAsync(pipeline, [new(next, seller.UserId, 1_000)], Head, default);
        var day = Enumerable.Range(0, 28).Select(next.AddDays).First(all.Works);
        office.Clock.Advance(day.ToDateTime(new TimeOnly(9, 0)) - office.Clock.GetUtcNow().UtcDateTime);
        Assert.True((await CellAsync(pipeline, seller.UserId, next)).Figures.Expected > 0);

        await Desk.SetDayAsync(null, day, false, Head, default);
        Assert.Equal(0, (await CellAsync(pipeline, seller.UserId, next)).Figures.Expected);
        await Desk.SetDayAsync(office.Branch, day, true, Head, default);
        Assert.True((await CellAsync(pipeline, seller.UserId, next)).Figures.Expected > 0);
        await Desk.SetDayAsync(office.Branch, day, null, Head, default);
        await Desk.SetDayAsync(null, day, null, Head, default);
        Assert.Empty((await Query.CalendarAsync(next.Year, Head, default)).Days);
    }
}
