using Microsoft.EntityFrameworkCore;
using Portal.Domain.Billing;
using Portal.Domain.Claims;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Billing;
using Portal.Infrastructure.Claims;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Sales.Leads;
using Portal.Infrastructure.Sales.Offers;
using Portal.Infrastructure.Sales.Orders;
using Portal.Infrastructure.Stock;

namespace Portal.Infrastructure.Database;

/// <summary>The product-wide search behind Ctrl-K: titles that begin with the text first, then words anywhere in title or text; phones in any format, words in the wrong keyboard layout or the other alphabet, and where nothing is found what reads nearly so.</summary>
public sealed class SearchQuery(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>Most hits one question gets.</summary>
    public const int Most = 12;

    // of more that hold a word somewhere nobody looks for the best: he types another letter
    private const int MostWeighed = 1_000;

    /// <summary>What a kind needs to be found; kinds not named here are not found.</summary>
    private static readonly Dictionary<ObjectKind, string> Needed = new()
    {
        [ObjectKind.Trip] = Permissions.BoardRead,
        [ObjectKind.Vehicle] = Permissions.FleetRead,
        [ObjectKind.Driver] = Permissions.FleetRead,
        [ObjectKind.Partner] = Permissions.ClientsRead,
        [ObjectKind.Place] = Permissions.BoardRead,
        [ObjectKind.Lead] = Permissions.LeadsRead,
        [ObjectKind.Deal] = Permissions.DealsRead,
        [ObjectKind.Offer] = Permissions.OffersRead,
        [ObjectKind.Order] = Permissions.OrdersRead,
        [ObjectKind.Shipment] = Permissions.OrdersRead,
        [ObjectKind.Invoice] = Permissions.BillingRead,
        [ObjectKind.Payment] = Permissions.BillingRead,
        [ObjectKind.Claim] = Permissions.ClaimsRead,
        [ObjectKind.StockDocument] = Permissions.StockRead,
        [ObjectKind.Product] = Permissions.PricingRead,
        [ObjectKind.ProductGroup] = Permissions.PricingRead,
    };

    /// <summary>What belongs to clients and is found with them: it leads to their cards.</summary>
    private static readonly ObjectKind[] OfClients = [ObjectKind.Counterparty, ObjectKind.Person, ObjectKind.Place];

    /// <summary>Finds under the actor's rights; an external person finds nothing here. What belongs to a client carries its name before the text and, as its partner, the client.</summary>
    public Task<IReadOnlyList<SearchRow>> FindAsync(string text, Actor actor, CancellationToken ct)
    {
        var kinds = KindsOf(actor);
        return FindAsync(text, kinds.Contains(ObjectKind.Partner) ? [.. kinds.Union(OfClients)] : kinds, actor, ct);
    }

    /// <summary>The kinds of objects an actor may read.</summary>
    internal static ObjectKind[] KindsOf(Actor actor) => [.. Needed.Where(n => actor.PartnerId is null && actor.Can(n.Value)).Select(n => n.Key)];

    /// <summary>Finds among some kinds, within the actor's branch where his rights end there; whoever asks has looked at the rights to the kinds.</summary>
    internal async Task<IReadOnlyList<SearchRow>> FindAsync(string text, ObjectKind[] kinds, Actor actor, CancellationToken ct)
    {
        if (!LikePattern.Words(text).Any() || kinds.Length == 0) return [];
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = InReach(db, kinds, actor);
        var found = await StartingAsync(rows, text, ct);
        if (found.Count < Most) found = [.. found.Concat(await FirstAsync(Told(db, rows, actor, (some, untold) => some.Holding(text, untold)), text, ct)).DistinctBy(r => (r.Kind, r.ObjectId)).Take(Most)];
        if (found.Count == 0 && SearchWords.IsForgiven(text)) found = await NearlyAsync(db, rows, text, actor, ct);
        await DescribeAsync(db, found, actor, ct);
        return found;
    }

    private static async Task<List<SearchRow>> NearlyAsync(PortalDb db, IQueryable<SearchRow> rows, string text, Actor actor, CancellationToken ct)
    {
        List<SearchRow> found = [];
        var meant = await db.MeantAsync(LikePattern.Words(text), ct);
        // whole texts first, each one walk through the index: what every word may mean apart is walked apart
        if (SearchWords.PutRight(text, meant) is { Count: > 0 } readings) found = await FirstAsync(Told(db, rows, actor, (some, untold) => some.Meaning(readings, untold)), text, ct);
        if (found.Count == 0)
        {
            var slips = SearchWords.Slips(text, meant);
            found = await FirstAsync(Told(db, rows, actor, (some, untold) => some.Slipping(slips, untold)), text, ct);
        }
        return found.Count > 0 ? found : await db.LikeAsync(rows, text, actor.Untold(), alike => alike.ThenByDescending(r => r.ObjectId).Take(Most).ToListAsync(ct), ct);
    }

    // names the client that a hit belongs to; what is hidden of a client is told only to who answers for him
    private static async Task DescribeAsync(PortalDb db, List<SearchRow> found, Actor actor, CancellationToken ct)
    {
        var persons = found.Where(r => r.Kind == ObjectKind.Person).Select(r => new PersonId(r.ObjectId)).ToList();
        var roles = persons.Count == 0 ? [] : await db.Set<ContactRole>().AsNoTracking().Where(role => persons.Contains(role.Person) && db.Set<Partner>().Within(actor).Any(p => p.Id == role.Partner))
            .OrderBy(role => role.Ended).ThenBy(role => role.Id).Select(role => new { Person = role.Person.Value, Client = role.Partner!.Value }).ToListAsync(ct);
        var employers = roles.ToLookup(role => role.Person, role => role.Client);
        var ids = found.Select(r => r.Partner).OfType<Guid>().Select(id => new PartnerId(id)).Concat(roles.Select(role => role.Client)).Distinct().ToList();
        var known = ids.Count == 0 ? [] : await db.Set<Partner>().Where(p => ids.Contains(p.Id)).Select(p => new { p.Id, p.Name, p.Responsible }).ToListAsync(ct);
        var untold = actor.Untold();
        foreach (var row in found)
        {
            List<PartnerId> of = row.Kind == ObjectKind.Person ? [.. employers[row.ObjectId]] : row.Partner is { } one ? [new(one)] : [];
            row.Partner = of.Count > 0 ? of[0].Value : null;
            if (untold.Contains(row.Kind) && !known.Exists(client => of.Contains(client.Id) && client.Responsible == actor.UserId)) row.Text = "";
            if (OfClients.Contains(row.Kind) && known.Find(client => client.Id.Value == row.Partner) is { } its) row.Text = row.Text.Length > 0 ? $"{its.Name} · {row.Text}" : its.Name;
        }
    }

    // a whole name, or its beginning, is most of what is asked for; an index holds the titles in this order
    private static Task<List<SearchRow>> StartingAsync(IQueryable<SearchRow> rows, string text, CancellationToken ct)
    {
        var pattern = LikePattern.Starting(SearchLetters.Of(string.Join(' ', LikePattern.Words(text))));
        return rows.Where(r => EF.Functions.Like(EF.Functions.Collate(SearchLetters.Of(r.Title), "C"), pattern, LikePattern.Escape))
            .OrderBy(r => EF.Functions.Collate(SearchLetters.Of(r.Title), "C")).ThenByDescending(r => r.ObjectId).Take(Most).ToListAsync(ct);
    }

    private static Task<List<SearchRow>> FirstAsync(IQueryable<SearchRow> rows, string text, CancellationToken ct)
    {
        var first = SearchLetters.Of(LikePattern.Words(text).First());
        return rows.Take(MostWeighed).OrderByDescending(r => SearchLetters.Of(r.Title).StartsWith(first)).ThenByDescending(r => r.ObjectId).Take(Most).ToListAsync(ct);
    }

    // by what is hidden of clients only those whom the actor answers for are found
    private static IQueryable<SearchRow> Told(PortalDb db, IQueryable<SearchRow> rows, Actor actor, Func<IQueryable<SearchRow>, ObjectKind[], IQueryable<SearchRow>> find) =>
        actor.Untold() is not { Length: > 0 } untold ? find(rows, [])
        : find(rows, untold).Union(find(rows.Where(r => db.Set<Partner>().Any(p => (Guid)(object)p.Id == r.Partner && p.Responsible == actor.UserId)), []));

    /// <summary>True where the actor would find the object among those kinds.</summary>
    internal async Task<bool> HoldsAsync(ObjectRef sought, ObjectKind[] kinds, Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await InReach(db, kinds, actor).AnyAsync(r => r.ObjectId == sought.Id && r.Kind == sought.Kind, ct);
    }

    /// <summary>Entries of some kinds, within the actor's branch where his rights end there.</summary>
    private static IQueryable<SearchRow> InReach(PortalDb db, ObjectKind[] kinds, Actor actor)
    {
        var rows = db.Set<SearchRow>().AsNoTracking().Where(r => kinds.Contains(r.Kind));
        // depots and stops are the board's; who has no board finds the places of clients
        var everywhere = actor.IsSystem || actor.Can(Permissions.BoardRead);
        if (!everywhere) rows = rows.Where(r => r.Kind != ObjectKind.Place || r.Partner != null);
        if (actor.OnlyBranch() is not { } branch) return rows;
        var clients = db.Set<Partner>().Within(actor);
        return rows.Where(r => r.Kind == ObjectKind.Place && everywhere || r.Kind == ObjectKind.Product || r.Kind == ObjectKind.ProductGroup
            || (r.Kind == ObjectKind.Partner || r.Kind == ObjectKind.Counterparty || r.Kind == ObjectKind.Place) && clients.Any(p => (Guid)(object)p.Id == r.Partner)
            || r.Kind == ObjectKind.Person && db.Set<ContactRole>().Any(role => (Guid)(object)role.Person == r.ObjectId && clients.Any(p => p.Id == role.Partner))
            || r.Kind == ObjectKind.Lead && db.Set<Lead>().Within(actor).Any(l => (Guid)(object)l.Id == r.ObjectId)
            || r.Kind == ObjectKind.Deal && db.Set<Deal>().Within(actor).Any(d => (Guid)(object)d.Id == r.ObjectId)
            || r.Kind == ObjectKind.Offer && db.Set<Offer>().Within(db, actor).Any(o => (Guid)(object)o.Id == r.ObjectId)
            || r.Kind == ObjectKind.Order && db.Set<SalesOrder>().Within(actor).Any(o => (Guid)(object)o.Id == r.ObjectId)
            || r.Kind == ObjectKind.Shipment && db.Set<Shipment>().Within(db, actor).Any(s => (Guid)(object)s.Id == r.ObjectId)
            || r.Kind == ObjectKind.Invoice && db.Set<Invoice>().Within(actor).Any(i => (Guid)(object)i.Id == r.ObjectId)
            || r.Kind == ObjectKind.Payment && db.Set<Payment>().Within(db, actor).Any(p => (Guid)(object)p.Id == r.ObjectId)
            || r.Kind == ObjectKind.Claim && db.Set<Claim>().Within(db, actor).Any(c => (Guid)(object)c.Id == r.ObjectId)
            || r.Kind == ObjectKind.StockDocument && db.Set<StockDocument>().Within(db, actor).Any(d => (Guid)(object)d.Id == r.ObjectId)
            || r.Kind == ObjectKind.Trip && db.Set<Trip>().Any(t => (Guid)(object)t.Id == r.ObjectId && t.Branch == branch)
            || r.Kind == ObjectKind.Vehicle && db.Set<Vehicle>().Any(v => (Guid)(object)v.Id == r.ObjectId && v.Branch == branch)
            || r.Kind == ObjectKind.Driver && db.Set<Driver>().Any(d => (Guid)(object)d.Id == r.ObjectId && d.Branch == branch));
    }
}
