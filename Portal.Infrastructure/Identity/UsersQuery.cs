using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Identity;

/// <summary>A line of the list of users.</summary>
public sealed record UserLine(Guid Id, string UserName, string DisplayName, string? Email, string Culture, string TimeZone, BranchId? Branch, bool Blocked, bool LockedOut, DateTimeOffset? LastSignedInAt, IReadOnlyList<Guid> Roles)
{
    /// <summary>What can be changed of it.</summary>
    public UserDetails Details => new(UserName, DisplayName, Email, Culture, TimeZone, Branch, Roles);
}

/// <summary>The list of users within reach, paged and searched in SQL.</summary>
public sealed class UsersQuery(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Rows of one page.</summary>
    public const int PageSize = 50;

    /// <summary>Users whose name, user name or mail contains the text.</summary>
    public async Task<PageOf<UserLine>> FindAsync(string? text, int page, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.UsersManage);
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var users = db.Set<PortalUser>().AsNoTracking().WithinReachOf(actor, db);
        if (!string.IsNullOrWhiteSpace(text))
        {
            var pattern = LikePattern.Containing(text);
            users = users.Where(u => EF.Functions.ILike(u.DisplayName, pattern, LikePattern.Escape) || EF.Functions.ILike(u.UserName!, pattern, LikePattern.Escape) || EF.Functions.ILike(u.Email!, pattern, LikePattern.Escape));
        }
        var total = await users.CountAsync(ct);
        var rows = await users.OrderBy(u => u.DisplayName).ThenBy(u => u.Id).Skip(Math.Clamp(page, 0, total / PageSize) * PageSize).Take(PageSize)
            .Select(u => new UserLine(u.Id, u.UserName!, u.DisplayName, u.Email, u.Culture, u.TimeZone, u.Branch, u.Blocked, u.LockoutEnd > now, u.LastSignedInAt,
                db.Set<UserRole>().Where(r => r.UserId == u.Id).Select(r => r.RoleId).ToList()))
            .ToListAsync(ct);
        return new(rows, total);
    }

    /// <summary>One user, or null where there is none within reach.</summary>
    public async Task<UserLine?> FindOneAsync(Guid id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.UsersManage);
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<PortalUser>().AsNoTracking().WithinReachOf(actor, db).Where(u => u.Id == id)
            .Select(u => new UserLine(u.Id, u.UserName!, u.DisplayName, u.Email, u.Culture, u.TimeZone, u.Branch, u.Blocked, u.LockoutEnd > now, u.LastSignedInAt,
                db.Set<UserRole>().Where(r => r.UserId == u.Id).Select(r => r.RoleId).ToList()))
            .FirstOrDefaultAsync(ct);
    }

    /// <summary>Branches within reach for choosing: those open to new people, and those that still have some.</summary>
    public async Task<IReadOnlyList<Branch>> BranchesAsync(Actor actor, CancellationToken ct)
    {
        var reach = actor.OnlyBranch();
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<Branch>().AsNoTracking().Where(b => (reach == null || b.Id == reach) && (!b.Archived || db.Set<PortalUser>().Any(u => u.Branch == b.Id))).OrderBy(b => b.Name).ToListAsync(ct);
    }
}
