using System.Security.Cryptography;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Identity;

/// <summary>What an administrator says of a user.</summary>
public sealed record UserDetails(string UserName, string DisplayName, string? Email, string Culture, string TimeZone, BranchId? Branch, IReadOnlyCollection<Guid> Roles)
{
    /// <summary>Whether both say the same; roles stand in no order.</summary>
    public bool SaysTheSame(UserDetails other) => this with { Roles = other.Roles } == other && Roles.ToHashSet().SetEquals(other.Roles);
}

/// <summary>
/// Opens, changes, blocks and reopens the accounts of people. Every change gives the user a new security stamp,
/// which ends sessions that rest on the old rights. Who is not <see cref="UserReach">within reach</see> is refused as <c>identity.user-unknown</c>,
/// who holds a role that the actor could not hand out as <c>identity.cannot-grant</c>.
/// </summary>
public sealed class UserAccounts(IDbContextFactory<PortalDb> contexts, IPasswordHasher<PortalUser> hasher, ILookupNormalizer normalizer, UserRights rights, TimeProvider time)
{
    /// <summary>Opens an account with a one-time password, which is returned once and must be changed at the first sign-in.</summary>
    /// <exception cref="RuleBrokenException">
    /// <c>identity.user-name-taken</c>, <c>identity.role-unknown</c>, <c>identity.cannot-grant</c>, <c>identity.branch-unknown</c>, <c>identity.out-of-reach</c>,
    /// <c>identity.no-team</c>, <c>identity.team-too-large</c>: whom somebody adds whose rights reach his team, joins it
    /// </exception>
    public async Task<(Guid Id, string Password)> OpenAsync(UserDetails details, Actor actor, CancellationToken ct)
    {
        var password = NewPassword();
        var id = await OpenAsync(details, password, mustChange: true, actor, ct);
        return (id, password);
    }

