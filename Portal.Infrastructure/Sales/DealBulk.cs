using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Sales;

/// <summary>What a change of many deals came to: how each was before, and why some were left.</summary>
public sealed class BulkOutcome
{
    internal Dictionary<DealId, (StageId Stage, Guid? Manager, uint Version)> Before { get; } = [];

    /// <summary>Deals that were changed.</summary>
    public int Changed => Before.Count;

    /// <summary>Why the others were left.</summary>
    public List<RuleBrokenException> Refused { get; } = [];
}

/// <summary>Changes manager or stage of many deals, each for itself: what is refused of one stops none of the others. Needs <see cref="Permissions.DealsManage"/>.</summary>
public sealed class DealBulk(IDbContextFactory<PortalDb> contexts, DealDesk desk)
{
    /// <summary>Deals in one change at most.</summary>
    public const int Most = 500;

    /// <summary>Gives deals to a manager.</summary>
    /// <exception cref="RuleBrokenException"><c>sales.too-many-deals</c></exception>
    public Task<BulkOutcome> HandAsync(IReadOnlyCollection<DealId> ids, Guid manager, Actor actor, CancellationToken ct) =>
        EachAsync(ids, actor, deal => deal.Manager != manager, deal => desk.HandAsync(deal.Id, manager, deal.Version, actor, ct), ct);

    /// <summary>Moves deals to a stage.</summary>
    /// <exception cref="RuleBrokenException"><c>sales.too-many-deals</c></exception>
    public Task<BulkOutcome> MoveAsync(IReadOnlyCollection<DealId> ids, StageId stage, Actor actor, CancellationToken ct) =>
        EachAsync(ids, actor, deal => deal.Stage != stage, deal => desk.MoveAsync(deal.Id, stage, deal.Version, actor, ct), ct);

    /// <summary>Puts deals back as they were before a change; one that somebody has changed since stays.</summary>
    public async Task<BulkOutcome> UndoAsync(BulkOutcome done, Actor actor, CancellationToken ct)
    {
        var undone = new BulkOutcome();
        foreach (var (id, (stage, manager, version)) in done.Before)
            await TryAsync(undone, id, (stage, manager), async () => await desk.MoveAsync(id, stage, await desk.HandAsync(id, manager, version, actor, ct), actor, ct));
        return undone;
    }

    private async Task<BulkOutcome> EachAsync(IReadOnlyCollection<DealId> ids, Actor actor, Func<Deal, bool> concerns, Func<Deal, Task<uint>> change, CancellationToken ct)
    {
        actor.Require(Permissions.DealsManage);
        if (ids.Count > Most) throw new RuleBrokenException("sales.too-many-deals", Most);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var outcome = new BulkOutcome();
        foreach (var deal in (await db.Set<Deal>().AsNoTracking().Within(actor).Where(d => ids.Contains(d.Id)).OrderBy(d => d.Id).ToListAsync(ct)).Where(concerns))
            await TryAsync(outcome, deal.Id, (deal.Stage, deal.Manager), () => change(deal));
        return outcome;
    }

    private static async Task TryAsync(BulkOutcome outcome, DealId id, (StageId Stage, Guid? Manager) before, Func<Task<uint>> change)
    {
        try
        {
            outcome.Before[id] = (before.Stage, before.Manager, await change());
        }
        catch (RuleBrokenException refusal)
        {
            outcome.Refused.Add(refusal);
        }
    }
}
