using System.Globalization;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;
using Portal.Workflows.Expressions;

namespace Portal.Infrastructure.Sales.Offers;

/// <summary>An offer as its client reads it: nothing of cost, nothing of us but what is printed.</summary>
/// <param name="Answered">what he has answered to this version</param>
public sealed record ClientOffer(OfferId Id, string Number, int Revision, string Title, OfferState State, DateTimeOffset IssuedAt, OfferContent Content, OfferAnswer? Answered)
{
    /// <summary>True while he may accept or refuse it.</summary>
    public bool IsOpen => State is OfferState.Issued or OfferState.Sent or OfferState.Read;
}

/// <summary>Something a client did, of which who answers for the offer is told.</summary>
public sealed record OfferNews(OfferId Offer, Guid User, string What, string Name, string? Words);

/// <summary>
/// What a client does by a link, without signing in. A secret that is guessed, over or taken back leads nowhere, and nothing tells which of these it is. Every change waits for whoever else
/// changes the offer, so that a double click answers once.
/// </summary>
public sealed class ClientOffers(IDbContextFactory<PortalDb> contexts, WorkHints hints, TimeProvider time)
{
    /// <summary>Kind of the outbox's letters to who answers for the offer.</summary>
    public const string NewsKind = "sales.offer.news";

    /// <summary>What was accepted stays readable by its link for so long.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    /// <summary>Questions one offer takes in a day from its clients.</summary>
    private const int MostQuestions = 20;

    /// <summary>The offer that a secret leads to, or null. That it was opened is remembered.</summary>
    public Task<ClientOffer?> OpenAsync(string secret, string address, CancellationToken ct) => DoAsync(secret, new("", address), (_, offer, link, now) =>
    {
        link.Open(now);
        offer.Open(now);
        return Task.CompletedTask;
    }, ct, tells: false);

    /// <summary>Asks something: it stands at the deal, or at the offer where there is none, and who answers for it is told. Null where the secret leads nowhere.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c>, <c>offers.too-many-questions</c></exception>
    public Task<ClientOffer?> AskAsync(string secret, ClientSigning by, string? question, CancellationToken ct) => DoAsync(secret, by, async (db, offer, _, now) =>
    {
        Required.Text(by.Name, "offer.name", 200);
        var about = OfferWork.About(offer);
        if (await db.Set<Comment>().CountAsync(c => c.AboutKind == about.Kind && c.AboutId == about.Id && c.ByUser == Guid.Empty && c.At > now.AddDays(-1), ct) >= MostQuestions)
            throw new RuleBrokenException("offers.too-many-questions");
        db.Add(new Comment(about, question, now, db.Actor!));
        OfferWork.Tell(db, offer, "offer.asked", now, db.Actor!);
        // who looks at the offer is told of what is said at its deal, too
        db.Entry(offer).Property(o => o.Title).IsModified = true;
        await TellAsync(db, offer, "asked", by, question, Guid.CreateVersion7(), now, ct);
    }, ct);

    /// <summary>Accepts the version, with options. Accepted once more by the same link it stays as it was. Null where the secret leads nowhere.</summary>
    /// <exception cref="RuleBrokenException"><c>offers.client-refused</c>, what <see cref="Offer.Accept"/> refuses</exception>
    public Task<ClientOffer?> AcceptAsync(string secret, ClientSigning by, IReadOnlyCollection<Guid> options, CancellationToken ct) => DoAsync(secret, by, async (db, offer, link, now) =>
    {
        if (offer.State == OfferState.Accepted) return;
        if (offer.State == OfferState.Refused) throw new RuleBrokenException("offers.client-refused");
        var answer = offer.Accept(by, options, await OfferDays.TodayAsync(db, time, ct), now);
        db.Add(answer);
        link.Extend(now + Kept);
        await ValueDealAsync(db, offer, answer, now, ct);
        await AnsweredAsync(db, offer, answer, "accepted", Kept, ContextValue.Of(
            ("offer", Value.Of(offer.Number!.Value.ToString())), ("amount", Value.Of(answer.Net)), ("gross", Value.Of(answer.Gross)), ("currency", Value.Of(offer.Currency)), ("by", Value.Of(answer.Name))), by, now, ct);
    }, ct);

