using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Workflows.Maps;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Processes;

/// <summary>
/// The maps that come with the product. One that nobody altered follows the product from version to version;
/// for one that was altered, or is being drawn, the newer one is only offered.
/// </summary>
public sealed partial class MapLibrary
{
    /// <summary>
    /// Publishes the product's maps: where the company has none under their keys, drawn or published, and as the next version where
    /// it has the product's older one unaltered. Running processes stay on their versions. Says how many were published.
    /// </summary>
    public async Task<int> PublishShippedAsync(CancellationToken ct)
    {
        var actor = Actor.System("shipped-maps");
        await using var db = contexts.CreateFor(actor);
        if (!await db.Set<Company>().AnyAsync(ct)) return 0;
        var published = 0;
        foreach (var document in ShippedMaps.All)
        {
            var (process, hash) = (document.ToMap().Process, document.Hash());
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            await LockAsync(db, process.Key, ct);
            var there = await db.Set<ProcessDefinition>().Where(d => d.Key == process.Key).Select(d => new { d.Version, d.Hash, d.Shipped }).ToListAsync(ct);
            var newest = there.MaxBy(d => d.Version);
            // a map that the company had before is not published again, however often an older product starts beside a newer one
            if (there.Exists(d => d.Version is null || d.Shipped == hash) || newest is not null && newest.Shipped != newest.Hash) continue;
            var draft = ProcessDefinition.Draft(process.Key, Drawing(document, process, document.ToString()), time.GetUtcNow(), actor);
            draft.ComesFrom(hash);
            db.Add(draft);
            await PublishAsync(db, draft, (newest?.Version ?? 0) + 1, actor, ct);
            await transaction.CommitAsync(ct);
            published++;
        }
        return published;
    }

    /// <summary>True when the product brings a newer map under this key than the one the company's own comes from.</summary>
    public async Task<bool> IsShippedNewerAsync(string key, Actor actor, CancellationToken ct)
    {
        RequireReader(actor);
        if (Shipped(key) is not { } document) return false;
        var hash = document.Hash();
        await using var db = await contexts.CreateDbContextAsync(ct);
        return !await db.Set<ProcessDefinition>().AnyAsync(d => d.Key == key && d.Shipped == hash, ct);
    }

    /// <summary>Makes the product's map the draft.</summary>
    /// <param name="seen">revision of the draft it takes the place of; null where there is none</param>
    /// <exception cref="RuleBrokenException"><c>map.unknown</c>, <c>map.changed-by</c></exception>
    public async Task TakeShippedAsync(string key, int? seen, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.MapsDraw);
        var document = Shipped(key) ?? throw new RuleBrokenException("map.unknown", key);
        await SaveDraftAsync(document.ToString(), seen, actor, ct);
        await KeepOwnAsync(key, actor, ct);
    }

    /// <summary>Notes that the company has seen the product's map, so that it is no longer offered.</summary>
    /// <exception cref="RuleBrokenException"><c>map.unknown</c></exception>
    public async Task KeepOwnAsync(string key, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.MapsDraw);
        var document = Shipped(key) ?? throw new RuleBrokenException("map.unknown", key);
        await using var db = contexts.CreateFor(actor);
        var newest = await db.Set<ProcessDefinition>().Where(d => d.Key == key).OrderByDescending(d => d.Version == null).ThenByDescending(d => d.Version).FirstOrDefaultAsync(ct)
            ?? throw new RuleBrokenException("map.unknown", key);
        newest.ComesFrom(document.Hash());
        await SaveAsync(db, key, ct);
    }

    private static MapDocument? Shipped(string key) => ShippedMaps.All.FirstOrDefault(document => document.ToMap().Process.Key == key);
}
