using System.Collections.Concurrent;
using System.Collections.Frozen;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Identity;

/// <summary>
/// The rights of each user as they are now. Kept in memory and dropped as soon as a user or role changes,
/// at the latest after a minute (the change may have been made by another node).
/// </summary>
public sealed class UserRights(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);
    private volatile ConcurrentDictionary<Guid, (Actor? Actor, DateTimeOffset Read)> known = new();

    /// <summary>The actor for a signed-in user, or null when the user is gone or blocked.</summary>
    public async ValueTask<Actor?> FindAsync(Guid user, CancellationToken ct = default)
    {
        // what is read while all is forgotten was perhaps true before: it goes where nobody looks any more
        var (now, kept) = (time.GetUtcNow(), known);
        if (kept.TryGetValue(user, out var found) && now - found.Read < KeptFor) return found.Actor;
        var actor = await ReadAsync(user, ct);
        kept[user] = (actor, now);
        return actor;
    }

    /// <summary>Forgets everything; the next question reads the database.</summary>
    public void Forget() => known = new();

    private async Task<Actor?> ReadAsync(Guid id, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var user = await db.Set<PortalUser>().AsNoTracking().FirstOrDefaultAsync(u => u.Id == id && !u.Blocked, ct);
        if (user is null) return null;
        var roles = await db.Set<UserRole>().Where(r => r.UserId == id)
            .Join(db.Set<Role>(), r => r.RoleId, r => r.Id, (_, role) => role).AsNoTracking().ToListAsync(ct);
        var driver = await db.Set<Domain.Identity.Employee>().Where(e => e.User == id)
            .Join(db.Set<Driver>().Where(d => !d.Archived), e => e.Id, d => d.Employee, (_, d) => (DriverId?)d.Id).FirstOrDefaultAsync(ct);
        var teammates = await TeamRegistry.TeammatesAsync(db, id, ct);
        // external people hold no staff permission, whatever a role says
        var permissions = user.Partner is null ? roles.SelectMany(r => r.Permissions).ToFrozenSet() : FrozenSet<string>.Empty;
        return new Actor
        {
            UserId = user.Id,
            Name = user.DisplayName,
            Permissions = permissions,
            Hidden = await ConfidentialMarks.HiddenFromAsync(db, permissions, ct),
            Roles = user.Partner is null ? roles.Select(r => r.Code).ToFrozenSet() : FrozenSet<string>.Empty,
            Scope = roles.Count == 0 ? ActorScope.Own : roles.Max(r => r.Scope),
            PartnerId = user.Partner?.Value,
            DriverId = driver?.Value,
            BranchId = user.Branch?.Value,
            Teammates = teammates.ToFrozenSet(),
            Culture = user.Culture,
            TimeZone = user.TimeZone,
        };
    }
}
