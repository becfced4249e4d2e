using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Mail;

namespace Portal.Infrastructure.Sales.Offers;

/// <summary>A letter with an offer, as it waits in the outbox. The secret of its link stands there only under the product's own key.</summary>
/// <param name="Subject">null for the usual one</param>
/// <param name="Text">null for the usual one</param>
/// <param name="AnswersTo">the seller's address, which an answer goes to; null for the company's</param>
public sealed record OfferLetter(OfferId Offer, int Number, string To, string? Subject, string? Text, string ProtectedSecret, string? AnswersTo = null);

/// <summary>Gives offers to clients: by mail, or by a link that is handed over otherwise. All methods need <see cref="Permissions.OffersManage"/> and end at the actor's reach.</summary>
public sealed class OfferPost(IDbContextFactory<PortalDb> contexts, IDataProtectionProvider keys, PublicAddress portal, WorkHints hints, TimeProvider time)
{
    /// <summary>Kind of the outbox's entries.</summary>
    public const string MailKind = "sales.offer.letter";

    /// <summary>Links to one offer that lead somewhere at the same time.</summary>
    private const int MostLinks = 50;

    private readonly IDataProtector protector = keys.CreateProtector("sales.offer.link");

    /// <summary>False while nobody has said where clients reach Portal: no letter can carry a link then.</summary>
    internal bool HasAddress => portal.Root is not null;

    /// <summary>Sends the version in force by mail, with a link of its own.</summary>
    /// <exception cref="RuleBrokenException"><c>offers.mail-unreadable</c>, <c>text.required</c>, <c>text.too-long</c>, <c>offers.not-out</c>, <c>offers.awaits-approval</c>, <c>offers.accepted</c>, <c>offers.unknown</c>, <c>offers.too-many-links</c></exception>
    public async Task SendAsync(OfferId id, string? to, string? subject, string? text, Actor actor, CancellationToken ct)
    {
        var address = ClientMail.Read(to);
        var (title, words) = (Required.Text(subject, "offer.mail-subject", 200).ReplaceLineEndings(" "), Required.Text(text, "offer.mail-text", 4000));
        await GiveAsync(id, actor, (db, offer, now) => MailAsync(db, offer, address, title, words, actor, now, ct), ct);
        hints.Poke();
    }

    /// <summary>
    /// Sends an offer inside the transaction in which a process has come so far: by mail to whom it is addressed, with a link. Whoever got its version in force by mail already does not get it twice.
    /// Null where nobody can be reached by mail, or no letter can carry a link.
    /// </summary>
    /// <param name="version">the version that was approved; null takes the one in force</param>
    /// <param name="text">words of the letter; null for the usual ones</param>
    /// <exception cref="RuleBrokenException"><c>offers.changed-since-approval</c></exception>
    internal async Task<MailReceiver?> SendAsync(PortalDb db, OfferId id, int? version, string? text, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        var offer = await OfferWork.TakeAsync(db, id, Actor.System(actor.Name), ct);
        // while we waited, the client may have answered
        if (offer.IsOut && version is { } approved && offer.InForce != approved) throw new RuleBrokenException("offers.changed-since-approval", offer.Number, approved, offer.InForce);
        if (!offer.IsOut) return null;
        // from now on a seller may give it by hand, too
        offer.Release();
        await db.SaveOrExplainAsync(new(ObjectKind.Offer, id.Value), ct);
        if (!HasAddress || await ClientMail.FindAsync(db, offer.Contact, offer.Partner, ct) is not { } receiver) return null;
        if (!await db.Set<OfferLink>().AnyAsync(l => l.Offer == id && l.Number == offer.InForce && l.SentTo == receiver.Mail && l.RevokedAt == null, ct))
        {
            await MailAsync(db, offer, receiver.Mail, null, text, actor, now, ct);
            await db.SaveOrExplainAsync(new(ObjectKind.Offer, id.Value), ct);
        }
        return receiver;
    }

    /// <summary>Opens a link to the version in force; its secret, which is told this once.</summary>
    /// <exception cref="RuleBrokenException"><c>offers.not-out</c>, <c>offers.awaits-approval</c>, <c>offers.accepted</c>, <c>offers.unknown</c>, <c>offers.too-many-links</c></exception>
    public Task<string> LinkAsync(OfferId id, Actor actor, CancellationToken ct) => GiveAsync(id, actor, async (db, offer, now) => (await OpenAsync(db, offer, null, actor, now, ct)).Secret, ct);

    /// <summary>Lets a link lead nowhere any more.</summary>
    /// <exception cref="RuleBrokenException"><c>offers.unknown</c></exception>
    public async Task RevokeAsync(OfferId id, OfferLinkId link, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.OffersManage);
        await using var db = contexts.CreateFor(actor);
        if (!await db.Set<Offer>().Within(db, actor).AnyAsync(o => o.Id == id, ct)) throw new RuleBrokenException("offers.unknown");
        foreach (var found in await db.Set<OfferLink>().Where(l => l.Id == link && l.Offer == id).ToListAsync(ct)) found.Revoke(time.GetUtcNow());
        await db.SaveChangesAsync(ct);
    }

    /// <summary>The order of a letter and the secret of its link.</summary>
    public (OfferLetter Letter, string Secret) Read(string body)
    {
        var letter = JsonSerializer.Deserialize<OfferLetter>(body)!;
        return (letter, protector.Unprotect(letter.ProtectedSecret));
    }

    /// <summary>What is kept of a secret.</summary>
    internal static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));

    private async Task<T> GiveAsync<T>(OfferId id, Actor actor, Func<PortalDb, Offer, DateTimeOffset, Task<T>> give, CancellationToken ct)
    {
        actor.Require(Permissions.OffersManage);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var offer = await OfferWork.TakeAsync(db, id, actor, ct);
        var now = time.GetUtcNow();
        offer.Expire(await OfferDays.TodayAsync(db, time, ct), now);
        if (await OfferWork.AwaitsApprovalAsync(db, offer, ct)) throw new RuleBrokenException("offers.awaits-approval", offer.Number, offer.InForce);
        var given = await give(db, offer, now);
        await db.SaveOrExplainAsync(new(ObjectKind.Offer, id.Value), ct);
        await transaction.CommitAsync(ct);
        return given;
    }

    private async Task<OfferLink> MailAsync(PortalDb db, Offer offer, string to, string? subject, string? text, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        var (link, secret) = await OpenAsync(db, offer, to, actor, now, ct);
        var seller = await OfferWork.ManagerAsync(db, offer, ct);
        var letter = new OfferLetter(offer.Id, link.Number, to, subject, text, protector.Protect(secret), await db.Set<PortalUser>().OfStaff().Where(u => u.Id == seller).Select(u => u.Email).FirstOrDefaultAsync(ct));
        await db.AddOutboxAsync(new($"offer-letter:{link.Id.Value}", MailKind, JsonSerializer.SerializeToUtf8Bytes(letter)), now, ct);
        OfferWork.Tell(db, offer, "offer.sent", now, actor);
        return link;
    }

    private static async Task<(OfferLink Link, string Secret)> OpenAsync(PortalDb db, Offer offer, string? to, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        offer.Send(now);
        if (await db.Set<OfferLink>().CountAsync(l => l.Offer == offer.Id && l.RevokedAt == null, ct) >= MostLinks) throw new RuleBrokenException("offers.too-many-links", MostLinks);
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var link = new OfferLink(OfferLinkId.New(), offer.Id, offer.InForce!.Value, Hash(secret), to, await OfferDays.EndAsync(db, offer.ValidUntil, ct), actor.Name, now);
        db.Add(link);
        return (link, secret);
    }
}
