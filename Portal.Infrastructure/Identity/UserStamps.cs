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

    /// <summary>True while the user exists, is not blocked and has not been given a new stamp since the sign-in.</summary>
    public async Task<bool> IsCurrentAsync(ClaimsPrincipal principal, CancellationToken ct)
    {
        if (!Guid.TryParse(principal.FindFirstValue(ClaimTypes.NameIdentifier), out var id)) return false;
        var stamp = await ReadAsync(id, ct);
        return stamp is not null && stamp == principal.FindFirstValue(options.Value.ClaimsIdentity.SecurityStampClaimType);
    }

    /// <summary>True when the user's stamp differs from the one seen before, or the user is gone or blocked.</summary>
    public async Task<bool> HasChangedAsync(Guid user, CancellationToken ct)
    {
        var known = seen.TryGetValue(user, out var before);
        var now = await ReadAsync(user, ct);
        return now is null || (known && now != before);
    }

    /// <summary>Remembers the stamp under which somebody works, so that a change of it is noticed.</summary>
    public async Task RememberAsync(Guid user, CancellationToken ct) => await ReadAsync(user, ct);

    private async Task<string?> ReadAsync(Guid id, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var stamp = await db.Set<PortalUser>().Where(u => u.Id == id && !u.Blocked).Select(u => u.SecurityStamp).FirstOrDefaultAsync(ct);
        if (stamp is null) seen.TryRemove(id, out _);
        else seen[id] = stamp;
        return stamp;
    }
}
