using System.Text;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Demo;

/// <summary>
/// Gives the demo's clients what a card shows: legal entities, people, agreements, a small network, talks of the past weeks and plans of the next days;
/// and adds a few suppliers, prospects and a competitor, files, a confidential one among them, and confidential terms.
/// </summary>
public sealed class DemoClients(IDbContextFactory<PortalDb> contexts, Attachments files, TimeProvider time)
{
    private static readonly string[] Titles = ["buyer", "receives goods at door 1", "director", "accountant"];

    private static readonly (InteractionKind Kind, string Subject, string Text, string Outcome)[] Talks =
    [
        (InteractionKind.Call, "First call", "They look for somebody who delivers twice a week.", "Wants a price list"),
        (InteractionKind.Meeting, "Visit to the warehouse", "Saw the loading ramp and the cold room; small vans only.", "Agreed on mornings before ten"),
        (InteractionKind.Letter, "Price list sent", "Price list with the terms of payment.", "Asked for two more days of payment"),
        (InteractionKind.Call, "Question about the invoice", "One line was billed twice.", "Corrected, they are content"),
        (InteractionKind.Sms, "Car is late", "Told them that the car comes twenty minutes later.", "Thanked for the word"),
        (InteractionKind.Note, "Season", "They close for two weeks in August.", ""),
    ];

    private static readonly (InteractionKind Kind, string Subject, int Minutes)[] Plans =
    [
        (InteractionKind.Call, "Ask about next month’s orders", 30), (InteractionKind.Meeting, "Show the new shelves", 60), (InteractionKind.Meeting, "Go through the offer", 90),
        (InteractionKind.Letter, "Send the drawing", 0), (InteractionKind.Call, "Payment of the last invoice", 15),
    ];

    private static readonly (string Name, PartnerKinds Kinds, PartnerStanding Standing)[] Others =
    [
        ("Oak & Anvil Timber", PartnerKinds.Supplier, PartnerStanding.Active), ("Saltwind Packaging", PartnerKinds.Supplier | PartnerKinds.Client, PartnerStanding.Active),
        ("Fernbridge Hardware", PartnerKinds.Client, PartnerStanding.Prospect), ("Harrow & Plum Interiors", PartnerKinds.Client, PartnerStanding.Prospect),
        ("Tin Whistle Cafés", PartnerKinds.Client, PartnerStanding.Lost), ("Swift Barrow Carriers", PartnerKinds.Competitor, PartnerStanding.Active),
    ];

    /// <summary>Founds it once.</summary>
    public async Task FoundAsync(CancellationToken ct)
    {
        var actor = Actor.System("demo");
        await using var db = contexts.CreateFor(actor);
        if (await db.Set<Counterparty>().AnyAsync(ct)) return;
        var sellers = await db.Set<PortalUser>().Where(u => u.UserName == "sela" || u.UserName == "hugo" || u.UserName == "cora").OrderBy(u => u.UserName).ToListAsync(ct);
        if (sellers.Count == 0) return;
        var driven = await db.Set<Trip>().Where(t => t.Customer != null).Select(t => t.Customer!.Value).Distinct().ToListAsync(ct);
        var places = (await db.Set<Place>().Where(p => p.Partner != null).OrderBy(p => p.Name).ToListAsync(ct)).ToLookup(p => p.Partner!.Value);
        var clients = await db.Set<Partner>().OrderBy(p => p.Name).ToListAsync(ct);
        foreach (var client in clients.Where(c => driven.Contains(c.Id))) client.Stand(PartnerStanding.Active);
        clients.AddRange(Others.Select((other, i) => Another(db, other, clients.Count + i)));
        for (var i = 0; i < clients.Count; i++)
        {
            clients[i].HandTo(sellers[i % sellers.Count].Id, null);
            Fill(db, clients[i], [.. places[clients[i].Id]], sellers[i % sellers.Count], i);
        }
        Again(db, clients, time.GetUtcNow().AddDays(-30));
        clients[0].JoinNetwork(null, NetworkLevel.Holding);
        foreach (var outlet in clients.Skip(1).Take(2)) outlet.JoinNetwork(clients[0].Id, NetworkLevel.Outlet);
        DemoSegments.Add(db, sellers[0].Id);
        db.Add(ConfidentialMarks.Row(ConfidentialFields.Terms, time.GetUtcNow()));
        await db.SaveChangesAsync(ct);
        await db.Database.ExecuteSqlAsync($"update clients.partner p set created_at = e.at from clients.timeline_entry e where e.partner = p.id and e.what = 'partner.added'", ct);
        foreach (var (client, seller) in clients.Take(sellers.Count).Zip(sellers)) await AttachAsync(client, seller, ct);
    }

