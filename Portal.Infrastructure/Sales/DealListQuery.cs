using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Sales;

/// <summary>A page of deals, how many there are and what they come to.</summary>
/// <param name="Sum">amounts of all of them, in the company's currency</param>
/// <param name="Weighted">the same by the chance of winning</param>
public sealed record FoundDeals(IReadOnlyList<DealRow> Rows, int Total, decimal Sum, decimal Weighted);

/// <summary>The list of deals within the actor's reach, filtered, sorted and paged in SQL. Who may not read deals finds those he takes part in.</summary>
public sealed class DealListQuery(IDbContextFactory<PortalDb> contexts, CompanyClock clock)
{
    /// <summary>A page.</summary>
    public async Task<FoundDeals> ListAsync(DealFilter filter, DealSort sort, bool descending, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.RequireStaff();
        await clock.LoadAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var deals = db.Matching(filter, clock.Today, actor);
        var rows = await DealRows.ReadAsync(db, Sorted(deals, sort, descending).Skip(slice.From).Take(slice.Count), actor, ct);
        var all = await deals.GroupBy(_ => 1).Select(g => new { Count = g.Count(), Sum = g.Sum(d => d.AmountBase), Weighted = g.Sum(d => d.AmountBase * d.Probability / 100) }).FirstOrDefaultAsync(ct);
        return new(rows, all?.Count ?? 0, all?.Sum ?? 0, all?.Weighted ?? 0);
    }

    private static IQueryable<Deal> Sorted(IQueryable<Deal> deals, DealSort sort, bool descending)
    {
        Expression<Func<Deal, object?>> key = sort switch
        {
            DealSort.Title => d => d.Title.ToLower(),
            DealSort.Amount => d => d.AmountBase,
            DealSort.NextStep => d => d.NextStepOn,
            DealSort.Expected => d => d.ExpectedClose,
            DealSort.Age => d => d.StageSince,
            _ => d => d.OpenedOn,
        };
        return descending ? deals.OrderByDescending(key).ThenByDescending(d => d.Number) : deals.OrderBy(key).ThenBy(d => d.Number);
    }
}
