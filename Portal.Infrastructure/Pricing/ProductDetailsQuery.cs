using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Pricing;

/// <summary>A part of a kit with its name; the cost of one base unit only for readers of cost.</summary>
public sealed record PartRow(ProductId Id, string Code, string Name, string Unit, decimal Quantity, Money? Cost, bool Archived);

/// <summary>What a list asks for one of a unit, from a quantity on.</summary>
/// <param name="Reckoned">it is reckoned over another list or over cost, or from the price of the base unit</param>
/// <param name="Margin">percent of the price, only for readers of cost</param>
public sealed record HeldPrice(PriceListId List, string Name, PriceListKind Kind, string? For, string Unit, decimal FromQuantity, Money Price, bool Reckoned, decimal? Margin);

/// <summary>A product with all that its page shows.</summary>
/// <param name="Path">names of its groups from the root down</param>
/// <param name="Costs">what one base unit costs, by currency; of a kit, its parts. Empty where that is not known whole, or not for the reader</param>
/// <param name="Floor">the least margin that holds for it, percent; only for readers of cost</param>
/// <param name="In">kits that it is a part of</param>
/// <param name="Prices">in all lists that hold today</param>
public sealed record ProductCard(
    ProductId Id, ProductDetails Details, string? Path, IReadOnlyList<PartRow> Parts, IReadOnlyList<Money> Costs, decimal? Floor, IReadOnlyList<ProductHint> In, IReadOnlyList<HeldPrice> Prices, bool Archived, uint Version);

/// <summary>Reads one product.</summary>
public sealed class ProductDetailsQuery(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    private const int MostKits = 50;

    /// <summary>The product, or null where there is none.</summary>
    public async Task<ProductCard?> FindAsync(ProductId id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingRead);
        var reads = actor.Can(Permissions.PricingCost);
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await db.Set<Product>().AsNoTracking().FirstOrDefaultAsync(p => p.Id == id, ct) is not { } product) return null;
        var tree = await GroupTree.ReadAsync(db, ct);
        var parts = await (from k in db.Set<KitPart>()
                           join p in db.Set<Product>() on k.Part equals p.Id
                           where k.Kit == id
                           orderby p.Code
                           select new { p.Id, p.Code, p.Name, p.Unit, k.Quantity, p.Cost, p.CostCurrency, p.Archived }).ToListAsync(ct);
        var kits = await (from k in db.Set<KitPart>()
                          join p in db.Set<Product>() on k.Kit equals p.Id
                          where k.Part == id
                          orderby p.Code
                          select new ProductHint(p.Id, p.Code, p.Name, p.Unit, p.Units, p.Kind, p.VatRate)).Take(MostKits).ToListAsync(ct);
        var book = await PriceQuery.BookAsync(db, [id], ct);
        var known = book.Products[id];
        var cost = reads && product.Cost is { } own ? new Money(own, product.CostCurrency!) : (Money?)null;
        var details = new ProductDetails(product.Code, product.Name, product.Group, product.Kind, product.Unit, product.VatRate, cost, reads ? product.MarginFloor : null, product.Description) { Units = product.Units, Characteristics = product.Characteristics };
        return new(
            id, details, tree.Path(product.Group),
            [.. parts.Select(p => new PartRow(p.Id, p.Code, p.Name, p.Unit, p.Quantity, reads && p.Cost is { } each ? new Money(each, p.CostCurrency!) : null, p.Archived))],
            reads ? known.Costs : [], reads ? known.Floor : null, kits, await PricesAsync(db, known, book, reads, actor, ct), product.Archived, product.Version);
    }

    /// <summary>True when the product is there, for who reads the catalogue.</summary>
    public async Task<bool> MaySeeAsync(ProductId id, Actor actor, CancellationToken ct)
    {
        if (!actor.Can(Permissions.PricingRead)) return false;
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<Product>().AnyAsync(p => p.Id == id, ct);
    }

    private async Task<IReadOnlyList<HeldPrice>> PricesAsync(PortalDb db, PricedProduct product, PriceBook book, bool reads, Actor actor, CancellationToken ct)
    {
        var today = await db.CompanyTodayAsync(time, ct);
        var own = await db.CompanyCurrencyAsync(ct);
        var settings = await PricingSettingsStore.ReadAsync(db, ct);
        var segments = await db.Set<Segment>().Where(s => db.Set<PriceList>().Any(l => l.Segment == s.Id)).Select(s => new { s.Id, s.Name }).ToDictionaryAsync(s => s.Id, s => s.Name, ct);
        var agreements = await PricingReferences.Reached(db, actor).Where(a => db.Set<PriceList>().Any(l => l.Agreement == a.Id)).Select(a => new { a.Id, a.Number }).ToDictionaryAsync(a => a.Id, a => a.Number, ct);
        List<HeldPrice> held = [];
        foreach (var (id, terms) in book.Lists.Where(l => l.Terms.HoldsOn(today)).OrderBy(l => l.Terms.Priority).ThenBy(l => l.Terms.Name))
        {
            // what was agreed with a client is there for those who reach him
            if (terms.Agreement is { } agreement && !agreements.ContainsKey(agreement)) continue;
            var asked = new PriceTerms(today, terms.Currency, Set(terms.Segment), Set(terms.Agreement), id, settings.RatesIn(terms.Currency, own));
            foreach (var (unit, from) in book.StepsOf(id, product.Id).Where(step => step.Unit.Length == 0 || product.Units.ContainsKey(step.Unit)))
            {
                var price = PriceCalculation.Of(new(product.Id, unit, from > 0 ? from : 1), asked, book);
                if (price.Listed is not { } listed) continue;
                var margin = reads && price.Cost is { } cost && listed > 0 ? Math.Round((listed - cost) / listed * 100, 1, MidpointRounding.AwayFromZero) : (decimal?)null;
                held.Add(new(id, terms.Name, terms.Kind, terms.Segment is { } s ? segments.GetValueOrDefault(s) : terms.Agreement is { } a ? agreements[a] : null, unit.Length == 0 ? product.Unit : unit, from, new(listed, terms.Currency),
                    price.Reasons[0].Code is not (PriceReasonCode.InList or PriceReasonCode.InListFrom) || price.Reasons.Any(r => r.Code is PriceReasonCode.OverList or PriceReasonCode.OfBaseUnits), margin));
            }
        }
        return held;
    }

    private static HashSet<T> Set<T>(T? one) where T : struct => one is { } value ? [value] : [];
}
