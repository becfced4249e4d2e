using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Clients;

/// <summary>Narrows partners to those that an actor's rights reach: his own, those of his team, those of his branch, or all.</summary>
internal static class PartnerReach
{
    /// <summary>Partners within reach. One that no branch claims belongs to every branch.</summary>
    public static IQueryable<Partner> Within(this IQueryable<Partner> partners, Actor actor)
    {
        if (actor.IsSystem || actor.Scope == ActorScope.All) return partners;
        var user = actor.UserId;
        if (actor.Scope == ActorScope.Own) return partners.Where(p => p.Responsible == user);
        if (actor.Scope == ActorScope.Team)
        {
            var team = actor.Teammates.Append(user).Select(mate => (Guid?)mate).ToArray();
            return partners.Where(p => team.Contains(p.Responsible));
        }
        var branch = actor.OnlyBranch();
        return partners.Where(p => p.Branch == null || p.Branch == branch || p.Responsible == user);
    }

    /// <summary>The same as a condition in SQL on a partner <c>p</c>; <see cref="Values"/> gives its parameters. Also of one whom nobody answers for it says yes or no.</summary>
    public const string Sql = "((@reach_all or p.responsible = any(@reach_people) or @reach_branchwide and (p.branch is null or p.branch = @reach_branch)) is true)";

    /// <summary>Values for <see cref="Sql"/>.</summary>
    public static IEnumerable<NpgsqlParameter> Values(Actor actor)
    {
        var all = actor.IsSystem || actor.Scope == ActorScope.All;
        var branchwide = !all && actor.Scope > ActorScope.Team;
        Guid[] people = actor.Scope == ActorScope.Team ? [.. actor.Teammates, actor.UserId] : [actor.UserId];
        object branch = branchwide && actor.OnlyBranch() is { } only ? only.Value : DBNull.Value;
        return [new("reach_all", all), new("reach_branchwide", branchwide), new("reach_people", people), new("reach_branch", NpgsqlDbType.Uuid) { Value = branch }];
    }

    /// <summary>Refuses to put a partner where the actor would no longer reach it.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.out-of-reach</c></exception>
    public static void RequireReach(this Actor actor, Partner partner)
    {
        if (actor.IsSystem || actor.Scope == ActorScope.All || partner.Responsible == actor.UserId) return;
        if (actor.Scope == ActorScope.Team && partner.Responsible is { } mate && actor.Teammates.Contains(mate)) return;
        if (actor.Scope <= ActorScope.Team || partner.Branch is { } branch && branch != actor.OnlyBranch()) throw new RuleBrokenException("identity.out-of-reach");
    }
}
