using Portal.Domain.Shared;

namespace Portal.Domain.Sales.Offers;

/// <summary>Who of the client says something, and from where.</summary>
/// <param name="Name">as he has typed it</param>
/// <param name="Address">network address</param>
public sealed record ClientSigning(string Name, string Address);

/// <summary>What a client has answered; never changed.</summary>
public sealed class OfferAnswer
{
    private OfferAnswer() { }

    internal OfferAnswer(OfferVersion version, OfferState answer, ClientSigning by, string? words, Guid[] options, DateTimeOffset at)
    {
        (Id, Offer, Number, Answer, Words, Options, At) = (Guid.CreateVersion7(), version.Offer, version.Number, answer, words, options, at);
        Name = Required.Text(by.Name, "offer.name", 200);
        Address = by.Address;
        var totals = OfferTotals.Of(version.Content, options.ToHashSet());
        (Net, Vat, Gross) = (totals.Net, totals.Vat, totals.Gross);
    }

    public Guid Id { get; private set; }
    public OfferId Offer { get; private set; }
    /// <summary>The version that was answered.</summary>
    public int Number { get; private set; }
    /// <summary>Accepted or refused.</summary>
    public OfferState Answer { get; private set; }
    /// <summary>Why it was refused.</summary>
    public string? Words { get; private set; }
    /// <summary>Lines that the client chose among the options.</summary>
    public Guid[] Options { get; private set; } = [];
    /// <summary>With what was chosen.</summary>
    public decimal Net { get; private set; }
    public decimal Vat { get; private set; }
    public decimal Gross { get; private set; }
    public string Name { get; private set; } = "";
    public string Address { get; private set; } = "";
    public DateTimeOffset At { get; private set; }
}
