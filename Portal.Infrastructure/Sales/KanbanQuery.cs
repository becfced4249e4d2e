using Microsoft.EntityFrameworkCore;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Work;
using Stage = Portal.Domain.Sales.Stage;

namespace Portal.Infrastructure.Sales;

/// <summary>A column of the kanban: what stands on a stage, and its first cards.</summary>
/// <param name="Sum">amounts of all its deals, in the company's currency</param>
/// <param name="Weighted">the same by the chance of winning</param>
public sealed record KanbanColumn(StageId Stage, int Count, decimal Sum, decimal Weighted, IReadOnlyList<DealRow> Cards);

/// <summary>Open deals of one pipeline by stage, within the actor's reach: counted in SQL, only the first cards of each column are read; what is due first stands first.</summary>
public sealed class KanbanQuery(IDbContextFactory<PortalDb> contexts, CompanyClock clock)
{
    /// <summary>Cards of a column that are read at first.</summary>
    public const int FirstCards = 30;

    /// <summary>Every stage of the pipeline on which deals may stand, or on which some do, in order.</summary>
    /// <param name="filter">its pipeline is the one that is shown; state and stage do not narrow</param>
    /// <param name="shown">cards of a column that the reader has called up already; <see cref="FirstCards"/> for others</param>
    public async Task<IReadOnlyList<KanbanColumn>> ColumnsAsync(PipelineId pipeline, DealFilter filter, IReadOnlyDictionary<StageId, int> shown, Actor actor, CancellationToken ct)
    {
        actor.RequireStaff();
        await clock.LoadAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var deals = db.Matching(filter with { Pipeline = pipeline, State = DealState.Open, Stage = null, Archived = false }, clock.Today, actor);
        var counts = await deals.GroupBy(d => d.Stage).Select(g => new { Stage = g.Key, Count = g.Count(), Sum = g.Sum(d => d.AmountBase), Weighted = g.Sum(d => d.AmountBase * d.Probability / 100) }).ToDictionaryAsync(g => g.Stage, ct);
        var stages = (await db.Set<Stage>().Where(s => s.Pipeline == pipeline).OrderBy(s => s.Archived).ThenBy(s => s.Position).ThenBy(s => s.Id).Select(s => new { s.Id, s.Archived }).ToListAsync(ct))
            .Where(s => !s.Archived || counts.ContainsKey(s.Id)).Select(s => s.Id).ToList();
        if (stages.Count == 0) return [];
        var cards = (await DealRows.WithTasksAsync(db, await DealRows.ReadAsync(db, First(db, deals, stages, shown), actor, ct), clock.Now, ct)).ToLookup(r => r.Stage);
        return [.. stages.Select(s => counts.GetValueOrDefault(s) is { } c ? new KanbanColumn(s, c.Count, c.Sum, c.Weighted, [.. cards[s].OrderBy(r => r.NextStepOn ?? DateOnly.MaxValue).ThenBy(r => r.Id.Value)]) : new(s, 0, 0, 0, []))];
    }

    // column by column along the index of its order: a crowded column costs no sorting of all its deals
    private static IQueryable<Deal> First(PortalDb db, IQueryable<Deal> deals, List<StageId> stages, IReadOnlyDictionary<StageId, int> shown) => stages
        .GroupBy(s => shown.GetValueOrDefault(s, FirstCards))
        .Select(alike =>
        {
            var (ids, most) = (alike.ToList(), alike.Key);
            return db.Set<Stage>().Where(s => ids.Contains(s.Id)).SelectMany(s => deals.Where(d => d.Stage == s.Id).OrderBy(d => d.NextStepOn).ThenBy(d => d.Id).Take(most));
        }).Aggregate((some, others) => some.Concat(others));
}
