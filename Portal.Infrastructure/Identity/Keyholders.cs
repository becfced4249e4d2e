using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Identity;

/// <summary>Those who can let others in, in all branches. There must always be one, else nobody could ever mend a company's rights again.</summary>
internal static class Keyholders
{
    /// <summary>Saves a change of users or roles, unless nobody could let others in afterwards.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.last-role-manager</c>, <c>identity.last-user-manager</c></exception>
    public static async Task SaveAsync(PortalDb db, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
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
