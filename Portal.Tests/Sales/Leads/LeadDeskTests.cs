using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Processes;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales.Leads;
using Portal.Infrastructure.Work;
using Portal.Infrastructure.Work.Handovers;
using static Portal.Tests.Sales.SalesOffice;

namespace Portal.Tests.Sales.Leads;

/// <summary>Leads in the database: how they come, whose they become, what is written with each step, and what lists and the control make of them.</summary>
public sealed class LeadDeskTests(SalesOffice office) : IClassFixture<SalesOffice>
{
    private static readonly Actor System = Actor.System("test");
    private static int phones;

    private static string Phone() => $"+40 722 {Interlocked.Increment(ref phones):000 000}";

    private Task<LeadTaken> ComeAsync(Actor by, string subject, string? phone = null, bool mine = true, Guid? chosen = null, string? territory = null, LeadSourceId? source = null, BranchId? branch = null, PartnerId? partner = null) =>
        office.Intake.TakeAsync(new(new(subject), new("Ada Lark", null, phone ?? Phone(), null, territory), LeadChannel.Call, Source: source, Branch: branch, Partner: partner, Chosen: chosen, Mine: mine), by, default);

    private async Task<LeadCard> CardAsync(LeadId id, Actor? reader = null) => (await office.LeadCards.FindAsync(id, reader ?? System, default))!;

    private Task<uint> SeenAsync(LeadId id) => SeenAsync(office, id);

    private static async Task<uint> SeenAsync(SalesOffice office, LeadId id) => (await office.LeadCards.FindAsync(id, System, default))!.Lead.Version;

    private async Task<uint> DoAsync(LeadId id, Func<uint, Task<uint>> step) => await step(await SeenAsync(id));

    private async Task<TeamId> TeamAsync(Actor head, params Actor[] members) =>
        await office.Services.GetRequiredService<TeamRegistry>().AddAsync(Unique("Team"), head.UserId, [.. members.Select(m => m.UserId)], System, default);

    [Fact]
    public async Task Company_BeginsWithFourStreams()
    {
        var choices = await office.Services.GetRequiredService<LeadChoicesQuery>().ReadAsync(System, default);

        Assert.Equal(["own", "brand", "site", "event"], choices.Streams.Take(4).Select(s => s.Key));
        Assert.All(choices.Streams.Take(4), s => Assert.Null(s.Name));
    }

    [Fact]
    public async Task Take_WritesTheLead_ItsFirstStep_ItsEvents_AndFindsItAgain()
    {
        var seller = await office.SellerAsync("Ada Brightwell");
        var source = (await office.Pipelines.SourcesAsync(default))[2];
        var word = Unique("Forty");

        var taken = await ComeAsync(seller, $" {word} shelves ", "+40 722 555 001", source: new(source.Id));

        var card = await CardAsync(taken.Lead, seller);
        Assert.False(taken.Joined);
        Assert.Equal(($"{word} shelves", LeadState.New, LeadChannel.Call, seller.UserId, LeadRoute.Hand, source.Id), (card.Lead.Subject, card.Lead.State, card.Lead.Channel, card.Lead.ManagerId, card.Lead.Route, card.Lead.Source!.Value.Value));
        Assert.Equal((LeadSteps.GetInTouch, AnswerTime.Due(office.Clock.GetUtcNow(), new(), new(new Dictionary<DateOnly, bool>()), TimeZoneInfo.Utc)), (card.Lead.NextStep, card.Lead.NextStepAt));
        Assert.Equal([LeadEventKind.Came, LeadEventKind.Given], card.Events.Select(e => e.Kind).Order());
        var search = office.Services.GetRequiredService<SearchQuery>();
        Assert.Contains(await search.FindAsync(word, seller, default), r => r.Kind == ObjectKind.Lead && r.ObjectId == taken.Lead.Value);
        Assert.DoesNotContain(await search.FindAsync(word, await office.SellerAsync("Tim", role: "technologist"), default), r => r.ObjectId == taken.Lead.Value);
        await using var db = office.Open();
        Assert.Contains(await db.Set<AuditRow>().Where(r => r.ObjectId == taken.Lead.Value).ToListAsync(), r => r is { ObjectKind: nameof(ObjectKind.Lead), Action: "added" } && r.UserId == seller.UserId);
    }