    // a price list for everybody, and what stands behind it for few
    private async Task AttachAsync(Partner client, PortalUser seller, CancellationToken ct)
    {
        var (about, actor) = (new ObjectRef(ObjectKind.Partner, client.Id.Value), Actor.System("demo") with { UserId = seller.Id, Name = seller.DisplayName });
        foreach (var (name, words, confidential) in new[] { ("Price list.txt", "Shelf, oak: 410\nShelf, ash: 380\n", false), ("Calculation.txt", "Shelf, oak: cost 288, margin 30 %\nShelf, ash: cost 274, margin 28 %\n", true) })
            await files.AttachAsync(about, name, new MemoryStream(Encoding.UTF8.GetBytes(words)), actor, confidential, ct);
    }

    // some were entered twice: once in haste, once by a colleague who did not look
    private static void Again(PortalDb db, List<Partner> clients, DateTimeOffset at)
    {
        foreach (var (first, name, phone, mail) in new[]
        {
            (clients[1], clients[1].Name.ToUpperInvariant() + " LTD", clients[1].Phone, clients[1].Email), (clients[3], clients[3].Name.Replace(" ", ""), clients[3].Phone, (string?)null),
            (clients[^2], clients[^2].Name.Replace("é", "e"), null, clients[^2].Email), (clients[^4], clients[^4].Name + " & Co", null, null),
        })
        {
            var again = new Partner(PartnerId.New(), name, PartnerKinds.Client);
            again.Reach(phone, mail);
            again.HandTo(first.Responsible, null);
            db.Add(again);
            db.Add(new TimelineEntry(again.Id, "partner.added", new(ObjectKind.Partner, again.Id.Value), null, at, Actor.System("demo")));
        }
    }

    private static Partner Another(PortalDb db, (string Name, PartnerKinds Kinds, PartnerStanding Standing) other, int number)
    {
        var partner = new Partner(PartnerId.New(), other.Name, other.Kinds);
        partner.Reach(DemoNames.Phone(number + 60), $"office{number}@example.org");
        partner.Stand(other.Standing);
        db.Add(partner);
        return partner;
    }

