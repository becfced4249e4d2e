using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Pricing;

/// <summary>A price list as its list shows it, with the names of what it points to. The markup over cost is 0 for whom it is not.</summary>
/// <param name="For">segment or agreement</param>
/// <param name="Prices">prices of its own, counted for the list of lists; nobody counts beyond <see cref="PriceListQuery.MostCounted"/></param>
/// <param name="HoldsToday">in the company's zone</param>
public sealed record PriceListRow(PriceListId Id, PriceListTerms Terms, string? For, string? Base, int Prices, bool HoldsToday, bool Archived, uint Version);

/// <summary>A row of a list's grid: a price, or a product that has none here yet.</summary>
/// <param name="ListUnit">as prices keep it: empty for the base unit</param>
/// <param name="Unit">in words</param>
/// <param name="Price">own price; null where there is none</param>
/// <param name="Reckoned">what holds without an own price, reckoned over the base or over cost</param>
/// <param name="Cost">of that unit, in the list's currency; only for readers of cost</param>
public sealed record GridPrice(ProductId Product, string Code, string Name, string ListUnit, string Unit, decimal FromQuantity, decimal? Price, decimal? Reckoned, decimal? Cost)
{
    /// <summary>Percent of the price; null where cost or price is not known.</summary>
    public decimal? Margin => PriceNumbers.Margin(Price ?? Reckoned, Cost, digits: 1);
}

/// <summary>Which rows of a list's grid to show. <paramref name="All"/> shows products without a price too.</summary>
public sealed record GridFilter(string? Text = null, ProductGroupId? Group = null, bool All = false);

