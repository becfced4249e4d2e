using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Activity;
using Portal.Infrastructure.Clients.Completeness;
using Portal.Infrastructure.Clients.History;
using Portal.Infrastructure.Clients.Segments;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Work;
using Portal.Tests.Dispatch;
using Portal.Tests.Support;
using Portal.Tests.Work;

namespace Portal.Tests.Clients;

/// <summary>The base of clients: who reaches whom, what belongs together, what is remembered.</summary>
public sealed class ClientBaseTests(WorkOffice office) : IClassFixture<WorkOffice>
{
    private PartnerRegistry Partners => office.Services.GetRequiredService<PartnerRegistry>();
    private PartnerListQuery List => office.Services.GetRequiredService<PartnerListQuery>();
    private PartnerDetailsQuery Details => office.Services.GetRequiredService<PartnerDetailsQuery>();
    private ContactRegistry Contacts => office.Services.GetRequiredService<ContactRegistry>();
    private PlaceRegistry Places => office.Services.GetRequiredService<PlaceRegistry>();
    private CounterpartyRegistry Entities => office.Services.GetRequiredService<CounterpartyRegistry>();
    private AgreementRegistry Agreements => office.Services.GetRequiredService<AgreementRegistry>();
    private InteractionDesk Desk => office.Services.GetRequiredService<InteractionDesk>();
    private TimelineQuery Timeline => office.Services.GetRequiredService<TimelineQuery>();

    private async Task<Actor> SellerAsync(string name, ActorScope scope = ActorScope.All, params string[] permissions) =>
        (await office.PersonAsync(Unique(name), permissions.Length > 0 ? permissions : [Permissions.ClientsRead, Permissions.ClientsManage])) with { Scope = scope };

    private static string Unique(string name) => $"{name} {Guid.NewGuid():N}"[..(name.Length + 9)];

    private static async Task<string> RefusedAsync(Func<Task> job) => (await Assert.ThrowsAsync<RuleBrokenException>(job)).Code;

    [Fact]
    public async Task Add_ByWhoReachesOnlyHisOwn_MakesItHis()
    {
        var seller = await SellerAsync("Own Rosewater", ActorScope.Own);
        var other = await SellerAsync("Own Fennimore", ActorScope.Own);

        var id = await Partners.AddAsync(new(Unique("Lantern"), PartnerKinds.Client), seller, default);

        Assert.Equal(seller.UserId, (await Details.FindAsync(id, seller, default))!.Head.ResponsibleId);
        Assert.Null(await Details.FindAsync(id, other, default));
        Assert.Empty((await List.ListAsync(new(), PartnerSort.Name, false, Slice.All, other, default)).Rows);
        Assert.Equal("clients.partner-unknown", await RefusedAsync(() => Contacts.AddAsync(id, null, new("Mira Foxglove", "buyer"), other, default)));
        Assert.Equal("clients.partner-unknown", await RefusedAsync(() => Timeline.ListAsync(id, new(), null, 50, other, default)));
        Assert.Equal("clients.partner-unknown", await RefusedAsync(() => Desk.RecordAsync(id, Note("hello"), Participants.None, null, other, default)));
    }

    [Fact]
    public async Task Contact_WhoIsKnownAlready_IsFoundWhileTyping_AndStaysOnePerson()
    {
        var (seller, other) = (await SellerAsync("Knowing Bryony", ActorScope.Own), await SellerAsync("Unknowing Bryony", ActorScope.Own));
        var people = office.Services.GetRequiredService<KnownPeopleQuery>();
        var (mill, harbour, theirs) = (await Partners.AddAsync(new(Unique("Bryony Mill"), PartnerKinds.Client), seller, default), await Partners.AddAsync(new(Unique("Bryony Harbour"), PartnerKinds.Client), seller, default),
            await Partners.AddAsync(new(Unique("Bryony Dale"), PartnerKinds.Client), other, default));
        var (name, digits) = (Unique("Ottoline Bryony"), $"67{Random.Shared.Next(1_000_000, 9_999_999)}");
        await Contacts.AddAsync(mill, null, new(name, "buyer", $"+380 {digits[..2]} {digits[2..5]} {digits[5..]}", $"{digits}@bryony.example"), seller, default);
        await Contacts.AddAsync(theirs, null, new(name, "buyer"), other, default);

        foreach (var typed in new[] { name, $"0{digits}", $"{digits}@BRYONY.example" })
            Assert.Equal(name, Assert.Single(await people.FindAsync(typed, harbour, seller, default)).Name);
        Assert.Empty(await people.FindAsync(name, mill, seller, default));
        var known = Assert.Single(await people.FindAsync(name, harbour, seller, default));
        await Contacts.AddAsync(harbour, known.Id, new(known.Name, "adviser"), seller, default);

        var third = await office.Services.GetRequiredService<PartnerIntake>().TakeAsync(new(new(Unique("Third"), PartnerKinds.Client), Contact: new(known.Name, "friend"), Known: known.Id), true, seller, default);
        Assert.Equal((known.Id, "friend"), Assert.Single((await Details.FindAsync(third, seller, default))!.Contacts) is { } friend ? (friend.Person, friend.Title) : default);

        var contact = Assert.Single((await Details.FindAsync(harbour, seller, default))!.Contacts);
        Assert.Equal((known.Id, name, "adviser", $"{digits}@bryony.example"), (contact.Person, contact.Name, contact.Title, contact.Email));
        await Contacts.ChangeAsync(contact.Role, new(name, "adviser", "+380 67 555 01 77", contact.Email), contact.Version, seller, default);
        Assert.Equal("+380 67 555 01 77", Assert.Single((await Details.FindAsync(mill, seller, default))!.Contacts).Phone);
        Assert.Equal("clients.person-unknown", await RefusedAsync(() => Contacts.AddAsync(theirs, known.Id, new(name, "adviser"), other, default)));
    }

