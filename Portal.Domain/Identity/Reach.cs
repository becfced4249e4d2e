using Portal.Domain.Shared;

namespace Portal.Domain.Identity;

/// <summary>How far an actor's rights reach over branches.</summary>
public static class Reach
{
    /// <summary>What a role may be given, from the narrowest: one's own work, that of one's team, one's own branch, all branches. Own work and a team's, too, end at the branch where something has one but nobody who answers for it.</summary>
    public static readonly IReadOnlyList<ActorScope> Offered = [ActorScope.Own, ActorScope.Team, ActorScope.Branch, ActorScope.All];

    /// <summary>The only branch the actor works in, or null when he works in all.</summary>
    public static BranchId? OnlyBranch(this Actor actor) =>
        actor.IsSystem || actor.Scope == ActorScope.All ? null : new(actor.BranchId ?? Guid.Empty);

    /// <summary>Refuses what lies in another branch than the actor's rights reach.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.out-of-reach</c></exception>
    public static void RequireReach(this Actor actor, BranchId branch)
    {
        if (actor.OnlyBranch() is { } only && only != branch) throw new RuleBrokenException("identity.out-of-reach");
    }
}