/// <summary>Reads price lists and what stands in them.</summary>
public sealed class PriceListQuery(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Prices of a list are counted up to here; one more says that there are more.</summary>
    public const int MostCounted = 10_000;

    private const int Most = 500, Choices = 12;

    /// <summary>Lists in order of priority; those for agreements with clients beyond reach are left out.</summary>
    public async Task<IReadOnlyList<PriceListRow>> ListAsync(bool archived, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await RowsAsync(db, db.Set<PriceList>().Where(l => l.Archived == archived), actor, ct, counted: true);
    }

    /// <summary>One list, or null where there is none for the reader.</summary>
    public async Task<PriceListRow?> FindAsync(PriceListId id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return (await RowsAsync(db, db.Set<PriceList>().Where(l => l.Id == id), actor, ct)).FirstOrDefault();
    }

    /// <summary>True when the list is there for the reader.</summary>
    public async Task<bool> MaySeeAsync(PriceListId id, Actor actor, CancellationToken ct) => actor.Can(Permissions.PricingRead) && await FindAsync(id, actor, ct) is not null;

    /// <summary>Agreements in use with clients within reach, found by number, name or client, for choosing.</summary>
    public async Task<IReadOnlyList<SearchRow>> AgreementsAsync(string text, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingManage);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var like = LikePattern.Containing(text);
        var found = await (from a in PricingReferences.Reached(db, actor)
                           join p in db.Set<Partner>() on a.Partner equals p.Id
                           where !a.Archived && (EF.Functions.ILike(a.Number, like, LikePattern.Escape) || EF.Functions.ILike(p.Name, like, LikePattern.Escape) || a.Name != null && EF.Functions.ILike(a.Name, like, LikePattern.Escape))
                           orderby p.Name, a.Number
                           select new { a.Id, a.Number, p.Name }).Take(Choices).ToListAsync(ct);
        return [.. found.Select(a => new SearchRow { Kind = ObjectKind.Agreement, ObjectId = a.Id.Value, Title = $"{a.Number} · {a.Name}" })];
    }

    /// <summary>A page of a list's grid, by code.</summary>
    /// <exception cref="RuleBrokenException"><c>pricing.list-unknown</c></exception>
    public async Task<PageOf<GridPrice>> GridAsync(PriceListId list, GridFilter filter, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var of = (await RowsAsync(db, db.Set<PriceList>().Where(l => l.Id == list), actor, ct)).FirstOrDefault() ?? throw new RuleBrokenException("pricing.list-unknown");
        var products = ProductListQuery.Holding(db.Set<Product>().AsNoTracking(), filter.Text);
        if (filter.Group is { } group)
        {
            var groups = (await GroupTree.ReadAsync(db, ct)).Down(group).Select(g => (ProductGroupId?)g.Id).ToList();
            products = products.Where(p => groups.Contains(p.Group));
        }
        var prices = db.Set<ListPrice>().Where(p => p.List == list);
        var priced = from p in products join l in prices on p.Id equals l.Product select new { p.Id, p.Code, p.Name, p.Unit, Own = (string?)l.Unit, From = (decimal?)l.FromQuantity, Price = (decimal?)l.Price };
        var all = from p in products.Where(p => !p.Archived)
                  from l in prices.Where(l => l.Product == p.Id).DefaultIfEmpty()
                  select new { p.Id, p.Code, p.Name, p.Unit, Own = (string?)l.Unit, From = (decimal?)l.FromQuantity, Price = (decimal?)l.Price };
        var page = await (filter.All || of.Terms.Basis != PriceBasis.Own ? all : priced).OrderBy(r => r.Code).ThenBy(r => r.Own).ThenBy(r => r.From).PageAsync(slice, ct);
        var book = await PriceQuery.BookAsync(db, [.. page.Rows.Select(r => r.Id).Distinct()], ct);
        var terms = await TermsAsync(db, of, ct);
        var reads = actor.Can(Permissions.PricingCost);
        return new([.. page.Rows.Select(r =>
        {
            var unit = r.Own ?? "";
            // a unit that the product has no longer has no cost, and is only shown
            var known = unit.Length == 0 || book.Products[r.Id].Units.ContainsKey(unit);
            var price = known && (reads || r.Price is null) ? PriceCalculation.Of(new(r.Id, unit, r.From is > 0 and { } from ? from : 1), terms, book) : null;
            return new GridPrice(r.Id, r.Code, r.Name, unit, unit.Length == 0 ? r.Unit : unit, r.From ?? 0, r.Price, r.Price is null && !of.Archived ? price?.Listed : null, reads ? price?.Cost : null);
        })], page.Total);
    }

    // as whoever the list is for, on a day it holds
    private async Task<PriceTerms> TermsAsync(PortalDb db, PriceListRow list, CancellationToken ct)
    {
        var own = await db.CompanyCurrencyAsync(ct);
        var rates = (await PricingSettingsStore.ReadAsync(db, ct)).RatesIn(list.Terms.Currency, own);
        var day = list.Terms.From ?? list.Terms.Until ?? await db.CompanyTodayAsync(time, ct);
        HashSet<SegmentId> segments = list.Terms.Segment is { } segment ? [segment] : [];
        HashSet<AgreementId> agreements = list.Terms.Agreement is { } agreement ? [agreement] : [];
        return new(day, list.Terms.Currency, segments, agreements, list.Archived ? null : list.Id, rates);
    }

    private async Task<IReadOnlyList<PriceListRow>> RowsAsync(PortalDb db, IQueryable<PriceList> lists, Actor actor, CancellationToken ct, bool counted = false)
    {
        var today = await db.CompanyTodayAsync(time, ct);
        var agreements = PricingReferences.Reached(db, actor);
        var rows = await (from l in lists.AsNoTracking()
                          where l.Agreement == null || agreements.Any(a => a.Id == l.Agreement)
                          orderby l.Priority, l.Name
                          select new
                          {
                              List = l,
                              For = l.Segment != null ? db.Set<Segment>().Where(s => s.Id == l.Segment).Select(s => s.Name).FirstOrDefault()
                                  : agreements.Where(a => a.Id == l.Agreement).Select(a => a.Number + " · " + db.Set<Partner>().Where(p => p.Id == a.Partner).Select(p => p.Name).First()).FirstOrDefault(),
                              Base = db.Set<PriceList>().Where(b => b.Id == l.Base).Select(b => b.Name).FirstOrDefault(),
                              Prices = counted ? db.Set<ListPrice>().Where(p => p.List == l.Id).Take(MostCounted + 1).Count() : 0,
                          }).Take(Most).ToListAsync(ct);
        var reads = actor.Can(Permissions.PricingCost);
        return [.. rows.Select(r => new PriceListRow(r.List.Id, r.List.Basis == PriceBasis.OverCost && !reads ? r.List.Terms with { Markup = 0 } : r.List.Terms, r.For, r.Base, r.Prices, !r.List.Archived && r.List.Terms.HoldsOn(today), r.List.Archived, r.List.Version))];
    }
}
