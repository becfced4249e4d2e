using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Funnel;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Sales.Funnel;
using Portal.Infrastructure.Sales.Plans;
using static Portal.Tests.Sales.SalesOffice;

namespace Portal.Tests.Sales.Funnel;

/// <summary>The database counts what the pure functions count, for any deals, and ends where the reader's rights end.</summary>
public sealed class FunnelQueryTests(SalesOffice office) : IClassFixture<SalesOffice>
{
    private static readonly Actor Head = Actor.System("test");

    private FunnelQuery Funnel => ActivatorUtilities.CreateInstance<FunnelQuery>(office.Services);
    private ForecastQuery Forecasts => ActivatorUtilities.CreateInstance<ForecastQuery>(office.Services);
    private DateTimeOffset Now => office.Clock.GetUtcNow();
    private DateOnly Today => DateOnly.FromDateTime(Now.UtcDateTime);

    /// <summary>A pipeline of a test's own, with four stages.</summary>
    private async Task<PipelineRow> PipelineAsync()
    {
        var id = await office.Settings.AddAsync(Unique("Random"), [new(null, "One", 10, null), new(null, "Two", 25, null), new(null, "Three", 50, null), new(null, "Four", 90, null)], Head, default);
        return (await office.Pipelines.ListAsync(default)).Single(p => p.Id == id);
    }

    private async Task<List<Deal>> InventAsync(PipelineRow pipeline, int count, int seed, params Guid?[] managers)
    {
        var (random, deals) = (new Random(seed), new List<Deal>());
        var reasons = (await office.Pipelines.LossReasonsAsync(default)).Take(3).ToList();
        var source = new LeadSourceId((await office.Pipelines.SourcesAsync(default))[0].Id);
        await using var db = office.Open();
        var stages = await db.Set<Stage>().Where(s => s.Pipeline == pipeline.Id).OrderBy(s => s.Position).ToListAsync();
        for (var i = 0; i < count; i++)
        {
            var at = Now.AddDays(-random.Next(1, 400)).AddMinutes(-random.Next(600));
            var deal = new Deal(DealId.New(), 0, $"Deal {i}", stages[random.Next(10) < 7 ? 0 : random.Next(4)], random.Next(2) == 0 ? source : null, DateOnly.FromDateTime(at.UtcDateTime), at);
            deal.Value(random.Next(1, 100_000) / 100m, "EUR", 1);
            deal.Describe(deal.Title, random.Next(3) == 0 ? null : Today.AddDays(random.Next(-40, 120)), null);
            deal.HandTo(managers.Length == 0 ? null : managers[random.Next(managers.Length)], null);
            for (var move = random.Next(5); move > 0 && (at = at.AddHours(random.Next(1, 24 * 20))) < Now; move--) deal.MoveTo(stages[random.Next(4)], at);
            at = at < Now ? at : Now;
            if (random.Next(3) > 0)
            {
                var (closed, on) = (at.AddHours(random.Next(0, 48)), DateOnly.FromDateTime(at.AddDays(3).UtcDateTime));
                if (random.Next(2) == 0) deal.Win(on, closed);
                else deal.Lose(new(reasons[random.Next(3)].Id), null, on, closed);
            }
            if (random.Next(12) == 0) deal.Archive();
            db.Entry(deal).Property(d => d.Number).CurrentValue = await db.Database.SqlQuery<long>($"select nextval('sales.deal_number') as \"Value\"").SingleAsync();
            db.Add(deal);
            deals.Add(deal);
        }
        await db.SaveChangesAsync();
        return deals;
    }

    private static FunnelDeal Plain(Deal deal, IReadOnlyList<StageRow> stages) =>
        new(deal.State, stages.Single(s => s.Id == deal.Stage).Position, deal.AmountBase, deal.Probability, deal.OpenedOn, deal.StageSince)
        {
            ClosedOn = deal.ClosedOn, ExpectedClose = deal.ExpectedClose, LossReason = deal.LossReason?.Value, Excluded = deal.Archived,
            Stays = [.. deal.Stages.Select(s => new StageStay(s.Position, s.EnteredAt, s.LeftAt))],
        };

