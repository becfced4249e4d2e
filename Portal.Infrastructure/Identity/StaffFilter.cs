using Portal.Domain.Identity;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Identity;

/// <summary>Narrows users to those who count where people of the company are chosen.</summary>
internal static class StaffFilter
{
    /// <summary>People of the company who may sign in.</summary>
    public static IQueryable<PortalUser> OfStaff(this IQueryable<PortalUser> users) => users.Where(user => !user.Blocked && user.Partner == null);

    /// <summary>Those of them who may work on tasks of processes.</summary>
    public static IQueryable<PortalUser> WorkingOnTasks(this IQueryable<PortalUser> users, PortalDb db) => users.OfStaff().Holding(Permissions.TasksWork, db);

    /// <summary>Those who hold a permission by one of their roles.</summary>
    public static IQueryable<PortalUser> Holding(this IQueryable<PortalUser> users, string permission, PortalDb db) => users.Where(user =>
        db.Set<UserRole>().Any(held => held.UserId == user.Id && db.Set<Role>().Any(role => role.Id == held.RoleId && role.Permissions.Contains(permission))));
}
