using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Clients.Duplicates;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Duplicates;
using Portal.Infrastructure.Database;
using Portal.Tests.Support;
using Portal.Tests.Work;

namespace Portal.Tests.Clients.Duplicates;

/// <summary>The whole base is searched, and what was found is decided.</summary>
public sealed class DuplicateRunTests(WorkOffice office) : IClassFixture<WorkOffice>
{
    private DuplicateDesk Desk => office.Services.GetRequiredService<DuplicateDesk>();
    private DuplicateWork Work => office.Services.GetRequiredService<DuplicateWork>();
    private FoundPairQuery Query => office.Services.GetRequiredService<FoundPairQuery>();
    private PartnerRegistry Partners => office.Services.GetRequiredService<PartnerRegistry>();

    private Task<Actor> SearcherAsync(string name) => office.PersonAsync($"{name} {Guid.NewGuid():N}"[..(name.Length + 9)], Permissions.ClientsRead, Permissions.ClientsManage, Permissions.DuplicatesRun);

    private async Task<DuplicateRun> SearchAsync(Actor actor)
    {
        var id = await Desk.StartAsync(actor, default);
        await Work.RunAsync(id, default);
        await using var db = office.Open();
        return await db.Set<DuplicateRun>().SingleAsync(r => r.Id == id);
    }

    private async Task<(PartnerId One, PartnerId Other)> TwinsAsync(string name, string again, string tax, Actor actor)
    {
        var entities = office.Services.GetRequiredService<CounterpartyRegistry>();
        var one = await Partners.AddAsync(new(name, PartnerKinds.Client, Phone: "+380 44 555 12 34", Responsible: actor.UserId), actor, default);
        var other = await Partners.AddAsync(new(again, PartnerKinds.Client, Phone: "044 555-12-34"), actor, default);
        await entities.AddAsync(one, new(name, "UA", null, tax), actor, default);
        await entities.AddAsync(other, new(again, "UA", null, tax), actor, default);
        return (one, other);
    }

    private static bool Is(FoundPairRow row, PartnerId one, PartnerId other) => new[] { row.One.Id, row.Other.Id }.ToHashSet().SetEquals([one.Value, other.Value]);

    private async Task<FoundPairRow?> FindAsync(PartnerId one, PartnerId other, FoundPairFilter filter, Actor actor) =>
        (await Query.ListAsync(filter, Slice.All, actor, default)).Rows.SingleOrDefault(r => Is(r, one, other));

    [Fact]
    public async Task Search_FindsTheSameInOtherLetters_WithReasons_AndNotTwiceOrWithItself()
    {
        var searcher = await SearcherAsync("Finding Iris");
        var (one, other) = await TwinsAsync("ТОВ «Срібна Підкова»", "Sribna Pidkova LLC", "32855961", searcher);

        var run = await SearchAsync(searcher);

        Assert.Equal(DuplicateRunState.Completed, run.State);
        var pair = (await FindAsync(one, other, new(Band: DuplicateBand.Sure), searcher))!;
        Assert.Contains(pair.Reasons, r => r is { Field: MatchField.TaxNumber, Agreement: MatchAgreement.Same });
        Assert.InRange(pair.Score, PartyMatcher.DefaultThreshold, 1);
        await SearchAsync(searcher);
        await using var db = office.Open();
        Assert.Equal(1, await db.Set<FoundPair>().CountAsync(p => p.One == one.Value && p.Other == other.Value || p.One == other.Value && p.Other == one.Value));
    }

    [Fact]
    public async Task PairDecidedDifferent_IsNotOfferedAgain_UntilReopened()
    {
        var searcher = await SearcherAsync("Parting Jasmine");
        var (one, other) = await TwinsAsync("Jasmine Lantern Works", "Jasmin Lantern Works", "40123454", searcher);
        await SearchAsync(searcher);
        var pair = (await FindAsync(one, other, new(), searcher))!;

        await Desk.PartAsync(pair.Id, searcher, default);
        await SearchAsync(searcher);

        Assert.Null(await FindAsync(one, other, new(), searcher));
        Assert.Equal(searcher.Name, (await FindAsync(one, other, new(State: FoundPairState.Different), searcher))!.DecidedBy);
        var late = await Assert.ThrowsAsync<RuleBrokenException>(() => Desk.PartAsync(pair.Id, searcher, default));
        Assert.Equal(("clients.pair-different", searcher.Name), (late.Code, late.Args[0]));
        await Desk.ReopenAsync(pair.Id, searcher, default);
        Assert.NotNull(await FindAsync(one, other, new(), searcher));
    }