    private void Fill(PortalDb db, Partner client, IReadOnlyList<Place> places, PortalUser seller, int number)
    {
        var now = time.GetUtcNow();
        var seen = Actor.System("demo") with { UserId = seller.Id, Name = seller.DisplayName };
        var entity = new Counterparty(CounterpartyId.New(), client.Id, $"{client.Name} Ltd", null);
        entity.Describe($"{client.Name} Ltd", null, places.FirstOrDefault()?.Address, $"DM-{200100 + number * 37}", null);
        db.Add(entity);
        var people = Enumerable.Range(0, 2 + number % 2).Select(i => new Person(PersonId.New(), DemoNames.Person(number * 3 + i + 200), DemoNames.Phone(number * 3 + i), $"person{number * 3 + i}@example.org")).ToList();
        db.AddRange(people);
        for (var i = 0; i < people.Count; i++)
            db.Add(new ContactRole(Guid.CreateVersion7(), people[i].Id, Titles[(number + i) % Titles.Length], client.Id, null, i == 1 ? places.FirstOrDefault()?.Id : null));
        db.Add(new ContactPoint(Guid.CreateVersion7(), people[0].Id, ContactChannel.Phone, ContactUse.Mobile, DemoNames.Phone(number + 30)));
        for (var i = 0; i < places.Count; i++)
            places[i].Change(places[i].Name, places[i].Address, places[i].Parts, i == 0 ? PlacePurposes.Office : i % 2 == 1 ? PlacePurposes.Warehouse : PlacePurposes.Shop, places[i].Point);
        if (client.Standing == PartnerStanding.Active && client.Kinds != PartnerKinds.Competitor)
            db.Add(new Agreement(AgreementId.New(), client.Id, new(AgreementKind.Contract, $"K-{300 + number}", null, entity.Id, DateOnly.FromDateTime(now.UtcDateTime).AddMonths(-number - 2),
                number % 4 == 0 ? DateOnly.FromDateTime(now.UtcDateTime).AddDays(20) : null, 7 * (number % 4), new Money(2000 + 500 * (number % 5), "EUR"), null)));
        foreach (var word in new[] { number % 3 == 0 ? "key account" : null, number % 4 == 1 ? "mornings only" : null }.OfType<string>()) db.Add(new ObjectTag(new(ObjectKind.Partner, client.Id.Value), word));
        db.Add(new TimelineEntry(client.Id, "partner.added", new(ObjectKind.Partner, client.Id.Value), null, now.AddDays(-120 - number), seen));
        Talk(db, client, people, seller, seen, now, number);
    }

    private static void Talk(PortalDb db, Partner client, List<Person> people, PortalUser seller, Actor seen, DateTimeOffset now, int number)
    {
        for (var i = 0; i < 3 + number % 4; i++)
        {
            var talk = Talks[(number + i) % Talks.Length];
            // some have been silent for long
            var at = Working(now.AddDays(-(number % 5 == 4 ? 95 : 2 + number % 7) - 9 * i), -1, number * 5 + i * 3);
            var details = new InteractionDetails(talk.Kind, i % 3 == 2 ? InteractionDirection.Incoming : InteractionDirection.Outgoing, at, talk.Kind == InteractionKind.Meeting ? 45 : 0, talk.Subject, talk.Text, null);
            var held = new Interaction(InteractionId.New(), client.Id, details, talk.Outcome.Length > 0 ? InteractionState.Planned : InteractionState.Held, seller.Id, null, at, seen);
            if (talk.Outcome.Length > 0) held.Hold(talk.Outcome, at);
            db.Add(held);
            if (talk.Kind != InteractionKind.Note) db.Add(new InteractionParticipant(held.Id, people[i % people.Count].Id));
            db.Add(new TimelineEntry(client.Id, "interaction", new(ObjectKind.Interaction, held.Id.Value), null, at, seen));
        }
        if (client.Standing == PartnerStanding.Lost || number % 4 == 3) return;
        InteractionId? before = null;
        // one after the other over this and the next weeks; every sixth was due and nobody has said what came of it
        for (var i = 0; i < 1 + number % 3; i++)
        {
            var plan = Plans[(number + i) % Plans.Length];
            var overdue = number % 6 == 0 && i == 0;
            var at = Working(now.AddDays((overdue ? -2 : number * 3 % 11) + 6 * i), overdue ? -1 : 1, number * 7 + i * 4);
            var planned = new Interaction(InteractionId.New(), client.Id, new(plan.Kind, InteractionDirection.Outgoing, at, plan.Minutes, plan.Subject, null, i == 0 ? null : "offer", plan.Kind == InteractionKind.Letter ? null : 15),
                InteractionState.Planned, seller.Id, before, now, seen);
            db.Add(planned);
            db.Add(new InteractionParticipant(planned.Id, people[(number + i) % people.Count].Id));
            before = planned.Id;
        }
    }

    /// <summary>An hour of work on the given day, or where that is free on the nearest before it (-1) or after it (1).</summary>
    private static DateTimeOffset Working(DateTimeOffset at, int way, int spread)
    {
        while (at.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday) at = at.AddDays(way);
        return new DateTimeOffset(at.UtcDateTime.Date, TimeSpan.Zero).AddHours(9).AddMinutes(30 * (spread % 16));
    }
}