    [Fact]
    public async Task Responsible_ThatIsOffered_WorksWithClients_AndIsWithinReach()
    {
        var (all, own, here, nobody) = (await office.SellerAsync(), await office.SellerAsync(ActorScope.Own), await office.SellerAsync(ActorScope.Branch), await SellerAsync("Without Clients", ActorScope.All, Permissions.BoardRead));
        var there = await office.SellerAsync();
        await using (var db = office.Open())
        {
            var far = new Branch(BranchId.New(), (await db.Set<Company>().SingleAsync()).Id, Unique("Dale"), "UTC");
            db.Add(far);
            await db.SaveChangesAsync();
            await db.Set<PortalUser>().Where(u => u.Id == there.UserId).ExecuteUpdateAsync(u => u.SetProperty(x => x.Branch, far.Id));
        }
        async Task<IEnumerable<Guid>> OfferedToAsync(Actor actor) => (await office.Services.GetRequiredService<ColleagueQuery>().ForClientsAsync(actor)).Select(c => c.Id);

        Assert.Equal([own.UserId], await OfferedToAsync(own));
        Assert.Equal(new[] { own.UserId, all.UserId }.Order(), (await OfferedToAsync(own with { Scope = ActorScope.Team, Teammates = [all.UserId] })).Order());
        var ofBranch = await OfferedToAsync(here);
        Assert.Superset(new HashSet<Guid> { all.UserId, own.UserId, here.UserId }, ofBranch.ToHashSet());
        Assert.DoesNotContain(there.UserId, ofBranch);
        Assert.Contains(there.UserId, await OfferedToAsync(all));
        Assert.DoesNotContain(nobody.UserId, await OfferedToAsync(all));
    }

    [Fact]
    public async Task Figures_ForWhoReachesHisOwn_CountHisClientsOnly()
    {
        var (one, other) = (await SellerAsync("Counted Sage", ActorScope.Own), await SellerAsync("Uncounted Sage", ActorScope.Own));
        var ours = await Partners.AddAsync(new(Unique("Sagebrush"), PartnerKinds.Client), one, default);
        var theirs = await Partners.AddAsync(new(Unique("Sagebrush"), PartnerKinds.Client), other, default);
        await Desk.RecordAsync(ours, Note("ours"), Participants.None, null, one, default);
        await Desk.RecordAsync(theirs, Note("theirs"), Participants.None, null, other, default);
        var (now, condition) = (office.Clock.GetUtcNow(), new ConditionGroup(ConditionJoin.All, [new ConditionTest("name", ConditionOperator.StartsWith, ["Sagebrush"])]));

        Assert.Equal(1, (await List.ListAsync(new(), PartnerSort.Name, false, Slice.All, one, default)).Total);
        Assert.Equal(1, (await office.Services.GetRequiredService<SegmentQuery>().PreviewAsync(condition, null, one, default))!.Total);
        var completeness = await office.Services.GetRequiredService<CompletenessQuery>().ReadAsync(null, one, default);
        Assert.Equal((1, one.UserId), (completeness.Clients, Assert.Single(completeness.Managers).User!.Value));
        Assert.Equal((one.UserId, 1), Assert.Single(await office.Services.GetRequiredService<SilentQuery>().ReadAsync(30, null, one, default)) is { } silent ? (silent.User!.Value, silent.Clients) : default);
        var contacts = await office.Services.GetRequiredService<ActivityQuery>().ReadAsync(new(now.AddDays(-1), now.AddDays(1)), Slice.All, one, default);
        Assert.Equal((one.UserId.ToString(), 1), Assert.Single(contacts.Rows) is { } row ? (row.Key, row.Notes) : default);
    }

