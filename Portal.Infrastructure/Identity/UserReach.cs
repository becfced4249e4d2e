using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Identity;

/// <summary>The wall between branches where users themselves are managed.</summary>
internal static class UserReach
{
    /// <summary>
    /// Everybody for whose rights reach all branches; for others themselves and the people of their branch or team whose roles reach no further than their own.
    /// Anybody else does not exist for them.
    /// </summary>
    public static IQueryable<PortalUser> WithinReachOf(this IQueryable<PortalUser> users, Actor actor, PortalDb db)
    {
        if (actor.OnlyBranch() is null) return users;
        // the database keeps the names of reaches, which have no order there
        var wider = Enum.GetValues<ActorScope>().Where(scope => scope > actor.Scope).ToArray();
        var near = db.Set<PortalUser>().NearTo(actor);
        return users.Where(user => user.Id == actor.UserId || near.Any(one => one.Id == user.Id)
            && !db.Set<UserRole>().Any(held => held.UserId == user.Id && db.Set<Role>().Any(role => role.Id == held.RoleId && wider.Contains(role.Scope))));
    }

    /// <summary>People whose work the actor's rights reach: everybody, those of his branch, those of his team, or himself.</summary>
    public static IQueryable<PortalUser> NearTo(this IQueryable<PortalUser> users, Actor actor)
    {
        if (actor.OnlyBranch() is not { } only) return users;
        if (actor.OnlyPeople() is not { } people) return users.Where(user => user.Branch == only);
        return users.Where(user => people.Contains(user.Id));
    }
}
