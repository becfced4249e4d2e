using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.History;
using Portal.Infrastructure.Sales.Leads;
using Portal.Infrastructure.Work;
using static Portal.Tests.Sales.SalesOffice;

namespace Portal.Tests.Sales.Leads;

/// <summary>A lead becomes a client and a deal: once, whole, and with nothing typed again.</summary>
public sealed class LeadConversionTests(SalesOffice office) : IClassFixture<SalesOffice>
{
    private LeadConversion Conversion => office.Services.GetRequiredService<LeadConversion>();

    private async Task<LeadId> ComeAsync(Actor by, string? company, string phone, string? mail = null, LeadSourceId? source = null) =>
        (await office.Intake.TakeAsync(new(new("Forty shelves", "In oak, please"), new("Ada Lark", company, phone, mail), LeadChannel.WebForm, Source: source, Mine: true), by, default)).Lead;

    private async Task<LeadRow> RowAsync(LeadId id) => (await office.LeadCards.FindAsync(id, Actor.System("test"), default))!.Lead;

    [Fact]
    public async Task Convert_TakesTheClientIn_WithItsContact_AndOpensTheDeal_WithTheNeeds()
    {
        var seller = await office.SellerAsync("Ada Brightwell");
        var source = new LeadSourceId((await office.Pipelines.SourcesAsync(default))[1].Id);
        var question = await office.Services.GetRequiredService<NeedSettings>().AddAsync(new("How soon?"), Actor.System("test"), default);
        var budget = await office.Services.GetRequiredService<NeedSettings>().AddAsync(new("How much?", NeedKind.Number, Budget: true), Actor.System("test"), default);
        var company = Unique("Larkspur Hall");
        var lead = await ComeAsync(seller, company, "+40 722 600 001", "ada@larkspur.example", source);
        await office.Services.GetRequiredService<LeadNeeds>().AnswerAsync(lead, new Dictionary<NeedQuestionId, string?> { [question] = "By May", [budget] = "1500.5" }, (await RowAsync(lead)).Version, seller, default);
        var proposal = await Conversion.ProposeAsync(lead, "contact", seller, default);

        Assert.Equal(1_500.5m, proposal.Amount);
        var done = await Conversion.ConvertAsync(lead, new(null, proposal.New, Amount: 1_500, NextStep: "Offer", NextStepOn: new(2026, 3, 9)), (await RowAsync(lead)).Version, seller, default);

        var card = await office.CardAsync(done.Deal, seller);
        Assert.Equal(("Forty shelves", 1_500m, done.Partner, "Ada Lark", source, seller.UserId, "Offer"), (card.Deal.Title, card.Deal.Amount, card.Deal.PartnerId!.Value, card.Contact, card.Deal.Source!.Value, card.Deal.ManagerId!.Value, card.Deal.NextStep));
        var said = await office.Services.GetRequiredService<Remarks>().OfAsync(new(ObjectKind.Deal, done.Deal.Value), seller, default);
        Assert.Contains("In oak, please", Assert.Single(said).Text);
        Assert.Contains("How soon? – By May", said[0].Text);
        var client = (await office.Services.GetRequiredService<PartnerDetailsQuery>().FindAsync(done.Partner, seller, default))!;
        Assert.Equal((company, PartnerKinds.Client), (client.Head.Name, client.Head.Kinds));
        var row = await RowAsync(lead);
        Assert.Equal((LeadState.Converted, done.Deal, done.Partner), (row.State, row.Deal!.Value, row.PartnerId!.Value));
        await using var db = office.Open();
        var person = await db.Set<Person>().SingleAsync(p => p.Id == done.Person);
        Assert.Equal(("Ada Lark", "+40 722 600 001", "ada@larkspur.example"), (person.Name, person.Phone, person.Email));
        Assert.Equal(lead.Value, await db.Set<Deal>().Where(d => d.Id == done.Deal).Select(d => d.Lead).SingleAsync());
    }