    [Fact]
    public async Task Take_FromTheSamePhone_JoinsTheOpenLead_UntilItIsClosed()
    {
        var seller = await office.SellerAsync("Bo Candlewick");
        var first = await ComeAsync(seller, "Twelve tables", "+40 722 555 101");

        var second = await ComeAsync(seller, "What do the tables cost?", "0722-555-101");
        var apart = await office.Intake.TakeAsync(new(new("Another desk"), new("Eda", null, "0722 555 101"), LeadChannel.ByHand, Apart: true), seller, default);

        Assert.Equal((first.Lead, true), (second.Lead, second.Joined));
        Assert.False(apart.Joined);
        var card = await CardAsync(first.Lead);
        Assert.Equal((2, true), (card.Lead.Appeals, card.Lead.AskedPrice));
        Assert.Contains(card.Events, e => e is { Kind: LeadEventKind.AskedAgain, Words: "What do the tables cost?" });

        await DoAsync(first.Lead, seen => office.Leads.DisqualifyAsync(first.Lead, LeadRejection.NoNeed, "Later", seen, seller, default));
        await DoAsync(apart.Lead, seen => office.Leads.DisqualifyAsync(apart.Lead, LeadRejection.Duplicate, null, seen, System, default));
        Assert.False((await ComeAsync(seller, "Chairs", "+40722555101")).Joined);
    }

