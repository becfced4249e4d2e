using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Documents;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Pricing;

namespace Portal.Infrastructure.Sales.Offers;

/// <summary>A version in the list of versions.</summary>
public sealed record OfferVersionRow(int Number, DateTimeOffset CreatedAt, string ByName, DateTimeOffset? IssuedAt, decimal Net, decimal Gross, string Currency);

/// <summary>A link that was given to the client.</summary>
public sealed record OfferLinkRow(OfferLinkId Id, int Number, string? SentTo, DateTimeOffset CreatedAt, string ByName, DateTimeOffset ExpiresAt, DateTimeOffset? OpenedAt, DateTimeOffset? RevokedAt);

/// <summary>What was decided about prices below the floor or of unknown cost, or that it is to be decided.</summary>
/// <param name="Asked">with whom the decision is</param>
public sealed record OfferApproval(int Below, int Unjudged, PriceVerdict? Verdict, PriceAsked? Asked = null)
{
    /// <summary>How it stands with what somebody has to approve of; null where there is nothing.</summary>
    internal static async Task<OfferApproval?> OfAsync(PriceApprovals approvals, ObjectRef about, OfferFloor? floor, Actor reader, CancellationToken ct) => floor is null ? null
        : new(floor.Below, floor.Unjudged, await approvals.FindAsync(about, floor.Marks, reader, ct), await approvals.AskedAsync(about, floor.Marks, reader, ct));
}

/// <summary>Somebody of the client whom an offer can be addressed to.</summary>
public sealed record OfferContact(PersonId Id, string Name, string? Email);

/// <summary>An offer as its page shows it. Names beyond the reader's reach are left out.</summary>
/// <param name="Written">the version that is shown, without cost where the reader does not see it</param>
/// <param name="Approval">null where nobody has to approve of the draft's prices</param>
/// <param name="CopyOf">the offer it began as a copy of</param>
public sealed record OfferSheet(
    OfferId Id, string? Number, string Title, OfferState State, DateTimeOffset? StateSince, int? InForce, int Newest, uint Version, DealId? Deal, string? DealTitle,
    PartnerId? Partner, string? PartnerName, PersonId? Contact, string? Manager, int Shown, WrittenOffer Written, IReadOnlyList<OfferVersionRow> Versions, OfferApproval? Approval,
    OfferAnswer? Answer, IReadOnlyList<OfferLinkRow> Links, (OfferId Id, string Title)? CopyOf, bool AwaitsApproval)
{
    /// <summary>True where the version that is shown is still being written.</summary>
    public bool IsDraft => Shown == Newest && Newest != InForce;

    /// <summary>True while the client may accept or refuse it.</summary>
    public bool IsOut => State is OfferState.Issued or OfferState.Sent or OfferState.Read;
}

