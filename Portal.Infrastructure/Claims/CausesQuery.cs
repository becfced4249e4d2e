using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Claims;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Claims;

/// <summary>By what claims are put together: the cause as it was named, the cause at the top of its tree, where it went wrong, or what it is about.</summary>
public enum CauseBy { Top, Cause, Step, Product, Driver, Vehicle, Warehouse, Route }

/// <summary>What claims are put together by.</summary>
/// <param name="Id">of the cause, step, product, driver, vehicle or warehouse; of a route its words; null for claims of which nobody knows it</param>
/// <param name="Name">null for causes and steps, which are named in the reader's language</param>
public sealed record CauseName(string? Id, string? Name);

/// <summary>A month of claims.</summary>
/// <param name="First">its first day</param>
public sealed record ClaimMonth(DateOnly First, int Count, decimal Cost);

/// <summary>What causes claims.</summary>
/// <param name="Rows">the heaviest first</param>
/// <param name="Months">all claims of the filter by month, those of none too</param>
/// <param name="Currency">the company's, of all money</param>
/// <param name="Decided">mean hours from receipt to decision; null where nothing was decided</param>
public sealed record CausesReport(IReadOnlyList<ParetoRow<CauseName>> Rows, IReadOnlyList<ClaimMonth> Months, int Count, decimal Cost, int Late, string Currency, double? Decided);

/// <summary>Pareto and trend of claims within the reader's reach, with their money.</summary>
public sealed class CausesQuery(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>The figures of the claims that a filter means; those that their clients took back do not count.</summary>
    /// <param name="byCost">by money and not by number</param>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<CausesReport> FindAsync(ClaimFilter filter, CauseBy by, bool byCost, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClaimsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var now = time.GetUtcNow();
        var claims = await db.MatchingAsync(filter with { Counted = true }, now, actor, ct);
        var late = await (await db.MatchingAsync(filter with { Late = true }, now, actor, ct)).CountAsync(ct);
        var rows = Pareto.Of(await GroupsAsync(db, claims, by, ct), byCost);
        var months = await claims.GroupBy(c => new { c.Day.Year, c.Day.Month }).Select(g => new { g.Key.Year, g.Key.Month, Count = g.Count(), Cost = g.Sum(c => c.Cost) }).ToListAsync(ct);
        var decided = claims.Where(c => c.DecidedAt != null);
        return new(
            rows, Filled([.. months.Select(m => new ClaimMonth(new(m.Year, m.Month, 1), m.Count, m.Cost ?? 0)).OrderBy(m => m.First)]), months.Sum(m => m.Count), months.Sum(m => m.Cost ?? 0), late, await db.CompanyCurrencyAsync(ct),
            await decided.AnyAsync(ct) ? await decided.AverageAsync(c => (c.DecidedAt!.Value - c.ReceivedAt).TotalHours, ct) : null);
    }

    private static async Task<IReadOnlyList<ParetoGroup<CauseName>>> GroupsAsync(PortalDb db, IQueryable<Claim> claims, CauseBy by, CancellationToken ct)
    {
        switch (by)
        {
            case CauseBy.Step: return await ByAsync(c => c.Step, id => id.Value, _ => Nameless<ClaimStepId>());
            case CauseBy.Cause: return await ByAsync(c => c.Cause, id => id.Value, _ => Nameless<ClaimCauseId>());
            case CauseBy.Top:
                var tree = await ClaimSettings.TreeAsync(db, ct);
                return [.. (await ByAsync(c => c.Cause, id => ClaimCause.Chain(id, tree)[^1].Value, _ => Nameless<ClaimCauseId>())).GroupBy(g => g.Key).Select(g => new ParetoGroup<CauseName>(g.Key, g.Sum(c => c.Count), g.Sum(c => c.Cost)))];
            case CauseBy.Product: return await ByAsync(c => c.Product, id => id.Value, ids => db.Set<Product>().Where(p => ids.Contains(p.Id)).ToDictionaryAsync(p => p.Id, p => p.Name, ct));
            case CauseBy.Driver: return await ByAsync(c => c.Driver, id => id.Value, ids => db.Set<Driver>().Where(d => ids.Contains(d.Id)).ToDictionaryAsync(d => d.Id, d => d.Name, ct));
            case CauseBy.Vehicle: return await ByAsync(c => c.Vehicle, id => id.Value, ids => db.Set<Vehicle>().Where(v => ids.Contains(v.Id)).ToDictionaryAsync(v => v.Id, v => v.Plate, ct));
            case CauseBy.Warehouse: return await ByAsync(c => c.Warehouse, id => id.Value, ids => db.Set<Warehouse>().Where(w => ids.Contains(w.Id)).ToDictionaryAsync(w => w.Id, w => w.Name, ct));
            default:
                return [.. (await claims.GroupBy(c => c.Route).Select(g => new { g.Key, Count = g.Count(), Cost = g.Sum(c => c.Cost) }).ToListAsync(ct)).Select(g => new ParetoGroup<CauseName>(new(g.Key, g.Key), g.Count, g.Cost ?? 0))];
        }

        async Task<IReadOnlyList<ParetoGroup<CauseName>>> ByAsync<TId>(Expression<Func<Claim, TId?>> key, Func<TId, Guid> raw, Func<IReadOnlyList<TId>, Task<Dictionary<TId, string>>> called) where TId : struct
        {
            var groups = await claims.GroupBy(key).Select(g => new { g.Key, Count = g.Count(), Cost = g.Sum(c => c.Cost) }).ToListAsync(ct);
            var names = await called([.. groups.Select(g => g.Key).OfType<TId>()]);
            return [.. groups.Select(g => new ParetoGroup<CauseName>(g.Key is { } id ? new(raw(id).ToString(), names.GetValueOrDefault(id)) : new(null, null), g.Count, g.Cost ?? 0))];
        }

        // what has a name in the reader's language is named where he reads it
        static Task<Dictionary<TId, string>> Nameless<TId>() where TId : struct => Task.FromResult(new Dictionary<TId, string>());
    }

    // a month without claims is a month, too
    private static IReadOnlyList<ClaimMonth> Filled(IReadOnlyList<ClaimMonth> months)
    {
        if (months.Count == 0) return [];
        var known = months.ToDictionary(m => m.First);
        List<ClaimMonth> filled = [];
        for (var month = months[0].First; month <= months[^1].First; month = month.AddMonths(1)) filled.Add(known.GetValueOrDefault(month) ?? new(month, 0, 0));
        return filled;
    }
}
