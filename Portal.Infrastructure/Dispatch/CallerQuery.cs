using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Dispatch;

/// <summary>Somebody who may order: a client (with <see cref="Customer"/>) or a caller of the past.</summary>
public sealed record Caller(PartnerId? Customer, string Name, string? Phone);

/// <summary>Finds who orders by name or phone: clients first, then past callers.</summary>
public sealed class CallerQuery(IDbContextFactory<PortalDb> contexts)
{
    private const int Most = 6;

    /// <summary>Clients and callers that hold the text in name or phone; nothing for fewer than two characters.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<IReadOnlyList<Caller>> FindAsync(string text, Actor actor, CancellationToken ct = default)
    {
        actor.Require(Permissions.TripRegister);
        text = text.Trim().ToLowerInvariant();
        if (text.Length < 2) return [];
        var pattern = LikePattern.Containing(text.Length > 60 ? text[..60] : text);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var told = !actor.Hidden.HasFlag(ConfidentialFields.Phones);
        var clients = await db.Set<Partner>().AsNoTracking()
            .Where(p => !p.Archived && (p.Kinds & PartnerKinds.Client) != 0
                && (EF.Functions.Like(p.Name.ToLower(), pattern) || p.Phone != null && (told || p.Responsible == actor.UserId) && EF.Functions.Like(p.Phone, pattern)))
            .OrderBy(p => p.Name).Take(Most).Select(p => new Caller(p.Id, p.Name, told || p.Responsible == actor.UserId ? p.Phone : null)).ToListAsync(ct);
        var trips = db.Set<Trip>().AsNoTracking().Where(t => t.Customer == null && EF.Functions.Like((t.CallerName + " " + (t.CallerPhone ?? "")).ToLower(), pattern));
        if (actor.OnlyBranch() is { } branch) trips = trips.Where(t => t.Branch == branch);
        var callers = await trips.OrderByDescending(t => t.RequestedAt).Take(40).Select(t => new { t.CallerName, t.CallerPhone }).ToListAsync(ct);
        return [.. clients, .. callers.Distinct().Take(Most).Select(c => new Caller(null, c.CallerName, c.CallerPhone))];
    }
}