    [Fact]
    public async Task List_OfABranch_HoldsItsOwnAndThoseOfNoBranch()
    {
        var far = BranchId.New();
        await using (var db = office.Open())
        {
            db.Add(new Branch(far, (await db.Set<Company>().SingleAsync()).Id, "Hill", "UTC"));
            await db.SaveChangesAsync();
        }
        var (all, here) = (await SellerAsync("All Marigold"), await SellerAsync("Branch Tansy", ActorScope.Branch));
        var word = Guid.NewGuid().ToString("N")[..10];
        await Partners.AddAsync(new($"{word} everywhere", PartnerKinds.Client), all, default);
        await Partners.AddAsync(new($"{word} here", PartnerKinds.Client, Branch: office.Branch), all, default);
        var there = await Partners.AddAsync(new($"{word} there", PartnerKinds.Client, Branch: far), all, default);

        var rows = (await List.ListAsync(new(word), PartnerSort.Name, false, Slice.All, here, default)).Rows;

        Assert.Equal([$"{word} everywhere", $"{word} here"], rows.Select(r => r.Name));
        Assert.Null(await Details.FindAsync(there, here, default));
        Assert.Equal("identity.out-of-reach", await RefusedAsync(() => Partners.AddAsync(new(Unique("Lost"), PartnerKinds.Client, Branch: far), here, default)));
    }

    [Fact]
    public async Task List_FindsByPhoneOfAContact_TaxNumberAndTag()
    {
        var seller = await SellerAsync("Finder Sorrel");
        var id = await Partners.AddAsync(new(Unique("Quillwort"), PartnerKinds.Client | PartnerKinds.Supplier), seller, default);
        var (phone, tax, tag) = ($"+1 700 {Random.Shared.Next(1_000_000, 9_999_999)}", $"TX{Random.Shared.Next(1_000_000, 9_999_999)}", Guid.NewGuid().ToString("N")[..12]);
        await Contacts.AddAsync(id, null, new("Petra Hollyhock", "buyer", phone), seller, default);
        await Entities.AddAsync(id, new("Quillwort Ltd", "GB", null, tax), seller, default);
        await office.Services.GetRequiredService<ObjectTags>().AddAsync(new(ObjectKind.Partner, id.Value), $"#{tag}", seller, default);

        foreach (var filter in new PartnerFilter[] { new(phone[^7..]), new(tax), new(Tag: tag.ToUpperInvariant()) })
            Assert.Equal(id, Assert.Single((await List.ListAsync(filter, PartnerSort.Name, false, Slice.All, seller, default)).Rows).Id);
        Assert.Empty((await List.ListAsync(new(tax, PartnerKinds.Competitor), PartnerSort.Name, false, Slice.All, seller, default)).Rows);
    }

