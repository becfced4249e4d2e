using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Work;

/// <summary>A client as its card beside a task shows it.</summary>
/// <param name="Hidden">fields that hold something the reader may not know</param>
public sealed record PartnerCard(string Name, string? Phone, string? Email, ConfidentialFields Hidden);

/// <summary>Reads the client that somebody's work is about: the work gives the right to see it.</summary>
public sealed class PartnerCardQuery(IDbContextFactory<PortalDb> contexts, WorkObjects works)
{
    /// <summary>The client, or null where the work is not about it or not for this actor.</summary>
    /// <param name="through">the task or assignment</param>
    public async Task<PartnerCard?> FindAsync(PartnerId id, ObjectRef through, Actor actor, CancellationToken ct = default)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await works.AreAboutAsync(db, through, new(ObjectKind.Partner, id.Value), actor, ct) ? await CardAsync(db, id, actor, ct) : null;
    }

    /// <summary>The client of the deal that the work is about.</summary>
    /// <inheritdoc cref="FindAsync"/>
    public async Task<PartnerCard?> OfDealAsync(DealId deal, ObjectRef through, Actor actor, CancellationToken ct = default)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (!await works.AreAboutAsync(db, through, new(ObjectKind.Deal, deal.Value), actor, ct)) return null;
        return await db.Set<Deal>().Where(d => d.Id == deal).Select(d => d.Partner).FirstOrDefaultAsync(ct) is { } partner ? await CardAsync(db, partner, actor, ct) : null;
    }

    private static async Task<PartnerCard?> CardAsync(PortalDb db, PartnerId id, Actor actor, CancellationToken ct) =>
        (await PartnerListQuery.RowsAsync(db, db.Set<Partner>().Where(p => p.Id == id), actor, ct)).Select(p => new PartnerCard(p.Name, p.Phone, p.Email, p.Hidden)).SingleOrDefault();
}
