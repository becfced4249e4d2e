using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Clients.GroupChange;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Clients.Duplicates;
using Portal.Infrastructure.Clients.GroupChange;
using Portal.Infrastructure.Clients.Intake;
using Portal.Infrastructure.Clients.Segments;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Work;
using Portal.Tests.Clients.Duplicates;
using Portal.Tests.Work;

namespace Portal.Tests.Clients.Confidential;

/// <summary>Every road on which a client's fields are read, walked by who may and by who may not know the confidential ones.</summary>
public sealed class ConfidentialFieldsTests(WorkOffice office) : IClassFixture<WorkOffice>
{
    private const ConfidentialFields Everything = ConfidentialFields.Phones | ConfidentialFields.Mails | ConfidentialFields.TaxNumbers | ConfidentialFields.Terms | ConfidentialFields.Notes;
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, IncludeFields = true };

    private readonly string tag = Guid.NewGuid().ToString("N")[..8];

    private T Job<T>() where T : notnull => office.Services.GetRequiredService<T>();
    private UserRights Rights => new(Job<IDbContextFactory<PortalDb>>(), office.Clock);

    private async Task<Actor> PersonAsync(string name, ConfidentialFields hidden) => (await office.PersonAsync($"{name} {Guid.NewGuid():N}",
        Permissions.ClientsRead, Permissions.ClientsManage, Permissions.ClientsExport, Permissions.AuditRead, Permissions.TripRegister, Permissions.ProcessStart, Permissions.TasksOversee, Permissions.OutboxManage)) with { Hidden = hidden };

    private sealed record Secret(PartnerId Id, string Name, string Phone, string Mail, string PersonPhone, string OtherMail, string Tax, string Register, string Note, string PersonNote, string Terms, string LetterTo)
    {
        public IEnumerable<string> Values => [Phone, Mail, PersonPhone, OtherMail, Tax, Register, Note, PersonNote, Terms, LetterTo];
    }

    private async Task<Secret> ClientAsync(Actor owner, string name)
    {
        var number = Random.Shared.Next(1_000_000, 9_999_999);
        var secret = new Secret(default, $"{name} {tag}", $"+1 700 {number}", $"desk{number}@secret.example", $"+1 701 {number}", $"else{number}@secret.example", $"TX{number}", $"RG{number}", $"note{number}", $"who{number}", $"terms{number}", $"letter{number}@secret.example");
        var id = await Job<PartnerRegistry>().AddAsync(new(secret.Name, PartnerKinds.Client, Phone: secret.Phone, Email: secret.Mail, Note: secret.Note, Responsible: owner.UserId), owner, default);
        var contact = await Job<ContactRegistry>().AddAsync(id, null, new("Petra Hollyhock", "buyer", secret.PersonPhone, Note: secret.PersonNote, Others: [new(ContactChannel.Email, ContactUse.Work, secret.OtherMail)]), owner, default);
        await using var db = office.Open();
        var person = await db.Set<ContactRole>().Where(r => r.Id == contact).Select(r => r.Person).SingleAsync();
        await Job<PlaceRegistry>().AddAsync(id, new("Yard", null, new("GB", null, "Ashford", "Mill Lane", "3", null), PlacePurposes.Office, null, null, null, person), owner, default);
        await Job<CounterpartyRegistry>().AddAsync(id, new($"{secret.Name} Ltd", "GB", null, secret.Tax, secret.Register), owner, default);
        await Job<AgreementRegistry>().AddAsync(id, new(AgreementKind.Agreement, $"A-{number}", null, null, new(2026, 1, 1), null, 77, new(number, "EUR"), secret.Terms), owner, default);
        db.Add(new TimelineEntry(id, "mail.sent", new(ObjectKind.Partner, id.Value), $"A word → {secret.LetterTo}", office.Clock.GetUtcNow(), owner));
        await db.SaveChangesAsync();
        return secret with { Id = id };
    }

    private static readonly PartnerFilter Any = new();

    /// <summary>What a reader is told on each road, by its name.</summary>
    private async Task<Dictionary<string, string>> WalkAsync(Secret client, Secret twin, Guid pair, AssignmentId work, Actor reader)
    {
        var found = new Dictionary<string, string>();
        var list = Job<PartnerListQuery>();
        var byName = Any with { Text = tag };
        await TellAsync("card", async () => await Job<PartnerDetailsQuery>().FindAsync(client.Id, reader, default));
        await TellAsync("list", async () => (await list.ListAsync(byName, PartnerSort.Name, false, Slice.All, reader, default)).Rows);
        await TellAsync("equal", async () => (await list.ListAsync(byName with { Equal = EqualField.Name }, PartnerSort.Name, false, Slice.All, reader, default)).Rows);
        await TellAsync("segment", async () => await Job<SegmentQuery>().PreviewAsync(new(Domain.Clients.Segments.ConditionJoin.All, [new Domain.Clients.Segments.ConditionTest("name", Domain.Clients.Segments.ConditionOperator.Contains, [tag])]), null, reader, default));
        await TellAsync("file", async () => (await Job<ClientFileQuery>().ReadAsync(byName, PartnerSort.Name, false, reader, default)).Select(r => new { r.OwnPhones, r.OwnMails, r.Phones, r.Mails, r.TaxNumber, r.RegisterNumber, r.Note }));
        await TellAsync("search", async () => await Job<SearchQuery>().FindAsync(client.Name, reader, default), told: rows => ((IEnumerable<SearchRow>)rows).Select(r => new { r.Title, r.Text }));
        await TellAsync("caller", async () => await Job<CallerQuery>().FindAsync(tag, reader, default));
        await TellAsync("work", async () => await Job<PartnerCardQuery>().FindAsync(client.Id, new(ObjectKind.Assignment, work.Value), reader with { UserId = reader.UserId }, default));
        await TellAsync("history", async () => (await Job<TimelineQuery>().ListAsync(client.Id, new(), null, 50, reader, default)).Rows);
        await TellAsync("pairs", async () => (await Job<FoundPairQuery>().ListAsync(new(), Slice.All, reader, default)).Rows.Where(r => r.Id == pair));
        await TellAsync("pair", async () => await Job<FoundPairQuery>().FindAsync(pair, reader, default));
        await TellAsync("audit", async () => await AuditAsync(client, reader));
        return found;

        async Task TellAsync(string road, Func<Task<object?>> read, Func<object, object>? told = null)
        {
            var answer = await read();
            found[road] = JsonSerializer.Serialize(answer is null || told is null ? answer : told(answer), Plain);
        }
    }

    private async Task<IReadOnlyList<AuditRow>> AuditAsync(Secret client, Actor reader)
    {
        await using var db = office.Open();
        List<Guid> objects = [client.Id.Value, .. await db.Set<Counterparty>().Where(c => c.Partner == client.Id).Select(c => c.Id.Value).ToListAsync(), .. await db.Set<Agreement>().Where(c => c.Partner == client.Id).Select(c => c.Id.Value).ToListAsync()];
        var people = await db.Set<ContactRole>().Where(r => r.Partner == client.Id).Select(r => r.Person).ToListAsync();
        objects.AddRange(people.Select(p => p.Value));
        objects.AddRange(await db.Set<ContactPoint>().Where(p => people.Contains(p.Person!.Value)).Select(p => p.Id).ToListAsync());
        var audit = new AuditQuery(Job<IDbContextFactory<PortalDb>>());
        var rows = new List<AuditRow>();
        foreach (var id in objects) rows.AddRange(await audit.FindAsync(new(null, null, id, null), null, reader, default));
        return rows;
    }

    private async Task<(Secret Client, Secret Twin, Guid Pair, AssignmentId Work)> SceneAsync(Actor owner, params Actor[] readers)
    {
        var (client, twin) = (await ClientAsync(owner, "Secret Juniper"), await ClientAsync(owner, "Secret Juniper"));
        await Job<PartnerKeys>().CatchUpAsync(int.MaxValue, default);
        var pair = await Found.PairAsync(office, ObjectKind.Partner, client.Id.Value, twin.Id.Value);
        await using (var db = office.Open())
        {
            var reasons = JsonSerializer.Serialize(new[] { new MatchReason(MatchField.Name, MatchAgreement.Same, 9), new MatchReason(MatchField.Phone, MatchAgreement.Same, 9), new MatchReason(MatchField.TaxNumber, MatchAgreement.Same, 9) });
            await db.Database.ExecuteSqlAsync($"update clients.found_pair set reasons = {reasons}::jsonb where id = {pair}");
        }
        var work = AssignmentId.New();
        await office.Desk.GiveAsync(work, new() { Title = "Call them", Performer = readers[0].UserId, Controller = readers[^1].UserId, About = new(ObjectKind.Partner, client.Id.Value) }, owner);
        return (client, twin, pair, work);
    }

    [Fact]
    public async Task Roads_TellTheResponsibleAll_AndOthersNothingOfIt()
    {
        var (owner, outsider) = (await PersonAsync("Owner", Everything), await PersonAsync("Outsider", Everything));
        var (client, twin, pair, work) = await SceneAsync(owner, outsider);

        var (told, untold) = (await WalkAsync(client, twin, pair, work, owner), await WalkAsync(client, twin, pair, work, outsider));

        // each secret is told to its owner on some road, and each road but those of names alone tells him some
        foreach (var value in client.Values) Assert.Contains(told.Values, answer => answer.Contains(value, StringComparison.Ordinal));
        foreach (var road in told.Keys.Except(["search", "audit"])) Assert.True(client.Values.Any(value => told[road].Contains(value, StringComparison.Ordinal)), $"{road} tells nothing: {told[road]}");
        foreach (var (road, answer) in untold)
        {
            Assert.False(answer is "null" or "[]", $"{road} is empty for the outsider");
            foreach (var value in client.Values.Concat(twin.Values)) Assert.False(answer.Contains(value, StringComparison.Ordinal), $"{road} tells {value}: {answer}");
        }
    }

    [Fact]
    public async Task Roads_TellAll_WhereNothingIsHidden_AlsoOfTheAudit()
    {
        var (owner, trusted) = (await PersonAsync("Owner", Everything), await PersonAsync("Trusted", ConfidentialFields.None));
        var (client, twin, pair, work) = await SceneAsync(owner, trusted);

        var told = await WalkAsync(client, twin, pair, work, trusted);

        foreach (var value in client.Values.Except([client.LetterTo])) Assert.Contains(value, told["audit"], StringComparison.Ordinal);
        Assert.Contains(client.LetterTo, told["history"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_ByWhatIsHidden_FindsForNobodyElse()
    {
        var (owner, outsider) = (await PersonAsync("Owner", Everything), await PersonAsync("Outsider", Everything));
        var client = await ClientAsync(owner, "Hidden Alder");
        var list = Job<PartnerListQuery>();

        foreach (var text in new[] { client.Phone, client.Phone[^7..], client.Mail, client.PersonPhone, client.Tax, client.Register })
        {
            Assert.Contains((await list.ListAsync(new(text), PartnerSort.Name, false, Slice.All, owner, default)).Rows, r => r.Id == client.Id);
            Assert.Empty((await list.ListAsync(new(text), PartnerSort.Name, false, Slice.All, outsider, default)).Rows);
            Assert.Equal(0, (await list.ListAsync(new(text), PartnerSort.Name, false, Slice.All, outsider, default)).Total);
            Assert.Empty(await list.SuggestAsync(text, outsider, default));
            Assert.Empty(await Job<SearchQuery>().FindAsync(text, outsider, default));
            Assert.Empty(await Job<CallerQuery>().FindAsync(text, outsider));
        }
        Assert.NotEmpty(await Job<SearchQuery>().FindAsync(client.Phone, owner, default));
        Assert.NotEmpty(await Job<CallerQuery>().FindAsync(client.Phone, owner));
        Assert.Empty((await Job<TimelineQuery>().ListAsync(client.Id, new(Text: client.LetterTo), null, 50, outsider, default)).Rows);
        Assert.Equal([client.Id], (await list.ListAsync(new(client.Name), PartnerSort.Name, false, Slice.All, outsider, default)).Rows.Select(r => r.Id));
    }

    [Fact]
    public async Task Duplicates_AreNotFoundByWhatIsHidden()
    {
        var (owner, outsider) = (await PersonAsync("Owner", Everything), await PersonAsync("Outsider", Everything));
        var client = await ClientAsync(owner, "Sorrel Bindery");
        PartyDetails Typed(string name) => new() { Name = name, Phones = [PhoneNumber.Of(client.Phone, null)], Mails = [MailAddress.Of(client.Mail)], TaxNumbers = [TaxNumber.Of(client.Tax, "GB")] };

        Assert.Contains(await Job<DuplicateQuery>().FindAsync(Typed("Quite Another"), null, owner, default), f => f.Id == client.Id);
        Assert.Empty(await Job<DuplicateQuery>().FindAsync(Typed("Quite Another"), null, outsider, default));
        // the name finds it, and what was typed beside makes no difference by which it could be guessed
        var (bare, full) = (await Job<DuplicateQuery>().FindAsync(new() { Name = client.Name }, null, outsider, default), await Job<DuplicateQuery>().FindAsync(Typed(client.Name), null, outsider, default));
        Assert.Equal(bare.Single(f => f.Id == client.Id).Score, full.Single(f => f.Id == client.Id).Score);
        Assert.DoesNotContain(full.SelectMany(f => f.Reasons), r => r.Field is MatchField.Phone or MatchField.Mail or MatchField.TaxNumber);
    }

    [Fact]
    public async Task EqualFields_GroupOnlyOnesOwnByWhatIsHidden()
    {
        var (owner, outsider) = (await PersonAsync("Owner", Everything), await PersonAsync("Outsider", Everything));
        var phone = $"+1 702 {Random.Shared.Next(1_000_000, 9_999_999)}";
        foreach (var name in new[] { "Twin Poplar", "Other Poplar" }) await Job<PartnerRegistry>().AddAsync(new($"{name} {tag}", PartnerKinds.Client, Phone: phone, Responsible: owner.UserId), owner, default);
        await Job<PartnerKeys>().CatchUpAsync(int.MaxValue, default);
        var filter = new PartnerFilter(tag, Equal: EqualField.Phone);

        Assert.Equal(2, (await Job<PartnerListQuery>().ListAsync(filter, PartnerSort.Name, false, Slice.All, owner, default)).Total);
        Assert.Equal(0, (await Job<PartnerListQuery>().ListAsync(filter, PartnerSort.Name, false, Slice.All, outsider, default)).Total);
    }

    [Fact]
    public async Task Change_ByWhoMayNotRead_LeavesWhatIsHidden()
    {
        var (owner, outsider) = (await PersonAsync("Owner", Everything), await PersonAsync("Outsider", Everything));
        var client = await ClientAsync(owner, "Kept Linden");
        var seen = (await Job<PartnerDetailsQuery>().FindAsync(client.Id, outsider, default))!;

        await Job<PartnerRegistry>().ChangeAsync(client.Id, new($"Renamed {tag}", PartnerKinds.Client, Responsible: owner.UserId), seen.Head.Version, outsider, default);
        var (contact, entity, agreement) = (seen.Contacts.Single(), seen.Entities.Single(), seen.Agreements.Single());
        await Job<ContactRegistry>().ChangeAsync(contact.Role, new("Petra Married", "head buyer", Others: []), contact.Version, outsider, default);
        await Job<CounterpartyRegistry>().ChangeAsync(entity.Id, new("Renamed Ltd", "GB"), entity.Version, outsider, default);
        await Job<AgreementRegistry>().ChangeAsync(agreement.Id, new(AgreementKind.Agreement, "A-new", null, null, new(2026, 1, 1), null, 0, null, null), agreement.Version, outsider, default);

        var card = (await Job<PartnerDetailsQuery>().FindAsync(client.Id, owner, default))!;
        Assert.Equal(($"Renamed {tag}", client.Phone, client.Mail, client.Note), (card.Head.Name, card.Head.Phone, card.Head.Email, card.Head.Note));
        Assert.Equal(("Petra Married", client.PersonPhone, client.OtherMail, client.PersonNote), (card.Contacts.Single().Name, card.Contacts.Single().Phone, card.Contacts.Single().Others.Single().Value, card.Contacts.Single().Note));
        Assert.Equal(("Renamed Ltd", client.Tax, client.Register), (card.Entities.Single().Name, card.Entities.Single().TaxNumber, card.Entities.Single().RegisterNumber));
        Assert.Equal(("A-new", 77, client.Terms), (card.Agreements.Single().Number, card.Agreements.Single().PaymentDays, card.Agreements.Single().Note));
    }

    [Fact]
    public async Task TakeOver_AndMerge_DoNotOpenWhatIsHidden()
    {
        var (owner, outsider) = (await PersonAsync("Owner", Everything), await PersonAsync("Outsider", Everything));
        var (client, _, pair, _) = await SceneAsync(owner, outsider);
        var seen = (await Job<PartnerDetailsQuery>().FindAsync(client.Id, outsider, default))!.Head.Version;
        async Task<string> RefusedAsync(Func<Task> job) => (await Assert.ThrowsAsync<RuleBrokenException>(job)).Code;

        Assert.Equal("clients.take-over", await RefusedAsync(() => Job<PartnerRegistry>().HandToAsync([client.Id], outsider.UserId, outsider, default)));
        Assert.Equal("clients.take-over", await RefusedAsync(() => Job<PartnerRegistry>().ChangeAsync(client.Id, new("Mine", PartnerKinds.Client, Responsible: outsider.UserId), seen, outsider, default)));
        Assert.Equal("clients.take-over", await RefusedAsync(() => Job<ChangeDesk>().StartAsync(new(ClientField.Responsible, null, outsider.UserId.ToString()), new([client.Id], null), outsider, default)));
        Assert.Equal("clients.fields-hidden", await RefusedAsync(() => Job<PartyMerge>().MergeAsync(new(pair, client.Id.Value, new Dictionary<string, MergeSide>(), []), outsider, default)));
        Assert.Equal(owner.UserId, (await Job<PartnerDetailsQuery>().FindAsync(client.Id, owner, default))!.Head.ResponsibleId);
    }

    [Fact]
    public async Task Attach_OfAPersonWhoseFieldsAreHidden_IsRefused_AndTellsNothing()
    {
        var (owner, outsider) = (await PersonAsync("Owner", Everything), await PersonAsync("Outsider", Everything));
        var client = await ClientAsync(owner, "Closed Myrtle");
        var person = (await Job<PartnerDetailsQuery>().FindAsync(client.Id, owner, default))!.Contacts.Single().Person;
        var mine = await Job<PartnerRegistry>().AddAsync(new($"Mine {tag}", PartnerKinds.Client, Responsible: outsider.UserId), outsider, default);
        async Task<string> RefusedAsync(Func<Task> job) => (await Assert.ThrowsAsync<RuleBrokenException>(job)).Code;

        Assert.Empty(await Job<KnownPeopleQuery>().FindAsync("Petra Hollyhock", mine, outsider, default));
        Assert.Equal("clients.person-hidden", await RefusedAsync(() => Job<ContactRegistry>().AddAsync(mine, person, new("Petra Hollyhock", "buyer"), outsider, default)));
        Assert.Equal("clients.person-hidden", await RefusedAsync(() =>
            Job<PartnerIntake>().TakeAsync(new(new($"Also mine {tag}", PartnerKinds.Client, Responsible: outsider.UserId), Contact: new("Petra Hollyhock", "buyer"), Known: person), true, outsider, default)));

        Assert.Empty((await Job<PartnerDetailsQuery>().FindAsync(mine, outsider, default))!.Contacts);
        foreach (var value in client.Values)
        {
            Assert.DoesNotContain(value, JsonSerializer.Serialize((await Job<SearchQuery>().FindAsync("Petra Hollyhock", outsider, default)).Select(r => new { r.Title, r.Text }), Plain), StringComparison.Ordinal);
            Assert.DoesNotContain(value, JsonSerializer.Serialize((await Job<ClientFileQuery>().ReadAsync(Any with { Text = tag }, PartnerSort.Name, false, outsider, default)).Select(r => new { r.Phones, r.Mails, r.Note }), Plain), StringComparison.Ordinal);
            Assert.DoesNotContain(value, JsonSerializer.Serialize((await Job<TimelineQuery>().ListAsync(mine, new(), null, 50, outsider, default)).Rows, Plain), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Attach_OfAPersonWhoseFieldsMayBeRead_IsTaken()
    {
        var (owner, trusted, stranger) = (await PersonAsync("Owner", Everything), await PersonAsync("Trusted", ConfidentialFields.None), await PersonAsync("Terms only", ConfidentialFields.Terms | ConfidentialFields.TaxNumbers));
        var client = await ClientAsync(owner, "Open Myrtle");
        var person = (await Job<PartnerDetailsQuery>().FindAsync(client.Id, owner, default))!.Contacts.Single().Person;
        foreach (var reader in new[] { owner, trusted, stranger })
        {
            var other = await Job<PartnerRegistry>().AddAsync(new($"Other {Guid.NewGuid():N}", PartnerKinds.Client, Responsible: reader.UserId), reader, default);
            Assert.Contains(await Job<KnownPeopleQuery>().FindAsync("Petra Hollyhock", other, reader, default), known => known.Id == person);
            await Job<ContactRegistry>().AddAsync(other, person, new("Petra Hollyhock", "buyer"), reader, default);
            Assert.Equal(client.PersonPhone, (await Job<PartnerDetailsQuery>().FindAsync(other, reader, default))!.Contacts.Single().Phone);
        }
    }

    [Fact]
    public async Task Marks_BecomePartOfTheRights_OfWhoHoldsNoRightToThem()
    {
        var (administrator, seller) = (await office.PersonAsync($"Marks {tag}", Permissions.SettingsManage), await office.PersonAsync($"Reads {tag}"));
        var (rights, marks) = (Rights, new ConfidentialMarks(Job<IDbContextFactory<PortalDb>>(), Rights, office.Clock));
        await office.SaveAsync(new Role { Name = $"Trusted {tag}", Code = $"trusted-{tag}", Permissions = [Permissions.ClientsRead, Permissions.ClientsConfidential] });
        Assert.Equal(ConfidentialFields.None, (await rights.FindAsync(seller.UserId))!.Hidden);

        var (_, version) = await marks.SeeAsync(administrator, default);
        await marks.ChangeAsync(ConfidentialFields.Phones | ConfidentialFields.Terms, version, administrator, default);
        rights.Forget();

        Assert.Equal(ConfidentialFields.Phones | ConfidentialFields.Terms, (await rights.FindAsync(seller.UserId))!.Hidden);
        await using (var db = office.Open())
        {
            db.Add(new UserRole { UserId = seller.UserId, RoleId = await db.Set<Role>().Where(r => r.Code == $"trusted-{tag}").Select(r => r.Id).SingleAsync() });
            await db.SaveChangesAsync();
        }
        rights.Forget();
        Assert.Equal(ConfidentialFields.None, (await rights.FindAsync(seller.UserId))!.Hidden);
        Assert.Equal("shared.changed-by", (await Assert.ThrowsAsync<RuleBrokenException>(() => marks.ChangeAsync(ConfidentialFields.None, version + 1, administrator, default))).Code);
        Assert.Equal("identity.not-allowed", (await Assert.ThrowsAsync<RuleBrokenException>(() => marks.SeeAsync(seller, default))).Code);
    }
}
