using Portal.Domain.Shared;

namespace Portal.Domain.Sales.Offers;

/// <summary>The way by which a client comes to a version without signing in: whoever has its secret. Only the hash of that is kept.</summary>
public sealed class OfferLink
{
    private OfferLink() { }

    /// <summary>Opens a way to a version.</summary>
    /// <param name="secretHash">SHA-256 of 256 random bits, which need no slow hash</param>
    /// <param name="sentTo">mail address that it goes to; null for one that is handed over otherwise</param>
    public OfferLink(OfferLinkId id, OfferId offer, int number, byte[] secretHash, string? sentTo, DateTimeOffset expiresAt, string author, DateTimeOffset now) =>
        (Id, Offer, Number, SecretHash, SentTo, ExpiresAt, CreatedAt, ByName) = (id, offer, number, secretHash, Required.Optional(sentTo, "offer.mail", 200), expiresAt, now, author);

    public OfferLinkId Id { get; private set; }
    public OfferId Offer { get; private set; }
    public int Number { get; private set; }
    public byte[] SecretHash { get; private set; } = [];
    public string? SentTo { get; private set; }
    public DateTimeOffset ExpiresAt { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public string ByName { get; private set; } = "";
    /// <summary>When the client first came by it.</summary>
    public DateTimeOffset? OpenedAt { get; private set; }
    public DateTimeOffset? RevokedAt { get; private set; }

    /// <summary>True while it leads anywhere.</summary>
    public bool IsValid(DateTimeOffset now) => RevokedAt is null && now < ExpiresAt;

    /// <summary>The client came by it.</summary>
    public void Open(DateTimeOffset now) => OpenedAt ??= now;

    /// <summary>Lets it lead nowhere any more.</summary>
    public void Revoke(DateTimeOffset now) => RevokedAt ??= now;

    /// <summary>Lets it lead on for longer: what was agreed stays readable.</summary>
    public void Extend(DateTimeOffset until) => ExpiresAt = until > ExpiresAt ? until : ExpiresAt;
}
