using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Sales.Offers;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Sales;

/// <summary>The offer that a deal stands by: the one its client has.</summary>
/// <param name="Discount">what all its discounts take off, percent</param>
/// <param name="Margin">of the lines whose cost is known; null for who does not see cost</param>
/// <param name="Uncosted">lines whose cost nobody has said; 0 for who does not see cost</param>
/// <param name="Opens">its page is within the reader's reach</param>
public sealed record OfferOfWork(OfferId Id, string Number, int Version, OfferState State, decimal Net, string Currency, decimal Discount, decimal? Margin, decimal? MarginPercent, int Uncosted, bool Opens);

/// <summary>The deal that somebody's work is about.</summary>
/// <param name="Opens">its page is within the reader's reach</param>
public sealed record DealOfWork(DealRow Deal, bool Opens, OfferOfWork? Offer);

/// <summary>Reads the deal that somebody's work is about: the work gives the right to see it, its cost and margin excepted.</summary>
public sealed class DealOfWorkQuery(IDbContextFactory<PortalDb> contexts, WorkObjects works)
{
    private static readonly OfferState[] Standing = [OfferState.Issued, OfferState.Sent, OfferState.Read, OfferState.Accepted];

    /// <summary>The deal, or null where it is beyond the actor's reach and his work is not about it.</summary>
    /// <param name="through">the task or assignment</param>
    public async Task<DealOfWork?> FindAsync(DealId id, ObjectRef through, Actor actor, CancellationToken ct)
    {
        actor.RequireStaff();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var opens = await db.Set<Deal>().Within(actor).AnyAsync(d => d.Id == id, ct);
        if (!opens && !await works.AreAboutAsync(db, through, new(ObjectKind.Deal, id.Value), actor, ct)) return null;
        return (await DealRows.ReadAsync(db, db.Set<Deal>().AsNoTracking().Where(d => d.Id == id), actor, ct)).FirstOrDefault() is { } deal ? new(deal, opens, await OfferAsync(db, id, actor, ct)) : null;
    }

    private static async Task<OfferOfWork?> OfferAsync(PortalDb db, DealId deal, Actor actor, CancellationToken ct)
    {
        var offers = db.Set<Offer>().AsNoTracking().Where(o => o.Deal == deal && Standing.Contains(o.State));
        if (await offers.OrderByDescending(o => o.State == OfferState.Accepted).ThenByDescending(o => db.Set<OfferVersion>().Where(v => v.Offer == o.Id && v.Number == o.InForce).Max(v => v.IssuedAt)).ThenByDescending(o => o.Sequence).FirstOrDefaultAsync(ct) is not { } offer) return null;
        var content = await OfferWork.InForceAsync(db, offer, ct);
        var totals = actor.Can(Permissions.PricingCost) ? OfferTotals.Of(content) : null;
        return new(offer.Id, offer.Number.ToString()!, offer.InForce!.Value, offer.State, offer.Net, offer.Currency, OfferTotals.Reduction(content), totals?.Margin, totals?.MarginPercent, totals?.Uncosted ?? 0,
            await db.Set<Offer>().Within(db, actor).AnyAsync(o => o.Id == offer.Id, ct));
    }
}