    [Theory]
    [InlineData(PartnerSort.Name, false), InlineData(PartnerSort.Name, true), InlineData(PartnerSort.Standing, false), InlineData(PartnerSort.Standing, true)]
    [InlineData(PartnerSort.Responsible, false), InlineData(PartnerSort.Responsible, true), InlineData(PartnerSort.Created, false), InlineData(PartnerSort.Created, true)]
    public async Task List_InAnyOrder_PageByPage_HoldsEveryClientOnceInThatOrder(PartnerSort sort, bool descending)
    {
        var (ash, birch) = (await SellerAsync("Ash Seller"), await SellerAsync("Birch Seller"));
        var word = Guid.NewGuid().ToString("N")[..10];
        await using (var db = office.Open())
        {
            for (var i = 0; i < 11; i++)
            {
                var partner = new Partner(PartnerId.New(), $"{word} {(char)('A' + i * 7 % 11)}", PartnerKinds.Client);
                if (i % 4 > 0) partner.HandTo((i % 4 == 1 ? birch : ash).UserId, null);
                partner.Stand((PartnerStanding)(i % 3));
                db.Add(partner);
            }
            await db.SaveChangesAsync();
        }
        async Task<PageOf<PartnerRow>> PageAsync(Slice slice) => await List.ListAsync(new(word), sort, descending, slice, ash, default);
        async Task<List<PartnerId>> OfManyAsync(int most, int known)
        {
            await using var db = office.Open();
            var partners = db.Set<Partner>().Where(p => p.Name.StartsWith(word));
            var some = (await PartnerOrder.FirstAsync(partners, 100, default))[..known];
            List<PartnerId> found = [];
            for (var from = 0; from < 12; from += 3) found.AddRange((await PartnerOrder.OfManyAsync(db, partners, some, sort, descending, new(from, 3), most, default)).Select(r => r.Id));
            return found;
        }

        var whole = await PageAsync(Slice.All);
        List<PartnerRow> pages = [];
        for (var from = 0; from < 12; from += 3) pages.AddRange((await PageAsync(new(from, 3))).Rows);

        Assert.Equal((11, false), (whole.Total, whole.More));
        Assert.Equal(whole.Rows.Select(r => r.Id), pages.Select(r => r.Id));
        foreach (var (most, known) in new[] { (2, 0), (2, 1), (2, 11), (100, 0), (100, 1) }) Assert.Equal(whole.Rows.Select(r => r.Id), await OfManyAsync(most, known));
        var keys = whole.Rows.Select(r => sort switch
        {
            PartnerSort.Standing => r.Standing switch { PartnerStanding.Active => "0", PartnerStanding.Prospect => "1", _ => "2" },
            PartnerSort.Responsible => r.Responsible?.ToLowerInvariant() ?? "~",
            PartnerSort.Created => r.CreatedAt.ToString("O"),
            _ => r.Name.ToLowerInvariant(),
        }).ToList();
        Assert.Equal(descending ? keys.OrderByDescending(k => k, StringComparer.Ordinal) : keys.Order(StringComparer.Ordinal), keys);
    }

    [Fact]
    public async Task Search_FindsWhatBelongsToAClient_ByAnyFormatOfItsPhone_WithinReach()
    {
        var (seller, other) = (await SellerAsync("Searching Yarrow", ActorScope.Own), await SellerAsync("Another Yarrow", ActorScope.Own));
        var id = await Partners.AddAsync(new(Unique("Knapweed"), PartnerKinds.Client), seller, default);
        var (person, street, tax, number) = (Unique("Levan Oakmoss"), Unique("Saxifrage Row"), $"TX{Random.Shared.Next(1_000_000, 9_999_999)}", $"67{Random.Shared.Next(1_000_000, 9_999_999)}");
        await Contacts.AddAsync(id, null, new(person, "buyer", $"0{number[..2]} {number[2..5]} {number[5..]}"), seller, default);
        await Entities.AddAsync(id, new("Knapweed Ltd", "GB", null, tax), seller, default);
        await Places.AddAsync(id, Warehouse with { Address = street }, seller, default);
        var search = office.Services.GetRequiredService<SearchQuery>();

        foreach (var text in new[] { person, street, tax, $"+380{number}", $"380{number[..2]} {number[2..]}", $"0{number}" })
        {
            var found = Assert.Single(await search.FindAsync(text, seller, default));
            Assert.Equal(id.Value, found.Partner);
            Assert.StartsWith("Knapweed", found.Text);
            Assert.Empty(await search.FindAsync(text, other, default));
        }
    }

    [Fact]
    public async Task List_OfTheSilent_CountsTalks_NotNotesAndPlans()
    {
        var seller = await SellerAsync("Silent Moss", ActorScope.Own);
        var (talked, noted, never) = (await Partners.AddAsync(new(Unique("Talked"), PartnerKinds.Client), seller, default), await Partners.AddAsync(new(Unique("Noted"), PartnerKinds.Client), seller, default),
            await Partners.AddAsync(new(Unique("Never"), PartnerKinds.Client), seller, default));
        await Desk.RecordAsync(talked, Talk(InteractionKind.Call, "Lately", -24), Participants.None, null, seller, default);
        await Desk.RecordAsync(noted, Note("thought of them"), Participants.None, null, seller, default);
        await Desk.PlanAsync(never, Talk(InteractionKind.Call, "Some day", 24), seller.UserId, Participants.None, null, seller, default);

        var silent = (await List.ListAsync(new(SilentSince: Orders.Now.AddDays(-30)), PartnerSort.Name, false, Slice.All, seller, default)).Rows.Select(r => r.Id).ToHashSet();

        Assert.Equal([never, noted], silent.OrderBy(id => id == noted));
        Assert.Equal(3, (await List.ListAsync(new(SilentSince: Orders.Now.AddHours(-1)), PartnerSort.Name, false, Slice.All, seller, default)).Total);
    }

