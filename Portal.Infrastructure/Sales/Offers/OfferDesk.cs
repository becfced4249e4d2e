using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Documents;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Pricing;

namespace Portal.Infrastructure.Sales.Offers;

/// <summary>A new offer: for a deal, whose client, contact, branch and currency it takes over, or for a client, or for nobody yet.</summary>
/// <param name="Title">null takes the deal's</param>
/// <param name="Language">the client's; null takes the author's</param>
public sealed record OfferOrder(string? Title, DealId? Deal = null, PartnerId? Partner = null, string? Currency = null, string? Language = null);

/// <summary>A draft as it was written: lines with their prices, and what they come to.</summary>
/// <param name="Below">lines whose price is below its floor</param>
public sealed record WrittenOffer(OfferContent Content, OfferTotals Totals, IReadOnlySet<Guid> Below, uint Version)
{
    /// <summary>The currency that the draft was in before, where there is no rate from it: what was said by hand has kept its numbers.</summary>
    public string? WithoutRate { get; init; }
}

/// <summary>
/// Writes offers and issues them. All methods need <see cref="Permissions.OffersManage"/> and end at the actor's reach; those that change an offer compare with the version
/// the user saw. Whoever does not see cost neither reads nor changes it.
/// </summary>
public sealed class OfferDesk(IDbContextFactory<PortalDb> contexts, PriceQuery prices, PriceApprovals approvals, TimeProvider time)
{
    // whose prices they are was decided by who may see the offer
    private static readonly Actor Pricing = Actor.System("offers");

