using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.History;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Work;
using Portal.Tests.Dispatch;
using Portal.Tests.Work;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Clients.History;

/// <summary>Everything that happened with a client in one stream, each line for who may see what it tells of.</summary>
public sealed class HistoryTests(MailOffice office) : IClassFixture<MailOffice>
{
    private static readonly string[] Sales = [Permissions.ClientsRead, Permissions.ClientsManage, Permissions.ProcessRead, Permissions.ProcessStart, Permissions.TasksWork];

    private T Job<T>() where T : notnull => office.Services.GetRequiredService<T>();

    private async Task<Actor> SellerAsync(string name) => await office.ReaderAsync($"{name} {Guid.NewGuid():N}"[..(name.Length + 9)], "sales") with { Permissions = [.. Sales, Permissions.BoardRead] };

    private async Task<PartnerId> ClientAsync(Actor seller) => await Job<PartnerRegistry>().AddAsync(new($"Rowan {Guid.NewGuid():N}", PartnerKinds.Client, Phone: "+1 555 0100", Responsible: seller.UserId), seller, default);

    private async Task<Trip> TripAsync(PartnerId customer, BranchId branch, DateTimeOffset from, Actor by)
    {
        await using var db = office.Open();
        var number = await db.Database.SqlQuery<long>($"""select nextval('dispatch.trip_number') as "Value" """).SingleAsync();
        var trip = Trip.Register(TripId.New(), number, branch, Orders.Simple(from) with { Customer = customer }, office.Clock.GetUtcNow(), by);
        db.Add(trip);
        await db.SaveChangesAsync();
        return trip;
    }

    private async Task<BranchId> BranchAsync(string name)
    {
        await using var db = office.Open();
        var branch = new Branch(BranchId.New(), (await db.Set<Company>().FirstAsync()).Id, $"{name} {Guid.NewGuid():N}", "UTC");
        db.Add(branch);
        await db.SaveChangesAsync();
        return branch.Id;
    }

    private async Task<IReadOnlyList<TimelineRow>> RowsAsync(PartnerId client, Actor reader, TimelineFilter? filter = null) => (await Job<TimelineQuery>().ListAsync(client, filter ?? new(), null, TimelineQuery.Most, reader, default)).Rows;

    private Task<StoredFileId> AttachAsync(PartnerId client, string name, Actor by, bool confidential = false) =>
        Job<Attachments>().AttachAsync(new(ObjectKind.Partner, client.Value), name, new MemoryStream(Encoding.UTF8.GetBytes("words")), by, confidential);

    private async Task RenameAsync(PartnerId client, string name, string phone, Actor by)
    {
        var card = (await Job<PartnerDetailsQuery>().FindAsync(client, by, default))!.Head;
        await Job<PartnerRegistry>().ChangeAsync(client, new(name, card.Kinds, card.Standing, phone, card.Email, Responsible: card.ResponsibleId), card.Version, by, default);
    }

