using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Identity;

/// <summary>Security stamps: a principal is current while it carries the stamp the user has in the database.</summary>
public sealed class UserStamps(IDbContextFactory<PortalDb> contexts, IOptions<IdentityOptions> options)
{
    private readonly ConcurrentDictionary<Guid, string> seen = new();

    /// <summary>The stamp a principal carries; empty when none.</summary>
    public string Of(ClaimsPrincipal principal) => principal.FindFirstValue(options.Value.ClaimsIdentity.SecurityStampClaimType) ?? "";

    /// <summary>True while the user exists, is not blocked and has not been given a new stamp since the sign-in.</summary>
    public async Task<bool> IsCurrentAsync(ClaimsPrincipal principal, CancellationToken ct) =>
        UserOf(principal) is { } id && await ReadAsync(id, ct) is { Length: > 0 } stamp && stamp == Of(principal);

    /// <summary>
    /// As <see cref="IsCurrentAsync"/>, but asks the database only where the last stamp seen here is another one: cheap enough for every request,
    /// and at once aware of what <see cref="ReadAsync"/> has read since.
    /// </summary>
    public async ValueTask<bool> IsNotKnownStaleAsync(ClaimsPrincipal principal, CancellationToken ct) =>
        UserOf(principal) is not { } id || !seen.TryGetValue(id, out var last) || last == Of(principal) || await IsCurrentAsync(principal, ct);

    /// <summary>The stamp of a user as it is now; empty when he is gone or blocked.</summary>
    public async Task<string> ReadAsync(Guid user, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return seen[user] = await db.Set<PortalUser>().Where(u => u.Id == user && !u.Blocked).Select(u => u.SecurityStamp).FirstOrDefaultAsync(ct) ?? "";
    }

    private static Guid? UserOf(ClaimsPrincipal principal) => Guid.TryParse(principal.FindFirstValue(ClaimTypes.NameIdentifier), out var id) ? id : null;
}
