using Microsoft.EntityFrameworkCore;
using Portal.Domain.Claims;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Documents;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Documents;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Sales.Orders;
using Portal.Workflows.Expressions;

namespace Portal.Infrastructure.Claims;

/// <summary>A claim to be registered.</summary>
/// <param name="Subject">what is known; the rest is found from its order, shipment and trip</param>
/// <param name="ReceivedAt">when the client said it; null for now</param>
/// <param name="ByHand">no map begins to run it</param>
public sealed record ClaimOrder(ClaimChannel Channel, ClaimSubject Subject, ClaimWords Words, DateTimeOffset? ReceivedAt = null, bool ByHand = false);

/// <summary>A subject with its names, to be looked at before it is registered.</summary>
/// <param name="Line">of the order</param>
/// <param name="MostQuantity">that the client was delivered, in the line's unit</param>
/// <param name="Lines">of the order, to choose from</param>
/// <param name="Worth">what the client pays for as many as he complains about</param>
public sealed record ClaimProposal(ClaimSubject Subject, string? Client, string? Order, string? Line, decimal? MostQuantity, string? Unit, string? Shipment, string? Trip, string? Product, string? Vehicle, string? Driver, string? Warehouse, string Currency, decimal? Worth, IReadOnlyList<(Guid Id, string Name)> Lines);

/// <summary>
/// Registers claims, whoever brings them: staff with <see cref="Permissions.ClaimsRegister"/> for clients within their reach, people of a client for that client alone. A claim comes under an id of the caller: a repeated command finds it there
/// and changes nothing. What the claim is about is found from what is known of it: an order's line leads to its shipment, that to its trip, and the trip to driver and vehicle. The published map of claims begins to run it.
/// </summary>
public sealed class ClaimIntake(IDbContextFactory<PortalDb> contexts, WorkHints hints, TimeProvider time)
{
    /// <summary>What a map waits for to run a claim.</summary>
    public const string Filed = "claims.claim.filed";