    [Fact]
    public async Task Change_OverAnothersChange_SaysWhoWasFirst()
    {
        var (first, second) = (await SellerAsync("First Bramble"), await SellerAsync("Second Bramble"));
        var id = await Partners.AddAsync(new(Unique("Harvest"), PartnerKinds.Client), first, default);
        var seen = (await Details.FindAsync(id, second, default))!.Head.Version;
        await Partners.ChangeAsync(id, new("Harvest Moon", PartnerKinds.Client), seen, first, default);

        var refused = await Assert.ThrowsAsync<RuleBrokenException>(() => Partners.ChangeAsync(id, new("Harvest Sun", PartnerKinds.Client), seen, second, default));

        Assert.Equal("shared.changed-by", refused.Code);
        Assert.Equal(first.Name, refused.Args[0]);
        Assert.Equal("Harvest Moon", (await Details.FindAsync(id, first, default))!.Head.Name);
    }

    [Fact]
    public async Task Network_ThatWouldCloseACircle_IsRefused()
    {
        var seller = await SellerAsync("Network Teasel");
        var holding = await Partners.AddAsync(new(Unique("Holding"), PartnerKinds.Client, Level: NetworkLevel.Holding), seller, default);
        var region = await Partners.AddAsync(new(Unique("Region"), PartnerKinds.Client, Parent: holding, Level: NetworkLevel.Region), seller, default);
        var outlet = await Partners.AddAsync(new(Unique("Outlet"), PartnerKinds.Client, Parent: region, Level: NetworkLevel.Outlet), seller, default);
        var head = (await Details.FindAsync(holding, seller, default))!;

        Assert.Equal("clients.network-circle", await RefusedAsync(() => Partners.ChangeAsync(holding, new("Holding", PartnerKinds.Client, Parent: outlet, Level: NetworkLevel.Region), head.Head.Version, seller, default)));
        Assert.Equal("clients.own-parent", await RefusedAsync(() => Task.Run(() => new Partner(outlet, "Alone", PartnerKinds.Client).JoinNetwork(outlet, NetworkLevel.Outlet))));
    }

    [Fact]
    public async Task Parts_OfAnotherClient_AreRefused()
    {
        var seller = await SellerAsync("Parts Yarrow");
        var (ours, foreign) = (await Partners.AddAsync(new(Unique("Ours"), PartnerKinds.Client), seller, default), await Partners.AddAsync(new(Unique("Foreign"), PartnerKinds.Client), seller, default));
        var entity = await Entities.AddAsync(foreign, new("Foreign Ltd"), seller, default);
        var place = await Places.AddAsync(foreign, Warehouse, seller, default);
        await Contacts.AddAsync(foreign, null, new("Ferra Foreign", "buyer"), seller, default);
        var stranger = (await Details.FindAsync(foreign, seller, default))!.Contacts.Single().Person;

        Assert.Equal("clients.entity-unknown", await RefusedAsync(() => Contacts.AddAsync(ours, null, new("Nela", "buyer", Counterparty: entity), seller, default)));
        Assert.Equal("clients.place-unknown", await RefusedAsync(() => Contacts.AddAsync(ours, null, new("Nela", "buyer", Place: place), seller, default)));
        Assert.Equal("clients.entity-unknown", await RefusedAsync(() => Agreements.AddAsync(ours, Contract(entity), seller, default)));
        Assert.Equal("clients.person-unknown", await RefusedAsync(() => Places.AddAsync(ours, Warehouse with { Contact = stranger }, seller, default)));
        Assert.Equal("clients.person-unknown", await RefusedAsync(() => Desk.RecordAsync(ours, Note("hello"), new([stranger], [], []), null, seller, default)));
        var after = (await Details.FindAsync(ours, seller, default))!;
        Assert.Empty(after.Contacts);
        Assert.Empty(after.Places);
        Assert.Empty(after.Agreements);
    }