    [Fact]
    public async Task Pair_ThatIsNoLongerAlike_IsGoneAfterTheNextSearch()
    {
        var searcher = await SearcherAsync("Mending Kale");
        var (one, other) = await TwinsAsync("Kale & Barrow", "Kale Barrow", "38765439", searcher);
        await SearchAsync(searcher);
        Assert.NotNull(await FindAsync(one, other, new(), searcher));
        await using (var db = office.Open())
        {
            var partner = await db.Set<Partner>().SingleAsync(p => p.Id == other);
            partner.Describe("Quite Another Undertaking", PartnerKinds.Client);
            partner.Reach("+380 50 999 11 00", null);
            (await db.Set<Counterparty>().SingleAsync(c => c.Partner == other)).Describe("Quite Another Undertaking", "UA", null, "14360570", null);
            await db.SaveChangesAsync();
        }

        await SearchAsync(searcher);

        Assert.Null(await FindAsync(one, other, new(), searcher));
    }

    /// <summary>A pair can have a past: a merge that was taken back still tells of it.</summary>
    [Fact]
    public async Task Pair_OfAMergeThatWasTakenBack_IsGoneAfterTheNextSearch_TooWhereItIsNoLongerAlike()
    {
        var searcher = await SearcherAsync("Parting Nettle");
        var (one, other) = await TwinsAsync("Nettle & Thyme", "Nettle Thyme", "14360570", searcher);
        await SearchAsync(searcher);
        var merges = office.Services.GetRequiredService<PartyMerge>();
        var merge = await merges.MergeAsync(new((await FindAsync(one, other, new(), searcher))!.Id, one.Value, new Dictionary<string, MergeSide>(), []), searcher, default);
        await merges.UndoAsync(merge, searcher, default);
        Assert.NotNull(await FindAsync(one, other, new(), searcher));
        await using (var db = office.Open())
        {
            var partner = await db.Set<Partner>().SingleAsync(p => p.Id == other);
            partner.Describe("Weathervane Cartography", PartnerKinds.Client);
            partner.Reach("+380 50 888 22 11", null);
            (await db.Set<Counterparty>().SingleAsync(c => c.Partner == other)).Describe("Weathervane Cartography", "UA", null, "32855961", null);
            await db.SaveChangesAsync();
        }

        Assert.Equal(DuplicateRunState.Completed, (await SearchAsync(searcher)).State);

        Assert.Null(await FindAsync(one, other, new(), searcher));
        await using var after = office.Open();
        Assert.Null((await after.Set<Merge>().SingleAsync(m => m.Id == merge)).Pair);
    }

    /// <summary>Whom another worker has in hand would be compared by keys of yesterday.</summary>
    [Fact]
    public async Task Keys_ThatAnotherWorkerIsReckoning_AreWaitedFor()
    {
        var searcher = await SearcherAsync("Waiting Oriel");
        var listed = await Partners.AddAsync(new("Oriel Glaziers", PartnerKinds.Client), searcher, default);
        await using var held = office.Open();
        await using var working = await held.Database.BeginTransactionAsync();
        Assert.Equal(1, await held.Database.ExecuteSqlAsync($"delete from clients.partner_unkeyed where partner = {listed.Value}"));

        var caught = office.Services.GetRequiredService<PartnerKeys>().CatchUpAsync(int.MaxValue, default);
        await using var db = office.Open();
        await Wait.UntilAsync(async () => await db.Database.SqlQuery<int>($"select count(*)::int as \"Value\" from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%partner_unkeyed%'").SingleAsync() > 0, "who looks for duplicates to wait for the other worker");
        Assert.False(caught.IsCompleted);
        await working.RollbackAsync();
        await caught;

        Assert.Equal(0, await db.Database.SqlQuery<int>($"select count(*)::int as \"Value\" from clients.partner_unkeyed where partner = {listed.Value}").SingleAsync());
        Assert.NotEqual(0, await db.Database.SqlQuery<int>($"select count(*)::int as \"Value\" from clients.partner_key where partner = {listed.Value}").SingleAsync());
    }

