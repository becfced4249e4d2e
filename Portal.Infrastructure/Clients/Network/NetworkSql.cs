using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Clients;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Network;

/// <summary>
/// Walks networks in the database, by the index on who is above whom. Whoever is archived or beyond the reader's reach is walked through
/// and not shown: who is below him stands below the next one above who is shown.
/// </summary>
internal static class NetworkSql
{
    /// <summary>Steps of a walk at most; a merge may have joined two networks to one deeper than a move may make it.</summary>
    public const int Deepest = 2 * Partner.DeepestNetwork;

    /// <summary>Condition on a partner <c>p</c> who is shown; <see cref="With"/> gives its values.</summary>
    public const string Shown = $"(not p.archived and {PartnerReach.Sql})";

    /// <summary>Values of a walk for a reader, beside its own.</summary>
    public static object[] With(Actor actor, params (string Name, object Value)[] own) =>
        [.. PartnerReach.Values(actor), new NpgsqlParameter("deepest", Deepest), .. own.Select(o => new NpgsqlParameter(o.Name, o.Value))];

    /// <summary>Ids of a partner and of all below him, whoever may see them.</summary>
    public static IQueryable<Guid> Branch(PortalDb db, PartnerId head) => db.Database.SqlQuery<Guid>($"""
        with recursive branch as (
            select {head.Value} as id, 0 as depth
            union all
            select p.id, b.depth + 1 from branch b join clients.partner p on p.parent = b.id where b.depth < {Deepest}
        )
        select id as "Value" from branch
        """);
}