    [Fact]
    public async Task Stream_TellsOfEverySource_ToWhoMaySeeIt()
    {
        var seller = await SellerAsync("Telling");
        var (client, branch) = (await ClientAsync(seller), await BranchAsync("Quay"));
        var trip = await TripAsync(client, branch, office.Clock.GetUtcNow().AddHours(-2), seller);
        var process = await office.Runner.StartAsync("offered", new(ObjectKind.Partner, client.Value), ContextValue.Empty, seller);
        await using (var db = office.Open())
        {
            var task = await db.Set<TaskRow>().SingleAsync(t => t.Instance == process);
            await office.Tasks.ClaimAsync(task.Id, seller);
            await office.Runner.CompleteAsync(task.Id, ContextValue.Empty, seller);
        }
        var file = await AttachAsync(client, "terms.txt", seller);
        await Job<Attachments>().ArchiveAsync(file, seller);
        await RenameAsync(client, "Renamed Rowan", "+1 555 0199", seller);
        var given = AssignmentId.New();
        await office.Assignments.GiveAsync(given, new() { Title = "Send the list", Performer = seller.UserId, About = new(ObjectKind.Partner, client.Value) }, seller);
        await office.Assignments.WithdrawAsync(given, "no need", seller);

        var rows = await RowsAsync(client, seller);

        Assert.Equal(["assignment.withdrawn", "changed", "file.archived", "file.attached", "partner.added", "process.ended", "process.started", "task.done", "trip"], rows.Select(r => r.What).Order());
        Assert.Equal((trip.Id, trip.Number, "Mill Lane 12", "Harbour Gate 3"), rows.Single(r => r.What == "trip").Trip is { } told ? (told.Id, told.Number, told.From, told.To) : default);
        Assert.Equal([("Name", "Renamed Rowan"), ("Phone", "+1 555 0199")], rows.Single(r => r.What == "changed").Changes.Select(c => (c.Name, c.After)));
        Assert.Equal(("terms.txt", null, seller.Name), rows.Single(r => r.What == "file.archived") is { } gone ? (gone.Words, gone.File, gone.ByName) : default);
        Assert.Equal(rows.OrderByDescending(r => r.At).Select(r => r.At), rows.Select(r => r.At));
    }

    [Fact]
    public async Task Stream_LeavesOutWhatItsReaderMayNotSee()
    {
        var seller = await SellerAsync("Insider");
        var (client, here, there) = (await ClientAsync(seller), await BranchAsync("Here"), await BranchAsync("There"));
        var near = await TripAsync(client, here, office.Clock.GetUtcNow().AddHours(-3), seller);
        var far = await TripAsync(client, there, office.Clock.GetUtcNow().AddHours(-2), seller);
        await TripAsync(await ClientAsync(seller), here, office.Clock.GetUtcNow().AddHours(-1), seller);
        await office.Runner.StartAsync("offered", new(ObjectKind.Partner, client.Value), ContextValue.Empty, seller);
        await AttachAsync(client, "secret.txt", seller, confidential: true);
        await RenameAsync(client, "Quiet Rowan", "+1 555 0142", seller);
        var given = AssignmentId.New();
        await office.Assignments.GiveAsync(given, new() { Title = "Between us", Performer = seller.UserId, About = new(ObjectKind.Partner, client.Value) }, seller);
        await office.Assignments.WithdrawAsync(given, "no need", seller);
        var reader = await office.ReaderAsync($"Reader {Guid.NewGuid():N}", "warehouse") with { Permissions = [Permissions.ClientsRead], Hidden = ConfidentialFields.Phones };
        var ofBranch = reader with { Permissions = [Permissions.ClientsRead, Permissions.BoardRead], Scope = ActorScope.Branch, BranchId = here.Value };

        Assert.Equal(["changed", "partner.added", "trip", "trip"], (await RowsAsync(client, reader)).Select(r => r.What).Order());
        Assert.Equal([("Name", "Quiet Rowan"), ("Phone", AuditRow.Hidden)], (await RowsAsync(client, reader)).Single(r => r.What == "changed").Changes.Select(c => (c.Name, c.After!)));
        // of the client's own orders everybody knows who sees it, and opens those that the board shows him
        Assert.Equal([(far.Id, false), (near.Id, false)], (await RowsAsync(client, reader, new(TimelineKind.Trip))).Select(r => (r.Trip!.Id, r.Trip.Opens)));
        Assert.Equal([(far.Id, false), (near.Id, true)], (await RowsAsync(client, ofBranch, new(TimelineKind.Trip))).Select(r => (r.Trip!.Id, r.Trip.Opens)));
        Assert.Equal("clients.partner-unknown", (await Assert.ThrowsAsync<RuleBrokenException>(() => RowsAsync(client, reader with { UserId = Guid.NewGuid(), Scope = ActorScope.Own }, new(TimelineKind.Trip)))).Code);
        Assert.Contains((await RowsAsync(client, reader with { Permissions = [Permissions.ClientsRead, Permissions.FilesConfidential] })), r => r.What == "file.attached");
        // what he himself answers for is open to him
        Assert.Equal("+1 555 0142", (await RowsAsync(client, seller with { Hidden = ConfidentialFields.Phones })).Single(r => r.What == "changed").Changes.Single(c => c.Name == "Phone").After);
    }

