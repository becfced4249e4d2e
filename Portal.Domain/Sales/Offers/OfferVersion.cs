using Portal.Domain.Shared;

namespace Portal.Domain.Sales.Offers;

/// <summary>A version of an offer: written while it is a draft, frozen when it is issued.</summary>
public sealed class OfferVersion
{
    private OfferVersion() { }

    internal OfferVersion(OfferId offer, int number, OfferContent content, string author, DateTimeOffset now)
    {
        (Offer, Number, CreatedAt, ByName) = (offer, number, now, author);
        Content = content;
        Write(content);
    }

    public OfferId Offer { get; private set; }
    /// <summary>From 1.</summary>
    public int Number { get; private set; }
    public OfferContent Content { get; private set; } = default!;
    public string Currency { get; private set; } = "";
    public decimal Net { get; private set; }
    public decimal Vat { get; private set; }
    public decimal Gross { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public string ByName { get; private set; } = "";
    /// <summary>Since when it is frozen; null for a draft.</summary>
    public DateTimeOffset? IssuedAt { get; private set; }

    internal void Write(OfferContent content)
    {
        if (IssuedAt is not null) throw new RuleBrokenException("offers.frozen");
        Content = content.Checked();
        var totals = OfferTotals.Of(Content);
        (Currency, Net, Vat, Gross) = (Content.Currency, totals.Net, totals.Vat, totals.Gross);
    }

    internal void Freeze(OfferParties parties, DateOnly today, DateTimeOffset now)
    {
        if (!Content.Lines.Any(l => l is { IsSold: true, IsOption: false })) throw new RuleBrokenException("offers.no-lines");
        if (Content.Lines.FirstOrDefault(l => l is { IsSold: true, Price: null }) is { } unpriced) throw new RuleBrokenException("offers.no-price", unpriced.Name);
        if (Content.ValidUntil < today) throw new RuleBrokenException("offers.validity-over", Content.ValidUntil);
        PaymentSchedule.Split(Gross, Content.Payments, Currency);
        Content = Content with { Parties = parties };
        IssuedAt = now;
    }
}