    [Fact]
    public async Task Figures_OfRandomDeals_AreThoseOfThePureFunctions()
    {
        var pipeline = await PipelineAsync();
        var deals = (await InventAsync(pipeline, 400, 20260320)).ConvertAll(d => Plain(d, pipeline.Stages));
        var (from, until) = (Today.AddDays(-200), Today.AddDays(-10));
        var filter = new FunnelFilter(pipeline.Id, from, until);

        var report = await Funnel.ReadAsync(filter, Head, default);
        var details = await Funnel.DetailsAsync(filter, Head, default);
        var forecast = await Forecasts.ReadAsync(filter, Head, default);

        var slice = StageSlice.Of(deals, 4, Now);
        Assert.Equal(slice.Select(s => s with { MeanAge = null }), report.Slice.Select(s => s with { MeanAge = null }));
        Assert.All(slice.Zip(report.Slice), s => Assert.Equal(s.First.MeanAge!.Value.TotalHours, s.Second.MeanAge!.Value.TotalHours, 0.01));
        var cohort = deals.Where(d => d.OpenedOn >= from && d.OpenedOn <= until).ToList();
        Assert.Equal(Conversion.Steps(Conversion.Reached(cohort, 4), 4), report.Conversion);
        Assert.All(report.Months, month => Assert.Equal(Conversion.Steps(Conversion.Reached(cohort.Where(d => d.OpenedOn >= month.From && d.OpenedOn <= month.Until), 4), 4), month.Steps));
        Assert.Equal(cohort.Count(d => !d.Excluded), report.Months.Sum(m => m.Steps[0].Reached));
        var lost = Losses.Of(deals, 4, from, until);
        Assert.Equal(Losses.DropOffs(lost, 4), report.DropOffs);
        Assert.Equal(Losses.Worst(Losses.DropOffs(lost, 4)), report.Worst);
        Assert.Equal(Losses.ByReason(lost, 4).Select(r => (r.Reason, r.Count, r.Amount)), report.Reasons.Select(r => (r.Reason, r.Count, r.Amount)));
        Assert.Equal(deals.Count(d => d.State == DealState.Won && !d.Excluded && d.ClosedOn >= from && d.ClosedOn <= until), report.Won.Count);
        Assert.Equal(StageSpeed.Of(StageSpeed.Count(deals, Midnight(from), Midnight(until.AddDays(1)))), details.Speed);
        Assert.Equal(Forecast.Of(deals), forecast.Ahead);
    }

    [Fact]
    public async Task Numbers_LeadToAsManyDeals()
    {
        var pipeline = await PipelineAsync();
        await InventAsync(pipeline, 200, 7);
        var filter = new FunnelFilter(pipeline.Id);

        var report = await Funnel.ReadAsync(filter, Head, default);

        for (var place = 1; place <= 5; place++)
        {
            Assert.Equal(report.Conversion[place - 1].Reached, await CountAsync(new(FunnelPart.Reached, place)));
            if (place == 5) break;
            Assert.Equal(report.Slice[place - 1].Count, await CountAsync(new(FunnelPart.Open, place)));
            Assert.Equal(report.DropOffs[place - 1].Count, await CountAsync(new(FunnelPart.LostAfter, place)));
        }
        Assert.Equal((report.Won.Count, report.Lost.Count, report.Open.Count), (await CountAsync(new(FunnelPart.Won)), await CountAsync(new(FunnelPart.Lost)), await CountAsync(new(FunnelPart.Open))));
        Assert.Equal(report.Reasons[0].Count, await CountAsync(new(FunnelPart.Lost, Reason: report.Reasons[0].Reason)));

        async Task<int> CountAsync(FunnelNumber number) => (await Funnel.ListAsync(filter, number, new(0, 5), Head, default)).Total;
    }

    [Fact]
    public async Task Figures_EndAtTheReadersReach_AndAtEveryFilter()
    {
        var (own, other) = (await office.SellerAsync(Unique("Own"), ActorScope.Own), await office.SellerAsync(Unique("Other"), ActorScope.Own));
        var pipeline = await PipelineAsync();
        var deals = (await InventAsync(pipeline, 120, 11, own.UserId, other.UserId, null)).FindAll(d => !d.Archived);

        Assert.Equal(deals.Count, await CameInAsync(new(), Head));
        Assert.Equal(deals.Count(d => d.Manager == own.UserId), await CameInAsync(new(), own));
        Assert.Equal(0, await CameInAsync(new(Manager: other.UserId), own));
        Assert.Equal(deals.Count(d => d.Manager == other.UserId), await CameInAsync(new(Manager: other.UserId), Head));
        Assert.Equal(deals.Count(d => d.Manager is null), await CameInAsync(new(Nobody: true), Head));
        Assert.Equal(deals.Count(d => d.Source is not null), await CameInAsync(new(Source: deals.First(d => d.Source is not null).Source), Head));
        Assert.Equal(deals.Count(d => d.Branch == office.Branch), await CameInAsync(new(Branch: office.Branch), Head));
        Assert.Equal("identity.not-allowed", await RefusedAsync(() => CameInAsync(new(), own with { Permissions = [] })));

        async Task<int> CameInAsync(FunnelFilter filter, Actor reader)
        {
            var asked = filter with { Pipeline = pipeline.Id };
            var reached = (await Funnel.ReadAsync(asked, reader, default)).Conversion[0].Reached;
            Assert.Equal(reached, (await Funnel.ListAsync(asked, new(FunnelPart.Cohort), new(0, 1), reader, default)).Total);
            _ = await Funnel.DetailsAsync(asked, reader, default);
            return reached;
        }
    }

