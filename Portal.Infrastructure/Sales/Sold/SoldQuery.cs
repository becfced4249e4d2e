using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Sales.Sold;

/// <summary>A column the list of sold lines sorts by.</summary>
public enum SoldSort { Day, Quantity, Revenue }

/// <summary>Which sold lines to list.</summary>
/// <param name="Text">a document's number or its beginning, or words of a client or product</param>
/// <param name="Returns">only what came back</param>
/// <param name="Nobodys">only what was sold to nobody knows whom</param>
public sealed record SoldFilter(string? Text = null, DateOnly? From = null, DateOnly? Until = null, PartnerId? Partner = null, ProductId? Product = null, bool Returns = false, bool Nobodys = false);

/// <summary>A sold line as lists show it.</summary>
/// <param name="Cost">only for readers of cost</param>
public sealed record SoldRow(long Id, string Document, DateOnly Day, PartnerId? PartnerId, string? Partner, ProductId? Product, string? Code, string Name, string? Unit, string? Manager, string? Region, decimal Quantity, decimal Revenue, decimal? Cost);

/// <summary>What all lines of a filter come to, in the company's currency.</summary>
/// <param name="Cost">of the lines whose cost is known; only for readers of cost</param>
/// <param name="WithoutCost">how many lines have none</param>
public sealed record SoldTotals(int Lines, int Documents, int Clients, int Products, decimal Revenue, decimal Returned, decimal? Cost, int WithoutCost);

/// <summary>What was sold, line by line, to clients within reach.</summary>
public sealed class SoldQuery(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>A page of the lines and what all of them come to.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<(PageOf<SoldRow> Page, SoldTotals Totals, string Currency)> ListAsync(SoldFilter filter, SoldSort sort, bool descending, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.OrdersRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (lines, costs, key) = (await MatchingAsync(db, filter, actor, ct), actor.Can(Permissions.PricingCost), Key(sort));
        var totals = await lines.GroupBy(_ => 1).Select(all => new SoldTotals(
            all.Count(), all.Select(l => l.Document).Distinct().Count(), all.Select(l => l.Partner).Distinct().Count(p => p != null), all.Select(l => l.Product).Distinct().Count(),
            all.Sum(l => l.Revenue), all.Sum(l => l.Quantity < 0 ? l.Revenue : 0), costs ? all.Sum(l => l.Cost ?? 0) : null, costs ? all.Count(l => l.Cost == null) : 0)).FirstOrDefaultAsync(ct)
            ?? new(0, 0, 0, 0, 0, 0, costs ? 0 : null, 0);
        var sorted = (descending ? lines.OrderByDescending(key).ThenByDescending(l => l.Id) : lines.OrderBy(key).ThenBy(l => l.Id)).Skip(slice.From).Take(slice.Count);
        var clients = db.Set<Partner>().Within(actor);
        var rows = await (from line in sorted
                          join known in db.Set<Product>() on line.Product equals known.Id into catalogued
                          from product in catalogued.DefaultIfEmpty()
                          select new SoldRow(line.Id, line.Document, line.Day, line.Partner, clients.Where(p => p.Id == line.Partner).Select(p => p.Name).FirstOrDefault(), line.Product, product.Code, line.Name ?? product.Name, product.Unit,
                              db.Set<PortalUser>().Where(u => u.Id == line.Manager).Select(u => u.DisplayName).FirstOrDefault(), line.Region, line.Quantity, line.Revenue, costs ? line.Cost : null)).ToListAsync(ct);
        return (new(rows, totals.Lines), totals, await db.CompanyCurrencyAsync(ct));
    }

    private static async Task<IQueryable<SaleLine>> MatchingAsync(PortalDb db, SoldFilter filter, Actor actor, CancellationToken ct)
    {
        var lines = db.Set<SaleLine>().AsNoTracking();
        // who does not see all clients sees what was sold to those he sees
        if (!actor.IsSystem && actor.Scope != ActorScope.All) lines = lines.Where(l => db.Set<Partner>().Within(actor).Any(p => p.Id == l.Partner));
        if (filter.From is { } from) lines = lines.Where(l => l.Day >= from);
        if (filter.Until is { } until) lines = lines.Where(l => l.Day <= until);
        if (filter.Partner is { } partner) lines = lines.Where(l => l.Partner == partner);
        if (filter.Product is { } product) lines = lines.Where(l => l.Product == product);
        if (filter.Returns) lines = lines.Where(l => l.Quantity < 0);
        if (filter.Nobodys) lines = lines.Where(l => l.Partner == null);
        if (string.IsNullOrWhiteSpace(filter.Text)) return lines;
        // few clients and products have the words, of many lines
        var (begins, clients, products) = (LikePattern.Starting(filter.Text), db.Set<Partner>().Within(actor).AsQueryable(), db.Set<Product>().AsQueryable());
        foreach (var pattern in LikePattern.ContainingEach(filter.Text))
        {
            clients = clients.Where(p => EF.Functions.ILike(p.Name, pattern, LikePattern.Escape));
            products = products.Where(p => EF.Functions.ILike(p.Code + " " + p.Name, pattern, LikePattern.Escape));
        }
        var (whose, what) = (await clients.Select(p => (PartnerId?)p.Id).ToArrayAsync(ct), await products.Select(p => (ProductId?)p.Id).ToArrayAsync(ct));
        return lines.Where(l => EF.Functions.Like(l.Document, begins, LikePattern.Escape) || whose.Contains(l.Partner) || what.Contains(l.Product));
    }

    private static Expression<Func<SaleLine, object>> Key(SoldSort sort) => sort switch
    {
        SoldSort.Quantity => l => l.Quantity,
        SoldSort.Revenue => l => l.Revenue,
        _ => l => l.Day,
    };
}