    [Fact]
    public async Task Contact_KeepsItsOtherNumbers_AndEndsWithoutBeingForgotten()
    {
        var seller = await SellerAsync("Numbers Clover");
        var id = await Partners.AddAsync(new(Unique("Numbers"), PartnerKinds.Client), seller, default);
        var role = await Contacts.AddAsync(id, null, new("Odo Larch", "buyer", "+1 700 555 0101", Others: [new(ContactChannel.Phone, ContactUse.Mobile, "+1 700 555 0102"), new(ContactChannel.Email, ContactUse.Personal, "odo@example.org")]), seller, default);
        var contact = (await Details.FindAsync(id, seller, default))!.Contacts.Single();

        await Contacts.ChangeAsync(role, new("Odo Larch", "director", "+1 700 555 0101", Others: [new(ContactChannel.Email, ContactUse.Personal, "odo@example.org"), new(ContactChannel.Phone, ContactUse.Work, " ")]), contact.Version, seller, default);
        await Contacts.SetEndedAsync(role, true, seller, default);

        var after = (await Details.FindAsync(id, seller, default))!.Contacts.Single();
        Assert.Equal(2, contact.Others.Count);
        Assert.Equal([new(ContactChannel.Email, ContactUse.Personal, "odo@example.org")], after.Others);
        Assert.True(after.Ended);
        Assert.Equal("director", after.Title);
    }

    [Fact]
    public async Task Numbers_ThatCannotBe_AreRefused_AndWhatStandsAlreadyStays()
    {
        var seller = await SellerAsync("Wrong Clover");
        var id = await Partners.AddAsync(new(Unique("Wrong"), PartnerKinds.Client), seller, default);
        Assert.Equal("tax-number.check-digit", await RefusedAsync(() => Entities.AddAsync(id, new("Wrong LLC", "RU", null, "7707083894"), seller, default)));
        Assert.Equal("phone.letters", await RefusedAsync(() => Partners.AddAsync(new(Unique("Wrong"), PartnerKinds.Client, Phone: "abc"), seller, default)));
        Assert.Equal("phone.too-short", await RefusedAsync(() => Contacts.AddAsync(id, null, new("Odo Larch", "buyer", "12"), seller, default)));
        Assert.Equal("phone.letters", await RefusedAsync(() => Contacts.AddAsync(id, null, new("Odo Larch", "buyer", Others: [new(ContactChannel.Phone, ContactUse.Work, "none")]), seller, default)));
        Assert.Equal("mail.form", await RefusedAsync(() => Partners.AddAsync(new(Unique("Wrong"), PartnerKinds.Client, Email: "not a mail"), seller, default)));
        Assert.Equal("mail.form", await RefusedAsync(() => Contacts.AddAsync(id, null, new("Odo Larch", "buyer", Email: "not a mail"), seller, default)));
        Assert.Equal("mail.form", await RefusedAsync(() => Contacts.AddAsync(id, null, new("Odo Larch", "buyer", Others: [new(ContactChannel.Email, ContactUse.Work, "none")]), seller, default)));

        var old = new Counterparty(CounterpartyId.New(), id, "Old LLC", "7707083894");
        old.Describe("Old LLC", "RU", null, "7707083894", null);
        await office.SaveAsync(old);
        await Entities.ChangeAsync(old.Id, new("Older LLC", "RU", "Hill 1", "7707083894"), (await Details.FindAsync(id, seller, default))!.Entities.Single().Version, seller, default);
        Assert.Equal("Older LLC", (await Details.FindAsync(id, seller, default))!.Entities.Single().Name);

        var (before, person) = (new Partner(PartnerId.New(), Unique("Before"), PartnerKinds.Client), new Person(PersonId.New(), "Odo Larch", null, "odo at home"));
        before.Reach(null, "ask at the desk");
        await office.SaveAsync(before, person, new ContactRole(Guid.CreateVersion7(), person.Id, "buyer", before.Id));
        await Partners.ChangeAsync(before.Id, new(before.Name, PartnerKinds.Client, Email: "ask at the desk", Note: "still there"), (await Details.FindAsync(before.Id, seller, default))!.Head.Version, seller, default);
        var contact = (await Details.FindAsync(before.Id, seller, default))!.Contacts.Single();
        await Contacts.ChangeAsync(contact.Role, new("Odo Larch", "director", Email: "odo at home"), contact.Version, seller, default);
        Assert.Equal("mail.form", await RefusedAsync(() => Contacts.ChangeAsync(contact.Role, new("Odo Larch", "director", Email: "odo at work"), contact.Version, seller, default)));
    }

