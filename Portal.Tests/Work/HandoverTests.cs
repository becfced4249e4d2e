using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Segments;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Work.Handovers;
using Portal.Tests.Processes;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Work;

/// <summary>Work of a person that goes to colleagues: clients, calendar, tasks, processes, assignments.</summary>
public sealed class HandoverTests(MailOffice office) : IClassFixture<MailOffice>
{
    private static readonly Farewell Letter = new(
        new Dictionary<string, FarewellWords> { ["en"] = new("{old} leaves", "Dear {client}, ask {new} ({mail})."), ["uk"] = new("Новий менеджер", "{client}: {new}") }, "en", true);

    private Handover Handover => office.Services.GetRequiredService<Handover>();
    private HandoverQuery Reports => office.Services.GetRequiredService<HandoverQuery>();

    private async Task<(Actor Leaver, Actor First, Actor Second, Actor Head)> PeopleAsync() =>
        (await SellerAsync("Lea"), await SellerAsync("Ann"), await SellerAsync("Bob"), await SellerAsync("Hed", "sales-head"));

    private async Task<Actor> SellerAsync(string name, string role = "sales") => await office.ReaderAsync(name, role);

    private async Task<Partner> ClientAsync(Actor of, string name, string? mail = null, PartnerStanding standing = PartnerStanding.Active, string? country = null)
    {
        var client = new Partner(PartnerId.New(), name, PartnerKinds.Client);
        client.Reach(null, mail);
        client.Stand(standing);
        client.HandTo(of.UserId, null);
        await using var db = office.Open();
        db.Add(client);
        if (country is not null)
        {
            var entity = new Counterparty(CounterpartyId.New(), client.Id, name, null);
            db.Add(entity);
            await db.SaveChangesAsync();
            await db.Set<Counterparty>().Where(c => c.Id == entity.Id).ExecuteUpdateAsync(set => set.SetProperty(c => c.Country, country));
        }
        await db.SaveChangesAsync();
        return client;
    }

    private async Task<Interaction> PlannedAsync(Actor of, Partner client, string subject)
    {
        var now = office.Clock.GetUtcNow();
        var planned = new Interaction(InteractionId.New(), client.Id, new(InteractionKind.Call, InteractionDirection.Outgoing, now.AddDays(1), 15, subject, null, null), InteractionState.Planned, of.UserId, null, now, of);
        await using var db = office.Open();
        db.Add(planned);
        await db.SaveChangesAsync();
        return planned;
    }

    private async Task<Dictionary<string, Guid?>> ResponsibleAsync(params Partner[] clients)
    {
        var ids = clients.Select(c => c.Id).ToList();
        await using var db = office.Open();
        return await db.Set<Partner>().Where(p => ids.Contains(p.Id)).ToDictionaryAsync(p => p.Name, p => p.Responsible);
    }

