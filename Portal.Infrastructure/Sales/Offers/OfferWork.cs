using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;

namespace Portal.Infrastructure.Sales.Offers;

/// <summary>What every change of an offer begins and ends with.</summary>
internal static class OfferWork
{
    // offers of one deal that are out at the same time and looked at
    private const int MostOfADeal = 100;

    /// <summary>The offer within the actor's reach with its version in force and its newest, locked until the transaction ends: a client who accepts and a seller who writes wait for one another.</summary>
    /// <exception cref="RuleBrokenException"><c>offers.unknown</c></exception>
    public static async Task<Offer> TakeAsync(PortalDb db, OfferId id, Actor actor, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"select from sales.offer where id = {id.Value} for update", ct);
        var offer = await db.Set<Offer>().Within(db, actor).FirstOrDefaultAsync(o => o.Id == id, ct) ?? throw new RuleBrokenException("offers.unknown");
        // what was issued before stands as it is
        await db.Entry(offer).Collection(o => o.Versions).Query().Where(v => v.Number == offer.Newest || v.Number == offer.InForce).LoadAsync(ct);
        return offer;
    }

    // what Offer.IsOut means to the database
    private static readonly OfferState[] Out = [OfferState.Issued, OfferState.Sent, OfferState.Read];

    /// <summary>Number of an offer of the deal that its client has and can still answer; null where there is none.</summary>
    public static async Task<string?> OutAsync(PortalDb db, DealId deal, CancellationToken ct) =>
        (await db.Set<Offer>().AsNoTracking().Where(o => o.Deal == deal && Out.Contains(o.State)).OrderBy(o => o.Id).FirstOrDefaultAsync(ct))?.Number.ToString();

    /// <summary>The offer of a deal that its client can be sent: of those that are out the one issued last, or the one of that number. Null where there is none.</summary>
    public static async Task<Offer?> SendableAsync(PortalDb db, DealId deal, string? number, DateOnly today, CancellationToken ct)
    {
        var offers = await db.Set<Offer>().Where(o => o.Deal == deal && Out.Contains(o.State) && o.ValidUntil >= today)
            .OrderByDescending(o => db.Set<OfferVersion>().Where(v => v.Offer == o.Id && v.Number == o.InForce).Max(v => v.IssuedAt)).ThenByDescending(o => o.Sequence).Take(MostOfADeal).AsNoTracking().ToListAsync(ct);
        return offers.Find(o => number is null || o.Number.ToString() == number);
    }

    /// <summary>The offer of a deal that is decided about: of those that its client can answer, or has accepted, the one issued last. Null where there is none.</summary>
    public static Task<Offer?> StandingAsync(PortalDb db, DealId deal, DateOnly today, CancellationToken ct) =>
        db.Set<Offer>().Where(o => o.Deal == deal && (o.State == OfferState.Accepted || Out.Contains(o.State) && o.ValidUntil >= today))
            .OrderByDescending(o => db.Set<OfferVersion>().Where(v => v.Offer == o.Id && v.Number == o.InForce).Max(v => v.IssuedAt)).ThenByDescending(o => o.Sequence).AsNoTracking().FirstOrDefaultAsync(ct);

    /// <summary>Refuses where the client of a deal has accepted something else than what was approved.</summary>
    /// <param name="number">of the offer that was approved; null where none was</param>
    /// <exception cref="RuleBrokenException"><c>offers.other-accepted</c></exception>
    public static async Task RequireApprovedAsync(PortalDb db, DealId deal, string? number, int? version, CancellationToken ct)
    {
        var offers = await db.Set<Offer>().AsNoTracking().Where(o => o.Deal == deal && o.InForce != null).ToListAsync(ct);
        var approved = offers.Find(o => o.Number.ToString() == number);
        var since = await db.Set<OfferVersion>().Where(v => approved != null && v.Offer == approved.Id && v.Number == version).Select(v => v.IssuedAt).FirstOrDefaultAsync(ct);
        foreach (var other in offers.Where(o => o.State == OfferState.Accepted && (o.Id != approved?.Id || o.InForce != version)))
            // what was accepted before is another matter
            if (other.Id == approved?.Id || since is null || await db.Set<OfferVersion>().AnyAsync(v => v.Offer == other.Id && v.Number == other.InForce && v.IssuedAt > since, ct))
                throw new RuleBrokenException("offers.other-accepted", other.Number, other.InForce);
    }

    /// <summary>True while a process of its deal has to approve of the version in force before the client gets it. Once the client has accepted something, the process has what it was about.</summary>
    public static async Task<bool> AwaitsApprovalAsync(PortalDb db, Offer offer, CancellationToken ct) =>
        offer.IsOut && offer.Deal is { } deal && offer.Released != offer.InForce && !await db.Set<Offer>().AnyAsync(o => o.Deal == deal && o.State == OfferState.Accepted, ct) && await ProcessesAbout.AnyRunningAsync(db, new(ObjectKind.Deal, deal.Value), SalesActions.OfferFigures, ct);

    /// <summary>What the version in force of an offer says.</summary>
    public static Task<OfferContent> InForceAsync(PortalDb db, Offer offer, CancellationToken ct) =>
        db.Set<OfferVersion>().AsNoTracking().Where(v => v.Offer == offer.Id && v.Number == offer.InForce).Select(v => v.Content).FirstAsync(ct);

    /// <summary>Lets a draft be for the client that its deal has by now; true where that is another one.</summary>
    public static async Task<bool> FollowDealAsync(PortalDb db, Offer offer, CancellationToken ct) =>
        await db.Set<Deal>().Where(d => d.Id == offer.Deal).Select(d => new { d.Partner, d.Contact }).FirstOrDefaultAsync(ct) is { } deal && offer.Follow(deal.Partner, deal.Contact);

    /// <summary>Who still has a version of an offer whose deal is another client's by now: his name, null where there is nobody.</summary>
    public static async Task<string?> OutWithAnotherAsync(PortalDb db, Offer offer, CancellationToken ct) =>
        offer.IsOut && await db.Set<Deal>().AnyAsync(d => d.Id == offer.Deal && d.Partner != null && d.Partner != offer.Partner, ct)
            ? await db.Set<Partner>().Where(p => p.Id == offer.Partner).Select(p => p.Name).FirstOrDefaultAsync(ct) ?? "" : null;

    /// <summary>Lets all drafts of a deal be for its client, within the transaction that changes it; they are priced anew when they are written or issued.</summary>
    public static async Task FollowAsync(PortalDb db, Deal deal, CancellationToken ct)
    {
        foreach (var offer in await db.Set<Offer>().Where(o => o.Deal == deal.Id && o.Newest != (o.InForce ?? 0) && o.State != OfferState.Accepted && o.Partner != deal.Partner).ToListAsync(ct)) offer.Follow(deal.Partner, deal.Contact);
    }

    /// <summary>What a process, and the client's history, know an offer by: its deal where it has one.</summary>
    public static ObjectRef About(Offer offer) => offer.Deal is { } deal ? new(ObjectKind.Deal, deal.Value) : new(ObjectKind.Offer, offer.Id.Value);

    /// <summary>Who answers for an offer: the manager of its deal, else its own.</summary>
    public static async Task<Guid?> ManagerAsync(PortalDb db, Offer offer, CancellationToken ct) =>
        offer.Deal is { } deal ? await db.Set<Deal>().Where(d => d.Id == deal).Select(d => d.Manager).FirstOrDefaultAsync(ct) ?? offer.Manager : offer.Manager;

    /// <summary>Lets earlier links lead nowhere any more.</summary>
    public static async Task RevokeLinksAsync(PortalDb db, OfferId offer, DateTimeOffset now, CancellationToken ct)
    {
        foreach (var link in await db.Set<OfferLink>().Where(l => l.Offer == offer && l.RevokedAt == null).ToListAsync(ct)) link.Revoke(now);
    }

    /// <summary>Says on the client's timeline what happened with an offer to it.</summary>
    public static void Tell(PortalDb db, Offer offer, string what, DateTimeOffset at, Actor actor)
    {
        if (offer.Partner is { } partner) db.Add(new TimelineEntry(partner, what, About(offer), $"{offer.Number} {offer.Title}", at, actor));
    }
}