    [Fact]
    public async Task Take_TwiceAtOnce_IsOneLead()
    {
        var seller = await office.SellerAsync("Cai Dovetail");
        var phone = Phone();

        var taken = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => ComeAsync(seller, $"Lamp {i}", phone)));

        Assert.Single(taken.Select(t => t.Lead).Distinct());
        Assert.Equal((6, 5), ((await CardAsync(taken[0].Lead)).Lead.Appeals, taken.Count(t => t.Joined)));
    }

    [Fact]
    public async Task Take_UnderTheKeyOfACommand_HasItsEffectOnce()
    {
        var seller = await office.SellerAsync("Cleo Dunmarsh");
        var log = office.Services.GetRequiredService<CommandLog>();
        var (command, subject) = (new CommandKey(Unique("key"), "lead"), Unique("Once"));

        for (var i = 0; i < 3; i++) Assert.True((await log.OnceAsync(command, seller, actor => ComeAsync(actor, subject), r => r.Code, default)).Done);

        Assert.Equal(1, (await office.LeadList.ListAsync(new(subject), LeadSort.Created, true, Slice.All, seller, default)).Total);
    }

    [Fact]
    public async Task Distribution_GoesByChoice_Partner_Territory_AndLoad_AndSaysWhy()
    {
        await using var own = await SalesOffice.FoundAsync();
        var (ann, bob, cat) = (await own.SellerAsync("Ann"), await own.SellerAsync("Bob"), await own.SellerAsync("Cat"));
        var clerk = await own.SellerAsync("Clerk", role: "sales-head");
        var settings = own.Services.GetRequiredService<LeadSettings>();
        await settings.SaveTerritoryAsync(null, "Cluj, Napoca", bob.UserId, null, 0, System, default);
        var team = await own.Services.GetRequiredService<TeamRegistry>().AddAsync("North", cat.UserId, [], System, default);
        await settings.SaveTerritoryAsync(null, "Iași", null, team, 0, System, default);
        await settings.ChangeRulesAsync(new(Team: team), 0, System, default);
        var client = await own.Services.GetRequiredService<PartnerRegistry>().AddAsync(new("Lantern Works", PartnerKinds.Client, Phone: "+40 21 312 45 67", Responsible: ann.UserId), System, default);

        var chosen = await TakeAsync(new("Ada", null, "+40 722 000 001"), cat.UserId);
        var partners = await TakeAsync(new("Ada", "Somebody", "021 312 45 67"), null);
        var territory = await TakeAsync(new("Eve", null, "+40 722 000 003", Territory: "mun. Cluj-Napoca"), Guid.NewGuid());
        var shared = await TakeAsync(new("Eve", null, "+40 722 000 004", Territory: "judetul IASI"), null);
        var rest = await TakeAsync(new("Eve", null, "+40 722 000 005", Territory: "Oradea"), null);

        Assert.Equal(
            [(cat.UserId, LeadRoute.Choice), (ann.UserId, LeadRoute.Partner), (bob.UserId, LeadRoute.Territory), (cat.UserId, LeadRoute.Territory), (cat.UserId, LeadRoute.Load)],
            new[] { chosen, partners, territory, shared, rest }.Select(t => (t.Manager!.Value, t.Route)));
        var card = (await own.LeadCards.FindAsync(partners.Lead, System, default))!;
        Assert.Equal((client, "Lantern Works"), (card.Lead.PartnerId!.Value, card.Lead.Partner));
        Assert.Equal("Cluj, Napoca", (await own.LeadCards.FindAsync(territory.Lead, System, default))!.Events.Single(e => e.Kind == LeadEventKind.Given).Words);

        Task<LeadTaken> TakeAsync(LeadContact contact, Guid? wanted) => own.Intake.TakeAsync(new(new("Shelves"), contact, LeadChannel.Call, Chosen: wanted), clerk, default);
    }

    [Fact]
    public async Task Distribution_LeavesOutWhoIsAway_AndSharesAmongTheOthers()
    {
        await using var own = await SalesOffice.FoundAsync();
        var (ann, bob, cat) = (await own.SellerAsync("Ann"), await own.SellerAsync("Bob"), await own.SellerAsync("Cat"));
        await using (var db = own.Open())
        {
            db.Add(new Substitution(SubstitutionId.New(), bob.UserId, ann.UserId, own.Clock.GetUtcNow(), own.Clock.GetUtcNow().AddDays(3)));
            await db.SaveChangesAsync();
        }
        var clerk = await own.SellerAsync("Clerk", role: "sales-head");

        var taken = new List<LeadTaken>();
        for (var i = 0; i < 4; i++) taken.Add(await own.Intake.TakeAsync(new(new($"Shelf {i}"), new("Eve", null, $"+40 722 000 10{i}"), LeadChannel.Call, Chosen: bob.UserId), clerk, default));

        // nor does it go to who gives leads to others
        Assert.Equal(new[] { (ann.UserId, 2), (cat.UserId, 2) }.Order(), taken.GroupBy(t => t.Manager!.Value).Select(g => (g.Key, g.Count())).Order());
    }

    [Fact]
    public async Task Reach_OfASeller_IsHisLeads_AndThoseNobodyHas()
    {
        var (own, mate, far) = (await office.SellerAsync("Own Glimmer", ActorScope.Own), await office.SellerAsync("Mate Hollow", ActorScope.Own), await office.SellerAsync("Far Ironquill", ActorScope.Branch));
        await TeamAsync(own, mate);
        var head = own with { Scope = ActorScope.Team, Teammates = [mate.UserId] };
        var elsewhere = BranchId.New();
        await using (var db = office.Open())
        {
            db.Add(new Branch(elsewhere, await db.Set<Company>().Select(c => c.Id).FirstAsync(), Unique("Hill"), "UTC"));
            await db.SaveChangesAsync();
        }
        var away = (await office.SellerAsync("Off Kestrel", ActorScope.Branch)) with { BranchId = elsewhere.Value };
        var word = Unique("Reach");
        var (mine, his, there) = ((await ComeAsync(own, $"{word} a")).Lead, (await ComeAsync(mate, $"{word} b")).Lead, (await ComeAsync(away, $"{word} c", branch: elsewhere)).Lead);
        var nobodys = (await ComeAsync(System, $"{word} d", mine: false, branch: office.Branch)).Lead;
        await DoAsync(nobodys, seen => office.Leads.GiveAsync(nobodys, null, seen, System, default));
        var reader = await office.SellerAsync("Tess Juniper", role: "technologist");

        foreach (var (who, expected) in new (Actor, LeadId[])[] { (own, [mine, nobodys]), (mate, [his, nobodys]), (head, [mine, his, nobodys]), (far, [mine, his, nobodys]), (away, [mine, his, there]), (reader, []), (System, [mine, his, there, nobodys]) })
        {
            var page = await office.LeadList.ListAsync(new(word), LeadSort.Created, false, Slice.All, who, default);
            Assert.Equal(expected.Select(l => l.Value).Order(), page.Rows.Select(r => r.Id.Value).Order());
            Assert.Equal(expected.Length, page.Total);
            foreach (var lead in new[] { mine, his, there, nobodys })
                Assert.Equal(expected.Contains(lead), await office.Services.GetRequiredService<ObjectDoors>().MaySeeAsync(new(ObjectKind.Lead, lead.Value), who, default));
            var today = DateOnly.FromDateTime(office.Clock.GetUtcNow().Date);
            if (who.Can(Permissions.LeadsRead))
                Assert.Equal((await office.LeadList.ListAsync(new(From: today, Until: today), LeadSort.Created, false, Slice.All, who, default)).Total,
                    (await office.Services.GetRequiredService<LeadControlQuery>().ReadAsync(LeadControlBy.Stream, today, today, who, default)).All.Came);
        }
        Assert.Equal("leads.unknown", await RefusedAsync(() => office.Leads.PlanAsync(his, "Call", office.Clock.GetUtcNow(), 0, own, default)));
        Assert.Equal("identity.not-allowed", await RefusedAsync(() => office.Leads.PlanAsync(mine, "Call", office.Clock.GetUtcNow(), 0, reader, default)));
        Assert.Equal("identity.not-allowed", await RefusedAsync(() => office.Leads.GiveAsync(mine, mate.UserId, 0, own, default)));
    }

    [Fact]
    public async Task Begin_TakesOnWhatNobodyHas_AndNotWhatIsAnothers()
    {
        var (first, second) = (await office.SellerAsync("Dag Elderfen", ActorScope.Own), await office.SellerAsync("Eda Farrowby"));
        var lead = (await ComeAsync(System, "Nine stools", mine: false)).Lead;
        await DoAsync(lead, seen => office.Leads.GiveAsync(lead, null, seen, System, default));

        await DoAsync(lead, seen => office.Leads.BeginAsync(lead, seen, first, default));

        Assert.Equal((first.UserId, LeadState.Working), ((await CardAsync(lead)).Lead.ManagerId!.Value, (await CardAsync(lead)).Lead.State));
        Assert.Equal("leads.anothers", await RefusedAsync(() => DoAsync(lead, seen => office.Leads.BeginAsync(lead, seen, second, default))));
    }

    [Fact]
    public async Task Step_OverAVersionThatIsOld_TellsWhoWasFirst()
    {
        var (first, second) = (await office.SellerAsync("Fay Gorsehill"), await office.SellerAsync("Gil Hartsworth"));
        var lead = (await ComeAsync(first, "One desk")).Lead;
        var seen = await SeenAsync(lead);
        await office.Leads.RateAsync(lead, LeadInterest.Warm, seen, first, default);

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => office.Leads.RateAsync(lead, LeadInterest.Cold, seen, second, default));

        Assert.Equal(("shared.changed-by", first.Name, LeadInterest.Warm), (refusal.Code, refusal.Args[0], (await CardAsync(lead)).Lead.Interest));
    }

    [Fact]
    public async Task Talk_IsKept_SetsTheNextStep_AndTheTimeToTheFirstOne()
    {
        var seller = await office.SellerAsync("Hob Inglenook");
        var lead = (await ComeAsync(seller, "Sixty lamps")).Lead;
        office.Clock.Advance(TimeSpan.FromHours(2));

        await DoAsync(lead, seen => office.Leads.TalkAsync(lead, new(InteractionKind.Call, "Wants oak", Interest: LeadInterest.Hot, NextStep: "Send the offer", NextStepAt: office.Clock.GetUtcNow().AddDays(1)), seen, seller, default));

        var card = await CardAsync(lead);
        Assert.Equal((LeadState.Working, LeadInterest.Hot, LeadTool.CallNow, "Send the offer", office.Clock.GetUtcNow()), (card.Lead.State, card.Lead.Interest, card.Lead.Tool, card.Lead.NextStep, card.Lead.FirstContactAt));
        Assert.Contains(card.Events, e => e is { Kind: LeadEventKind.Talked, Talk: InteractionKind.Call, Words: "Wants oak" });
        Assert.Contains(card.Lead.Signs, s => s.Signal == LeadSignal.Hot);
        Assert.Equal("leads.contact-in-future", await RefusedAsync(() => DoAsync(lead, seen => office.Leads.TalkAsync(lead, new(InteractionKind.Call, At: office.Clock.GetUtcNow().AddHours(1)), seen, seller, default))));
    }

    [Fact]
    public async Task Qualify_AsksForTheRequiredAnswersOfItsGroup_AndKnowsTheBudget()
    {
        var seller = await office.SellerAsync("Ivo Juniper");
        var (above, other) = (await GroupAsync("Furniture"), await GroupAsync("Lamps"));
        var group = await GroupAsync("Tables", await GroupAsync("For rooms", above));
        var needs = office.Services.GetRequiredService<NeedSettings>();
        // what is asked about all furniture is asked about tables
        var size = await needs.AddAsync(new("How many rooms?", NeedKind.Number, above.Value, Required: true), System, default);
        var budget = await needs.AddAsync(new("Which budget?", NeedKind.Number, group.Value, Budget: true), System, default);
        foreach (var elsewhere in new[] { other, await GroupAsync("Round tables", group) }) await needs.AddAsync(new("How bright?", NeedKind.Text, elsewhere.Value, Required: true), System, default);
        var jobs = office.Services.GetRequiredService<LeadNeeds>();
        var lead = (await ComeAsync(seller, "Nine tables")).Lead;
        var card = await CardAsync(lead);
        await DoAsync(lead, seen => office.Leads.ChangeAsync(lead, new("Nine tables", new("Ada Lark", null, card.Lead.Phone), card.Lead.Stream, Group: group.Value), seen, seller, default));

        var asked = (await CardAsync(lead)).Needs;
        Assert.Equal((true, false), (asked.Single(n => n.Id == size).Required, asked.Single(n => n.Id == budget).Required));
        Assert.DoesNotContain(asked, n => n.Text == "How bright?");
        Assert.Equal("leads.answers-required", await RefusedAsync(() => DoAsync(lead, seen => jobs.QualifyAsync(lead, new Dictionary<NeedQuestionId, string?> { [budget] = "5000" }, LeadInterest.Warm, seen, seller, default))));
        Assert.Equal(LeadInterest.Unknown, (await CardAsync(lead)).Lead.Interest);
        Assert.Equal("leads.answer-unreadable", await RefusedAsync(() => DoAsync(lead, seen => jobs.AnswerAsync(lead, new Dictionary<NeedQuestionId, string?> { [size] = "many" }, seen, seller, default))));
        await DoAsync(lead, seen => jobs.QualifyAsync(lead, new Dictionary<NeedQuestionId, string?> { [size] = "9", [budget] = "5000" }, LeadInterest.Warm, seen, seller, default));

        card = await CardAsync(lead);
        Assert.Equal((LeadState.Qualified, true, "9"), (card.Lead.State, card.Lead.BudgetKnown, card.Needs.Single(n => n.Id == size).Answer));
        Assert.Equal("leads.question-answered", await RefusedAsync(async () =>
        {
            var row = (await office.Services.GetRequiredService<LeadChoicesQuery>().SetupAsync(System, default)).Questions.Single(q => q.Id == size);
            await needs.ChangeAsync(size, row.Asked with { Kind = NeedKind.Text }, false, row.Version, System, default);
        }));
        await DoAsync(lead, seen => jobs.AnswerAsync(lead, new Dictionary<NeedQuestionId, string?> { [budget] = null }, seen, seller, default));
        Assert.False((await CardAsync(lead)).Lead.BudgetKnown);
    }

    [Fact]
    public async Task Disqualified_CanBeReopened_WithAStepWithinTheTimeOfAnswer()
    {
        var seller = await office.SellerAsync("Jan Kettle");
        var lead = (await ComeAsync(seller, "Two beds")).Lead;
        await DoAsync(lead, seen => office.Leads.DisqualifyAsync(lead, LeadRejection.NoBudget, "Next year", seen, seller, default));
        Assert.Equal((LeadState.Disqualified, LeadRejection.NoBudget, "Next year"), ((await CardAsync(lead)).Lead.State, (await CardAsync(lead)).Lead.Rejection, (await CardAsync(lead)).RejectionNote));

        await DoAsync(lead, seen => office.Leads.ReopenAsync(lead, null, null, seen, seller, default));

        var row = (await CardAsync(lead)).Lead;
        Assert.Equal((LeadState.New, LeadSteps.GetInTouch, (DateTimeOffset?)null), (row.State, row.NextStep, row.ClosedAt));
        Assert.True(row.NextStepAt > office.Clock.GetUtcNow());
    }

    [Fact]
    public async Task List_FindsBySignal_AsTheSignalsOfItsRowsSay()
    {
        var seller = await office.SellerAsync("Kim Lavender", ActorScope.Own);
        var word = Unique("Signal");
        var quiet = (await ComeAsync(seller, $"{word} quiet")).Lead;
        await DoAsync(quiet, seen => office.Leads.PlanAsync(quiet, "Call", office.Clock.GetUtcNow().AddDays(60), seen, seller, default));
        office.Clock.Advance(TimeSpan.FromDays(8));
        var hot = (await ComeAsync(seller, $"{word} hot")).Lead;
        await DoAsync(hot, seen => office.Leads.RateAsync(hot, LeadInterest.Hot, seen, seller, default));
        var fallen = (await ComeAsync(seller, $"{word} fallen")).Lead;
        await DoAsync(fallen, seen => office.Leads.RateAsync(fallen, LeadInterest.Warm, seen, seller, default));
        await DoAsync(fallen, seen => office.Leads.RateAsync(fallen, LeadInterest.Cold, seen, seller, default));
        var price = (await ComeAsync(seller, $"{word} what is the price", "+40 722 555 301")).Lead;
        await ComeAsync(seller, "And again", "+40 722 555 301");
        await ComeAsync(seller, "And again", "+40 722 555 301");
        var plain = (await ComeAsync(seller, $"{word} plain")).Lead;
        var gone = (await ComeAsync(seller, $"{word} gone")).Lead;
        await DoAsync(gone, seen => office.Leads.RateAsync(gone, LeadInterest.Hot, seen, seller, default));
        await DoAsync(gone, seen => office.Leads.DisqualifyAsync(gone, LeadRejection.Other, null, seen, seller, default));
        var all = (await office.LeadList.ListAsync(new(word), LeadSort.Created, false, Slice.All, seller, default)).Rows;

        foreach (var (trend, says) in new (LeadTrend, Func<LeadRow, bool>)[] { (LeadTrend.Cooling, r => LeadSignals.IsCooling(r.Signs)), (LeadTrend.Ready, r => LeadSignals.IsReady(r.Signs)) })
            Assert.Equal(all.Where(says).Select(r => r.Id), (await office.LeadList.ListAsync(new(word, Trend: trend), LeadSort.Created, false, Slice.All, seller, default)).Rows.Select(r => r.Id));
        Assert.Equal([quiet, fallen], all.Where(r => LeadSignals.IsCooling(r.Signs)).Select(r => r.Id));
        Assert.Equal([hot, price], all.Where(r => LeadSignals.IsReady(r.Signs)).Select(r => r.Id));
        Assert.Equal([quiet, hot, fallen, price, plain, gone], all.Select(r => r.Id));
        Assert.Equal([gone], (await office.LeadList.ListAsync(new(word, Open: false), LeadSort.Created, false, Slice.All, seller, default)).Rows.Select(r => r.Id));
        Assert.Empty((await office.LeadList.ListAsync(new(word, Step: LeadStep.Overdue), LeadSort.NextStep, false, Slice.All, seller, default)).Rows);
        office.Clock.Advance(TimeSpan.FromDays(5));
        Assert.Equal(4, (await office.LeadList.ListAsync(new(word, Step: LeadStep.Overdue), LeadSort.NextStep, false, Slice.All, seller, default)).Total);
    }

    [Fact]
    public async Task Control_CountsByManagerAndSource_WithTheMedianTimeToTheFirstTalk()
    {
        await using var own = await SalesOffice.FoundAsync();
        var (ann, bob) = (await own.SellerAsync("Ann"), await own.SellerAsync("Bob"));
        var source = new LeadSourceId((await own.Pipelines.SourcesAsync(default))[0].Id);
        var leads = new List<LeadId>();
        foreach (var (by, from, i) in new (Actor, LeadSourceId?, int)[] { (ann, source, 1), (ann, source, 2), (ann, null, 3), (bob, source, 4) })
            leads.Add((await own.Intake.TakeAsync(new(new($"Shelf {i}"), new("Eve", null, $"+40 722 000 20{i}"), LeadChannel.Call, Source: from, Mine: true), by, default)).Lead);
        own.Clock.Advance(TimeSpan.FromHours(1));
        await TalkAsync(leads[0], ann);
        own.Clock.Advance(TimeSpan.FromHours(2));
        await TalkAsync(leads[1], ann);
        own.Clock.Advance(TimeSpan.FromHours(20));
        await own.Leads.DisqualifyAsync(leads[1], LeadRejection.NoNeed, null, await SeenAsync(own, leads[1]), ann, default);
        var control = own.Services.GetRequiredService<LeadControlQuery>();

        var managers = await control.ReadAsync(LeadControlBy.Manager, new(2026, 3, 2), new(2026, 3, 2), System, default);
        var sources = await control.ReadAsync(LeadControlBy.Source, new(2026, 3, 2), new(2026, 3, 2), System, default);

        Assert.Equal(new(ann.UserId.ToString(), "Ann", 3, 2, 1, 2, 0, 0, 1, TimeSpan.FromHours(2)), managers.Rows[0]);
        Assert.Equal(new(bob.UserId.ToString(), "Bob", 1, 1, 1, 1, 0, 0, 0, null), managers.Rows[1]);
        Assert.Equal(new(null, null, 4, 3, 2, 3, 0, 0, 1, TimeSpan.FromHours(2)), managers.All);
        Assert.Equal([(source.Value.ToString(), 3), (null, 1)], sources.Rows.Select(r => (r.Key, r.Came)));
        Assert.Equal(0, (await control.ReadAsync(LeadControlBy.Channel, new(2026, 3, 3), new(2026, 3, 9), System, default)).All.Came);

        async Task TalkAsync(LeadId lead, Actor by) => await own.Leads.TalkAsync(lead, new(InteractionKind.Call), await SeenAsync(own, lead), by, default);
    }

    [Fact]
    public async Task Archived_IsInNoListOrFigure_ButItsOwn_AndComesBack()
    {
        await using var own = await SalesOffice.FoundAsync();
        var seller = await own.SellerAsync("Ann");
        var lead = (await own.Intake.TakeAsync(new(new("Shelf one"), new("Eve", null, "+40 722 000 301"), LeadChannel.Call, Mine: true), seller, default)).Lead;
        await own.Leads.ArchiveAsync(lead, await SeenAsync(own, lead), seller, default);

        Assert.Empty((await own.LeadList.ListAsync(new(), LeadSort.Created, false, Slice.All, seller, default)).Rows);
        Assert.Equal([lead], (await own.LeadList.ListAsync(new(Archived: true), LeadSort.Created, false, Slice.All, seller, default)).Rows.Select(r => r.Id));
        Assert.Equal(0, (await own.Services.GetRequiredService<LeadControlQuery>().ReadAsync(LeadControlBy.Manager, new(2026, 3, 2), new(2026, 3, 2), System, default)).All.Came);
        Assert.Equal(0, (await own.Services.GetRequiredService<Handover>().HeldAsync(seller.UserId, System, default))[HeldKind.Lead]);
        Assert.Empty((await own.LeadList.AlikeAsync(new(Phone: "+40 722 000 301"), seller, default)).Leads);
        var card = (await own.LeadCards.FindAsync(lead, seller, default))!;
        Assert.Equal((false, true), (card.MayChange, card.MayArchive));
        // who appeals again begins a new one, which has no other beside it
        var again = await own.Intake.TakeAsync(new(new("Shelf two"), new("Eve", null, "+40 722 000 301"), LeadChannel.Call, Mine: true), seller, default);
        Assert.False(again.Joined);
        Assert.Empty((await own.LeadCards.FindAsync(again.Lead, seller, default))!.Others);

        await own.Leads.RestoreAsync(lead, card.Lead.Version, seller, default);
        Assert.Equal([lead, again.Lead], (await own.LeadList.ListAsync(new(), LeadSort.Created, false, Slice.All, seller, default)).Rows.Select(r => r.Id));
        Assert.Equal("identity.not-allowed", await RefusedAsync(async () => await own.Leads.ArchiveAsync(lead, await SeenAsync(own, lead), seller with { Permissions = [Permissions.LeadsRead] }, default)));
    }

    [Fact]
    public async Task Bulk_GivesMany_AndUndoGivesBackWhatNobodyChangedSince()
    {
        var (first, second) = (await office.SellerAsync("Lea Moonwater"), await office.SellerAsync("Ned Nettlecombe"));
        var head = await office.SellerAsync("Hal Oakenfold", role: "sales-head");
        var bulk = office.Services.GetRequiredService<LeadBulk>();
        var (one, two) = ((await ComeAsync(first, "Jar one")).Lead, (await ComeAsync(first, "Jar two")).Lead);

        var done = await bulk.GiveAsync([one, two], second.UserId, head, default);
        await DoAsync(two, seen => office.Leads.RateAsync(two, LeadInterest.Cold, seen, second, default));
        var undone = await bulk.UndoAsync(done, head, default);

        Assert.Equal((2, 1, 1), (done.Changed, undone.Changed, undone.Refused.Count));
        Assert.Equal((first.UserId, second.UserId), ((await CardAsync(one)).Lead.ManagerId!.Value, (await CardAsync(two)).Lead.ManagerId!.Value));
        Assert.Equal("work.heir-without-leads", await RefusedAsync(async () => throw (await bulk.GiveAsync([one], (await office.SellerAsync("Tech", role: "technologist")).UserId, head, default)).Refused[0]));
    }

    [Fact]
    public async Task Handover_TakesOpenLeadsAlong_AndLeavesWhatIsClosed()
    {
        var (leaver, heir, head) = (await office.SellerAsync("Ola Pebblewick"), await office.SellerAsync("Pia Quillhaven"), await office.SellerAsync("Ray Sedgemoor", role: "sales-head"));
        var (open, closed) = ((await ComeAsync(leaver, "Jar three")).Lead, (await ComeAsync(leaver, "Jar four")).Lead);
        await DoAsync(closed, seen => office.Leads.DisqualifyAsync(closed, LeadRejection.Other, null, seen, leaver, default));
        var handover = office.Services.GetRequiredService<Handover>();
        Assert.Equal(1, (await handover.HeldAsync(leaver.UserId, head, default))[HeldKind.Lead]);

        var report = await handover.RunAsync(new(leaver.UserId, [new(HeldKind.Lead, [heir.UserId])]), head);

        Assert.Equal((1, 0), (report.Moved, report.Stayed));
        Assert.Equal((heir.UserId, leaver.UserId), ((await CardAsync(open)).Lead.ManagerId!.Value, (await CardAsync(closed)).Lead.ManagerId!.Value));
        Assert.Contains((await CardAsync(open)).Events, e => e is { Kind: LeadEventKind.Given, Route: LeadRoute.Hand } && e.Heir == heir.Name);
        Assert.Equal("work.heir-without-leads", await RefusedAsync(async () => await handover.RunAsync(new(heir.UserId, [new(HeldKind.Lead, [(await office.SellerAsync("Tec", role: "technologist")).UserId])]), head)));
    }

    [Fact]
    public async Task WhoGetsALead_ReadsOfItInHisLetter_AndWhoTookItHimselfDoesNot()
    {
        var (seller, head) = (await office.SellerAsync("Tom Underhill"), await office.SellerAsync("Una Vetchling", role: "sales-head"));
        var from = office.Clock.GetUtcNow();
        var (given, own) = ((await ComeAsync(head, "Twelve benches")).Lead, (await ComeAsync(seller, "One bench")).Lead);
        await DoAsync(given, seen => office.Leads.GiveAsync(given, seller.UserId, seen, head, default));

        var news = await office.Services.GetRequiredService<WorkNews>().OfAsync(seller, from.AddSeconds(-1), office.Clock.GetUtcNow());

        var item = Assert.Single(news);
        Assert.Equal((NewsReason.LeadGiven, given.Value, "Twelve benches", "Una Vetchling"), (item.Reason, item.Object.Id, item.Title.Default, item.From));
        Assert.NotEqual(own.Value, item.Object.Id);
    }

    private async Task<ProductGroupId> GroupAsync(string name, ProductGroupId? above = null)
    {
        await using var db = office.Open();
        var group = new ProductGroup(ProductGroupId.New(), Unique(name), above, null);
        db.Add(group);
        await db.SaveChangesAsync();
        return group.Id;
    }
}
