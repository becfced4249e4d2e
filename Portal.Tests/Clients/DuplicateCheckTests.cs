using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Tests.Support;
using Portal.Tests.Work;

namespace Portal.Tests.Clients;

/// <summary>Who is entered is looked for in the whole base, while typing and again at the save.</summary>
public sealed class DuplicateCheckTests(WorkOffice office) : IClassFixture<WorkOffice>
{
    private PartnerIntake Intake => office.Services.GetRequiredService<PartnerIntake>();
    private DuplicateQuery Duplicates => office.Services.GetRequiredService<DuplicateQuery>();
    private PartnerRegistry Partners => office.Services.GetRequiredService<PartnerRegistry>();
    private ContactRegistry Contacts => office.Services.GetRequiredService<ContactRegistry>();

    private async Task<Actor> SellerAsync(string name, ActorScope scope = ActorScope.All) =>
        (await office.PersonAsync($"{name} {Guid.NewGuid():N}"[..(name.Length + 9)], Permissions.ClientsRead, Permissions.ClientsManage)) with { Scope = scope };

    private static NewPartner Mill(string name, string tax) => new(
        new(name, PartnerKinds.Client, Phone: $"+380 44 {tax[..7]}"), new(name, "UA", null, tax),
        new("Олена Коваленко", "закупівлі", Email: $"olena.{tax}@example.org"), new("Офіс", null, new("UA", null, "Київ", "вул. Хрещатик", "22", null)));

    private async Task<int> CountAsync(string name)
    {
        await using var db = office.Open();
        return await db.Set<Partner>().CountAsync(p => p.Name == name);
    }

    [Fact]
    public async Task Take_OneThatIsThereInOtherLetters_AsksFirst_AndTakesAnotherKnowingly()
    {
        var seller = await SellerAsync("Asking Fern");
        await Intake.TakeAsync(Mill("ТОВ «Золотий Млин»", "32855961"), true, seller, default);
        var again = new NewPartner(new("Zolotyi Mlyn LLC", PartnerKinds.Supplier, Phone: "044 328-55-96"), new("Zolotyi Mlyn", "UA", null, "32855961"));

        var likely = Assert.Single(await Duplicates.FindAsync(again.Recognised(), null, seller, default));
        var refused = await Assert.ThrowsAsync<RuleBrokenException>(() => Intake.TakeAsync(again, false, seller, default));

        Assert.True(likely.IsLikely);
        Assert.Contains(likely.Reasons, r => r is { Field: MatchField.TaxNumber, Agreement: MatchAgreement.Same });
        Assert.Equal("clients.likely-duplicate", refused.Code);
        Assert.Equal(0, await CountAsync("Zolotyi Mlyn LLC"));
        await Intake.TakeAsync(again, true, seller, default);
        Assert.Equal(1, await CountAsync("Zolotyi Mlyn LLC"));
    }

    [Fact]
    public async Task Find_ByTheTaxNumberAlone_TellsWhoHasItUnderAnotherName()
    {
        var seller = await SellerAsync("Naming Alder");
        await Intake.TakeAsync(Mill("Alder Grain Terminal", "31316718"), true, seller, default);

        foreach (var name in new[] { "", "Quite Other Freight House" })
            Assert.Equal("Alder Grain Terminal", Assert.Single(await Duplicates.FindAsync(new NewPartner(new(name, PartnerKinds.Client), new(name, "UA", null, "31316718")).Recognised(), null, seller, default)).Name);
    }

    /// <summary>Offices share a switchboard and families a mail address: one in common is a question, not an answer.</summary>
    [Theory]
    [InlineData("Hazel Timber Yard", "+380 44 700 22 01", null, "Quite Other Bakery", "044 700-22-01", null, MatchField.Phone)]
    [InlineData("Nutwood Carriers", null, "booking@hazel.example", "Violin Repairs", null, "Booking@Hazel.Example", MatchField.Mail)]
    public async Task Take_OfOneWithThePhoneOrMailOfAnother_IsDoubtful_AndAskedAbout(string known, string? phone, string? mail, string name, string? typedPhone, string? typedMail, MatchField reason)
    {
        var seller = await SellerAsync("Asking Hazel");
        var id = await Partners.AddAsync(new(known, PartnerKinds.Client), seller, default);
        await Contacts.AddAsync(id, null, new("Jonas Hazel", "owner", phone, mail), seller, default);
        var other = new NewPartner(new(name, PartnerKinds.Client, Phone: typedPhone, Email: typedMail), new(name, "UA", null, null));

        var found = Assert.Single(await Duplicates.FindAsync(other.Recognised(), null, seller, default));
        var refused = await Assert.ThrowsAsync<RuleBrokenException>(() => Intake.TakeAsync(other, false, seller, default));

        Assert.Equal((known, false, true), (found.Name, found.IsLikely, found.SharesNumber));
        Assert.Contains(found.Reasons, r => r.Field == reason && r.Agreement == MatchAgreement.Same);
        Assert.Equal("clients.doubtful-duplicate", refused.Code);
        await Intake.TakeAsync(other, true, seller, default);
        Assert.Equal(1, await CountAsync(name));
    }