    [Fact]
    public async Task Stream_TellsOfFurtherNumbersAndTags_OfTheClientAndItsPeople()
    {
        var seller = await SellerAsync("Numbering");
        var (client, contacts, tags) = (await ClientAsync(seller), Job<ContactRegistry>(), Job<ObjectTags>());
        office.Clock.Advance(TimeSpan.FromMinutes(1));
        var role = await contacts.AddAsync(client, null, new("Odo Larch", "buyer"), seller, default);
        await ChangeAsync(new(ContactChannel.Phone, ContactUse.Mobile, "+1 700 555 0102"), new(ContactChannel.Email, ContactUse.Work, "odo@larch.example"));
        office.Clock.Advance(TimeSpan.FromMinutes(1));
        await ChangeAsync(new(ContactChannel.Phone, ContactUse.Mobile, "+1 700 555 0103"), new(ContactChannel.Email, ContactUse.Work, "odo@larch.example"));
        office.Clock.Advance(TimeSpan.FromMinutes(1));
        await tags.AddAsync(new(ObjectKind.Partner, client.Value), "timber", seller, default);
        office.Clock.Advance(TimeSpan.FromMinutes(1));
        await tags.RemoveAsync(new(ObjectKind.Partner, client.Value), "timber", seller, default);

        var rows = (await RowsAsync(client, seller, new(TimelineKind.Change))).Select(r => (r.About.Kind, r.Words, Field: r.Changes.Single())).ToList();

        Assert.Equal([new("Tag", "timber", null), new("Tag", null, "timber")], rows.Where(r => r.Kind == ObjectKind.Partner).Select(r => r.Field));
        Assert.All(rows.Where(r => r.Kind == ObjectKind.Person), r => Assert.Equal("Odo Larch", r.Words));
        Assert.Equal([("FurtherEmail", null, "odo@larch.example"), ("FurtherPhone", null, "+1 700 555 0102"), ("FurtherPhone", null, "+1 700 555 0103"), ("FurtherPhone", "+1 700 555 0102", null)],
            rows.Where(r => r.Kind == ObjectKind.Person).Select(r => (r.Field.Name, r.Field.Before, r.Field.After)).Order());
        var veiled = (await RowsAsync(client, seller with { UserId = Guid.NewGuid(), Hidden = ConfidentialFields.Phones }, new(TimelineKind.Change))).SelectMany(r => r.Changes).ToList();
        Assert.Equal((3, 1), (veiled.Count(f => f is { Name: "FurtherPhone", After: AuditRow.Hidden }), veiled.Count(f => f.After == "odo@larch.example")));

        async Task ChangeAsync(params ContactPointDetails[] others)
        {
            var contact = (await Job<PartnerDetailsQuery>().FindAsync(client, seller, default))!.Contacts.Single();
            await contacts.ChangeAsync(role, new("Odo Larch", "buyer", Others: others), contact.Version, seller, default);
        }
    }

    [Fact]
    public async Task Stream_TellsOfTheWorkOfOthers_AsFarAsOnesReachAsTheirOverseer()
    {
        var (seller, head) = (await SellerAsync("Working"), await SellerAsync("Heading"));
        var client = await ClientAsync(head);
        var given = AssignmentId.New();
        await office.Assignments.GiveAsync(given, new() { Title = "Count the shelves", Performer = seller.UserId, About = new(ObjectKind.Partner, client.Value) }, seller);
        await office.Assignments.WithdrawAsync(given, "no need", seller);
        await using var db = office.Open();
        var branch = await db.Set<Assignment>().Where(a => a.Id == given).Select(a => a.Branch).SingleAsync();
        async Task<int> SeenAsync(ActorScope scope, params Guid[] team) =>
            (await RowsAsync(client, head with { Permissions = [.. Sales, Permissions.TasksOversee], Scope = scope, BranchId = branch?.Value, Teammates = [head.UserId, .. team] }, new(TimelineKind.Work))).Count;

        Assert.Equal(0, await SeenAsync(ActorScope.Own));
        Assert.Equal(0, await SeenAsync(ActorScope.Team));
        Assert.Equal(1, await SeenAsync(ActorScope.Team, seller.UserId));
        Assert.Equal(1, await SeenAsync(ActorScope.Branch));
        Assert.Equal(1, await SeenAsync(ActorScope.All));
    }

