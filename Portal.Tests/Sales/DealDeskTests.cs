using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Work;
using static Portal.Tests.Sales.SalesOffice;

namespace Portal.Tests.Sales;

/// <summary>Deals in the database: who leads which, what is written with each step, and what lists and kanban make of them.</summary>
public sealed class DealDeskTests(SalesOffice office) : IClassFixture<SalesOffice>
{
    private StageRow Stage(int position) => office.Own.Stages[position - 1];

    private async Task<PartnerId> ClientAsync(Actor by, string name) => await office.Partners.AddAsync(new(Unique(name), PartnerKinds.Client, Responsible: by.UserId), by, default);

    private async Task<LossReasonId> ReasonAsync(string key = "price") => new((await office.Pipelines.LossReasonsAsync(default)).Single(r => r.Key == key).Id);

    [Fact]
    public async Task Company_BeginsWithThePipelineOfTheSaleMap_ItsReasonsAndSources()
    {
        var sale = (await office.Pipelines.ListAsync(default)).Single(p => p.Map == "Sale");

        Assert.Equal(["need", "offer", "approval", "negotiation", "contract", "prepayment", "fulfilment", "closing"], sale.Open.Select(s => s.Key));
        Assert.Equal([10m, 30, 40, 55, 75, 85, 95, 99], sale.Open.Select(s => s.Probability));
        Assert.Contains(await office.Pipelines.LossReasonsAsync(default), r => r is { Key: "competitor", Name: null });
        Assert.Contains(await office.Pipelines.SourcesAsync(default), s => s is { Key: "exhibition", Name: null });
    }

    [Fact]
    public async Task Add_WritesTheDeal_ItsFirstStay_AndTheClientsTimeline()
    {
        var seller = await office.SellerAsync("Ada Brightwell");
        var client = await ClientAsync(seller, "Lantern");
        var source = (await office.Pipelines.SourcesAsync(default))[2];

        var id = await office.Desk.AddAsync(new(new(" Forty shelves ", client, Amount: 1_234.565m, Manager: seller.UserId, Source: new(source.Id)), office.Own.Id, NextStep: "Call", NextStepOn: new(2026, 3, 5)), seller, default);

        var card = await office.CardAsync(id, seller);
        Assert.Equal(("Forty shelves", 1_234.57m, "EUR", 1_234.57m, 10m, Stage(1).Id, "Call"), (card.Deal.Title, card.Deal.Amount, card.Deal.Currency, card.Deal.AmountBase, card.Deal.Probability, card.Deal.Stage, card.Deal.NextStep));
        Assert.Equal((1, (DateTimeOffset?)null), (Assert.Single(card.Stays).Position, card.Stays[0].LeftAt));
        Assert.Equal((seller.UserId, source.Id), (card.Deal.ManagerId, card.Deal.Source!.Value.Value));
        var told = await office.Services.GetRequiredService<TimelineQuery>().ListAsync(client, new(), null, 50, seller, default);
        Assert.Contains(told.Rows, r => r is { What: "deal.opened", Words: "Forty shelves" });
        var found = await office.Services.GetRequiredService<SearchQuery>().FindAsync($"#{card.Deal.Number}", seller, default);
        Assert.Contains(found, r => r.Kind == ObjectKind.Deal && r.ObjectId == id.Value);
    }

    [Fact]
    public async Task Move_WithSkippingAndReturn_KeepsEveryStay()
    {
        var seller = await office.SellerAsync("Bo Candlewick");
        var id = await office.OpenAsync(seller, "Twelve tables");
        var seen = (await office.CardAsync(id)).Deal.Version;

        seen = await office.Desk.MoveAsync(id, Stage(3).Id, seen, seller, default);
        office.Clock.Advance(TimeSpan.FromDays(2));
        seen = await office.Desk.MoveAsync(id, Stage(1).Id, seen, seller, default);
        await office.Desk.WinAsync(id, seen, seller, default);

        var card = await office.CardAsync(id);
        Assert.Equal([1, 3, 1], card.Stays.Select(s => s.Position));
        Assert.All(card.Stays, s => Assert.NotNull(s.LeftAt));
        Assert.Equal(TimeSpan.FromDays(2), card.Stays[1].LeftAt - card.Stays[1].EnteredAt);
        Assert.Equal((DealState.Won, 100m), (card.Deal.State, card.Deal.Probability));
    }