    /// <summary>Refuses the version. Refused once more it stays as it was. Null where the secret leads nowhere.</summary>
    /// <exception cref="RuleBrokenException"><c>offers.client-accepted</c>, what <see cref="Offer.Refuse"/> refuses</exception>
    public Task<ClientOffer?> RefuseAsync(string secret, ClientSigning by, string? reason, CancellationToken ct) => DoAsync(secret, by, async (db, offer, _, now) =>
    {
        if (offer.State == OfferState.Refused) return;
        if (offer.State == OfferState.Accepted) throw new RuleBrokenException("offers.client-accepted");
        var answer = offer.Refuse(by, reason, await OfferDays.TodayAsync(db, time, ct), now);
        db.Add(answer);
        // a refusal that no process waited for says nothing about the offer it comes to wait with
        await AnsweredAsync(db, offer, answer, "refused", TimeSpan.Zero, ContextValue.Of(
            ("offer", Value.Of(offer.Number!.Value.ToString())), ("by", Value.Of(answer.Name)), ("reason", Value.Of(answer.Words!))), by, now, ct);
    }, ct);

    // what was accepted is what the deal is worth, whether a process runs it or not
    private static async Task ValueDealAsync(PortalDb db, Offer offer, OfferAnswer answer, DateTimeOffset now, CancellationToken ct)
    {
        if (offer.Deal is not { } id) return;
        if (await DealChange.HoldAsync(db, id, ct) is not { } deal) return;
        var before = Worth(deal);
        await DealChange.ValueAsync(db, deal, answer.Net, offer.Currency, ct);
        if (Worth(deal) is var worth && worth != before) DealChange.Tell(db, deal, "deal.valued", now, db.Actor!, $"{deal.Title}: {before} → {worth}");

        static string Worth(Deal deal) => string.Create(CultureInfo.InvariantCulture, $"{deal.Amount:0.00} {deal.Currency}");
    }

    private static async Task AnsweredAsync(PortalDb db, Offer offer, OfferAnswer answer, string what, TimeSpan keep, ContextValue told, ClientSigning by, DateTimeOffset now, CancellationToken ct)
    {
        OfferWork.Tell(db, offer, $"offer.{what}", now, db.Actor!);
        if (offer.Deal is { } deal)
            await db.AddOutboxAsync(OutboxKinds.Message($"offer-{what}:{answer.Id}", $"sales.offer.{what}", OutboxKinds.KeyOf(new(ObjectKind.Deal, deal.Value)), told, keep), now, ct);
        await TellAsync(db, offer, what, by, answer.Words, answer.Id, now, ct);
    }

    private static async Task TellAsync(PortalDb db, Offer offer, string what, ClientSigning by, string? words, Guid id, DateTimeOffset now, CancellationToken ct)
    {
        if (await OfferWork.ManagerAsync(db, offer, ct) is { } manager)
            await db.AddOutboxAsync(new($"offer-news:{id}", NewsKind, JsonSerializer.SerializeToUtf8Bytes(new OfferNews(offer.Id, manager, what, by.Name, words))), now, ct);
    }

    private async Task<ClientOffer?> DoAsync(string secret, ClientSigning by, Func<PortalDb, Offer, OfferLink, DateTimeOffset, Task> job, CancellationToken ct, bool tells = true)
    {
        // 256 bits in base64url
        if (secret.Length != 43) return null;
        var (hash, now) = (OfferPost.Hash(secret), time.GetUtcNow());
        var actor = Actor.System(by.Name.Trim() is { Length: > 0 and <= 200 } name ? name : "client") with { Origin = by.Address };
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await db.Set<OfferLink>().FirstOrDefaultAsync(l => l.SecretHash == hash, ct) is not { } link || !link.IsValid(now)) return null;
        var offer = await OfferWork.TakeAsync(db, link.Offer, actor, ct);
        // while we waited, somebody may have taken the link back or issued a newer version
        await db.Entry(link).ReloadAsync(ct);
        if (!link.IsValid(now) || offer.InForce != link.Number || offer.State is OfferState.Withdrawn or OfferState.Expired) return null;
        await job(db, offer, link, now);
        await db.SaveChangesAsync(ct);
        var answered = await db.Set<OfferAnswer>().AsNoTracking().Where(a => a.Offer == offer.Id && a.Number == link.Number).OrderByDescending(a => a.At).FirstOrDefaultAsync(ct);
        await transaction.CommitAsync(ct);
        // a page that is only read brings no news to send
        if (tells) hints.Poke();
        var version = offer.Of(link.Number);
        return new(offer.Id, offer.Number!.Value.ToString(), version.Number, offer.Title, offer.State, version.IssuedAt!.Value, version.Content.WithoutCost(), answered);
    }
}
