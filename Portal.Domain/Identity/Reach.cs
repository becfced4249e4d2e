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

    /// <summary>The only people whose work the actor's rights reach: himself, or his team; null where they reach whoever works in a branch, or all.</summary>
    public static IReadOnlyList<Guid>? OnlyPeople(this Actor actor) => actor.IsSystem ? null : actor.Scope switch
    {
        ActorScope.Own => [actor.UserId],
        ActorScope.Team => [.. actor.Teammates, actor.UserId],
        _ => null,
    };

    /// <summary>True where the actor looks after the work of others and this piece lies within his reach.</summary>
    /// <param name="branch">whose work it is; null where it is everybody's</param>
    /// <param name="performer">who does it; null where nobody does yet</param>
    public static bool Oversees(this Actor actor, BranchId? branch, Guid? performer) =>
        actor.Can(Permissions.TasksOversee) && (actor.OnlyBranch() is not { } only || branch is null || branch == only)
        && (performer is not { } who || actor.OnlyPeople() is not { } people || people.Contains(who));

    /// <summary>Refuses what lies in another branch than the actor's rights reach.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.out-of-reach</c></exception>
    public static void RequireReach(this Actor actor, BranchId branch)
    {
        if (actor.OnlyBranch() is { } only && only != branch) throw new RuleBrokenException("identity.out-of-reach");
    }
}
