using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Identity;

/// <summary>
/// Says which role may do what. Takes effect at once on open pages. A role that reaches further than the actor is refused as
/// <c>identity.cannot-grant</c>, one that also people beyond his reach hold as <c>identity.role-held-elsewhere</c>.
/// </summary>
public sealed class RoleGrants(IDbContextFactory<PortalDb> contexts, UserRights rights)
{
    /// <summary>All roles: the standard ones in their order, then the company's own by name.</summary>
    public async Task<IReadOnlyList<Role>> ListAsync(Actor actor, CancellationToken ct)
    {
        // they are listed where users are given them; whoever manages roles alone lists them too
        if (!actor.Can(Permissions.RolesManage)) actor.Require(Permissions.UsersManage);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return [.. (await db.Set<Role>().AsNoTracking().ToListAsync(ct)).OrderBy(r => StandardRoles.Place(r.Code)).ThenBy(r => r.Name).ThenBy(r => r.Id)];
    }

    /// <summary>Adds a role without rights, reaching as far as who adds it.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.role-name-taken</c>; the name is empty or too long</exception>
    public async Task<Guid> AddAsync(string name, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.RolesManage);
        await using var db = contexts.CreateFor(actor);
        var role = new Role { Name = Required.Text(name, "role.name", 80), Code = $"own-{Guid.CreateVersion7():N}", Scope = actor.Scope };
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.TakeTurnAsync("identity.role-name", ct);
        if (await db.Set<Role>().AnyAsync(r => r.Name.ToLower() == role.Name.ToLower(), ct)) throw new RuleBrokenException("identity.role-name-taken", role.Name);
        db.Add(role);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return role.Id;
    }

    /// <summary>Grants or takes one permission.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.permission-unknown</c>; what <see cref="Keyholders"/> refuses</exception>
    public async Task GrantAsync(Guid roleId, string permission, bool granted, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.RolesManage);
        if (!Permissions.All.Contains(permission)) throw new RuleBrokenException("identity.permission-unknown", permission);
        await using var db = contexts.CreateFor(actor);
        await Keyholders.ChangeAsync(db, async () =>
        {
            var role = await FindAsync(db, roleId, ct);
            await RequireReachAsync(db, role, actor, ct);
            role.Permissions = granted ? [.. role.Permissions.Union([permission])] : [.. role.Permissions.Except([permission])];
        }, ct);
        rights.Forget();
    }

    /// <summary>Says how far the rights of a role reach. Who holds several reaches as far as the widest.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.reach-unknown</c>, <c>identity.cannot-grant</c> beyond the actor's own reach; what <see cref="Keyholders"/> refuses</exception>
    public async Task ReachAsync(Guid roleId, ActorScope scope, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.RolesManage);
        if (!Reach.Offered.Contains(scope)) throw new RuleBrokenException("identity.reach-unknown");
        await using var db = contexts.CreateFor(actor);
        await Keyholders.ChangeAsync(db, async () =>
        {
            var role = await FindAsync(db, roleId, ct);
            if (scope > actor.Scope) throw new RuleBrokenException("identity.cannot-grant", role.Name);
            await RequireReachAsync(db, role, actor, ct);
            role.Scope = scope;
        }, ct);
        rights.Forget();
    }

    /// <summary>Removes an own role that nobody holds.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.role-built-in</c>, <c>identity.role-held</c></exception>
    public async Task RemoveAsync(Guid roleId, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.RolesManage);
        await using var db = contexts.CreateFor(actor);
        var role = await FindAsync(db, roleId, ct);
        await RequireReachAsync(db, role, actor, ct);
        if (role.BuiltIn) throw new RuleBrokenException("identity.role-built-in");
        if (await db.Set<UserRole>().AnyAsync(r => r.RoleId == roleId, ct)) throw new RuleBrokenException("identity.role-held", role.Name);
        db.Remove(role);
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Users who hold a role.</summary>
    public async Task<IReadOnlyList<Guid>> HoldersAsync(Guid roleId, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<UserRole>().Where(r => r.RoleId == roleId).Select(r => r.UserId).ToListAsync(ct);
    }

    private static async Task<Role> FindAsync(PortalDb db, Guid id, CancellationToken ct) =>
        await db.Set<Role>().FirstOrDefaultAsync(r => r.Id == id, ct) ?? throw new RuleBrokenException("identity.role-unknown");

    private static async Task RequireReachAsync(PortalDb db, Role role, Actor actor, CancellationToken ct)
    {
        if (role.Scope > actor.Scope) throw new RuleBrokenException("identity.cannot-grant", role.Name);
        var people = db.Set<PortalUser>().WithinReachOf(actor, db);
        if (await db.Set<UserRole>().AnyAsync(held => held.RoleId == role.Id && !people.Any(user => user.Id == held.UserId), ct))
            throw new RuleBrokenException("identity.role-held-elsewhere", role.Name);
    }
}