    [Fact]
    public async Task Address_IsKeptInItsParts_WithTheDoorAndThePerson()
    {
        var seller = await SellerAsync("Doors Linden");
        var id = await Partners.AddAsync(new(Unique("Doors"), PartnerKinds.Client), seller, default);
        await Contacts.AddAsync(id, null, new("Rolf Gatekeeper", "receives goods", "+1 700 555 0103"), seller, default);
        var keeper = (await Details.FindAsync(id, seller, default))!.Contacts.Single().Person;

        await Places.AddAsync(id, Warehouse with { Contact = keeper, Door = "gate 3", AccessNote = "ring twice" }, seller, default);

        var place = (await Details.FindAsync(id, seller, default))!.Places.Single();
        Assert.Equal("Mill Lane 12, Port Alder, AB1 2CD, GB", place.Address);
        Assert.Equal(("gate 3", "ring twice", "Rolf Gatekeeper", "+1 700 555 0103"), (place.Door, place.AccessNote, place.Contact, place.ContactPhone));
        Assert.Equal(PlacePurposes.Warehouse, place.Purposes);
        Assert.Equal("clients.country-unknown", await RefusedAsync(() => Places.AddAsync(id, Warehouse with { Parts = Warehouse.Parts with { Country = "Atlantis" } }, seller, default)));
    }

    [Fact]
    public async Task Agreement_ThatEndsBeforeItBegins_OrNamesNoMoney_IsRefused()
    {
        var seller = await SellerAsync("Terms Hazel");
        var id = await Partners.AddAsync(new(Unique("Terms"), PartnerKinds.Client), seller, default);
        var entity = await Entities.AddAsync(id, new("Terms Ltd"), seller, default);

        Assert.Equal("clients.agreement-ends-before-it-begins", await RefusedAsync(() => Agreements.AddAsync(id, Contract(entity) with { Until = new(2025, 1, 1) }, seller, default)));
        Assert.Equal("clients.contract-without-entity", await RefusedAsync(() => Agreements.AddAsync(id, Contract(null), seller, default)));
        Assert.Equal("clients.currency-unknown", await RefusedAsync(() => Agreements.AddAsync(id, Contract(entity) with { CreditLimit = new(10, "coins") }, seller, default)));
        Assert.Equal("number.out-of-range", await RefusedAsync(() => Agreements.AddAsync(id, Contract(entity) with { CreditLimit = new(-1, "EUR") }, seller, default)));
        await Agreements.AddAsync(id, Contract(entity) with { CreditLimit = new(5000, "eur") }, seller, default);
        Assert.Equal((5000m, "EUR"), (await Details.FindAsync(id, seller, default))!.Agreements.Single() is var a ? (a.CreditLimit, a.Currency) : default);
    }

    [Fact]
    public async Task History_RemembersWhatHappened_AndPlansStandAhead()
    {
        var seller = await SellerAsync("History Aspen");
        var reader = await SellerAsync("Reader Rowan", ActorScope.All, Permissions.ClientsRead);
        var id = await Partners.AddAsync(new(Unique("History"), PartnerKinds.Client), seller, default);
        var call = await Desk.RecordAsync(id, Talk(InteractionKind.Call, "First call", -1), new([], [new("Tove Newcomer", "met on the phone")], [seller.UserId]), null, reader, default);
        var plan = await Desk.PlanAsync(id, Talk(InteractionKind.Meeting, "Visit", 48), seller.UserId, Participants.None, call, seller, default);

        Assert.Equal(["interaction", "partner.added"], (await Timeline.ListAsync(id, new(), null, 50, seller, default)).Rows.Select(r => r.What).Order());
        Assert.Equal(plan, Assert.Single(await Timeline.AheadAsync(id, seller, default)).Id);
        Assert.Equal("identity.not-allowed", await RefusedAsync(() => Desk.CancelAsync(plan, "no", reader, default)));

        await Desk.HoldAsync(plan, "They agreed", seller, default);

        var told = (await Timeline.ListAsync(id, new(TimelineKind.Interaction), null, 50, seller, default)).Rows;
        Assert.Equal([("Visit", "They agreed", (InteractionId?)call), ("First call", null, null)], told.Select(r => (r.Interaction!.Subject, r.Interaction.Outcome, r.Interaction.After)));
        Assert.Equal([seller.Name, "Tove Newcomer"], told[1].Interaction!.With.Select(p => p.Name).Order());
        Assert.Empty(await Timeline.AheadAsync(id, seller, default));
        Assert.Single((await Timeline.ListAsync(id, new(Text: "agreed"), null, 50, seller, default)).Rows);
        Assert.Single((await Timeline.ListAsync(id, new(Talk: InteractionKind.Call), null, 50, seller, default)).Rows);
        Assert.Equal("clients.interaction-over", await RefusedAsync(() => Desk.HoldAsync(plan, "again", seller, default)));
    }

