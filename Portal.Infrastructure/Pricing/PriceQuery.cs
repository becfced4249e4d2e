using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Segments;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Pricing;

/// <summary>
/// Prices of lines. What they are reckoned from is read in a fixed number of statements, however many lines there are;
/// who the client is, once for all of a document's reckonings.
/// </summary>
public sealed class PriceQuery(IDbContextFactory<PortalDb> contexts, SegmentQuery segments, TimeProvider time)
{
    /// <summary>Lines that are reckoned at once.</summary>
    public const int MostLines = 2_000;

    /// <summary>Terms for a client on a day: his agreements, and those segments that a list or a discount asks for.</summary>
    /// <param name="partner">null for somebody of whom nothing is known</param>
    /// <param name="day">null for today in the company's zone</param>
    /// <param name="currency">ISO 4217 code; null for the company's</param>
    /// <param name="only">the one list whose prices are wanted</param>
    /// <exception cref="RuleBrokenException"><c>clients.partner-unknown</c> beyond the actor's reach, <c>clients.currency-unknown</c></exception>
    public async Task<PriceTerms> TermsAsync(PartnerId? partner, DateOnly? day, string? currency, Actor actor, CancellationToken ct, PriceListId? only = null)
    {
        actor.Require(Permissions.PricingRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await TermsAsync(db, partner, day, currency, actor, ct, only);
    }

    /// <summary>The same over the caller's own context, for a job that is within a transaction already.</summary>
    internal async Task<PriceTerms> TermsAsync(PortalDb db, PartnerId? partner, DateOnly? day, string? currency, Actor actor, CancellationToken ct, PriceListId? only = null)
    {
        var own = await db.CompanyCurrencyAsync(ct);
        var wanted = currency is null ? own : PriceNumbers.Currency(currency);
        var on = day ?? await db.CompanyTodayAsync(time, ct);
        var rates = (await PricingSettingsStore.ReadAsync(db, ct)).RatesIn(wanted, own);
        if (partner is not { } id) return PriceTerms.ForAnybody(on, wanted) with { Only = only, Rates = rates };
        if (!await db.Set<Partner>().Within(actor).AnyAsync(p => p.Id == id, ct)) throw new RuleBrokenException("clients.partner-unknown");
        var agreements = await db.Set<Agreement>().Where(a => a.Partner == id && !a.Archived && a.ValidFrom <= on && (a.ValidUntil == null || a.ValidUntil >= on)).Select(a => a.Id).ToListAsync(ct);
        return new(on, wanted, (await SegmentsOfAsync(db, id, ct)).ToHashSet(), agreements.ToHashSet(), only, rates);
    }

    /// <summary>Prices of lines, in their order, as the actor may read them: without <see cref="Permissions.PricingCost"/> nothing tells of cost.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="PriceCalculation.Of"/>, and <c>pricing.too-many-lines</c></exception>
    public async Task<IReadOnlyList<LinePrice>> PriceAsync(IReadOnlyList<PriceLine> lines, PriceTerms terms, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingRead);
        if (lines.Count > MostLines) throw new RuleBrokenException("pricing.too-many-lines", MostLines);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var book = await BookAsync(db, [.. lines.Select(l => l.Product).Distinct()], ct);
        var prices = lines.Select(line => PriceCalculation.Of(line, terms, book));
        return actor.Can(Permissions.PricingCost) ? [.. prices] : [.. prices.Select(price => price.WithoutCost())];
    }

    /// <summary>Everything that prices of these products are reckoned from.</summary>
    internal static async Task<PriceBook> BookAsync(PortalDb db, IReadOnlyCollection<ProductId> products, CancellationToken ct)
    {
        var rows = await db.Set<Product>().AsNoTracking().Where(p => products.Contains(p.Id)).ToListAsync(ct);
        var tree = await GroupTree.ReadAsync(db, ct);
        var company = await PricingSettingsStore.ReadAsync(db, ct);
        var kits = await KitCosts.OfAsync(db, [.. rows.Where(p => p.Kind == ProductKind.Kit).Select(p => p.Id)], ct);
        var lists = (await db.Set<PriceList>().AsNoTracking().Where(l => !l.Archived).ToListAsync(ct)).Select(l => new KnownList(l.Id, l.Terms)).ToList();
        var inUse = lists.ConvertAll(l => l.Id);
        var prices = await db.Set<ListPrice>().Where(p => products.Contains(p.Product) && inUse.Contains(p.List)).Select(p => new KnownPrice(p.List, p.Product, p.Unit, p.FromQuantity, p.Price)).ToListAsync(ct);
        var discounts = (await db.Set<DiscountRule>().AsNoTracking().Where(d => !d.Archived).ToListAsync(ct)).Select(d => new KnownDiscount(d.Id, d.Position, d.Terms));
        return new(rows.Select(Priced), lists, prices, discounts);

        PricedProduct Priced(Product p) => new(
            p.Id, p.Code, p.Name, [.. tree.Up(p.Group).Select(g => g.Id)], p.Unit, p.Units.ToDictionary(u => u.Name, u => u.Factor), p.VatRate,
            p.Kind == ProductKind.Kit ? [.. kits[p.Id]] : p.Cost is { } cost ? [new(cost, p.CostCurrency!)] : [],
            p.MarginFloor ?? tree.Floor(p.Group) ?? company.MarginFloor);
    }

    private async Task<IReadOnlyList<SegmentId>> SegmentsOfAsync(PortalDb db, PartnerId partner, CancellationToken ct)
    {
        var asked = await db.Set<PriceList>().Where(l => !l.Archived && l.Segment != null).Select(l => l.Segment!.Value)
            .Union(db.Set<DiscountRule>().Where(d => !d.Archived && d.Segment != null).Select(d => d.Segment!.Value)).ToListAsync(ct);
        IQueryable<SegmentId>? of = null;
        foreach (var segment in asked)
        {
            // whose segment it is does not matter for prices: who set them has named it
            var test = await segments.TestAsync(db, segment, Actor.System("pricing"), ct);
            var client = db.Set<Partner>().Where(p => p.Id == partner).Where(test);
            var own = db.Set<Segment>().Where(s => s.Id == segment && client.Any()).Select(s => s.Id);
            of = of is null ? own : of.Concat(own);
        }
        return of is null ? [] : await of.ToListAsync(ct);
    }
}
