using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Identity;

/// <summary>Those who can let others in, in all branches. There must always be one, else nobody could ever mend a company's rights again.</summary>
internal static class Keyholders
{
    /// <summary>
    /// Changes users or roles, unless nobody could let others in afterwards. Such changes go one after the other:
    /// side by side, each of two keyholders would take the keys from the other, and each find one left.
    /// </summary>
    /// <param name="change">reads what it changes itself, for what was read before the turn may be old</param>
    /// <exception cref="RuleBrokenException"><c>identity.last-role-manager</c>, <c>identity.last-user-manager</c></exception>
    public static async Task ChangeAsync(PortalDb db, Func<Task> change, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.TakeTurnAsync("identity.keys", ct);
        await change();
        await db.SaveChangesAsync(ct);
        if (!await IsHeldAsync(db, Permissions.RolesManage, ct)) throw new RuleBrokenException("identity.last-role-manager");
        if (!await IsHeldAsync(db, Permissions.UsersManage, ct)) throw new RuleBrokenException("identity.last-user-manager");
        await transaction.CommitAsync(ct);
    }

    private static Task<bool> IsHeldAsync(PortalDb db, string permission, CancellationToken ct) =>
        (from held in db.Set<UserRole>()
         join role in db.Set<Role>() on held.RoleId equals role.Id
         join user in db.Set<PortalUser>().OfStaff() on held.UserId equals user.Id
         where role.Permissions.Contains(permission)
             && db.Set<UserRole>().Any(other => other.UserId == user.Id && db.Set<Role>().Any(wide => wide.Id == other.RoleId && wide.Scope == ActorScope.All))
         select user.Id).AnyAsync(ct);
}
