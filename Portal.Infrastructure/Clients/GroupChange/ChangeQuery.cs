using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.GroupChange;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Clients.GroupChange;

/// <summary>A change of many and how far it is.</summary>
/// <param name="Counts">lines by outcome</param>
/// <param name="UndoneBy">the change that puts it back, once there is one</param>
public sealed record ChangeRow(
    ChangeOfManyId Id, ClientChange Change, ChangeState State, bool CancelRequested, string ByName, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt, ChangeOfManyId? Undoes, ChangeOfManyId? UndoneBy,
    int Total, IReadOnlyDictionary<ChangeOutcome, int> Counts)
{
    /// <inheritdoc cref="ChangeOfMany.StoppedBy"/>
    public ChangeStop? StoppedBy { get; init; }

    /// <summary>How far the undo has come, and of how many; null once it is through, or where there is none.</summary>
    public (int Settled, int Total)? UndoSoFar { get; init; }

    /// <summary>True for an undo that was stopped and can go on.</summary>
    public bool CanGoOn => Undoes is not null && State is (ChangeState.Cancelled or ChangeState.Failed) && Settled < Total;

    /// <summary>Lines that are settled.</summary>
    public int Settled => Counts.Values.Sum();

    /// <summary>How many came to this.</summary>
    public int Of(ChangeOutcome outcome) => Counts.GetValueOrDefault(outcome);
}

/// <summary>A client of a change; its name is null where the reader does not reach it.</summary>
public sealed record ChangeLineRow(PartnerId Partner, string? Name, string? Before, string? After, ChangeOutcome? Outcome, string? Refusal);

/// <summary>Reads changes of many: one's own, and all for who manages users everywhere.</summary>
public sealed class ChangeQuery(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>The latest changes.</summary>
    public async Task<PageOf<ChangeRow>> ListAsync(Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsManage);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var page = await ChangeDesk.Seen(db, actor).AsNoTracking().OrderByDescending(c => c.CreatedAt).ThenByDescending(c => c.Id).PageAsync(slice, ct);
        return new(await RowsAsync(db, page.Rows, ct), page.Total);
    }

    /// <summary>One change, or null when there is none the actor may see.</summary>
    public async Task<ChangeRow?> FindAsync(ChangeOfManyId id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsManage);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return (await RowsAsync(db, await ChangeDesk.Seen(db, actor).AsNoTracking().Where(c => c.Id == id).ToListAsync(ct), ct)).SingleOrDefault();
    }

    /// <summary>Clients of a change, all or those of one outcome.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.change-not-there</c></exception>
    public async Task<PageOf<ChangeLineRow>> LinesAsync(ChangeOfManyId id, ChangeOutcome? outcome, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsManage);
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (!await ChangeDesk.Seen(db, actor).AnyAsync(c => c.Id == id, ct)) throw new RuleBrokenException("clients.change-not-there");
        return await db.Set<ChangeLine>().AsNoTracking().Where(l => l.Change == id && (outcome == null || l.Outcome == outcome)).OrderBy(l => l.Ordinal)
            .Select(l => new ChangeLineRow(l.Partner, db.Set<Partner>().Within(actor).Where(p => p.Id == l.Partner).Select(p => p.Name).FirstOrDefault(), l.Before, l.Target, l.Outcome, l.Refusal))
            .PageAsync(slice, ct);
    }

    /// <summary>Names of the users, branches or clients that values of a field point to.</summary>
    public async Task<IReadOnlyDictionary<string, string>> NamesAsync(ClientField field, IEnumerable<string?> values, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        var ids = values.Select(value => Guid.TryParse(value, out var id) ? id : (Guid?)null).OfType<Guid>().Distinct().ToList();
        if (ids.Count == 0) return new Dictionary<string, string>();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var found = field switch
        {
            ClientField.Responsible => db.Set<PortalUser>().Where(u => ids.Contains(u.Id)).Select(u => new { u.Id, Name = u.DisplayName }),
            ClientField.Branch => db.Set<Branch>().Where(b => ids.Contains((Guid)(object)b.Id)).Select(b => new { Id = (Guid)(object)b.Id, b.Name }),
            _ => db.Set<Partner>().Within(actor).Where(p => ids.Contains((Guid)(object)p.Id)).Select(p => new { Id = (Guid)(object)p.Id, p.Name }),
        };
        return await found.ToDictionaryAsync(row => row.Id.ToString(), row => row.Name, ct);
    }

    private static async Task<IReadOnlyList<ChangeRow>> RowsAsync(PortalDb db, IReadOnlyList<ChangeOfMany> changes, CancellationToken ct)
    {
        var ids = changes.Select(c => c.Id).ToList();
        var undos = await db.Set<ChangeOfMany>().Where(c => c.Undoes != null && ids.Contains(c.Undoes.Value)).Select(c => new { c.Id, c.State, Of = c.Undoes!.Value }).ToDictionaryAsync(u => u.Of, ct);
        var counted = ids.Concat(undos.Values.Where(u => u.State != ChangeState.Done).Select(u => u.Id)).Distinct().ToList();
        var counts = (await db.Set<ChangeLine>().Where(l => counted.Contains(l.Change)).GroupBy(l => new { l.Change, l.Outcome }).Select(g => new { g.Key.Change, g.Key.Outcome, Count = g.Count() }).ToListAsync(ct)).ToLookup(g => g.Change);
        return [.. from c in changes
                   let undo = undos.GetValueOrDefault(c.Id)
                   select new ChangeRow(c.Id, c.Change, c.State, c.CancelRequested, c.ByName, c.CreatedAt, c.EndedAt, c.Undoes, undo?.Id, counts[c.Id].Sum(g => g.Count),
                       counts[c.Id].Where(g => g.Outcome is not null).ToDictionary(g => g.Outcome!.Value, g => g.Count))
                   {
                       StoppedBy = c.StoppedBy,
                       UndoSoFar = undo is null || undo.State == ChangeState.Done ? null : (counts[undo.Id].Where(g => g.Outcome is not null).Sum(g => g.Count), counts[undo.Id].Sum(g => g.Count)),
                   }];
    }
}