    [Fact]
    public async Task Run_WithSharesByStanding_DealsClientsInTurn_AndTheirMeetingsFollow()
    {
        var (leaver, first, second, head) = await PeopleAsync();
        var (active, other, prospect) = (await ClientAsync(leaver, "Alder"), await ClientAsync(leaver, "Birch"), await ClientAsync(leaver, "Cedar", standing: PartnerStanding.Prospect));
        var (call, later) = (await PlannedAsync(leaver, other, "Offer"), await PlannedAsync(leaver, prospect, "First call"));
        var plan = new HandoverPlan(leaver.UserId, [new(HeldKind.Client, [first.UserId, second.UserId], Standing: PartnerStanding.Active), new(HeldKind.Interaction, [], WithClients: true)]);

        var outline = await Handover.PreviewAsync(plan, head);
        Assert.Equal(3, outline.Moved);
        Assert.Equal(HandoverRefusal.ClientStays, Assert.Single(outline.Groups, g => g.Refusal is not null).Refusal);
        Assert.Equal([leaver.UserId, leaver.UserId, leaver.UserId], (await ResponsibleAsync(active, other, prospect)).Values);

        var report = await Handover.RunAsync(plan, head);

        Assert.Equal((3, 1, 0), (report.Moved, report.Stayed, report.Letters));
        var held = await ResponsibleAsync(active, other, prospect);
        Assert.Equal((first.UserId, second.UserId, leaver.UserId), (held["Alder"], held["Birch"], held["Cedar"]));
        await using var db = office.Open();
        Assert.Equal(second.UserId, (await db.Set<Interaction>().SingleAsync(i => i.Id == call.Id)).Responsible);
        Assert.Equal(leaver.UserId, (await db.Set<Interaction>().SingleAsync(i => i.Id == later.Id)).Responsible);
        Assert.Equal("Ann", (await db.Set<TimelineEntry>().SingleAsync(e => e.Partner == active.Id && e.What == "partner.handed")).Words);
        Assert.Contains(first.UserId.ToString(), (await db.Set<AuditRow>().SingleAsync(r => r.ObjectId == active.Id.Value && r.UserName == "Hed")).After, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OfChosenClients_LeavesTheOthers()
    {
        var (leaver, first, _, head) = await PeopleAsync();
        var (wanted, left) = (await ClientAsync(leaver, "Wanted Elm"), await ClientAsync(leaver, "Left Elm"));

        await Handover.RunAsync(new(leaver.UserId, [new(HeldKind.Client, [first.UserId], Only: [wanted.Id.Value])]), head);

        var held = await ResponsibleAsync(wanted, left);
        Assert.Equal((first.UserId, leaver.UserId), (held["Wanted Elm"], held["Left Elm"]));
        Assert.Equal(1, (await Handover.HeldAsync(leaver.UserId, head))[HeldKind.Client]);
    }

    [Fact]
    public async Task SharedSegments_GoToTheHeir_WhoChangesThem_AndThoseOfHisOwnStay()
    {
        var (leaver, first, second, head) = await PeopleAsync();
        var segments = office.Services.GetRequiredService<SegmentRegistry>();
        var everybody = await segments.AddAsync("Everybody", null, ConditionGroup.Everybody, true, leaver, default);
        var own = await segments.AddAsync("For myself", null, ConditionGroup.Everybody, false, leaver, default);
        await segments.AddAsync("everybody", null, ConditionGroup.Everybody, false, first, default);

        var report = await Handover.RunAsync(HandoverPlan.Everything(leaver.UserId, first.UserId), head);

        Assert.Equal((1, 0), (report.Moved, report.Stayed));
        var line = Assert.Single((await Reports.FindAsync(report.Id, Slice.All, head, default)).Lines.Rows);
        Assert.Equal((HeldKind.Segment, everybody.Value, "Everybody", first.UserId), (line.Kind, line.ObjectId, line.Title, line.ToUser));
        await using var db = office.Open();
        var (given, kept) = (await db.Set<Segment>().SingleAsync(s => s.Id == everybody), await db.Set<Segment>().SingleAsync(s => s.Id == own));
        Assert.Equal((first.UserId, "Everybody (2)", leaver.UserId), (given.Owner, given.Name, kept.Owner));
        Assert.Contains(first.UserId.ToString(), (await db.Set<AuditRow>().SingleAsync(r => r.ObjectId == everybody.Value && r.UserName == "Hed")).After, StringComparison.Ordinal);
        await segments.RefreshAsync(everybody, first, default);
        Assert.Equal("identity.not-allowed", (await RefusalOfAsync(() => segments.RefreshAsync(everybody, second, default))).Code);
    }

    [Fact]
    public async Task Addresses_ThatAreHidden_AreToldToTheHeirAlone_AndNobodyOpensThemToHimself()
    {
        var (leaver, first, _, head) = await PeopleAsync();
        var client = await ClientAsync(leaver, "Veiled Oak", "office@veiled.example");
        var (plan, blind, heir) = (new HandoverPlan(leaver.UserId, [new(HeldKind.Client, [first.UserId])], Letter), head with { Hidden = ConfidentialFields.Mails }, first with { Hidden = ConfidentialFields.Mails });

        Assert.Equal("clients.take-over", (await RefusalOfAsync(() => Handover.PreviewAsync(new(leaver.UserId, [new(HeldKind.Client, [head.UserId])]), blind))).Code);
        Assert.Equal(("", "office@veiled.example"), ((await Handover.PreviewAsync(plan, blind)).Sample!.To, (await Handover.PreviewAsync(plan, head)).Sample!.To));
        var report = await Handover.RunAsync(plan, blind);

        Assert.Null(await AddressAsync(blind));
        Assert.Equal("office@veiled.example", await AddressAsync(heir));

        async Task<string?> AddressAsync(Actor reader) => (await Reports.FindAsync(report.Id, Slice.All, reader, default)).Lines.Rows.Single(l => l.ObjectId == client.Id.Value).LetterTo;
    }

    [Fact]
    public async Task Run_WithAFarewell_WritesToEachClientOnceInItsLanguage()
    {
        var (leaver, first, _, head) = await PeopleAsync();
        var foreign = await ClientAsync(leaver, "Kalyna", "office@kalyna.example", country: "UA");
        await ClientAsync(leaver, "Oak", "office@oak.example");
        await ClientAsync(leaver, "Mute Oak");
        var plan = new HandoverPlan(leaver.UserId, [new(HeldKind.Client, [first.UserId])], Letter);

        var outline = await Handover.PreviewAsync(plan, head);
        Assert.Equal((2, 1), (outline.Letters, outline.WithoutMail));
        var report = await Handover.RunAsync(plan, head);
        Assert.Equal(0, (await Handover.RunAsync(plan, head)).Letters);

        await using var db = office.Open();
        var bodies = await db.Database.SqlQuery<string>($"select body ->> 'Subject' || '|' || (body ->> 'Text') as \"Value\" from core.outbox where key like {$"farewell/{report.Id.Value}/%"} order by 1").ToListAsync();
        Assert.Equal([$"Lea leaves|Dear Oak, ask Ann ({first.UserId:n}@quill.example).", "Новий менеджер|Kalyna: Ann"], bodies.Order(StringComparer.Ordinal));
        var lines = (await Reports.FindAsync(report.Id, Slice.All, head, default)).Lines.Rows;
        Assert.Equal("office@kalyna.example", lines.Single(l => l.ObjectId == foreign.Id.Value).LetterTo);
    }

    [Fact]
    public async Task Letter_ThatWentOut_StandsInTheHistoryOnce()
    {
        var (leaver, first, _, head) = await PeopleAsync();
        var client = await ClientAsync(leaver, "Linden", "office@linden.example");
        await using (var users = office.Open()) await users.Set<PortalUser>().Where(u => u.Id == first.UserId).ExecuteUpdateAsync(u => u.SetProperty(x => x.Email, "first@portal.example"));
        await Handover.RunAsync(new(leaver.UserId, [new(HeldKind.Client, [first.UserId])], Letter), head);
        await using var db = office.Open();
        var entry = await db.Database.SqlQuery<string>($"select body::text as \"Value\" from core.outbox where kind = 'client.letter' and body ->> 'Partner' = {client.Id.Value.ToString()}").SingleAsync();
        Assert.Equal("first@portal.example", System.Text.Json.JsonSerializer.Deserialize<ClientLetter>(entry)!.AnswersTo);
        var letters = ActivatorUtilities.CreateInstance<ClientLetters>(office.Services);

        // a try that broke off after the letter was sent is repeated
        for (var attempt = 1; attempt <= 2; attempt++) await letters.Handler.Handle(new(1, "farewell/linden", letters.Handler.Kind, entry, attempt), default);

        Assert.Equal("Lea leaves → office@linden.example", (await db.Set<TimelineEntry>().SingleAsync(e => e.Partner == client.Id && e.What == "mail.sent")).Words);
    }

    [Fact]
    public async Task Preview_OfALetterWithAnUnknownPlace_IsRefused()
    {
        var (leaver, first, _, head) = await PeopleAsync();
        var odd = Letter with { ByLanguage = new Dictionary<string, FarewellWords> { ["en"] = new("Hello", "Dear {custmer}") } };

        var refusal = await RefusalOfAsync(() => Handover.PreviewAsync(new(leaver.UserId, [new(HeldKind.Client, [first.UserId])], odd), head));

        Assert.Equal(("work.letter-place", "{custmer}"), (refusal.Code, refusal.Args[0]));
    }

    [Fact]
    public async Task Run_ThatIsStopped_LeavesEverythingAsItWas()
    {
        var (leaver, first, _, head) = await PeopleAsync();
        var clients = new List<Partner>();
        await using (var db = office.Open())
        {
            for (var i = 0; i < 1200; i++)
            {
                var client = new Partner(PartnerId.New(), $"Reed {i}", PartnerKinds.Client);
                client.HandTo(leaver.UserId, null);
                clients.Add(client);
            }
            db.AddRange(clients);
            await db.SaveChangesAsync();
        }
        using var stop = new CancellationTokenSource();
        var seen = new List<HandoverProgress>();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Handover.RunAsync(
            new(leaver.UserId, [new(HeldKind.Client, [first.UserId])], Letter), head, new Now(now => { seen.Add(now); stop.Cancel(); }), stop.Token));

        Assert.Equal(new HandoverProgress(500, 1200), seen[0]);
        Assert.Equal(1200, (await Handover.HeldAsync(leaver.UserId, head)).Total);
        Assert.DoesNotContain((await Reports.ListAsync(Slice.All, head, default)).Rows, r => r.FromUser == leaver.UserId);

        Assert.Equal(1200, (await Handover.RunAsync(new(leaver.UserId, [new(HeldKind.Client, [first.UserId])]), head)).Moved);
    }

    [Fact]
    public async Task Run_ToWhoMayNotSeeClients_IsRefusedBeforeAnythingMoves()
    {
        var (leaver, _, _, head) = await PeopleAsync();
        var driver = await office.ReaderAsync("Dora", "driver");
        var client = await ClientAsync(leaver, "Hazel");

        Assert.Equal("work.heir-without-clients", (await RefusalOfAsync(() => Handover.PreviewAsync(HandoverPlan.Everything(leaver.UserId, driver.UserId), head))).Code);
        Assert.Equal("work.heir-without-clients", (await RefusalOfAsync(() => Handover.RunAsync(HandoverPlan.Everything(leaver.UserId, driver.UserId), head))).Code);

        Assert.Equal(leaver.UserId, (await ResponsibleAsync(client))["Hazel"]);
        Assert.Equal((false, false, true), (await Handover.HeirsAsync(leaver.UserId, head)).Where(h => h.Id == driver.UserId).Select(h => (h.May(HeldKind.Client), h.May(HeldKind.Task), h.May(HeldKind.Assignment))).Single());
    }

    [Fact]
    public async Task Run_ByWhoMayNotManageClients_LeavesThemAndNamesThemNot()
    {
        var (leaver, first, _, _) = await PeopleAsync();
        await ClientAsync(leaver, "Secret Yew");
        var overseer = (await office.ReaderAsync("Odd", "production-head")) with { Permissions = [Permissions.TasksOversee] };

        var report = await Handover.RunAsync(HandoverPlan.Everything(leaver.UserId, first.UserId), overseer);

        var line = Assert.Single((await Reports.FindAsync(report.Id, Slice.All, overseer, default)).Lines.Rows);
        Assert.Equal((HandoverRefusal.NotAllowed, ""), (line.Refusal!.Value, line.Title));
        Assert.Equal("identity.not-allowed", (await RefusalOfAsync(() => Handover.RunAsync(HandoverPlan.Everything(leaver.UserId, first.UserId), first))).Code);
    }

    [Fact]
    public async Task Run_OfABlockedPerson_KeepsHisBase_AndHeirsReadOnlyTheirPart()
    {
        var (leaver, first, second, head) = await PeopleAsync();
        await ClientAsync(leaver, "Ash One");
        await ClientAsync(leaver, "Ash Two");
        await using (var db = office.Open())
            await db.Set<PortalUser>().Where(u => u.Id == leaver.UserId).ExecuteUpdateAsync(set => set.SetProperty(u => u.Blocked, true));

        Assert.Contains(await Reports.LeaversAsync(head, default), l => l.Id == leaver.UserId && l.Blocked);
        var report = await Handover.RunAsync(new(leaver.UserId, [new(HeldKind.Client, [first.UserId, second.UserId])]), head);

        Assert.Equal(2, report.Moved);
        Assert.Equal("Ash One", Assert.Single((await Reports.FindAsync(report.Id, Slice.All, first, default)).Lines.Rows).Title);
        var stranger = await SellerAsync("Sid");
        Assert.Equal("work.object-unknown", (await RefusalOfAsync(() => Reports.FindAsync(report.Id, Slice.All, stranger, default))).Code);
        Assert.Equal("work.person-unknown", (await RefusalOfAsync(() => Handover.RunAsync(HandoverPlan.Everything(first.UserId, leaver.UserId), head))).Code);
    }

    [Fact]
    public async Task Items_OfClients_AreForWhoMaySeeClients()
    {
        var (leaver, _, _, head) = await PeopleAsync();
        var client = await ClientAsync(leaver, "Quiet Fir");
        await PlannedAsync(leaver, client, "Quiet call");
        var overseer = await office.ReaderAsync("Odd", "production-head");

        foreach (var kind in new[] { HeldKind.Client, HeldKind.Interaction })
        {
            Assert.Equal("identity.not-allowed", (await RefusalOfAsync(() => Handover.ItemsAsync(leaver.UserId, kind, null, Slice.All, overseer))).Code);
            Assert.Equal(1, (await Handover.ItemsAsync(leaver.UserId, kind, null, Slice.All, head)).Total);
        }
        Assert.Equal(0, (await Handover.ItemsAsync(leaver.UserId, HeldKind.Task, null, Slice.All, overseer)).Total);
    }

    [Fact]
    public async Task Items_OfEachKind_AreFoundByAPartOfTheirTitle_ASliceAtATime()
    {
        var (leaver, first, _, head) = await PeopleAsync();
        var clients = new[] { await ClientAsync(leaver, "Item Alder"), await ClientAsync(leaver, "Item Birch 100%"), await ClientAsync(leaver, "Cedar") };
        await PlannedAsync(leaver, clients[0], "Offer");
        await office.StartAsync("given", leaver, leaver);
        await office.Assignments.GiveAsync(AssignmentId.New(), new() { Title = "Count crates", Performer = leaver.UserId }, first);
        await office.Assignments.GiveAsync(AssignmentId.New(), new() { Title = "Judge crates", Performer = first.UserId }, leaver);

        var page = await Handover.ItemsAsync(leaver.UserId, HeldKind.Client, "item", new(1, 1), head);

        Assert.Equal((2, "Item Birch 100%"), (page.Total, Assert.Single(page.Rows).Title));
        Assert.Equal(clients[1].Id.Value, page.Rows[0].Id);
        foreach (var (kind, text, title) in new[]
        {
            (HeldKind.Client, "100%", "Item Birch 100%"), (HeldKind.Interaction, "alder", "Offer · Item Alder"), (HeldKind.Task, "call", "Call back"), (HeldKind.Process, "given", "given"),
            (HeldKind.Assignment, "count", "Count crates"), (HeldKind.Control, "judge", "Judge crates"),
        })
        {
            Assert.Equal(title, Assert.Single((await Handover.ItemsAsync(leaver.UserId, kind, text, Slice.All, head)).Rows).Title);
            Assert.Equal(0, (await Handover.ItemsAsync(leaver.UserId, kind, "nowhere", Slice.All, head)).Total);
        }
    }

    [Fact]
    public async Task Find_ByWhoDoesNotSeeTheClients_VeilsThem()
    {
        var (leaver, first, _, head) = await PeopleAsync();
        var client = await ClientAsync(leaver, "Veiled Larch", "office@larch.example");
        await PlannedAsync(leaver, client, "Veiled call");
        var report = await Handover.RunAsync(HandoverPlan.Everything(leaver.UserId, first.UserId) with { Farewell = Letter }, head);

        Assert.Equal([("Veiled Larch", "office@larch.example"), ("Veiled call · Veiled Larch", null)], await LinesAsync(head));
        Assert.Equal([("Veiled Larch", "office@larch.example"), ("Veiled call · Veiled Larch", null)], await LinesAsync(first with { Scope = ActorScope.Own }));
        Assert.Equal([("", null), ("", null)], await LinesAsync(leaver with { Scope = ActorScope.Own }));
        Assert.Equal([("", null), ("", null)], await LinesAsync(await office.ReaderAsync("Odd", "production-head")));

        async Task<IEnumerable<(string, string?)>> LinesAsync(Actor reader) => (await Reports.FindAsync(report.Id, Slice.All, reader, default)).Lines.Rows.Select(l => (l.Title, l.LetterTo));
    }

    [Fact]
    public async Task Run_WithAFarewell_WritesNotToArchivedAndMergedClients()
    {
        var (leaver, first, _, head) = await PeopleAsync();
        var (kept, gone, merged) = (await ClientAsync(leaver, "Kept Pine", "kept@pine.example"), await ClientAsync(leaver, "Gone Pine", "gone@pine.example"), await ClientAsync(leaver, "Merged Pine", "merged@pine.example"));
        gone.Archive();
        merged.MergeInto(kept.Id);
        await using (var db = office.Open())
        {
            db.UpdateRange(gone, merged);
            await db.SaveChangesAsync();
        }
        var plan = new HandoverPlan(leaver.UserId, [new(HeldKind.Client, [first.UserId])], Letter);

        var outline = await Handover.PreviewAsync(plan, head);
        Assert.Equal((3, 1, 0), (outline.Moved, outline.Letters, outline.WithoutMail));
        var report = await Handover.RunAsync(plan, head);

        Assert.Equal((3, 1), (report.Moved, report.Letters));
        var lines = (await Reports.FindAsync(report.Id, Slice.All, head, default)).Lines.Rows;
        Assert.Equal(["kept@pine.example"], lines.Select(l => l.LetterTo).OfType<string>());
    }

    [Theory]
    [InlineData(ActorScope.Own)]
    [InlineData(ActorScope.Team)]
    [InlineData(ActorScope.Branch)]
    public async Task Run_OfMeetingsToWhoDoesNotSeeTheClient_LeavesThem_UnlessTheClientGoesToHim(ActorScope scope)
    {
        var (leaver, other, _, head) = await PeopleAsync();
        var heir = await office.AddAsync("Nar");
        await using (var db = office.Open())
        {
            var role = new Role { Code = $"narrow-{scope}", Name = $"narrow-{scope}", Permissions = [Permissions.ClientsRead], Scope = scope };
            db.Add(role);
            db.Add(new UserRole { UserId = heir.UserId, RoleId = role.Id });
            await db.SaveChangesAsync();
        }
        var (given, left) = (await ClientAsync(leaver, $"Given {scope}"), await ClientAsync(leaver, $"Left {scope}"));
        await using (var db = office.Open())
        {
            var branch = new Branch(BranchId.New(), await db.Set<Company>().Select(c => c.Id).SingleAsync(), $"Far {scope}", "UTC");
            db.Add(branch);
            await db.SaveChangesAsync();
            await db.Set<Partner>().Where(p => p.Id == given.Id || p.Id == left.Id).ExecuteUpdateAsync(set => set.SetProperty(p => p.Branch, branch.Id));
        }
        var (seen, unseen) = (await PlannedAsync(leaver, given, "Seen"), await PlannedAsync(leaver, left, "Unseen"));
        var plan = new HandoverPlan(leaver.UserId,
            [new(HeldKind.Client, [heir.UserId], Only: [given.Id.Value]), new(HeldKind.Client, [other.UserId]), new(HeldKind.Interaction, [heir.UserId])]);

        Assert.Equal(HandoverRefusal.BeyondHeir, Assert.Single((await Handover.PreviewAsync(plan, head)).Groups, g => g.Refusal is not null).Refusal);
        var report = await Handover.RunAsync(plan, head);

        Assert.Equal((3, 1), (report.Moved, report.Stayed));
        await using var after = office.Open();
        Assert.Equal(heir.UserId, (await after.Set<Interaction>().SingleAsync(i => i.Id == seen.Id)).Responsible);
        Assert.Equal(leaver.UserId, (await after.Set<Interaction>().SingleAsync(i => i.Id == unseen.Id)).Responsible);
    }

    private sealed class Now(Action<HandoverProgress> told) : IProgress<HandoverProgress>
    {
        public void Report(HandoverProgress value) => told(value);
    }
}