    [Fact]
    public async Task Search_FindsPersons_OfOnePartnerByNameAlone_AndElsewhereByMail()
    {
        var searcher = await SearcherAsync("People Lovage");
        var contacts = office.Services.GetRequiredService<ContactRegistry>();
        var (here, there) = (await Partners.AddAsync(new("Lovage Here", PartnerKinds.Client), searcher, default), await Partners.AddAsync(new("Unrelated Thistle", PartnerKinds.Client), searcher, default));
        await contacts.AddAsync(here, null, new("Наталія Шевченко", "закупівлі"), searcher, default);
        await contacts.AddAsync(here, null, new("Nataliia Shevchenko", "buyer"), searcher, default);
        await contacts.AddAsync(there, null, new("Bartholomew Quince", "owner", Email: "b.quince@thistle.example"), searcher, default);
        await contacts.AddAsync(here, null, new("Bartholomew Quince", "adviser", Email: "b.quince@thistle.example"), searcher, default);

        await SearchAsync(searcher);

        var found = (await Query.ListAsync(new(ObjectKind.Person), Slice.All, searcher, default)).Rows;
        Assert.Contains(found, r => new[] { r.One.Name, r.Other.Name }.Order().SequenceEqual(["Nataliia Shevchenko", "Наталія Шевченко"]));
        Assert.Contains(found, r => r.One.Name == "Bartholomew Quince" && r.Other.Name == "Bartholomew Quince" && r.Band == DuplicateBand.Sure);
    }

    [Fact]
    public async Task Start_WhileOneIsAtWork_IsRefused_AndCancelStopsIt()
    {
        var (first, second) = (await SearcherAsync("First Mallow"), await SearcherAsync("Second Mallow"));
        var id = await Desk.StartAsync(first, default);

        var refused = await Assert.ThrowsAsync<RuleBrokenException>(() => Desk.StartAsync(second, default));
        await Desk.CancelAsync(id, second, default);
        await Work.RunAsync(id, default);

        Assert.Equal(("clients.run-there", first.Name), (refused.Code, refused.Args[0]));
        await using var db = office.Open();
        Assert.Equal(DuplicateRunState.Cancelled, (await db.Set<DuplicateRun>().SingleAsync(r => r.Id == id)).State);
        Assert.Equal("clients.run-over", (await Assert.ThrowsAsync<RuleBrokenException>(() => Desk.CancelAsync(id, first, default))).Code);
        var clerk = await office.PersonAsync($"Clerk {Guid.NewGuid():N}", Permissions.ClientsManage);
        Assert.Equal("identity.not-allowed", (await Assert.ThrowsAsync<RuleBrokenException>(() => Desk.StartAsync(clerk, default))).Code);
    }

    [Fact]
    public async Task Search_ThatWasCutOff_BeginsAgain_AndSaysSo()
    {
        var searcher = await SearcherAsync("Cut Nettle");
        var (one, other) = await TwinsAsync("Nettle Harbour Ropes", "Nettle Harbor Ropes", "30991664", searcher);
        var id = await Desk.StartAsync(searcher, default);
        await using var db = office.Open();
        // as far as a search had told that was killed
        await db.Database.ExecuteSqlAsync($"update clients.duplicate_run set stage = 'ComparingPartners', parties = 5 where id = {id}");

        await Work.RunAllAsync(default);

        var run = await db.Set<DuplicateRun>().SingleAsync(r => r.Id == id);
        Assert.Equal((DuplicateRunState.Completed, 1), (run.State, run.Restarts));
        Assert.NotNull(await FindAsync(one, other, new(), searcher));
    }

