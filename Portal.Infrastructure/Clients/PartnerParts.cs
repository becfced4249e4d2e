using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients;

/// <summary>What belongs to a partner is taken by who reaches the partner.</summary>
internal static class PartnerParts
{
    /// <summary>A part to be changed, with its partner within the actor's reach.</summary>
    /// <param name="id">key of the part</param>
    /// <param name="partner">whose it is; null for a part of nobody, which is unknown here</param>
    /// <exception cref="RuleBrokenException"><paramref name="unknown"/>, <c>clients.partner-unknown</c></exception>
    public static async Task<T> TakePartAsync<T>(this PortalDb db, object id, Func<T, PartnerId?> partner, string unknown, Actor actor, CancellationToken ct) where T : class
    {
        var part = await db.FindAsync<T>([id], ct);
        if (part is null || partner(part) is not { } owner) throw new RuleBrokenException(unknown);
        await PartnerRegistry.TakeAsync(db, owner, actor, ct);
        return part;
    }
}