    /// <summary>Begins an offer.</summary>
    /// <exception cref="RuleBrokenException"><c>sales.deal-unknown</c>, <c>clients.partner-unknown</c>, and what head and content refuse</exception>
    public async Task<OfferId> AddAsync(OfferOrder order, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.OffersManage);
        await using var db = contexts.CreateFor(actor);
        var company = await db.Set<Company>().OrderBy(c => c.Id).FirstAsync(ct);
        var deal = order.Deal is { } id ? await db.Set<Deal>().Within(actor).AsNoTracking().FirstOrDefaultAsync(d => d.Id == id, ct) ?? throw new RuleBrokenException("sales.deal-unknown") : null;
        if (deal is null && order.Partner is { } partner) await PartnerRegistry.TakeAsync(db, partner, actor, ct);
        var settings = await OfferSettingsStore.ReadAsync(db, ct);
        var language = order.Language ?? (Languages.Find(actor.Culture) ?? Languages.All[0]).Code;
        var texts = settings.Texts.GetValueOrDefault(language);
        var head = new OfferHead(order.Title ?? deal?.Title ?? "", deal?.Id, deal?.Partner ?? order.Partner, deal?.Contact, actor.IsSystem ? deal?.Manager : actor.UserId, deal?.Branch ?? (actor.BranchId is { } branch ? new(branch) : null));
        var content = new OfferContent(order.Currency ?? deal?.Currency ?? company.Currency, language, (await TodayAsync(db, ct)).AddDays(settings.ValidDays)) { Opening = texts?.Opening, Closing = texts?.Closing };
        var offer = new Offer(OfferId.New(), company.Id, head, content, actor, time.GetUtcNow());
        db.Add(offer);
        await db.SaveChangesAsync(ct);
        return offer.Id;
    }

    /// <summary>Begins an offer with the lines of another; for the same client unless it is changed.</summary>
    /// <exception cref="RuleBrokenException"><c>offers.unknown</c></exception>
    public async Task<OfferId> CopyAsync(OfferId id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.OffersManage);
        await using var db = contexts.CreateFor(actor);
        var old = await db.Set<Offer>().Within(db, actor).AsNoTracking().Include(o => o.Versions).FirstOrDefaultAsync(o => o.Id == id, ct) ?? throw new RuleBrokenException("offers.unknown");
        var (settings, now) = (await OfferSettingsStore.ReadAsync(db, ct), time.GetUtcNow());
        var content = old.Of(old.Newest).Content with { Parties = null, ValidUntil = (await TodayAsync(db, ct)).AddDays(settings.ValidDays) };
        var copy = new Offer(OfferId.New(), old.Company, new(old.Title, old.Deal, old.Partner, old.Contact, actor.UserId, old.Branch), content, actor, now);
        await OfferWork.FollowDealAsync(db, copy, ct);
        db.Add(copy);
        db.Add(new DocumentLink(new(ObjectKind.Offer, copy.Id.Value), new(ObjectKind.Offer, id.Value), DocumentLinkKind.CopyOf, now));
        await db.SaveChangesAsync(ct);
        return copy.Id;
    }

    /// <summary>Writes the draft anew, with the prices of today, and answers with what it has become.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>offers.unknown</c>, <c>offers.frozen</c>, <c>offers.accepted</c>, what prices and content refuse</exception>
    public async Task<WrittenOffer> WriteAsync(OfferId id, OfferContent content, uint seen, Actor actor, CancellationToken ct)
    {
        WrittenOffer? written = null;
        await DoAsync(id, seen, actor, async (db, offer, _) =>
        {
            var kept = offer.Of(offer.Newest).Content;
            var sent = (await OfferSettingsStore.ReadAsync(db, ct)).Translated(actor.Can(Permissions.PricingCost) ? content : content.WithCostsOf(kept), kept.Language);
            var terms = await TermsAsync(db, offer, content.Currency, ct);
            var (same, exchanged) = sent.Checked().ExchangedFrom(kept.Currency, terms);
            offer.Write(await db.PricedAsync(same with { Parties = null }, terms, ct));
            written = Seen(offer.Of(offer.Newest).Content, actor) with { WithoutRate = exchanged ? null : kept.Currency };
        }, offer => written = written! with { Version = offer.Version }, ct);
        return written!;
    }

    /// <summary>Says for whom it is and who answers for it. A draft's prices follow the client.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="AddAsync"/>, and <c>shared.changed-by</c>, <c>offers.unknown</c>, <c>offers.accepted</c>, <c>clients.person-unknown</c></exception>
    public Task DescribeAsync(OfferId id, string title, PartnerId? partner, PersonId? contact, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, async (db, offer, _) =>
    {
        // an offer of a deal is for the deal's client, and who is there to be written to is not known to who has not seen that yet
        if (await OfferWork.FollowDealAsync(db, offer, ct)) contact = offer.Contact;
        var client = offer.Deal is null ? partner : offer.Partner;
        if (client != offer.Partner)
        {
            if (offer.InForce is not null) throw new RuleBrokenException("offers.client-has-it");
            if (client is { } other) await PartnerRegistry.TakeAsync(db, other, actor, ct);
        }
        if (contact is { } person && !await db.Set<ContactRole>().AnyAsync(r => r.Partner == client && r.Person == person, ct)) throw new RuleBrokenException("clients.person-unknown");
        offer.Describe(new(title, offer.Deal, client, contact, offer.Manager, offer.Branch));
        if (offer.HasDraft) await PriceDraftAsync(db, offer, ct);
    }, null, ct);

    /// <summary>
    /// Issues the draft: it is frozen, gets the offer's number where it has none, and takes the place of what the client had. Prices below their floor, or of which nobody can tell, must have been approved.
    /// </summary>
    /// <exception cref="RuleBrokenException"><c>offers.out-with-another</c>, <c>offers.needs-approval</c>, <c>offers.prices-changed</c>, what <see cref="Offer.IssueAsync"/> refuses, <c>shared.changed-by</c>, <c>offers.unknown</c></exception>
    public Task IssueAsync(OfferId id, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, async (db, offer, now) =>
    {
        var today = await TodayAsync(db, ct);
        if (offer.HasDraft)
        {
            if (await OfferWork.OutWithAnotherAsync(db, offer, ct) is { } another) throw new RuleBrokenException("offers.out-with-another", another);
            var content = offer.Of(offer.Newest).Content;
            var priced = await db.PricedAsync(content, await TermsAsync(db, offer, content.Currency, ct), ct);
            if (!priced.Lines.Select(l => l.Price).SequenceEqual(content.Lines.Select(l => l.Price))) throw new RuleBrokenException("offers.prices-changed");
            // a cost that has risen meanwhile lifts the floor
            if (OfferFloor.Of(priced) is { } floor && await approvals.FindAsync(new(ObjectKind.Offer, id.Value), floor.Marks, Pricing, ct) is not { Granted: true }) throw new RuleBrokenException("offers.needs-approval", floor.Lines);
            offer.Write(priced);
        }
        await offer.IssueAsync(await PartiesAsync(db, offer, ct), today, now, () => db.TakeAsync(offer.Company, DocumentType.Offer, today.Year, ct));
        await OfferWork.RevokeLinksAsync(db, id, now, ct);
        if (offer.Deal is { } deal && !await db.Set<DocumentLink>().AnyAsync(l => l.FromId == id.Value && l.ToId == deal.Value, ct))
            db.Add(new DocumentLink(new(ObjectKind.Offer, id.Value), new(ObjectKind.Deal, deal.Value), DocumentLinkKind.For, now));
    }, null, ct);

    /// <summary>Begins a new version as a copy of the last.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>offers.unknown</c>, <c>offers.accepted</c>, <c>offers.draft-there</c></exception>
    public Task ReviseAsync(OfferId id, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, async (db, offer, now) =>
    {
        var draft = offer.Revise(actor, now).Content;
        var today = await TodayAsync(db, ct);
        if (draft.ValidUntil < today) draft = draft with { ValidUntil = today.AddDays((await OfferSettingsStore.ReadAsync(db, ct)).ValidDays) };
        offer.Write(await db.PricedAsync(draft, await TermsAsync(db, offer, draft.Currency, ct), ct));
    }, null, ct);

    /// <summary>Lets go of the draft of a new version.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>offers.unknown</c>, <c>offers.no-draft</c></exception>
    public Task DropDraftAsync(OfferId id, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, (_, offer, _) =>
    {
        offer.DropDraft();
        return Task.CompletedTask;
    }, null, ct);

    /// <summary>Takes an offer back: links to it lead nowhere any more, and a draft beside it is for the client that its deal has by now.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>offers.unknown</c>, <c>offers.accepted</c></exception>
    public Task WithdrawAsync(OfferId id, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, async (db, offer, now) =>
    {
        offer.Withdraw(now);
        await OfferWork.RevokeLinksAsync(db, id, now, ct);
        if (offer.HasDraft && await OfferWork.FollowDealAsync(db, offer, ct)) await PriceDraftAsync(db, offer, ct);
    }, null, ct);

    /// <summary>Asks for approval of the draft's prices below their floor and of those nobody can judge; a process decides about them.</summary>
    /// <exception cref="RuleBrokenException"><c>offers.unknown</c>, <c>pricing.nothing-to-approve</c>, <c>text.required</c></exception>
    public async Task AskApprovalAsync(OfferId id, string? why, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.OffersManage);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var offer = await db.Set<Offer>().Within(db, actor).AsNoTracking().Include(o => o.Versions).FirstOrDefaultAsync(o => o.Id == id, ct) ?? throw new RuleBrokenException("offers.unknown");
        var content = offer.Of(offer.Newest).Content;
        var floor = OfferFloor.Of(content) ?? throw new RuleBrokenException("pricing.nothing-to-approve");
        await approvals.AskAsync(new(new(ObjectKind.Offer, id.Value), floor.Marks, offer.Title, new(floor.Net, content.Currency), floor.Depth, why ?? ""), actor, ct);
    }

    /// <summary>What a draft comes to, as far as the actor may read it.</summary>
    /// <param name="chosen">options that the client has chosen</param>
    internal static WrittenOffer Seen(OfferContent content, Actor actor, IReadOnlySet<Guid>? chosen = null)
    {
        var below = content.Lines.Where(l => l.BelowFloor(content.Discount) > 0).Select(l => l.Id).ToHashSet();
        var shown = actor.Can(Permissions.PricingCost) ? content : content.WithoutCost();
        return new(shown, OfferTotals.Of(shown, chosen), below, 0);
    }

    private async Task DoAsync(OfferId id, uint seen, Actor actor, Func<PortalDb, Offer, DateTimeOffset, Task> change, Action<Offer>? done, CancellationToken ct)
    {
        actor.Require(Permissions.OffersManage);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var offer = await OfferWork.TakeAsync(db, id, actor, ct);
        await db.RequireSeenAsync(new(ObjectKind.Offer, id.Value), offer.Version, seen, ct);
        await change(db, offer, time.GetUtcNow());
        // the version tells that somebody wrote, also where only lines changed
        db.Entry(offer).Property(o => o.Title).IsModified = true;
        await db.SaveOrExplainAsync(new(ObjectKind.Offer, id.Value), ct);
        await transaction.CommitAsync(ct);
        done?.Invoke(offer);
    }

    private async Task PriceDraftAsync(PortalDb db, Offer offer, CancellationToken ct)
    {
        var draft = offer.Of(offer.Newest).Content;
        offer.Write(await db.PricedAsync(draft, await TermsAsync(db, offer, draft.Currency, ct), ct));
    }

    private async Task<PriceTerms> TermsAsync(PortalDb db, Offer offer, string currency, CancellationToken ct)
    {
        await OfferWork.FollowDealAsync(db, offer, ct);
        return await prices.TermsAsync(db, offer.Partner, null, currency, Pricing, ct);
    }

    private static async Task<OfferParties> PartiesAsync(PortalDb db, Offer offer, CancellationToken ct)
    {
        var company = await db.Set<Company>().FirstAsync(c => c.Id == offer.Company, ct);
        var manager = await OfferWork.ManagerAsync(db, offer, ct);
        return new(company.Name, company.TaxNumber,
            await db.Set<Partner>().Where(p => p.Id == offer.Partner).Select(p => p.Name).FirstOrDefaultAsync(ct),
            await db.Set<Person>().Where(p => p.Id == offer.Contact).Select(p => p.Name).FirstOrDefaultAsync(ct),
            await db.Set<PortalUser>().Where(u => u.Id == manager).Select(u => u.DisplayName).FirstOrDefaultAsync(ct));
    }

    private async Task<DateOnly> TodayAsync(PortalDb db, CancellationToken ct) => await OfferDays.TodayAsync(db, time, ct);
}