    [Fact]
    public async Task Furthest_FollowsMovesAnotherPipelineAndANewOrderOfStages()
    {
        var seller = await office.SellerAsync(Unique("Mover"));
        var (pipeline, beside) = (await PipelineAsync(), await PipelineAsync());
        var id = await office.Desk.AddAsync(new(new(Unique("Moved"), Amount: 10, Manager: seller.UserId), pipeline.Id), seller, default);
        async Task MoveAsync(StageRow stage) => await office.Desk.MoveAsync(id, stage.Id, (await office.CardAsync(id)).Deal.Version, seller, default);
        async Task<int> FurthestAsync(PipelineRow of) => (await Funnel.ReadAsync(new(of.Id), Head, default)).Conversion.Count(s => s.Reached == 1);

        await MoveAsync(pipeline.Stages[2]);
        await MoveAsync(pipeline.Stages[0]);
        Assert.Equal(3, await FurthestAsync(pipeline));
        await MoveAsync(beside.Stages[1]);
        Assert.Equal((0, 2), (await FurthestAsync(pipeline), await FurthestAsync(beside)));
        await MoveAsync(pipeline.Stages[0]);
        Assert.Equal(3, await FurthestAsync(pipeline));

        // the third stage comes to the front: what was passed after it is further now
        var now = (await office.Pipelines.ListAsync(default)).Single(p => p.Id == pipeline.Id);
        StageRow[] order = [now.Stages[2], now.Stages[0], now.Stages[1], now.Stages[3]];
        await office.Settings.ChangeAsync(pipeline.Id, now.OwnName, [.. order.Select(s => new StageSetting(s.Id, s.Name.Default, s.Probability, s.AgeLimit))], now.Version, Head, default);
        Assert.Equal(2, await FurthestAsync(pipeline));
    }

    [Fact]
    public async Task Forecast_IsTakenOncePerMonth_AndMeasuredWhenTheMonthIsOver()
    {
        var seller = await office.SellerAsync(Unique("Prophet"));
        var pipeline = await PipelineAsync();
        office.Clock.Advance(new DateTimeOffset(Today.Year, Today.Month, 1, 0, 5, 0, TimeSpan.Zero).AddMonths(1) - Now);
        var expected = Today.AddDays(20);
        Task<DealId> AddAsync(decimal amount, DateOnly? close) => office.Desk.AddAsync(new(new(Unique("Ahead"), Amount: amount, Manager: seller.UserId, ExpectedClose: close, Probability: 50), pipeline.Id), seller, default);
        var won = await AddAsync(1_000, expected);
        await AddAsync(500, expected);
        await AddAsync(9_000, expected.AddMonths(2));

        Assert.True(await Forecasts.TakeAsync(default));
        Assert.False(await Forecasts.TakeAsync(default));
        await AddAsync(70_000, expected);
        await office.Desk.WinAsync(won, (await office.CardAsync(won)).Deal.Version, seller, default);
        Assert.Empty((await Forecasts.ReadAsync(new(pipeline.Id), Head, default)).Past);
        office.Clock.Advance(TimeSpan.FromDays(31));

        var month = Assert.Single((await Forecasts.ReadAsync(new(pipeline.Id), Head, default)).Past);
        Assert.Equal((750m, 1_000m, 0.75m), (month.Expected, month.Fact, month.Accuracy!.Value));
    }

    [Fact]
    public async Task Competitors_AreToldWithWhatWasLostToThem()
    {
        var seller = await office.SellerAsync(Unique("Rivalled"));
        var pipeline = await PipelineAsync();
        var id = await office.Desk.AddAsync(new(new(Unique("Contested"), Amount: 800, Manager: seller.UserId), pipeline.Id), seller, default);
        await using (var db = office.Open())
        {
            db.Add(new DealCompetitor(Guid.CreateVersion7(), id, null, "Kestrel Works", 700, null, CompetitorOutcome.Chosen));
            db.Add(new DealCompetitor(Guid.CreateVersion7(), id, null, "Beaten Ltd", 900, null, CompetitorOutcome.Beaten));
            await db.SaveChangesAsync();
        }
        var reason = new LossReasonId((await office.Pipelines.LossReasonsAsync(default))[0].Id);
        await office.Desk.LoseAsync(id, reason, null, (await office.CardAsync(id)).Deal.Version, seller, default);

        Assert.Equal([new CompetitorLoss("Kestrel Works", 1, 800)], (await Funnel.DetailsAsync(new(pipeline.Id), Head, default)).Competitors);
        Assert.Equal(1, (await Funnel.ListAsync(new(pipeline.Id), new(FunnelPart.Lost, Competitor: "Kestrel Works"), Slice.All, Head, default)).Total);
    }

    private static DateTimeOffset Midnight(DateOnly day) => new(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
}