    [Fact]
    public async Task Filter_ByKind_Person_Period_AndWords()
    {
        var (seller, colleague) = (await SellerAsync("First"), await SellerAsync("Second"));
        var (client, branch) = (await ClientAsync(seller), await BranchAsync("Pier"));
        var now = office.Clock.GetUtcNow();
        await TripAsync(client, branch, now.AddDays(-5), colleague);
        await Job<InteractionDesk>().RecordAsync(client, new(InteractionKind.Call, InteractionDirection.Outgoing, now.AddDays(-2), 5, "About the pier", null, null), Participants.None, null, colleague, default);
        await AttachAsync(client, "pier.txt", seller);

        async Task<string> WhatAsync(TimelineFilter filter) => string.Join(' ', (await RowsAsync(client, seller, filter)).Select(r => r.What).Order(StringComparer.Ordinal));

        Assert.Equal("trip", await WhatAsync(new(TimelineKind.Trip)));
        Assert.Equal("interaction", await WhatAsync(new(TimelineKind.Interaction)));
        Assert.Equal("interaction", await WhatAsync(new(Talk: InteractionKind.Call)));
        Assert.Equal("", await WhatAsync(new(Talk: InteractionKind.Meeting)));
        Assert.Equal("partner.added", await WhatAsync(new(TimelineKind.Event)));
        Assert.Equal("interaction trip", await WhatAsync(new(By: colleague.UserId)));
        Assert.Equal("trip", await WhatAsync(new(From: now.AddDays(-6), To: now.AddDays(-4))));
        Assert.Equal("interaction trip", await WhatAsync(new(To: now.AddDays(-1))));
        Assert.Equal("file.attached interaction", await WhatAsync(new(Text: "pier")));
        Assert.Equal("trip", await WhatAsync(new(Text: "harbour gate")));
    }

    [Fact]
    public async Task Pages_OfThousandsOfOneMoment_TellEachLineOnce_AlsoWhileNewOnesCome()
    {
        var seller = await SellerAsync("Pages");
        var (client, branch, at) = (await ClientAsync(seller), await BranchAsync("Mole"), office.Clock.GetUtcNow().AddDays(-1));
        await using (var db = office.Open())
        {
            db.AddRange(Enumerable.Range(0, 1500).Select(i => new TimelineEntry(client, "partner.restored", new(ObjectKind.Partner, client.Value), $"{i}", at.AddMinutes(-(i / 100)), seller)));
            db.AddRange(Enumerable.Range(0, 40).Select(i => new StoredFile(StoredFileId.New(), new(ObjectKind.Partner, client.Value), $"{i}.txt", "text/plain", 1, new string('a', 64), at.AddMinutes(-(i / 10)), seller)));
            await db.SaveChangesAsync();
        }
        for (var i = 0; i < 3; i++) await TripAsync(client, branch, at.AddMinutes(-1), seller);

        var (told, older, pages) = (new List<TimelineRow>(), (HistoryMark?)null, 0);
        do
        {
            var page = await Job<TimelineQuery>().ListAsync(client, new(), older, 97, seller, default);
            Assert.True(older is null || page.Rows.All(r => r.Mark.IsBehind(older)));
            told.AddRange(page.Rows);
            older = page.Older;
            if (pages++ == 2) await AttachAsync(client, "came-meanwhile.txt", seller);
        }
        while (older is not null);

        Assert.Equal(1500 + 40 + 3 + 1, told.Count);
        Assert.Equal(told.Count, told.Select(r => r.Mark).Distinct().Count());
        Assert.All(told.Zip(told.Skip(1)), pair => Assert.True(pair.Second.Mark.IsBehind(pair.First.Mark)));
        Assert.Contains((await Job<TimelineQuery>().ListAsync(client, new(), null, 2, seller, default)).Rows, r => r.Words == "came-meanwhile.txt");
    }