    [Fact]
    public async Task Search_ThatFindsNoRoom_WaitsEverLonger_AndGoesOnWhenThereIsSome()
    {
        var searcher = await SearcherAsync("Full Sorrel");
        var (one, other) = await TwinsAsync("Sorrel Meadow Dairy", "Sorel Meadow Dairy", "30991706", searcher);
        var id = await Desk.StartAsync(searcher, default);
        await using var db = office.Open();
        await FullAsync();

        await Work.RunAllAsync(default);
        var first = await ReadAsync();
        Assert.Equal((DuplicateRunState.Running, 0, office.Clock.GetUtcNow().AddMinutes(1)), (first.State, first.Restarts, first.WaitsUntil));
        await Work.RunAllAsync(default);
        Assert.Equal(1, (await ReadAsync()).Waits);
        office.Clock.Advance(TimeSpan.FromMinutes(1));
        await Work.RunAllAsync(default);
        Assert.Equal((2, office.Clock.GetUtcNow().AddMinutes(2)), ((await ReadAsync()).Waits, (await ReadAsync()).WaitsUntil));

        await OwnerAsync("drop trigger no_room on clients.found_pair");
        office.Clock.Advance(TimeSpan.FromMinutes(2));
        await Work.RunAllAsync(default);
        var last = await ReadAsync();
        Assert.Equal((DuplicateRunState.Completed, null, 0), (last.State, last.WaitsUntil, last.Restarts));
        Assert.NotNull(await FindAsync(one, other, new(), searcher));

        id = await Desk.StartAsync(searcher, default);
        await FullAsync();
        await Work.RunAllAsync(default);
        await OwnerAsync("drop trigger no_room on clients.found_pair");
        await Desk.CancelAsync(id, searcher, default);
        await Work.RunAllAsync(default);
        Assert.Equal(DuplicateRunState.Cancelled, (await ReadAsync()).State);

        Task FullAsync() => OwnerAsync("""
            create or replace function clients.no_room() returns trigger language plpgsql as 'begin raise exception using errcode = ''53100'', message = ''could not extend file''; end';
            create trigger no_room before insert on clients.found_pair for each statement execute function clients.no_room()
            """);

        async Task OwnerAsync(string sql)
        {
            await using var command = office.Owner.CreateCommand(sql);
            await command.ExecuteNonQueryAsync();
        }

        async Task<DuplicateRun> ReadAsync() => await db.Set<DuplicateRun>().AsNoTracking().SingleAsync(r => r.Id == id);
    }

    [Fact]
    public async Task NoRoom_IsTold_OfADiskThatIsFull_AndOfNothingElse()
    {
        // everything written there finds the disk full
        var full = await Record.ExceptionAsync(() => File.WriteAllTextAsync("/dev/full", "x"));
        var absent = await Record.ExceptionAsync(() => File.ReadAllTextAsync("/nowhere/at all"));
        Assert.Equal((true, true, false), (FullDisk.Is(full!), FullDisk.Is(new InvalidOperationException("wrapped", full)), FullDisk.Is(absent!)));
    }

    [Fact]
    public async Task Search_WhoseDatabaseGoesAway_BeginsAgain_WhenItIsBack()
    {
        var searcher = await SearcherAsync("Lost Quassia");
        await TwinsAsync("Quassia Timber Yard", "Quasia Timber Yard", "31451288", searcher);
        // else the search would already wait at the first of its stages, in which nothing can be lost
        await office.Services.GetRequiredService<PartnerKeys>().CatchUpAsync(int.MaxValue, default);
        using var rounds = new BackgroundRounds(TimeSpan.FromSeconds(1), Work.RunAllAsync, "Searches wait.", atOnce: true, TimeProvider.System, NullLogger.Instance);
        await using (var db = office.Open())
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            await db.Database.ExecuteSqlAsync($"lock table clients.person in access exclusive mode");
            await Desk.StartAsync(searcher, default);
            await rounds.StartAsync(default);
            await WaitingAsync();
            await db.Database.ExecuteSqlAsync($"select pg_terminate_backend(pid) from pg_locks where not granted and relation = 'clients.person'::regclass");
        }

        await Wait.UntilAsync(async () => (await Query.OverviewAsync(searcher, default)).Run!.State != DuplicateRunState.Running, "the end of the search");

        var run = (await Query.OverviewAsync(searcher, default)).Run!;
        Assert.Equal((DuplicateRunState.Completed, 1), (run.State, run.Restarts));
        await rounds.StopAsync(default);

