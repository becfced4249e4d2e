using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Sales.Offers;
using Portal.Infrastructure.Stock;

namespace Portal.Infrastructure.Sales.Orders;

/// <summary>What the jobs on orders share.</summary>
internal static class OrderWork
{
    // whose prices they are was decided by who may see the order
    private static readonly Actor Pricing = Actor.System("orders");

    /// <summary>Whose goods are set aside for an order.</summary>
    public static ObjectRef Ref(this SalesOrderId id) => new(ObjectKind.Order, id.Value);

    /// <summary>What an order is called: its number and what the client calls it, as far as it has them.</summary>
    public static string NameOf(DocumentNumber? number, string? reference) => $"{number} {reference}".Trim();

    /// <summary>Begins a change of an order within the actor's reach; what is done to it is saved together.</summary>
    public static async Task ChangeAsync(IDbContextFactory<PortalDb> contexts, SalesOrderId id, Actor actor, Func<PortalDb, SalesOrder, Task> change, CancellationToken ct)
    {
        actor.Require(Permissions.OrdersManage);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var order = await TakeAsync(db, id, actor, ct);
        await change(db, order);
        // what is said once more changes nothing, and is nobody's change
        if (db.Uncommitted.Count > 0 || db.ChangeTracker.HasChanges()) await SaveAsync(db, order, ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>The order within the actor's reach with its items, to be read.</summary>
    /// <exception cref="RuleBrokenException"><c>orders.unknown</c></exception>
    public static async Task<SalesOrder> ReadAsync(PortalDb db, SalesOrderId id, Actor actor, CancellationToken ct) =>
        await db.Set<SalesOrder>().Within(actor).AsNoTracking().Include(o => o.Items).FirstOrDefaultAsync(o => o.Id == id, ct) ?? throw new RuleBrokenException("orders.unknown");

    /// <summary>The order within the actor's reach with its items, locked until the transaction ends.</summary>
    /// <exception cref="RuleBrokenException"><c>orders.unknown</c></exception>
    public static async Task<SalesOrder> TakeAsync(PortalDb db, SalesOrderId id, Actor actor, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"select from sales.sales_order where id = {id.Value} for update", ct);
        return await db.Set<SalesOrder>().Within(actor).Include(o => o.Items).FirstOrDefaultAsync(o => o.Id == id, ct) ?? throw new RuleBrokenException("orders.unknown");
    }

    /// <summary>Saves a changed order: its version tells that somebody wrote, also where only an item changed.</summary>
    public static async Task SaveAsync(PortalDb db, SalesOrder order, CancellationToken ct)
    {
        db.Entry(order).Property(o => o.Note).IsModified = true;
        await db.SaveOrExplainAsync(order.Id.Ref(), ct);
    }

    /// <summary>The products of lines.</summary>
    public static Task<Dictionary<ProductId, OrderedGoods>> GoodsAsync(PortalDb db, IEnumerable<OfferLine> lines, CancellationToken ct)
    {
        var products = lines.Select(l => l.Product).OfType<ProductId>().Distinct().ToList();
        return db.Set<Product>().Where(p => products.Contains(p.Id)).Select(p => new { p.Id, p.Name, p.Kind, p.Unit, p.Units }).ToDictionaryAsync(p => p.Id, p => new OrderedGoods(p.Name, p.Kind, p.Unit, p.Units), ct);
    }

    /// <summary>The content with the prices of today for a client; prices set by hand, and those that were agreed in an offer, stand.</summary>
    public static async Task<OfferContent> PricedAsync(PortalDb db, PriceQuery prices, OfferContent content, PartnerId? partner, CancellationToken ct) =>
        await db.PricedAsync(content.Checked(), await TermsAsync(db, prices, partner, content.Currency, ct), ct);

    /// <summary>What a client buys by today.</summary>
    public static Task<PriceTerms> TermsAsync(PortalDb db, PriceQuery prices, PartnerId? partner, string currency, CancellationToken ct) => prices.TermsAsync(db, partner, null, currency, Pricing, ct);

    /// <summary>What of an order is still to be shipped, by the goods that lie in warehouses: a kit by its parts. What is made for the client needs none.</summary>
    public static async Task<IReadOnlyList<SupplyNeed>> NeedsAsync(PortalDb db, SalesOrder order, CancellationToken ct)
    {
        var open = order.Items.Where(i => i.Open > 0 && i.Product is not null).OrderBy(i => i.Place).ToList();
        var kits = await KitParts.OfAsync(db, [.. open.Select(i => i.Product!.Value).Distinct()], ct);
        return [.. from item in open
                   let to = order.DeliveryOf(item)
                   from part in kits.GetValueOrDefault(item.Product!.Value) ?? [(item.Product!.Value, 1m)]
                   let each = PriceNumbers.Unit(item.Factor * part.Quantity)
                   select new SupplyNeed(item.Line, to.Warehouse, part.Part, each, PriceNumbers.Unit(item.Open * each), to.WantedOn)];
    }

    /// <summary>Lets go of what is set aside beyond what the order still needs.</summary>
    public static async Task FitReservesAsync(PortalDb db, SalesOrder order, CancellationToken ct)
    {
        if (await db.Set<Reserve>().AnyAsync(r => r.OwnerId == order.Id.Value, ct))
            await db.ReleaseBeyondAsync(order.Id.Ref(), (await NeedsAsync(db, order, ct)).Where(n => n.Warehouse is not null).GroupBy(n => (n.Warehouse!.Value, n.Product)).ToDictionary(g => g.Key, g => g.Sum(n => n.Quantity)), ct);
    }

    /// <summary>Says on the client's timeline what happened with its order.</summary>
    public static void Tell(PortalDb db, SalesOrder order, string what, DateTimeOffset at, Actor actor)
    {
        if (order.Partner is { } partner) db.Add(new TimelineEntry(partner, what, order.Id.Ref(), NameOf(order.Number, order.Reference), at, actor));
    }
}
