using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Network;

/// <summary>Where in a network a partner may stand.</summary>
internal static class NetworkPlace
{
    /// <summary>Lets whoever changes who is above whom go one after the other: two moves that are right alone can close a circle together.</summary>
    public static Task TakeNetworkTurnAsync(this PortalDb db, CancellationToken ct) => db.TakeTurnAsync("network of partners", ct);

    /// <summary>A partner within the actor's reach and those above it, the nearest first.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.partner-unknown</c></exception>
    public static async Task<IReadOnlyList<PartnerId>> ChainAsync(PortalDb db, PartnerId head, Actor actor, CancellationToken ct)
    {
        if (!await db.Set<Partner>().Within(actor).AnyAsync(p => p.Id == head, ct)) throw new RuleBrokenException("clients.partner-unknown");
        return await ChainAsync(db, head, ct);
    }

    /// <summary>A partner and those above it, the nearest first, whoever may see them.</summary>
    public static async Task<IReadOnlyList<PartnerId>> ChainAsync(PortalDb db, PartnerId head, CancellationToken ct)
    {
        var chain = await db.Database.SqlQuery<Guid>($"""
            with recursive up as (
                select {head.Value} as id, 1 as step
                union all
                select p.parent, u.step + 1 from up u join clients.partner p on p.id = u.id where p.parent is not null and u.step < {NetworkSql.Deepest}
            )
            select id as "Value" from up order by step
            """).ToListAsync(ct);
        return chain.ConvertAll(id => new PartnerId(id));
    }

    /// <summary>Steps from each of some partners down to the lowest below it.</summary>
    public static async Task<IReadOnlyDictionary<PartnerId, int>> HeightsAsync(PortalDb db, IReadOnlyCollection<PartnerId> partners, CancellationToken ct)
    {
        var ids = partners.Select(p => p.Value).ToArray();
        var found = await db.Database.SqlQuery<Height>($"""
            with recursive branch as (
                select t.id as top, t.id, 0 as depth from unnest({ids}) as t (id)
                union all
                select b.top, p.id, b.depth + 1 from branch b join clients.partner p on p.parent = b.id where b.depth < {NetworkSql.Deepest}
            )
            select top as "Top", max(depth) as "Steps" from branch group by top
            """).ToListAsync(ct);
        return found.ToDictionary(h => new PartnerId(h.Top), h => h.Steps);
    }

    /// <summary>Refuses a place below a chain where a partner would stand above itself, or its lowest member too far from the head.</summary>
    /// <param name="height">steps from the partner down to the lowest below it</param>
    /// <exception cref="RuleBrokenException"><c>clients.network-circle</c>, <c>clients.network-too-deep</c></exception>
    public static void RequireRoom(PartnerId partner, IReadOnlyList<PartnerId> chain, int height)
    {
        if (chain.Contains(partner)) throw new RuleBrokenException("clients.network-circle");
        if (IsTooDeep(chain, height)) throw new RuleBrokenException("clients.network-too-deep", Partner.DeepestNetwork);
    }

    /// <summary>Refuses a place for a partner.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.partner-unknown</c>, <c>clients.network-circle</c>, <c>clients.network-too-deep</c></exception>
    public static async Task RequireRoomAsync(PortalDb db, PartnerId partner, PartnerId? above, Actor actor, CancellationToken ct)
    {
        if (above is not { } head) return;
        RequireRoom(partner, await ChainAsync(db, head, actor, ct), (await HeightsAsync(db, [partner], ct))[partner]);
    }

    /// <summary>Those of some partners for whom there is room below another.</summary>
    public static async Task<IReadOnlyList<PartnerId>> WithRoomAsync(PortalDb db, IReadOnlyCollection<PartnerId> partners, PartnerId above, CancellationToken ct)
    {
        var (chain, heights) = (await ChainAsync(db, above, ct), await HeightsAsync(db, partners, ct));
        return [.. partners.Where(p => !chain.Contains(p) && !IsTooDeep(chain, heights[p]))];
    }

    private static bool IsTooDeep(IReadOnlyList<PartnerId> chain, int height) => chain.Count + height > Partner.DeepestNetwork;

    private sealed record Height(Guid Top, int Steps);
}
