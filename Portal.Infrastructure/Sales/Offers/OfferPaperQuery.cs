using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Sales.Offers;

/// <summary>What is printed of a version.</summary>
/// <param name="Number">null for a draft of an offer that was never issued</param>
/// <param name="IssuedAt">in the company's zone; null for a draft</param>
/// <param name="Accepted">how it was accepted</param>
public sealed record OfferPrint(string? Number, int Revision, string Title, OfferContent Content, OfferParties Parties, DateOnly? IssuedAt, OfferAnswer? Accepted, OfferSettings Settings, byte[]? Logo);

/// <summary>Reads what is printed of an offer.</summary>
public sealed class OfferPaperQuery(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>For somebody of ours; null where the offer or the version is not there for him.</summary>
    public async Task<OfferPrint?> FindAsync(OfferId id, int? number, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.OffersRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<Offer>().Within(db, actor).AsNoTracking().FirstOrDefaultAsync(o => o.Id == id, ct) is { } offer ? await ReadAsync(db, offer, number ?? offer.Newest, ct) : null;
    }

    /// <summary>For its client; whoever calls has seen that he may read it.</summary>
    public async Task<OfferPrint?> FindForClientAsync(OfferId id, int number, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<Offer>().AsNoTracking().FirstOrDefaultAsync(o => o.Id == id, ct) is { } offer ? await ReadAsync(db, offer, number, ct) : null;
    }

    private static async Task<OfferPrint?> ReadAsync(PortalDb db, Offer offer, int number, CancellationToken ct)
    {
        if (await db.Set<OfferVersion>().AsNoTracking().FirstOrDefaultAsync(v => v.Offer == offer.Id && v.Number == number, ct) is not { } version) return null;
        var company = await db.Set<Company>().FirstAsync(c => c.Id == offer.Company, ct);
        var parties = version.Content.Parties ?? new(company.Name, company.TaxNumber,
            await db.Set<Partner>().Where(p => p.Id == offer.Partner).Select(p => p.Name).FirstOrDefaultAsync(ct), await db.Set<Person>().Where(p => p.Id == offer.Contact).Select(p => p.Name).FirstOrDefaultAsync(ct), null);
        var issued = version.IssuedAt is { } at && TimeZoneInfo.TryFindSystemTimeZoneById(company.TimeZone, out var zone) ? DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).Date) : (DateOnly?)null;
        return new(offer.Number?.ToString(), number, offer.Title, version.Content, parties, issued,
            await db.Set<OfferAnswer>().AsNoTracking().FirstOrDefaultAsync(a => a.Offer == offer.Id && a.Number == number && a.Answer == OfferState.Accepted, ct),
            await OfferSettingsStore.ReadAsync(db, ct), await db.Set<CompanyLogo>().Where(l => l.Company == offer.Company).Select(l => l.Content).FirstOrDefaultAsync(ct));
    }
}