    internal async Task<Guid> OpenAsync(UserDetails details, string password, bool mustChange, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.UsersManage);
        await using var db = contexts.CreateFor(actor);
        var id = await AddAsync(db, details, password, mustChange, actor, ct);
        await db.SaveChangesAsync(ct);
        rights.Forget();
        return id;
    }

    /// <summary>As <see cref="OpenAsync(UserDetails, Actor, CancellationToken)"/>, saved by the caller together with what the account is for.</summary>
    internal async Task<(Guid Id, string Password)> AddAsync(PortalDb db, UserDetails details, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.UsersManage);
        var password = NewPassword();
        return (await AddAsync(db, details, password, mustChange: true, actor, ct), password);
    }

    private async Task<Guid> AddAsync(PortalDb db, UserDetails details, string password, bool mustChange, Actor actor, CancellationToken ct)
    {
        var user = new PortalUser { Id = Guid.CreateVersion7(), LockoutEnabled = true, MustChangePassword = mustChange };
        await DescribeAsync(db, user, details, actor, ct);
        user.PasswordHash = hasher.HashPassword(user, password);
        Restamp(user);
        db.Add(user);
        await SetRolesAsync(db, user, details.Roles, actor, ct);
        if (actor.OnlyBranch() is not null && actor.Scope == ActorScope.Team) await TeamRegistry.JoinAsync(db, user.Id, actor, ct);
        return user.Id;
    }

    /// <summary>Changes name, language, branch and roles.</summary>
    /// <param name="seen">what the actor saw: where it has changed since, a right that was taken away would come back with his ticks</param>
    /// <exception cref="RuleBrokenException">as for opening it; <c>shared.changed-by</c>; what <see cref="Keyholders"/> refuses</exception>
    public async Task ChangeAsync(Guid id, UserDetails details, UserDetails seen, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.UsersManage);
        await using var db = contexts.CreateFor(actor);
        await Keyholders.ChangeAsync(db, async () =>
        {
            var user = await TakeAsync(db, id, actor, ct);
            var held = await db.Set<UserRole>().Where(r => r.UserId == id).Select(r => r.RoleId).ToListAsync(ct);
            if (!seen.SaysTheSame(new(user.UserName!, user.DisplayName, user.Email, user.Culture, user.TimeZone, user.Branch, held))) throw await db.ChangedByAnotherAsync(new(ObjectKind.User, id), ct);
            await DescribeAsync(db, user, details, actor, ct);
            await SetRolesAsync(db, user, details.Roles, actor, ct);
            Restamp(user);
        }, ct);
        rights.Forget();
    }

    /// <summary>Ends a person's access at once; what he did stays.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.cannot-block-self</c>; what <see cref="Keyholders"/> refuses</exception>
    public async Task BlockAsync(Guid id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.UsersManage);
        if (id == actor.UserId) throw new RuleBrokenException("identity.cannot-block-self");
        await using var db = contexts.CreateFor(actor);
        await Keyholders.ChangeAsync(db, async () =>
        {
            var user = await TakeAsync(db, id, actor, ct);
            user.Blocked = true;
            Restamp(user);
        }, ct);
        rights.Forget();
    }

    /// <summary>Lets a blocked person in again and clears a lockout.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.branch-archived</c> where nobody works in the person's branch any more</exception>
    public async Task UnblockAsync(Guid id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.UsersManage);
        await using var db = contexts.CreateFor(actor);
        var user = await TakeAsync(db, id, actor, ct);
        if (await db.Set<Branch>().Where(b => b.Id == user.Branch && b.Archived).Select(b => b.Name).FirstOrDefaultAsync(ct) is { } archived)
            throw new RuleBrokenException("identity.branch-archived", archived);
        user.Blocked = false;
        Unlock(user);
        await SaveAsync(db, user, ct);
    }

    /// <summary>A new one-time password, returned once; a lockout by wrong ones ends. Whoever had got hold of the account loses it with all the tokens he gave to programs and the address of his calendar.</summary>
    public async Task<string> ResetPasswordAsync(Guid id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.UsersManage);
        await using var db = contexts.CreateFor(actor);
        var user = await TakeAsync(db, id, actor, ct);
        await RevokeTokensAsync(db, id, ct);
        var password = NewPassword();
        user.PasswordHash = hasher.HashPassword(user, password);
        user.MustChangePassword = true;
        Unlock(user);
        await SaveAsync(db, user, ct);
        return password;
    }

    /// <summary>Revokes all tokens that a user gave to programs, and the address of his calendar.</summary>
    public async Task RevokeTokensAsync(Guid id, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        await RevokeTokensAsync(db, (await FindAsync(db, id, actor, ct)).Id, ct);
        await db.SaveChangesAsync(ct);
    }

    /// <summary>What a user sets for himself: language, IANA time zone, theme, density, shortcuts.</summary>
    public async Task PreferAsync(string? culture, string? zone, string? theme, bool? dense, bool? singleKeyShortcuts, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        var user = await FindAsync(db, actor.UserId, actor, ct);
        if (culture is not null) user.Culture = Languages.Find(culture)?.Code ?? throw new RuleBrokenException("identity.language-unknown", culture);
        if (zone is not null) user.TimeZone = TimeZones.Named(zone, user.TimeZone);
        if (theme is not null) user.Theme = theme is "system" or "light" or "dark" ? theme : throw new RuleBrokenException("identity.theme-unknown", theme);
        user.Dense = dense ?? user.Dense;
        user.SingleKeyShortcuts = singleKeyShortcuts ?? user.SingleKeyShortcuts;
        await db.SaveChangesAsync(ct);
        rights.Forget();
    }

    /// <summary>Twenty characters from an alphabet without look-alikes: about 116 bits.</summary>
    internal static string NewPassword() => RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789", 20);

    private async Task DescribeAsync(PortalDb db, PortalUser user, UserDetails details, Actor actor, CancellationToken ct)
    {
        if (actor.OnlyBranch() is not null && details.Branch is null) throw new RuleBrokenException("identity.out-of-reach");
        if (details.Branch is { } branch && branch != user.Branch)
        {
            actor.RequireReach(branch);
            await BranchRegistry.RequireOpenAsync(db, branch, ct);
        }
        user.UserName = Required.Text(details.UserName, "user.name", 100);
        user.NormalizedUserName = normalizer.NormalizeName(user.UserName);
        user.DisplayName = Required.Text(details.DisplayName, "user.display-name", 200);
        user.Email = Required.Optional(details.Email, "user.email", 200);
        user.NormalizedEmail = user.Email is null ? null : normalizer.NormalizeEmail(user.Email);
        user.Culture = Languages.Find(details.Culture)?.Code ?? throw new RuleBrokenException("identity.language-unknown", details.Culture);
        user.TimeZone = TimeZones.Named(details.TimeZone, user.TimeZone);
        user.Branch = details.Branch;
        if (await db.Set<PortalUser>().AnyAsync(u => u.NormalizedUserName == user.NormalizedUserName && u.Id != user.Id, ct))
            throw new RuleBrokenException("identity.user-name-taken", user.UserName);
    }

    private static async Task SetRolesAsync(PortalDb db, PortalUser user, IReadOnlyCollection<Guid> wanted, Actor actor, CancellationToken ct)
    {
        var held = await db.Set<UserRole>().Where(r => r.UserId == user.Id).ToListAsync(ct);
        var added = wanted.Except(held.Select(r => r.RoleId)).ToList();
        var removed = held.Where(r => !wanted.Contains(r.RoleId)).ToList();
        await RequireMayGrantAsync(db, added.Concat(removed.Select(r => r.RoleId)).ToList(), actor, ct);
        db.AddRange(added.Select(role => new UserRole { UserId = user.Id, RoleId = role }));
        db.RemoveRange(removed);
    }

    /// <summary>Nobody hands out, takes or resets more, or further, than he holds himself.</summary>
    private static async Task RequireMayGrantAsync(PortalDb db, List<Guid> roles, Actor actor, CancellationToken ct)
    {
        var found = await db.Set<Role>().Where(r => roles.Contains(r.Id)).ToListAsync(ct);
        if (found.Count != roles.Distinct().Count()) throw new RuleBrokenException("identity.role-unknown");
        foreach (var role in found)
            if (role.Scope > actor.Scope || !actor.Can(Permissions.RolesManage) && role.Permissions.Any(p => !actor.Can(p))) throw new RuleBrokenException("identity.cannot-grant", role.Name);
    }

    /// <summary>Somebody within reach who holds nothing that the actor could not hand out, to be changed.</summary>
    private static async Task<PortalUser> TakeAsync(PortalDb db, Guid id, Actor actor, CancellationToken ct)
    {
        var user = await FindAsync(db, id, actor, ct);
        if (id != actor.UserId) await RequireMayGrantAsync(db, await db.Set<UserRole>().Where(r => r.UserId == id).Select(r => r.RoleId).ToListAsync(ct), actor, ct);
        return user;
    }

    private static async Task<PortalUser> FindAsync(PortalDb db, Guid id, Actor actor, CancellationToken ct) =>
        await db.Set<PortalUser>().WithinReachOf(actor, db).FirstOrDefaultAsync(u => u.Id == id, ct) ?? throw new RuleBrokenException("identity.user-unknown");

    private async Task RevokeTokensAsync(PortalDb db, Guid user, CancellationToken ct)
    {
        foreach (var token in await db.Set<ApiToken>().Where(t => t.User == user && t.RevokedAt == null).ToListAsync(ct)) token.Revoke(time.GetUtcNow());
        foreach (var calendar in await db.Set<CalendarSetting>().Where(s => s.User == user).ToListAsync(ct)) calendar.CloseFeed();
    }

    private async Task SaveAsync(PortalDb db, PortalUser user, CancellationToken ct)
    {
        Restamp(user);
        await db.SaveChangesAsync(ct);
        rights.Forget();
    }

    private static void Unlock(PortalUser user) => (user.LockoutEnd, user.AccessFailedCount) = (null, 0);

    private static void Restamp(PortalUser user) => (user.SecurityStamp, user.ConcurrencyStamp) = (Guid.NewGuid().ToString("N"), Guid.NewGuid().ToString("N"));
}