        Task WaitingAsync() => Wait.UntilAsync(async () =>
        {
            await using var db = office.Open();
            return await db.Database.SqlQuery<bool>($"""select exists (select from pg_locks where not granted and relation = 'clients.person'::regclass) as "Value" """).SingleAsync();
        }, "the search at its persons");
    }

    [Fact]
    public async Task Overview_ForWhoReachesAPart_KeepsTheFiguresOfTheWholeBase()
    {
        var searcher = await SearcherAsync("Counting Clary");
        await SearchAsync(searcher);

        Assert.True((await Query.OverviewAsync(searcher, default)).IsWhole);
        foreach (var scope in new[] { ActorScope.Own, ActorScope.Team, ActorScope.Branch })
            Assert.False((await Query.OverviewAsync(searcher with { Scope = scope }, default)).IsWhole);
    }

    [Fact]
    public async Task PlannedSearch_ThatAnotherOneForestalls_IsLeftToTheNextRound()
    {
        var searcher = await SearcherAsync("Racing Rue");
        await Desk.PlanAsync(new(1, 2, searcher.UserId), searcher, default);
        office.Clock.Advance(TimeSpan.FromDays(2));
        var first = new DuplicateRun(Guid.CreateVersion7(), searcher, office.Clock.GetUtcNow());
        Task planned;
        await using (var db = office.Open())
        {
            await using var transaction = await db.Database.BeginTransactionAsync();
            await db.TakeTurnAsync("duplicates", default);
            planned = Desk.StartPlannedAsync(default);
            await Wait.UntilAsync(async () => await db.Database.SqlQuery<bool>($"""select exists (select from pg_locks where not granted and locktype = 'advisory') as "Value" """).SingleAsync(), "the planned search at its turn");
            db.Add(first);
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
        }

        await planned;

        Assert.Equal(first.Id, (await Query.OverviewAsync(searcher, default)).Run!.Id);
        await Work.RunAsync(first.Id, default);
        await Desk.PlanAsync(new(), searcher, default);
    }

    [Fact]
    public async Task DoubtfulPairs_AreGivenAsTasks_ToWhoAnswersForThem()
    {
        var (searcher, seller) = (await SearcherAsync("Giving Oregano"), await SearcherAsync("Answering Oregano"));
        var one = await Partners.AddAsync(new("Oregano Terrace", PartnerKinds.Client, Responsible: seller.UserId), searcher, default);
        var other = await Partners.AddAsync(new("Oregano Terasse", PartnerKinds.Client), searcher, default);
        var pair = await Found.PairAsync(office, ObjectKind.Partner, one.Value, other.Value, 0.7);

        var given = await office.Services.GetRequiredService<DuplicateTasks>().GiveAsync([pair], null, row => $"Are {row.One.Name} and {row.Other.Name} one?", searcher, default);

        Assert.Equal(1, given);
        await using var db = office.Open();
        var found = await db.Set<FoundPair>().SingleAsync(p => p.Id == pair);
        var task = await db.Set<Assignment>().SingleAsync(a => a.Id == found.Task);
        Assert.Equal((FoundPairState.TaskGiven, seller.UserId, ObjectKind.FoundPair, (Guid?)pair), (found.State, task.Performer, task.AboutKind!.Value, task.AboutId));
        var again = await Assert.ThrowsAsync<RuleBrokenException>(() => office.Services.GetRequiredService<DuplicateTasks>().GiveAsync([pair], null, row => "again", searcher, default));
        Assert.Equal(("clients.pair-given", seller.Name), (again.Code, again.Args[0]));
        Assert.True(await Query.MaySeeAsync(pair, seller, default));
    }

    [Theory]
    [InlineData("2026-03-01T10:00Z", null, "2026-03-02T01:00Z")]
    [InlineData("2026-03-01T10:00Z", "2026-03-01T12:00Z", "2026-03-08T01:00Z")]
    [InlineData("2026-03-20T10:00Z", "2026-03-01T12:00Z", "2026-03-21T01:00Z")]
    public void Plan_ComesAtItsHour_AfterItWasMade(string made, string? last, string next)
    {
        var zone = TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromHours(1), "test", "test");
        var plan = new DuplicatePlan(7, 2) { MadeAt = DateTimeOffset.Parse(made) };

        Assert.Equal(DateTimeOffset.Parse(next), plan.Next(last is null ? null : DateTimeOffset.Parse(last), zone));
        Assert.Null((plan with { EveryDays = 0 }).Next(null, zone));
    }

    [Fact]
    public async Task PlannedSearch_BeginsWhenItsTimeHasCome()
    {
        var searcher = await SearcherAsync("Planning Parsley");
        await SearchAsync(searcher);
        await Desk.PlanAsync(new(1, 2, searcher.UserId), searcher, default);
        await Desk.StartPlannedAsync(default);
        Assert.NotEqual(DuplicateRunState.Running, (await Query.OverviewAsync(searcher, default)).Run!.State);

        office.Clock.Advance(TimeSpan.FromDays(2));
        await Desk.StartPlannedAsync(default);

        var run = (await Query.OverviewAsync(searcher, default)).Run!;
        Assert.Equal(DuplicateRunState.Running, run.State);
        await Work.RunAsync(run.Id, default);
        await Desk.PlanAsync(new(), searcher, default);
    }
}