    [Fact]
    public async Task Convert_ASecondTime_AnswersWithTheFirst()
    {
        var seller = await office.SellerAsync("Bo Candlewick");
        var lead = await ComeAsync(seller, Unique("Mill"), "+40 722 600 101");
        var (proposal, seen) = (await Conversion.ProposeAsync(lead, "contact", seller, default), (await RowAsync(lead)).Version);

        var both = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Conversion.ConvertAsync(lead, new(null, proposal.New), seen, seller, default)));

        Assert.Equal((1, 1, 2), (both.Select(c => c.Deal).Distinct().Count(), both.Select(c => c.Partner).Distinct().Count(), both.Count(c => c.Before)));
        Assert.Equal(1, (await office.List.ListAsync(new(Partner: both[0].Partner), Infrastructure.Sales.DealSort.Opened, false, Infrastructure.Database.Slice.All, seller, default)).Total);
    }

    [Fact]
    public async Task Convert_AsksBeforeItTakesInALikelyDuplicate_AndLeavesNothingHalfDone()
    {
        var seller = await office.SellerAsync("Cleo Dunmarsh");
        var name = Unique("Fernbridge");
        var known = await office.Partners.AddAsync(new(name, PartnerKinds.Client, Phone: "+40 21 777 10 10", Responsible: seller.UserId), seller, default);
        var lead = await ComeAsync(seller, name, "+40 722 600 201");
        var card = await RowAsync(lead);
        var proposal = await Conversion.ProposeAsync(lead, "contact", seller, default);
        var twin = proposal.New with { Head = proposal.New.Head with { Phone = "021 777 10 10" } };

        Assert.StartsWith("clients.", await RefusedAsync(() => Conversion.ConvertAsync(lead, new(null, twin), card.Version, seller, default)));
        Assert.Equal("sales.rate-required", await RefusedAsync(() => Conversion.ConvertAsync(lead, new(null, proposal.New, Knowingly: true, Currency: "JPY"), card.Version, seller, default)));
        await using (var db = office.Open()) Assert.Equal(1, await db.Set<Partner>().CountAsync(p => p.Name == name));
        Assert.Equal(LeadState.New, (await RowAsync(lead)).State);

        var done = await Conversion.ConvertAsync(lead, new(known, NewPerson: proposal.Contact), card.Version, seller, default);

        Assert.Equal(known, done.Partner);
        var people = await office.Services.GetRequiredService<PartnerDetailsQuery>().FindAsync(known, seller, default);
        Assert.Contains(people!.Contacts, c => c.Name == "Ada Lark");
    }

    [Fact]
    public async Task Propose_KnowsTheClientByItsPhone_AndWhoOfItAppealed()
    {
        var seller = await office.SellerAsync("Dag Elderfen");
        var partner = await office.Services.GetRequiredService<PartnerIntake>().TakeAsync(
            new(new(Unique("Glimmer"), PartnerKinds.Client, Responsible: seller.UserId), Contact: new("Ada Lark", "buys", "0722 600 301")), true, seller, default);
        var lead = await ComeAsync(seller, null, "+40 722 600 301");

        var proposal = await Conversion.ProposeAsync(lead, "contact", seller, default);
        var people = await Conversion.PeopleAsync(lead, partner, seller, default);

        Assert.Equal(partner, proposal.Client);
        Assert.Equal(("Ada Lark", true), (Assert.Single(people).Name, people[0].IsSame));
        // who may not know phones finds none out by a lead
        var blind = (await office.SellerAsync("Fen Garthside")) with { Hidden = ConfidentialFields.Phones | ConfidentialFields.Mails };
        Assert.False(Assert.Single(await Conversion.PeopleAsync(lead, partner, blind, default)).IsSame);
        var done = await Conversion.ConvertAsync(lead, new(partner, Person: people[0].Id), (await RowAsync(lead)).Version, seller, default);
        Assert.Equal((partner, people[0].Id), (done.Partner, done.Person!.Value));
        var told = await office.Services.GetRequiredService<TimelineQuery>().ListAsync(partner, new(), null, 50, seller, default);
        Assert.Contains(told.Rows, r => r is { What: "lead.converted", Words: "Forty shelves" });
    }

    [Fact]
    public async Task Convert_MakesTalksWithTheLead_PartOfTheNewClientsHistory()
    {
        var (seller, another) = (await office.SellerAsync("Fay Gooseberry"), await office.SellerAsync("Gil Hawthorn"));
        var lead = await ComeAsync(seller, Unique("Willow"), "+40 722 600 501");
        foreach (var talk in new LeadTalk[] { new(InteractionKind.Call, "They want it lacquered"), new(InteractionKind.Letter, "Sent the catalogue") })
        {
            await office.Leads.TalkAsync(lead, talk, (await RowAsync(lead)).Version, seller, default);
            office.Clock.Advance(TimeSpan.FromMinutes(1));
        }
        await office.Services.GetRequiredService<Remarks>().AddAsync(new(ObjectKind.Lead, lead.Value), "Ask for the wife, she decides", seller);
        var done = await Conversion.ConvertAsync(lead, new(null, (await Conversion.ProposeAsync(lead, "contact", seller, default)).New), (await RowAsync(lead)).Version, seller, default);

        var told = await ToldAsync(new());
        Assert.Equal(["Ask for the wife, she decides", "Sent the catalogue", "They want it lacquered", "In oak, please"], told.Select(r => r.Said).OfType<string>());
        Assert.Single(told, r => r.What == "lead.came");
        Assert.Single(told, r => r.What == "lead.converted");
        Assert.Equal(["Sent the catalogue"], (await ToldAsync(new(Talk: InteractionKind.Letter))).Select(r => r.Said));
        Assert.Equal(["Ask for the wife, she decides"], (await ToldAsync(new(Talk: InteractionKind.Note))).Select(r => r.Said));
        Assert.Equal(3, (await ToldAsync(new(TimelineKind.Interaction))).Count);
        Assert.Equal(["They want it lacquered"], (await ToldAsync(new(Text: "LACQUERED"))).Select(r => r.Said));
        Assert.Empty(await ToldAsync(new(By: another.UserId)));
        // whoever sees the client, but not the lead, is not told
        Assert.DoesNotContain((await office.Services.GetRequiredService<TimelineQuery>().ListAsync(done.Partner, new(), null, 50, seller with { Permissions = [.. seller.Permissions.Except([Domain.Identity.Permissions.LeadsRead])] }, default)).Rows, r => r.About.Kind == ObjectKind.Lead);

        async Task<IReadOnlyList<TimelineRow>> ToldAsync(TimelineFilter filter)
        {
            var (rows, behind) = (new List<TimelineRow>(), (HistoryMark?)null);
            do
            {
                // page by page, so that no line is lost or told twice where one ends
                var page = await office.Services.GetRequiredService<TimelineQuery>().ListAsync(done.Partner, filter, behind, 2, seller, default);
                rows.AddRange(page.Rows);
                behind = page.Older;
            }
            while (behind is not null);
            return [.. rows.Where(r => r.About.Kind == ObjectKind.Lead)];
        }
    }

    [Fact]
    public async Task Convert_WithoutTheRightsToDealsOrClients_IsRefused()
    {
        var seller = await office.SellerAsync("Eda Farrowby");
        var lead = await ComeAsync(seller, Unique("Hollow"), "+40 722 600 401");
        var (proposal, seen) = (await Conversion.ProposeAsync(lead, "contact", seller, default), (await RowAsync(lead)).Version);

        Assert.Equal("identity.not-allowed", await RefusedAsync(() => Conversion.ConvertAsync(lead, new(null, proposal.New), seen, seller with { Permissions = [.. seller.Permissions.Except([Domain.Identity.Permissions.DealsManage])] }, default)));
        Assert.Equal("identity.not-allowed", await RefusedAsync(() => Conversion.ConvertAsync(lead, new(null, proposal.New), seen, seller with { Permissions = [.. seller.Permissions.Except([Domain.Identity.Permissions.ClientsManage])] }, default)));
        Assert.Equal("leads.client-required", await RefusedAsync(() => Conversion.ConvertAsync(lead, new(null), seen, seller, default)));
    }
}