/// <summary>One offer, read by those within whose reach it is.</summary>
public sealed class OfferQuery(IDbContextFactory<PortalDb> contexts, PriceApprovals approvals)
{
    /// <summary>The offer, or null where it is not there for the actor.</summary>
    /// <param name="number">the version wanted; null for the newest</param>
    /// <exception cref="RuleBrokenException"><c>offers.version-unknown</c></exception>
    public async Task<OfferSheet?> FindAsync(OfferId id, int? number, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.OffersRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await db.Set<Offer>().Within(db, actor).AsNoTracking().FirstOrDefaultAsync(o => o.Id == id, ct) is not { } offer) return null;
        var shown = number ?? offer.Newest;
        var content = await db.Set<OfferVersion>().AsNoTracking().Where(v => v.Offer == id && v.Number == shown).Select(v => v.Content).FirstOrDefaultAsync(ct) ?? throw new RuleBrokenException("offers.version-unknown", shown);
        var versions = await db.Set<OfferVersion>().Where(v => v.Offer == id).OrderByDescending(v => v.Number)
            .Select(v => new OfferVersionRow(v.Number, v.CreatedAt, v.ByName, v.IssuedAt, v.Net, v.Gross, v.Currency)).ToListAsync(ct);
        var answer = await db.Set<OfferAnswer>().AsNoTracking().Where(a => a.Offer == id).OrderByDescending(a => a.At).FirstOrDefaultAsync(ct);
        var chosen = answer is { Answer: OfferState.Accepted } accepted && accepted.Number == shown ? accepted.Options.ToHashSet() : null;
        var manager = await OfferWork.ManagerAsync(db, offer, ct);
        var copied = (await db.LinksAsync(new(ObjectKind.Offer, id.Value), ct)).Find(l => l.Kind == DocumentLinkKind.CopyOf)?.ToId;
        var origin = copied is { } from ? await db.Set<Offer>().Within(db, actor).AsNoTracking().FirstOrDefaultAsync(o => o.Id == new OfferId(from), ct) : null;
        return new(
            id, offer.Number?.ToString(), offer.Title, offer.State, offer.StateSince, offer.InForce, offer.Newest, offer.Version,
            offer.Deal, await db.Set<Deal>().Where(d => d.Id == offer.Deal).Select(d => d.Title).FirstOrDefaultAsync(ct),
            offer.Partner, await db.Set<Partner>().Within(actor).Where(p => p.Id == offer.Partner).Select(p => p.Name).FirstOrDefaultAsync(ct), offer.Contact,
            await db.Set<PortalUser>().Where(u => u.Id == manager).Select(u => u.DisplayName).FirstOrDefaultAsync(ct),
            shown, OfferDesk.Seen(content, actor, chosen) with { Version = offer.Version }, versions,
            shown != offer.InForce && actor.Can(Permissions.PricingRead) ? await OfferApproval.OfAsync(approvals, new(ObjectKind.Offer, id.Value), OfferFloor.Of(content), actor, ct) : null,
            answer,
            await db.Set<OfferLink>().Where(l => l.Offer == id).OrderByDescending(l => l.CreatedAt).Take(50)
                .Select(l => new OfferLinkRow(l.Id, l.Number, l.SentTo, l.CreatedAt, l.ByName, l.ExpiresAt, l.OpenedAt, l.RevokedAt)).ToListAsync(ct),
            origin is null ? null : (origin.Id, $"{origin.Number} {origin.Title}".Trim()), await OfferWork.AwaitsApprovalAsync(db, offer, ct));
    }

    /// <summary>What changed between two versions, line by line.</summary>
    /// <exception cref="RuleBrokenException"><c>offers.unknown</c>, <c>offers.version-unknown</c></exception>
    public async Task<(IReadOnlyList<OfferChange> Changes, OfferContent Before, OfferContent After)> CompareAsync(OfferId id, int before, int after, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.OffersRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var offer = await db.Set<Offer>().Within(db, actor).AsNoTracking().Include(o => o.Versions).FirstOrDefaultAsync(o => o.Id == id, ct) ?? throw new RuleBrokenException("offers.unknown");
        var (older, newer) = (offer.Of(before).Content.WithoutCost(), offer.Of(after).Content.WithoutCost());
        return (OfferComparison.Of(older, newer), older, newer);
    }

    /// <summary>Contact persons of a client with their mail, as far as the actor reads it.</summary>
    public async Task<IReadOnlyList<OfferContact>> ContactsAsync(PartnerId partner, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.OffersRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await db.Set<Partner>().Within(actor).Where(p => p.Id == partner).Select(p => new { p.Responsible }).FirstOrDefaultAsync(ct) is not { } client) return [];
        var hidden = actor.Hidden.HasFlag(ConfidentialFields.Mails) && client.Responsible != actor.UserId;
        return await (from r in db.Set<ContactRole>()
                      join p in db.Set<Person>() on r.Person equals p.Id
                      where r.Partner == partner
                      orderby p.Name
                      select new OfferContact(p.Id, p.Name, hidden ? null : p.Email)).Distinct().Take(200).ToListAsync(ct);
    }

    /// <summary>True when the offer is there and the actor may see it.</summary>
    public async Task<bool> MaySeeAsync(OfferId id, Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<Offer>().Within(db, actor).AnyAsync(o => o.Id == id, ct);
    }

    /// <summary>Where an offer stands, for who answers for it; null for everybody else.</summary>
    public async Task<OfferStanding?> MineAsync(OfferId id, Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var me = actor.UserId;
        return await db.Set<Offer>().Within(db, actor).AnsweredBy(db, me).Where(o => o.Id == id)
            .Select(o => new OfferStanding(o.Title, o.State, db.Set<Partner>().Where(p => p.Id == o.Partner).Select(p => p.Name).FirstOrDefault())).FirstOrDefaultAsync(ct);
    }
}

/// <summary>Where an offer stands.</summary>
public sealed record OfferStanding(string Title, OfferState State, string? Client);