    [Fact]
    public async Task Move_OverAVersionThatIsOld_TellsWhoWasFirst()
    {
        var (first, second) = (await office.SellerAsync("Cleo Dunmarsh"), await office.SellerAsync("Dag Elderfen"));
        var id = await office.OpenAsync(first, "One desk");
        var seen = (await office.CardAsync(id)).Deal.Version;
        await office.Desk.MoveAsync(id, Stage(2).Id, seen, first, default);

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => office.Desk.MoveAsync(id, Stage(3).Id, seen, second, default));

        Assert.Equal(("shared.changed-by", first.Name), (refusal.Code, refusal.Args[0]));
        Assert.Equal(Stage(2).Id, (await office.CardAsync(id)).Deal.Stage);
    }

    [Fact]
    public async Task Lose_AsksForAReason_AndTellsTheClientsTimeline()
    {
        var seller = await office.SellerAsync("Eda Farrowby");
        var client = await ClientAsync(seller, "Mill");
        var id = await office.OpenAsync(seller, "Nine stools", 500, client);
        var seen = (await office.CardAsync(id)).Deal.Version;

        Assert.Equal("sales.reason-unknown", await RefusedAsync(() => office.Desk.LoseAsync(id, LossReasonId.New(), null, seen, seller, default)));
        await office.Desk.LoseAsync(id, await ReasonAsync(), "Ten percent above", seen, seller, default);

        var card = await office.CardAsync(id);
        Assert.Equal((DealState.Lost, await ReasonAsync(), "Ten percent above", new DateOnly(2026, 3, 2) <= card.Deal.ClosedOn), (card.Deal.State, card.Deal.LossReason!.Value, card.LossNote, true));
        var told = await office.Services.GetRequiredService<TimelineQuery>().ListAsync(client, new(), null, 50, seller, default);
        Assert.Contains(told.Rows, r => r is { What: "deal.lost", Words: "Nine stools" });
    }

    [Fact]
    public async Task Reach_EndsWhereItEndsForClients_AndATeamOfTheDealSeesIt()
    {
        var (own, mate, far) = (await office.SellerAsync("Own Glimmer", ActorScope.Own), await office.SellerAsync("Mate Hollow", ActorScope.Own), await office.SellerAsync("Far Ironquill", ActorScope.Branch));
        await office.Services.GetRequiredService<TeamRegistry>().AddAsync(Unique("Team"), own.UserId, [mate.UserId], Actor.System("test"), default);
        var head = own with { Scope = ActorScope.Team, Teammates = [.. new[] { mate.UserId }] };
        var elsewhere = BranchId.New();
        await using (var db = office.Open())
        {
            db.Add(new Branch(elsewhere, await db.Set<Company>().Select(c => c.Id).FirstAsync(), "Hill", "UTC"));
            await db.SaveChangesAsync();
        }
        var away = (await office.SellerAsync("Off Kestrel", ActorScope.Branch)) with { BranchId = elsewhere.Value };
        var word = Unique("Reach");
        var (mine, his, there) = (await office.OpenAsync(own, $"{word} a"), await office.OpenAsync(mate, $"{word} b"), await office.OpenAsync(away, $"{word} c", branch: elsewhere));
        var technologist = (await office.SellerAsync("Tess Juniper", role: "technologist"));
        await office.Team.JoinAsync(mine, technologist.UserId, "drawings", own, default);

        foreach (var (reader, expected) in new (Actor, DealId[])[] { (own, [mine]), (mate, [his]), (head, [mine, his]), (far, [mine, his]), (away, [mine, his, there]), (technologist, [mine]), (Actor.System("test"), [mine, his, there]) })
        {
            var page = await office.List.ListAsync(new(word), DealSort.Opened, false, Slice.All, reader, default);
            Assert.Equal(expected.Select(d => d.Value), page.Rows.Select(r => r.Id.Value).Order());
            Assert.Equal((expected.Length, 1_000m * expected.Length), (page.Total, page.Sum));
            Assert.Equal(expected.Length, (await office.Kanban.ColumnsAsync(office.Own.Id, new(word), new Dictionary<StageId, int>(), reader, default)).Sum(c => c.Count));
            foreach (var deal in new[] { mine, his, there })
                Assert.Equal(expected.Contains(deal), await office.Services.GetRequiredService<ObjectDoors>().MaySeeAsync(new(ObjectKind.Deal, deal.Value), reader, default));
        }
        Assert.Equal("sales.deal-unknown", await RefusedAsync(() => office.Desk.PlanAsync(his, "Call", null, 0, own, default)));
        Assert.Equal("identity.not-allowed", await RefusedAsync(() => office.Desk.PlanAsync(mine, "Call", null, 0, technologist, default)));
        Assert.Equal("identity.out-of-reach", await RefusedAsync(async () => await office.Desk.HandAsync(mine, mate.UserId, (await office.CardAsync(mine)).Deal.Version, own, default)));
    }

    [Fact]
    public async Task Hand_KeepsEverything_AndTheNewManagerLeadsIt()
    {
        var (first, second, lawyer) = (await office.SellerAsync("Kit Larkspur", ActorScope.Own), await office.SellerAsync("Lea Moonwater", ActorScope.Own), await office.SellerAsync("Ned Nettlecombe", role: "legal"));
        var id = await office.OpenAsync(first, "Sixty lamps");
        await office.Team.JoinAsync(id, lawyer.UserId, "contract", first, default);
        await office.Team.CompeteAsync(id, null, new(null, "Swift Barrow", 900, "Nearer", CompetitorOutcome.Open), first, default);
        var head = await office.SellerAsync("Hal Oakenfold", role: "sales-head");

        await office.Desk.HandAsync(id, second.UserId, (await office.CardAsync(id)).Deal.Version, head, default);

        var card = await office.CardAsync(id, second);
        Assert.Equal((second.UserId, "contract", "Swift Barrow"), (card.Deal.ManagerId, Assert.Single(card.Members).Part, Assert.Single(card.Competitors).Name));
        Assert.Null(await office.Cards.FindAsync(id, first, default));
    }

    [Fact]
    public async Task Kanban_CountsAll_ReadsTheFirst_AndWhatIsDueStandsFirst()
    {
        var seller = await office.SellerAsync("Ola Pebblewick", ActorScope.Own);
        for (var i = 0; i < 5; i++)
            await office.Desk.AddAsync(new(new($"Chair {i}", Amount: 100), office.Own.Id, Stage(2).Id, "Call", i == 4 ? null : new DateOnly(2026, 4, 10 - i)), seller, default);
        await office.OpenAsync(seller, "Table", 1_000);

        var columns = await office.Kanban.ColumnsAsync(office.Own.Id, new(), new Dictionary<StageId, int> { [Stage(2).Id] = 3 }, seller, default);

        Assert.Equal([(1, 1_000m, 100m), (5, 500m, 200m), (0, 0m, 0m)], columns.Select(c => (c.Count, c.Sum, c.Weighted)));
        Assert.Equal(["Chair 3", "Chair 2", "Chair 1"], columns[1].Cards.Select(c => c.Title));
    }

    [Fact]
    public async Task List_NarrowsByStepPeriodAndWords()
    {
        var seller = await office.SellerAsync("Pia Quillhaven", ActorScope.Own);
        var client = await ClientAsync(seller, "Fernbridge");
        var name = (await office.Services.GetRequiredService<PartnerDetailsQuery>().FindAsync(client, seller, default))!.Head.Name;
        var late = await office.Desk.AddAsync(new(new("Late", client), office.Own.Id, NextStep: "Call", NextStepOn: new(2026, 2, 1)), seller, default);
        var bare = await office.OpenAsync(seller, "Bare");

        Assert.Equal([late], await ListedAsync(new(Step: StepFilter.Overdue)));
        Assert.Equal([bare], await ListedAsync(new(Step: StepFilter.Missing)));
        Assert.Equal([late], await ListedAsync(new(Text: name)));
        Assert.Equal([late], await ListedAsync(new(Partner: client)));
        Assert.Empty(await ListedAsync(new(State: DealState.Won)));
        Assert.Empty(await ListedAsync(new(Until: new DateOnly(2026, 1, 1))));
        Assert.Equal([bare, late], await ListedAsync(new(From: new DateOnly(2026, 1, 1), Pipeline: office.Own.Id)));

        async Task<IEnumerable<DealId>> ListedAsync(DealFilter filter) => (await office.List.ListAsync(filter, DealSort.Title, false, Slice.All, seller, default)).Rows.Select(r => r.Id);
    }

    [Fact]
    public async Task Add_WithWhatCannotBe_IsRefused_AndNothingIsThere()
    {
        var seller = await office.SellerAsync("Rex Rowanmere", ActorScope.Own);
        var foreign = await ClientAsync(await office.SellerAsync("Sue Saltmarsh", ActorScope.Own), "Foreign");
        foreach (var (code, details) in new (string, DealDetails)[]
        {
            ("text.required", new(" ")), ("number.out-of-range", new("A", Amount: -1)), ("number.out-of-range", new("A", Amount: 1e27m)), ("sales.rate-required", new("A", Currency: "UAH")),
            ("sales.currency-unreadable", new("A", Currency: "U2H")), ("clients.partner-unknown", new("A", foreign)), ("number.out-of-range", new("A", Probability: 101)), ("sales.source-unknown", new("A", Source: LeadSourceId.New())),
        })
            Assert.Equal(code, await RefusedAsync(() => office.Desk.AddAsync(new(details, office.Own.Id), seller, default)));
        Assert.Equal(0, (await office.List.ListAsync(new(), DealSort.Opened, false, Slice.All, seller, default)).Total);
    }

    [Fact]
    public async Task Client_BeyondReach_IsNamedToWhoManagesTheDeal_AndIsNotSaidToBeNone()
    {
        var (owner, manager, member) = (await office.SellerAsync("Olga Owner"), await office.SellerAsync("Max Manages", ActorScope.Own), await office.SellerAsync("Mel Member", ActorScope.Own));
        var name = Unique("Far away");
        var client = await office.Partners.AddAsync(new(name, PartnerKinds.Client, Responsible: owner.UserId), owner, default);
        var id = await office.OpenAsync(owner, "Beyond", 10, client);
        await office.Team.JoinAsync(id, member.UserId, null, owner, default);
        await office.Desk.HandAsync(id, manager.UserId, (await office.CardAsync(id)).Deal.Version, owner, default);

        Assert.Equal((client, name, false), (await office.CardAsync(id, manager)).Deal is var his ? (his.PartnerId!.Value, his.Partner, his.ClientOpens) : default);
        Assert.Equal((client, null, false), (await office.CardAsync(id, member)).Deal is var theirs ? (theirs.PartnerId!.Value, theirs.Partner, theirs.ClientOpens) : default);
        Assert.True((await office.CardAsync(id, owner)).Deal.ClientOpens);
    }

    [Fact]
    public async Task Settings_OfAPipeline_KeepWhatDealsNeed()
    {
        var (head, seller) = (await office.SellerAsync("Tom Thistledown", role: "sales-head"), await office.SellerAsync("Una Umberfield"));
        var id = await office.Settings.AddAsync("Export", [new(null, "Ask", 20, null), new(null, "Ship", 60, 30)], head, default);
        var made = await PipelineAsync();
        await office.Desk.AddAsync(new(new("Crates"), id), seller, default);

        Assert.Equal("identity.not-allowed", await RefusedAsync(() => office.Settings.AddAsync("Mine", [new(null, "A", 1, null)], seller, default)));
        Assert.Equal("sales.stage-in-use", await RefusedAsync(() => office.Settings.ChangeAsync(id, "Export", [new(made.Stages[1].Id, "Ship", 60, 30)], made.Version, head, default)));
        await office.Settings.ChangeAsync(id, "Abroad", [new(made.Stages[1].Id, "Send", 70, null), new(made.Stages[0].Id, "Ask", 20, null), new(null, "Pay", 90, 5)], made.Version, head, default);
        Assert.Equal("shared.changed-by", await RefusedAsync(() => office.Settings.ChangeAsync(id, "Late", [new(made.Stages[0].Id, "Ask", 20, null)], made.Version, head, default)));

        var changed = await PipelineAsync();
        Assert.Equal(("Abroad", "Send, Ask, Pay"), (changed.Name.Default, string.Join(", ", changed.Open.Select(s => s.Name.Default))));

        async Task<PipelineRow> PipelineAsync() => (await office.Pipelines.ListAsync(default)).Single(p => p.Id == id);
    }
}
