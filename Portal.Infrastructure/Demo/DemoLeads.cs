using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales.Leads;

namespace Portal.Infrastructure.Demo;

/// <summary>Two dozen leads of the demo company in every state and from every stream, a form in five languages, questions for two groups of products and a territory. The same at every founding.</summary>
public sealed class DemoLeads(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    private const int Leads = 25;

    private static readonly (string Name, string? Company)[] People =
    [
        ("Ivy Thornbury", "Thornbury Books"), ("Otto Fenwick", "Fenwick & Daughters"), ("Mira Saltmarsh", null), ("Pavel Oakenshaw", "Oakenshaw Dental"), ("Runa Birchwood", "Birchwood Bakery"),
        ("Silas Marrow", "Marrow Cycles"), ("Tilda Quince", null), ("Hana Wickerby", "Wickerby School"), ("Lars Copperfield", "Copperfield Tea"), ("Nell Ashgrove", "Ashgrove Pharmacy"),
    ];

    private static readonly string[] Subjects =
    [
        "Shelves for a bookshop", "What does a reception desk cost?", "Display cabinets with lighting", "Benches for a waiting room", "Counter for a small café", "Storage racks, price list please", "Lockers for thirty pupils",
    ];

    private static readonly string[] Towns = ["Lindenford", "Harbour Quarter", "Upper Mill", "Saltbridge"];

    private static readonly Dictionary<string, LeadFormWords> Form = new()
    {
        ["en"] = new("Ask our joiners", "Tell us what you need; we answer within four working hours."), ["ru"] = new("Спросите наших столяров", "Расскажите, что вам нужно, – ответим в течение четырёх рабочих часов."),
        ["uk"] = new("Запитайте наших столярів", "Розкажіть, що вам потрібно, – відповімо впродовж чотирьох робочих годин."), ["ro"] = new("Întrebați tâmplarii noștri", "Spuneți-ne ce vă trebuie; răspundem în patru ore de lucru."),
        ["id"] = new("Tanya tukang kayu kami", "Ceritakan kebutuhan Anda; kami menjawab dalam empat jam kerja."),
    };

    /// <summary>Founds them once.</summary>
    public async Task FoundAsync(CancellationToken ct)
    {
        await using var db = contexts.CreateFor(Actor.System("demo"));
        if (await db.Set<Lead>().AnyAsync(ct)) return;
        var sellers = await db.Set<PortalUser>().Where(u => u.UserName == "sela" || u.UserName == "hugo").OrderByDescending(u => u.UserName).ToListAsync(ct);
        if (sellers.Count == 0) return;
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var (streams, sources) = (await db.Set<LeadStream>().OrderBy(s => s.Position).ToListAsync(ct), await db.Set<LeadSource>().OrderBy(s => s.Position).ToListAsync(ct));
        var groups = await db.Set<ProductGroup>().Where(g => !g.Archived && g.Parent == null).OrderBy(g => g.Name).Take(2).ToListAsync(ct);
        var questions = Questions(groups);
        db.AddRange(questions);
        db.Add(new LeadTerritory(LeadTerritoryId.New(), "Saltbridge, Harbour Quarter", sellers[0].Id, null, 1));
        var form = new LeadForm(LeadFormId.New(), "ask-our-joiners", new("Website: ask our joiners", streams.First(s => s.Key == "site").Id, sources.First(s => s.Key == "web").Id, LeadForm.Usual | LeadFields.Company | LeadFields.Territory)
        {
            Words = Form, Origins = ["https://petrel.example"], Managers = [sellers[0].Id],
        });
        db.Add(form);
        var deals = await db.Set<Deal>().Where(d => d.Partner != null && d.Lead == null && d.State != DealState.Lost).OrderByDescending(d => d.Number).Take(4).ToListAsync(ct);
        var numbers = await db.Database.SqlQuery<long>($"select nextval('sales.lead_number') as \"Value\" from generate_series(1, {Leads})").ToListAsync(ct);
        for (var i = 0; i < Leads; i++)
        {
            var lead = Tell(db, i, numbers[i], i % 3 == 0 ? sellers[^1] : sellers[0], i % 2 == 0 ? form : null, streams[i % streams.Count].Id, sources[i * 3 % sources.Count].Id, groups.Count == 0 ? null : groups[i % groups.Count].Id.Value, questions, i is >= 17 and < 21 && i - 17 < deals.Count ? deals[i - 17] : null);
            db.Add(lead);
        }
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    // by its number: how long ago it came, how far it is and what was said
    private Lead Tell(PortalDb db, int i, long number, PortalUser seller, LeadForm? form, LeadStreamId stream, LeadSourceId source, Guid? group, IReadOnlyList<NeedQuestion> questions, Deal? deal)
    {
        var (now, (name, company)) = (time.GetUtcNow(), People[i % People.Length]);
        var came = now.AddDays(-i * 1.3).AddHours(-2 - i % 5);
        var his = Actor.System("demo") with { UserId = seller.Id, Name = seller.DisplayName };
        var appeal = new LeadAppeal(Subjects[i % Subjects.Length], i % 3 == 0 ? "Good morning, could you call me back this week? We open in two months." : null).Checked();
        var lead = new Lead(
            LeadId.New(), number, appeal, new(name, company, $"+00 555 01{i:00} 00", i % 4 == 0 ? null : $"{name.Split(' ')[0].ToLowerInvariant()}{i}@example.org", Towns[i % Towns.Length]),
            form is not null ? LeadChannel.WebForm : i % 3 == 0 ? LeadChannel.Call : LeadChannel.Mail, stream, source, LeadSteps.GetInTouch, came.AddHours(4), came);
        lead.Describe(lead.Subject, lead.Contact, stream, source, group);
        if (form is not null) lead.ComeBy(form.Id, i == Leads - 1 ? LeadSuspicion.Links : null);
        db.Add(LeadEvent.Came(lead.Id, LeadEventKind.Came, appeal, lead.Channel, came, Actor.System("demo")));
        // one waits for a head, one is doubted
        if (lead.Suspicion is not null || i == 2) return lead;
        lead.GiveTo(seller.Id, null, LeadRoute.Load, came);
        db.Add(LeadEvent.Given(lead.Id, seller.Id, LeadRoute.Load, null, came, Actor.System("demo")));
        if (i < 6)
        {
            lead.Plan(LeadSteps.GetInTouch, now.AddHours(i * 3 - 4));
            return lead;
        }
        var talked = came.AddHours(1 + i % 6);
        lead.Talk(talked, now);
        db.Add(LeadEvent.Talked(lead.Id, InteractionKind.Call, "Wants to see samples", talked, his));
        Rate(i % 3 == 0 ? LeadInterest.Hot : LeadInterest.Warm);
        if (i % 5 == 0) Rate(LeadInterest.Cold);
        lead.Plan(i % 2 == 0 ? "Send the catalogue" : "Agree on a visit", now.AddDays(i % 4 - 1).AddHours(2));
        if (i < 13) return lead;
        foreach (var question in questions.Where(q => q.Group is null || q.Group == group))
        {
            db.Add(new NeedAnswer(lead.Id, question.Id, question.Kind switch { NeedKind.YesNo => "yes", NeedKind.Number => (question.Budget ? 2_000 + i * 150 : 2 + i % 5).ToString(System.Globalization.CultureInfo.InvariantCulture), NeedKind.Choice => question.Options[i % question.Options.Length], _ => "Before the season" }));
            if (question.Budget) lead.Learn(true);
        }
        if (i is >= 21)
        {
            lead.Disqualify((LeadRejection)(i % 4), "Said so on the phone", talked.AddHours(1));
            db.Add(new LeadEvent(lead.Id, LeadEventKind.Disqualified, lead.RejectionNote, talked.AddHours(1), his));
            return lead;
        }
        lead.Qualify(0);
        db.Add(new LeadEvent(lead.Id, LeadEventKind.Qualified, null, talked.AddMinutes(30), his));
        if (deal is null) return lead;
        lead.Convert(deal.Partner!.Value, deal.Contact, deal.Id, talked.AddHours(2));
        deal.ComeFrom(lead.Id.Value);
        db.Add(new LeadEvent(lead.Id, LeadEventKind.Converted, deal.Title, talked.AddHours(2), his));
        return lead;

        void Rate(LeadInterest interest)
        {
            lead.Rate(interest);
            db.Add(LeadEvent.Rated(lead.Id, interest, talked, his));
        }
    }

    private static List<NeedQuestion> Questions(IReadOnlyList<ProductGroup> groups)
    {
        List<NeedAsked> asked = [new("By when do you need it?", Required: true), new("Which budget do you have in mind?", NeedKind.Number, Budget: true)];
        if (groups.Count > 0) asked.AddRange([new("Which wood?", NeedKind.Choice, groups[0].Id.Value, Options: ["Oak", "Ash", "Pine"]), new("Is there a drawing?", NeedKind.YesNo, groups[0].Id.Value)]);
        if (groups.Count > 1) asked.AddRange([new("How many rooms?", NeedKind.Number, groups[1].Id.Value, Required: true), new("Who assembles it?", NeedKind.Choice, groups[1].Id.Value, Options: ["We", "You"])]);
        return [.. asked.Select((question, i) => new NeedQuestion(NeedQuestionId.New(), question, i + 1))];
    }
}
