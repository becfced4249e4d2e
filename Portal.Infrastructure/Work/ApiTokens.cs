using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Work;

/// <summary>A token in its list; the secret is not there any more.</summary>
public sealed record ApiTokenLine(Guid Id, string Name, Guid User, string UserName, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt, DateTimeOffset? LastUsedAt);

/// <summary>Issues, lists, revokes and recognises the tokens of programs. 256 random bits need no slow hash.</summary>
public sealed class ApiTokens(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>With what every secret begins, so that a scanner of leaks knows it.</summary>
    public const string Prefix = "ptl_";

    private static readonly TimeSpan NotedEvery = TimeSpan.FromMinutes(1);

    /// <summary>Issues a token to the actor himself; the secret is returned once.</summary>
    /// <param name="days">1–366</param>
    /// <exception cref="RuleBrokenException"><c>token.too-many</c>, or what is wrong with name or days</exception>
    public async Task<string> IssueAsync(string? name, int days, Actor actor, CancellationToken ct = default)
    {
        actor.RequireStaff();
        var now = time.GetUtcNow();
        var secret = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        await using var db = contexts.CreateFor(actor);
        if (await db.Set<ApiToken>().CountAsync(t => t.User == actor.UserId && t.RevokedAt == null && t.ExpiresAt > now, ct) >= ApiToken.MostPerUser)
            throw new RuleBrokenException("token.too-many", ApiToken.MostPerUser);
        db.Add(new ApiToken(actor.UserId, name, Hash(secret), days, now));
        await db.SaveChangesAsync(ct);
        return secret;
    }

    /// <summary>Live tokens: one's own, and for who manages users those of everybody within his reach.</summary>
    public async Task<IReadOnlyList<ApiTokenLine>> ListAsync(Actor actor, CancellationToken ct = default)
    {
        actor.RequireStaff();
        var now = time.GetUtcNow();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var owners = Owners(db, actor);
        return await (
            from t in db.Set<ApiToken>().AsNoTracking()
            where t.RevokedAt == null && t.ExpiresAt > now
            join u in owners on t.User equals u.Id
            orderby t.User != actor.UserId, u.DisplayName, t.CreatedAt
            select new ApiTokenLine(t.Id, t.Name, t.User, u.DisplayName, t.CreatedAt, t.ExpiresAt, t.LastUsedAt)).Take(500).ToListAsync(ct);
    }

    /// <summary>Revokes one's own token, or as who manages users that of anybody within his reach.</summary>
    /// <exception cref="RuleBrokenException"><c>token.unknown</c></exception>
    public async Task RevokeAsync(Guid id, Actor actor, CancellationToken ct = default)
    {
        await using var db = contexts.CreateFor(actor);
        var token = await db.Set<ApiToken>().FirstOrDefaultAsync(t => t.Id == id, ct);
        if (token is null || !await Owners(db, actor).AnyAsync(u => u.Id == token.User, ct)) throw new RuleBrokenException("token.unknown");
        token.Revoke(time.GetUtcNow());
        await db.SaveChangesAsync(ct);
    }

    private static IQueryable<PortalUser> Owners(PortalDb db, Actor actor) =>
        actor.Can(Permissions.UsersManage) ? db.Set<PortalUser>().WithinReachOf(actor, db) : db.Set<PortalUser>().Where(u => u.Id == actor.UserId);

    /// <summary>Whose live token the secret is, and its id; null where it is none.</summary>
    public async Task<(Guid Token, Guid User)?> RecogniseAsync(string secret, CancellationToken ct)
    {
        if (secret.Length is < 20 or > 100 || !secret.StartsWith(Prefix, StringComparison.Ordinal)) return null;
        var (hash, now) = (Hash(secret), time.GetUtcNow());
        await using var db = await contexts.CreateDbContextAsync(ct);
        var token = await db.Set<ApiToken>().AsNoTracking().FirstOrDefaultAsync(t => t.SecretHash == hash && t.RevokedAt == null && t.ExpiresAt > now, ct);
        if (token is null) return null;
        if (token.LastUsedAt is null || now - token.LastUsedAt > NotedEvery)
            await db.Set<ApiToken>().Where(t => t.Id == token.Id).ExecuteUpdateAsync(t => t.SetProperty(x => x.LastUsedAt, now), ct);
        return (token.Id, token.User);
    }

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