    // where nobody draws claims, a map that is published later begins with those that come then
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);

    /// <summary>Registers a claim under the number that comes next.</summary>
    /// <exception cref="RuleBrokenException"><c>claims.no-client</c>, <c>claims.not-of-client</c>, <c>clients.partner-unknown</c>, <c>orders.unknown</c>, <c>shipments.unknown</c>, <c>dispatch.trip-unknown</c>, what <see cref="Claim"/> refuses</exception>
    public async Task RegisterAsync(ClaimId id, ClaimOrder order, Actor actor, CancellationToken ct)
    {
        Require(actor);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.TakeTurnAsync($"claims.claim.{id.Value}", ct);
        if (await db.Set<Claim>().AnyAsync(c => c.Id == id, ct)) return;
        var now = time.GetUtcNow();
        var found = await FindAsync(db, order.Subject, actor, ct);
        if (found.Subject.Partner is not { } client) throw new RuleBrokenException("claims.no-client");
        if (found.Subject.Quantity > found.MostQuantity) throw new RuleBrokenException("claims.more-than-delivered", found.MostQuantity, found.Unit ?? "");
        var answers = await db.Set<Partner>().Where(p => p.Id == client).Select(p => new { p.Branch }).FirstAsync(ct);
        var (company, rules, received) = (await db.CompanyIdAsync(ct), await ClaimWork.RulesAsync(db, ct), order.ReceivedAt ?? now);
        var branch = answers.Branch ?? (actor.BranchId is { } of ? new BranchId(of) : null);
        var deadlines = (await ClaimWork.HoursAsync(db, rules, branch, received, ct)).Deadlines(rules, received);
        var zone = await db.CompanyZoneAsync(ct);
        var number = await db.TakeAsync(company, DocumentType.Claim, zone.DayOf(now).Year, ct);
        // what a client says is not yet anybody's work; who writes it down need not be who examines it
        var claim = new Claim(id, company, number, new(order.Channel, received, zone.DayOf(received), found.Currency, null, branch), found.Subject, order.Words, deadlines, actor, now);
        db.Add(claim);
        foreach (var to in new[] { claim.Order?.Ref(), claim.Shipment?.Ref() }.OfType<ObjectRef>()) db.Add(new DocumentLink(id.Ref(), to, DocumentLinkKind.For, now));
        ClaimWork.Tell(db, claim, "claim.registered", now, actor);
        if (!order.ByHand) await db.AddOutboxAsync(OutboxKinds.Message($"claim:{id.Value}", Filed, OutboxKinds.KeyOf(id.Ref()), ContextValue.Of(
            ("claim", Value.Of(number.ToString())), ("complaint", Value.Of(claim.Text)), ("kind", Value.Of(claim.Kind.ToString().ToLowerInvariant())), ("claimed", Value.Of(claim.Claimed ?? found.Worth ?? 0)), ("expects", Value.Of(claim.Expects))), Kept), now, ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        hints.Poke();
    }

    /// <summary>What a claim about something would be about.</summary>
    /// <exception cref="RuleBrokenException"><c>claims.not-of-client</c>, <c>clients.partner-unknown</c>, <c>orders.unknown</c>, <c>shipments.unknown</c>, <c>dispatch.trip-unknown</c></exception>
    public async Task<ClaimProposal> ProposeAsync(ClaimSubject subject, Actor actor, CancellationToken ct)
    {
        Require(actor);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await FindAsync(db, subject, actor, ct);
    }

    private static void Require(Actor actor)
    {
        if (actor.PartnerId is null) actor.Require(Permissions.ClaimsRegister);
    }

    /// <summary>Finds what belongs to what is known. Who complains about an order may not read it: whoever registers claims is told what he names, and no more than that.</summary>
    private static async Task<ClaimProposal> FindAsync(PortalDb db, ClaimSubject known, Actor actor, CancellationToken ct)
    {
        var external = actor.PartnerId is { } own ? new PartnerId(own) : (PartnerId?)null;
        var (subject, currency) = (known with { Partner = external ?? known.Partner }, (string?)null);
        (string? order, string? line, decimal? most, decimal? worth, string? unit, string? shipment, string? trip) = (null, null, null, null, null, null, null);
        Shipment? goods = null;
        IReadOnlyList<(Guid, string)> lines = [];
        if (subject.Shipment is { } shipped) goods = await db.Set<Shipment>().AsNoTracking().FirstOrDefaultAsync(s => s.Id == shipped, ct) ?? throw new RuleBrokenException("shipments.unknown");
        if (goods is not null && subject.Order is null && goods.Orders is [var only]) subject = subject with { Order = only };
        if (subject.Order is { } of)
        {
            var sold = await db.Set<SalesOrder>().AsNoTracking().Include(o => o.Items).FirstOrDefaultAsync(o => o.Id == of, ct) ?? throw new RuleBrokenException("orders.unknown");
            subject = subject with { Partner = OfClient(subject.Partner, sold.Partner), Person = subject.Person ?? (external is null ? sold.Contact : null) };
            (order, currency, lines) = (OrderWork.NameOf(sold.Number, sold.Reference), sold.Currency, [.. sold.Content.Lines.Where(l => l.IsSold).Select(l => (l.Id, l.Name))]);
            if (subject.OrderLine is { } id)
            {
                var item = sold.Content.Lines.FirstOrDefault(l => l.Id == id) ?? throw new RuleBrokenException("orders.line-unknown");
                goods ??= (await ShipmentsOfAsync(db, of, ct)).Find(s => s.Lines.Any(l => l.Order == of && l.OrderLine == id));
                var delivered = goods?.Lines.FirstOrDefault(l => l.Order == of && l.OrderLine == id);
                (line, unit, most) = (item.Name, item.Unit, delivered?.Quantity);
                subject = subject with { Product = item.Product, Quantity = subject.Quantity ?? delivered?.Quantity };
                worth = SoldShare.Of(item.Sums(sold.Content.Discount, sold.Currency).Gross, item.Quantity, 0, Math.Min(item.Quantity, subject.Quantity ?? item.Quantity), LineSums.MinorDigits(sold.Currency));
            }
            else goods ??= await ShipmentsOfAsync(db, of, ct) is [var one] ? one : null;
        }
        if (goods is not null)
        {
            subject = subject with { Partner = OfClient(subject.Partner, goods.Partner), Shipment = goods.Id, Warehouse = goods.Warehouse };
            shipment = goods.Number?.ToString();
            subject = subject with { Trip = subject.Trip ?? await db.Set<Delivery>().Where(d => d.Shipment == goods.Id && d.State != DeliveryState.Planned).OrderByDescending(d => d.At).Select(d => (TripId?)d.Trip).FirstOrDefaultAsync(ct) };
        }
        var warehouse = await db.Set<Warehouse>().Where(w => w.Id == subject.Warehouse).Select(w => w.Name).FirstOrDefaultAsync(ct);
        if (goods?.Place is { } place)
        {
            var to = await db.Set<Place>().AsNoTracking().FirstAsync(p => p.Id == place, ct);
            subject = subject with { Route = Way(warehouse, to.Parts?.Town ?? to.Name) };
        }
        if (subject.Trip is { } drive)
        {
            var carried = await db.Set<Trip>().AsNoTracking().FirstOrDefaultAsync(t => t.Id == drive, ct) ?? throw new RuleBrokenException("dispatch.trip-unknown");
            subject = subject with { Partner = goods is null ? OfClient(subject.Partner, carried.Customer) : subject.Partner, Vehicle = carried.Vehicle, Driver = carried.Driver, Route = subject.Route ?? Way(carried.Pickup.Address, carried.Dropoff.Address) };
            trip = $"{carried.Number}";
        }
        if (external is null && subject.Partner is { } client && !await db.Set<Partner>().Within(actor).AnyAsync(p => p.Id == client, ct)) throw new RuleBrokenException("clients.partner-unknown");
        if (external is { } mine && subject.Partner != mine) throw new RuleBrokenException("claims.not-of-client");
        if (subject.Person is { } who && !await db.Set<ContactRole>().AnyAsync(r => r.Person == who && r.Partner == subject.Partner, ct)) throw new RuleBrokenException("claims.not-of-client");
        return new(
            subject, await db.Set<Partner>().Where(p => p.Id == subject.Partner).Select(p => p.Name).FirstOrDefaultAsync(ct), order, line, most, unit, shipment, trip,
            await db.Set<Product>().Where(p => p.Id == subject.Product).Select(p => p.Name).FirstOrDefaultAsync(ct), await db.Set<Vehicle>().Where(v => v.Id == subject.Vehicle).Select(v => v.Plate).FirstOrDefaultAsync(ct),
            await db.Set<Driver>().Where(d => d.Id == subject.Driver).Select(d => d.Name).FirstOrDefaultAsync(ct), warehouse, currency ?? await db.CompanyCurrencyAsync(ct), worth, lines);
    }

    private static async Task<List<Shipment>> ShipmentsOfAsync(PortalDb db, SalesOrderId order, CancellationToken ct) => await db.Set<Shipment>().AsNoTracking()
        .Where(s => s.State == ShipmentState.Posted && db.Set<DocumentLink>().Any(l => l.FromKind == ObjectKind.Shipment && l.FromId == (Guid)(object)s.Id && l.ToId == order.Value)).OrderByDescending(s => s.PostedAt).ToListAsync(ct);

    private static PartnerId? OfClient(PartnerId? said, PartnerId? of) => said is { } named && of is { } other && named != other ? throw new RuleBrokenException("claims.not-of-client") : said ?? of;

    private static string? Way(string? from, string? to) => (from, to) switch { (null, null) => null, _ => Short($"{from} → {to}") };

    private static string Short(string way) => way.Length <= 200 ? way : way[..200];
}