    [Fact]
    public async Task Interaction_ThatLiesAheadAndWasHeld_OrIsAPlannedNote_IsRefused()
    {
        var seller = await SellerAsync("Ahead Alder");
        var id = await Partners.AddAsync(new(Unique("Ahead"), PartnerKinds.Client), seller, default);

        Assert.Equal("clients.held-in-future", await RefusedAsync(() => Desk.RecordAsync(id, Talk(InteractionKind.Call, "Tomorrow", 24), Participants.None, null, seller, default)));
        Assert.Equal("clients.note-planned", await RefusedAsync(() => Desk.PlanAsync(id, Note("later"), seller.UserId, Participants.None, null, seller, default)));
        Assert.Equal("work.person-unknown", await RefusedAsync(() => Desk.PlanAsync(id, Talk(InteractionKind.Call, "By nobody", 24), Guid.NewGuid(), Participants.None, null, seller, default)));
    }

    [Fact]
    public async Task Responsible_WhoMayNotSeeClients_IsRefusedByName()
    {
        var (giver, blind) = (await SellerAsync("Giver Aspen"), await SellerAsync("Blind Aspen", ActorScope.All, Permissions.BoardRead));
        var id = await Partners.AddAsync(new(Unique("Aspen"), PartnerKinds.Client), giver, default);
        var head = (await Details.FindAsync(id, giver, default))!.Head;

        var refused = await Assert.ThrowsAsync<RuleBrokenException>(() => Partners.HandToAsync([id], blind.UserId, giver, default));
        Assert.Equal(("work.heir-without-clients", blind.Name), (refused.Code, refused.Args[0]));
        Assert.Equal("work.heir-without-clients", await RefusedAsync(() => Partners.AddAsync(new(Unique("Aspen"), PartnerKinds.Client, Responsible: blind.UserId), giver, default)));
        Assert.Equal("work.heir-without-clients", await RefusedAsync(() => Partners.ChangeAsync(id, new(head.Name, head.Kinds, Responsible: blind.UserId), head.Version, giver, default)));
        Assert.Null((await Details.FindAsync(id, giver, default))!.Head.ResponsibleId);
    }

    [Fact]
    public async Task HandTo_GivesAllOrNone()
    {
        var (giver, taker) = (await SellerAsync("Giver Elm"), await SellerAsync("Taker Elm", ActorScope.Own));
        var ids = new[] { await Partners.AddAsync(new(Unique("One"), PartnerKinds.Client), giver, default), await Partners.AddAsync(new(Unique("Two"), PartnerKinds.Client), giver, default) };

        Assert.Equal("clients.partner-unknown", await RefusedAsync(() => Partners.HandToAsync([.. ids, PartnerId.New()], taker.UserId, giver, default)));
        Assert.Empty((await List.ListAsync(new(), PartnerSort.Name, false, Slice.All, taker, default)).Rows);

        await Partners.HandToAsync(ids, taker.UserId, giver, default);

        Assert.Equal(2, (await List.ListAsync(new(), PartnerSort.Name, false, Slice.All, taker, default)).Total);
        Assert.Contains((await Timeline.ListAsync(ids[0], new(), null, 50, taker, default)).Rows, r => r.What == "partner.handed" && r.Words == taker.Name);
    }

    [Fact]
    public async Task Reader_MayNotChange_AndAnExternalSeesNothing()
    {
        var reader = await SellerAsync("Reader Birch", ActorScope.All, Permissions.ClientsRead);
        var outsider = reader with { Permissions = [], PartnerId = Guid.NewGuid() };

        Assert.Equal("identity.not-allowed", await RefusedAsync(() => Partners.AddAsync(new("Nope", PartnerKinds.Client), reader, default)));
        Assert.Equal("identity.not-allowed", await RefusedAsync(() => List.ListAsync(new(), PartnerSort.Name, false, Slice.All, outsider, default)));
    }

    private static readonly PlaceDetails Warehouse = new("Warehouse 2", null, new("gb", null, "Port Alder", "Mill Lane", "12", "AB1 2CD"), PlacePurposes.Warehouse, new GeoPoint(50.1, 1.2));

    private static AgreementTerms Contract(CounterpartyId? entity) => new(AgreementKind.Contract, "K-1", null, entity, new(2026, 1, 1), null, 14, null, null);

    private static InteractionDetails Note(string text) => new(InteractionKind.Note, InteractionDirection.Outgoing, Orders.Now, 0, null, text, null);

    private static InteractionDetails Talk(InteractionKind kind, string subject, double hours) => new(kind, InteractionDirection.Outgoing, Orders.Now.AddHours(hours), 30, subject, null, null);
}
