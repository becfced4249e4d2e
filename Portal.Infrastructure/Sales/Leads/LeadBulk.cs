using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Sales.Leads;

/// <summary>What a change of many leads came to.</summary>
/// <param name="Before">who had each that was changed, and its version now: what an undo needs</param>
/// <param name="Refused">why the others were left</param>
public sealed record LeadBulkOutcome(IReadOnlyDictionary<LeadId, (Guid? Manager, uint Version)> Before, IReadOnlyList<RuleBrokenException> Refused)
{
    /// <summary>Leads that were changed.</summary>
    public int Changed => Before.Count;
}

/// <summary>Gives many leads to somebody, each for itself: what is refused of one stops none of the others. Needs <see cref="Permissions.LeadsDistribute"/>.</summary>
public sealed class LeadBulk(IDbContextFactory<PortalDb> contexts, LeadDesk desk)
{
    /// <summary>Leads in one change at most.</summary>
    public const int Most = 500;

    /// <summary>Gives leads to somebody.</summary>
    /// <exception cref="RuleBrokenException"><c>leads.too-many</c></exception>
    public async Task<LeadBulkOutcome> GiveAsync(IReadOnlyCollection<LeadId> ids, Guid? to, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.LeadsDistribute);
        if (ids.Count > Most) throw new RuleBrokenException("leads.too-many", Most);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var leads = await db.Set<Lead>().AsNoTracking().Within(actor).Where(l => ids.Contains(l.Id) && l.Manager != to).OrderBy(l => l.Id).Select(l => new { l.Id, l.Manager, l.Version }).ToListAsync(ct);
        return await EachAsync(leads.Select(l => (l.Id, l.Manager, l.Version, to)), actor, ct);
    }

    /// <summary>Gives leads back to who had them; one that somebody has changed since stays.</summary>
    public Task<LeadBulkOutcome> UndoAsync(LeadBulkOutcome done, Actor actor, CancellationToken ct) => EachAsync(done.Before.Select(b => (b.Key, b.Value.Manager, b.Value.Version, b.Value.Manager)), actor, ct);

    private async Task<LeadBulkOutcome> EachAsync(IEnumerable<(LeadId Id, Guid? Manager, uint Seen, Guid? To)> leads, Actor actor, CancellationToken ct)
    {
        var (before, refused) = (new Dictionary<LeadId, (Guid?, uint)>(), new List<RuleBrokenException>());
        foreach (var (id, manager, seen, to) in leads)
        {
            try
            {
                before[id] = (manager, await desk.GiveAsync(id, to, seen, actor, ct));
            }
            catch (RuleBrokenException refusal)
            {
                refused.Add(refusal);
            }
        }
        return new(before, refused);
    }
}