    [Fact]
    public async Task Take_OfOneWithTheTaxNumberOfAnother_IsAskedAbout()
    {
        var seller = await SellerAsync("Asking Rowan");
        await Intake.TakeAsync(Mill("Rowan Grain Terminal", "14360570"), true, seller, default);

        var refused = await Assert.ThrowsAsync<RuleBrokenException>(() => Intake.TakeAsync(new(new("Another Freight House", PartnerKinds.Client), new("Another Freight House", "UA", null, "14360570")), false, seller, default));

        Assert.Equal("clients.doubtful-duplicate", refused.Code);
    }

    [Fact]
    public async Task Take_ByTwoAtOnce_TakesOne_AndTellsTheOtherOfIt()
    {
        var (one, other) = (await SellerAsync("One Rowan"), await SellerAsync("Other Rowan"));
        Task<PartnerId>[] saves;
        await using (var db = office.Open())
        {
            await using var before = await db.Database.BeginTransactionAsync();
            await db.TakeTurnAsync("clients.new", default);
            saves = [Intake.TakeAsync(Mill("Twice Typed Mill", "38003008"), false, one, default), Intake.TakeAsync(Mill("Twice Typed Mill", "38003008"), false, other, default)];
            await Wait.UntilAsync(async () => await db.Database.SqlQuery<int>($"""select count(*)::int as "Value" from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())""").SingleAsync() == 2, "both to have looked");
        }

        var outcomes = await Task.WhenAll(saves.Select(save => Record.ExceptionAsync(() => save)));

        Assert.Equal("clients.likely-duplicate", Assert.IsType<RuleBrokenException>(Assert.Single(outcomes, failure => failure is not null)).Code);
        Assert.Equal(1, await CountAsync("Twice Typed Mill"));
    }

    [Fact]
    public async Task Take_IsAllOrNothing()
    {
        var seller = await SellerAsync("Whole Larkspur");

        var refused = await Assert.ThrowsAsync<RuleBrokenException>(() => Intake.TakeAsync(
            Mill("Half Done Mill", "40123454") with { Place = new("Yard", null, new("UA", null, "Lviv", "Main", "1", null), Point: new GeoPoint(123, 0)) }, true, seller, default));

        Assert.Equal("geo.off-globe", refused.Code);
        Assert.Equal(0, await CountAsync("Half Done Mill"));
    }

    [Fact]
    public async Task Duplicate_BeyondReach_IsToldByItsResponsibleAlone()
    {
        var (owner, other) = (await SellerAsync("Owner Juniper", ActorScope.Own), await SellerAsync("Other Juniper", ActorScope.Own));
        var client = Mill("Secret Juniper Orchard", "38765439") with { Contact = null, Place = null };
        await Intake.TakeAsync(client with { Head = client.Head with { Phone = "+380 67 700 11 22" } }, false, owner, default);

        var found = Assert.Single(await Duplicates.FindAsync((client with { Head = client.Head with { Phone = "0677001122" } }).Recognised(), null, other, default), f => f.IsLikely);

        Assert.Equal((null, null, owner.Name), (found.Id, found.Name, found.Responsible));
        Assert.Empty(found.Reasons);
    }

    [Fact]
    public async Task Find_KnowsWhatWasJustChanged_ButNotItself()
    {
        var seller = await SellerAsync("Fresh Willow");
        var id = await Partners.AddAsync(new("Willow Bend Pottery", PartnerKinds.Client), seller, default);
        var typed = new PartyDetails { Name = "Willow Bend", Mails = [MailAddress.Of("kiln@willowbend.example")] };
        Assert.DoesNotContain(await Duplicates.FindAsync(typed, null, seller, default), f => f.IsLikely && f.Id == id);

        await Contacts.AddAsync(id, null, new("Ilse Potter", "owner", null, "kiln@willowbend.example"), seller, default);

        Assert.Contains(await Duplicates.FindAsync(typed, null, seller, default), f => f.IsLikely && f.Id == id);
        Assert.Empty(await Duplicates.FindAsync(typed, id, seller, default));
    }

    [Fact]
    public async Task Find_AmongStrangers_IsEmpty()
    {
        var seller = await SellerAsync("Alone Rush");

        Assert.Empty(await Duplicates.FindAsync(new() { Name = "Quibbleworth & Daughters Astrolabes" }, null, seller, default));
        Assert.Empty(await Duplicates.FindAsync(new() { Name = "…" }, null, seller, default));
    }
}
