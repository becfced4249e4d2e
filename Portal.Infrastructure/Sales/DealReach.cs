using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Sales;

/// <summary>
/// Narrows deals to those that an actor's rights reach: his own, those of his team, those of his branch, or all. Whoever is in a deal's team sees it,
/// whatever his rights are.
/// </summary>
internal static class DealReach
{
    /// <summary>Deals within reach. One that no branch claims belongs to every branch.</summary>
    public static IQueryable<Deal> Within(this IQueryable<Deal> deals, Actor actor)
    {
        if (actor.IsSystem) return deals;
        var me = actor.UserId;
        if (!actor.Can(Permissions.DealsRead)) return deals.Where(d => d.People.Contains(me));
        if (actor.Scope == ActorScope.All) return deals;
        if (actor.Scope == ActorScope.Own) return deals.Where(d => d.People.Contains(me));
        if (actor.Scope == ActorScope.Team)
        {
            Guid[] team = [.. actor.Teammates, me];
            return deals.Where(d => d.People.Any(p => team.Contains(p)));
        }
        var branch = actor.OnlyBranch();
        return deals.Where(d => d.Branch == null || d.Branch == branch || d.People.Contains(me));
    }

    /// <summary>True where nothing is beyond the actor's reach.</summary>
    public static bool ReachesAllDeals(this Actor actor) => actor.IsSystem || actor.Scope == ActorScope.All && actor.Can(Permissions.DealsRead);

    /// <summary>The same as a condition in SQL on a deal <c>d</c>; <see cref="Values"/> gives its parameters.</summary>
    public const string Sql = "((@deal_all or d.people && @deal_people or @deal_branchwide and (d.branch is null or d.branch = @deal_branch)) is true)";

    /// <summary>Values for <see cref="Sql"/>.</summary>
    public static IEnumerable<NpgsqlParameter> Values(Actor actor)
    {
        var (reads, all) = (actor.IsSystem || actor.Can(Permissions.DealsRead), actor.ReachesAllDeals());
        var branchwide = reads && !all && actor.Scope > ActorScope.Team;
        Guid[] people = reads && actor.Scope == ActorScope.Team ? [.. actor.Teammates, actor.UserId] : [actor.UserId];
        object branch = branchwide && actor.OnlyBranch() is { } only ? only.Value : DBNull.Value;
        return [new("deal_all", all), new("deal_branchwide", branchwide), new("deal_people", people), new("deal_branch", NpgsqlDbType.Uuid) { Value = branch }];
    }

    /// <summary>Refuses to put a deal where the actor would no longer reach it.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.out-of-reach</c></exception>
    public static void RequireReach(this Actor actor, Deal deal)
    {
        if (!new[] { deal }.AsQueryable().Within(actor).Any()) throw new RuleBrokenException("identity.out-of-reach");
    }
}
