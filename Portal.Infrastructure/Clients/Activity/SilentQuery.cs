using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Segments;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Clients.Activity;

/// <summary>Clients of one user of ours, or of nobody: how many, how many silent, and how many of those were never talked to.</summary>
public sealed record SilentRow(Guid? User, string? Name, int Clients, int Silent, int Never);

/// <summary>Counts clients with whom nobody has met or talked for some days, by manager, within the reader's reach.</summary>
public sealed class SilentQuery(IDbContextFactory<PortalDb> contexts, SegmentQuery segments, TimeProvider time)
{
    /// <summary>Days that can be asked for at most.</summary>
    public const int MostDays = 3650;

    /// <summary>The managers, who has most silent clients first.</summary>
    /// <param name="segment">only clients of this segment</param>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c>, <c>segments.unknown</c></exception>
    public async Task<IReadOnlyList<SilentRow>> ReadAsync(int days, SegmentId? segment, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        var since = time.GetUtcNow().AddDays(-Required.Number(days, "clients.silent-days", 1, MostDays));
        await using var db = await contexts.CreateDbContextAsync(ct);
        var clients = segment is { } id ? await segments.MembersAsync(db, id, actor, ct) : db.Set<Partner>().AsNoTracking().Within(actor).Where(p => !p.Archived);
        var rows = await clients.Select(p => new
        {
            p.Responsible,
            Silent = db.Set<Interaction>().Any(i => i.Partner == p.Id && i.State == InteractionState.Held && i.Kind != InteractionKind.Note && i.At >= since) ? 0 : 1,
            Never = db.Set<Interaction>().Any(i => i.Partner == p.Id && i.State == InteractionState.Held && i.Kind != InteractionKind.Note) ? 0 : 1,
        }).GroupBy(x => x.Responsible).Select(g => new { User = g.Key, Clients = g.Count(), Silent = g.Sum(x => x.Silent), Never = g.Sum(x => x.Never) }).ToListAsync(ct);
        var users = rows.Select(r => r.User).OfType<Guid>().ToList();
        var names = await db.Set<PortalUser>().Where(u => users.Contains(u.Id)).ToDictionaryAsync(u => u.Id, u => u.DisplayName, ct);
        return [.. rows.Select(r => new SilentRow(r.User, r.User is { } user ? names.GetValueOrDefault(user) : null, r.Clients, r.Silent, r.Never)).OrderByDescending(r => r.Silent).ThenBy(r => r.Name)];
    }
}