    [Fact]
    public async Task Changes_NameWhatIdsStandFor_AndLeaveMachineFieldsOut()
    {
        var seller = await SellerAsync("Naming");
        var (client, above) = (await ClientAsync(seller), await Job<PartnerRegistry>().AddAsync(new("Holding Rowan", PartnerKinds.Client), seller, default));
        var card = (await Job<PartnerDetailsQuery>().FindAsync(client, seller, default))!.Head;
        await Job<PartnerRegistry>().ChangeAsync(client, new(card.Name, PartnerKinds.Client | PartnerKinds.Supplier, PartnerStanding.Active, card.Phone, Parent: above, Level: NetworkLevel.Outlet, Responsible: card.ResponsibleId), card.Version, seller, default);
        var entity = await Job<CounterpartyRegistry>().AddAsync(client, new("Rowan Ltd", "GB"), seller, default);
        var seen = (await Job<PartnerDetailsQuery>().FindAsync(client, seller, default))!.Entities.Single().Version;
        await Job<CounterpartyRegistry>().ChangeAsync(entity, new("Rowan Ltd", "GB", "Hill 1"), seen, seller, default);

        var changes = (await RowsAsync(client, seller, new(TimelineKind.Change))).ToDictionary(r => r.About.Kind);

        Assert.Equal([("Kinds", "1", "3"), ("Level", "Single", "Outlet"), ("Parent", null, "Holding Rowan")], changes[ObjectKind.Partner].Changes.Select(c => (c.Name, c.Before, c.After)));
        Assert.Equal(("Rowan Ltd", "LegalAddress", null, "Hill 1"), (changes[ObjectKind.Counterparty].Words, changes[ObjectKind.Counterparty].Changes.Single().Name, changes[ObjectKind.Counterparty].Changes.Single().Before, changes[ObjectKind.Counterparty].Changes.Single().After));
    }

    [Fact]
    public async Task Orders_ToCome_StandAhead_NotInTheHistory()
    {
        var seller = await SellerAsync("Ahead");
        var (client, branch) = (await ClientAsync(seller), await BranchAsync("Bay"));
        var trip = await TripAsync(client, branch, office.Clock.GetUtcNow().AddDays(1), seller);

        Assert.Equal([trip.Id], (await Job<TimelineQuery>().TripsAheadAsync(client, seller, default)).Select(t => t.Id));
        Assert.Empty(await RowsAsync(client, seller, new(TimelineKind.Trip)));
        Assert.Equal((trip.Id, false, null), Assert.Single(await Job<TimelineQuery>().TripsAheadAsync(client, seller with { Permissions = [Permissions.ClientsRead] }, default)) is { } told ? (told.Id, told.Opens, told.Plate) : default);
    }

    [Theory]
    [InlineData(-60, null, null, 60)]
    [InlineData(-60, -20, null, 40)]
    [InlineData(-60, -70, null, null)]
    [InlineData(-60, null, -10, null)]
    [InlineData(30, null, null, null)]
    public void Lateness_CountsFromThePromise_ToTheVehicle_OrToNow_WhileTheOrderIsOpen(int promised, int? arrived, int? ended, int? late)
    {
        var now = office.Clock.GetUtcNow();
        var trip = new HistoryTrip(TripId.New(), 1, TripState.OnTheWay, now.AddHours(-2), now.AddMinutes(promised), Moment(arrived), Moment(ended), "A", "B", null, false);

        Assert.Equal(late is { } minutes ? TimeSpan.FromMinutes(minutes) : null, trip.LateBy(now));

        DateTimeOffset? Moment(int? at) => at is { } minutes ? now.AddMinutes(minutes) : null;
    }
}
