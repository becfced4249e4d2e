using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Sales.Leads;

/// <summary>
/// Narrows leads to those that an actor's rights reach: his own, those of his team, those of his branch, or all. What nobody has yet is the branch's:
/// whoever works on leads there may take it on. What is doubted is looked at by those who distribute.
/// </summary>
internal static class LeadReach
{
    /// <summary>Leads within reach. One that no branch claims belongs to every branch.</summary>
    public static IQueryable<Lead> Within(this IQueryable<Lead> leads, Actor actor)
    {
        if (actor.IsSystem) return leads;
        if (!actor.Can(Permissions.LeadsRead)) return leads.Where(_ => false);
        if (!actor.Can(Permissions.LeadsDistribute)) leads = leads.Where(l => l.Suspicion == null);
        if (actor.Scope == ActorScope.All) return leads;
        var branch = actor.OnlyBranch();
        if (actor.OnlyPeople() is { } people)
        {
            Guid?[] his = [.. people];
            return leads.Where(l => his.Contains(l.Manager) || l.Manager == null && (l.Branch == null || l.Branch == branch));
        }
        var me = actor.UserId;
        return leads.Where(l => l.Branch == null || l.Branch == branch || l.Manager == me);
    }

    /// <summary>The same as a condition in SQL on a lead <c>l</c>; <see cref="Values"/> gives its parameters.</summary>
    public const string Sql = """
        ((@lead_doubted or l.suspicion is null) and (@lead_all or l.manager = any(@lead_people)
            or (@lead_branchwide or @lead_reads and l.manager is null) and (l.branch is null or l.branch = @lead_branch)) is true)
        """;

    /// <summary>Values for <see cref="Sql"/>.</summary>
    public static IEnumerable<NpgsqlParameter> Values(Actor actor)
    {
        var reads = actor.IsSystem || actor.Can(Permissions.LeadsRead);
        var all = actor.IsSystem || reads && actor.Scope == ActorScope.All;
        var people = !reads ? [] : actor.OnlyPeople() ?? [actor.UserId];
        object branch = actor.OnlyBranch() is { } only ? only.Value : DBNull.Value;
        return
        [
            new("lead_all", all), new("lead_reads", reads), new("lead_branchwide", reads && !all && actor.OnlyPeople() is null), new("lead_people", people.ToArray()),
            new("lead_branch", NpgsqlDbType.Uuid) { Value = branch }, new("lead_doubted", actor.Can(Permissions.LeadsDistribute)),
        ];
    }

    /// <summary>Refuses to put a lead where the actor would no longer reach it.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.out-of-reach</c></exception>
    public static void RequireReach(this Actor actor, Lead lead)
    {
        if (!new[] { lead }.AsQueryable().Within(actor).Any()) throw new RuleBrokenException("identity.out-of-reach");
    }
}
