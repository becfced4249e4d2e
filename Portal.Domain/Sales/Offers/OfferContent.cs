using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;

namespace Portal.Domain.Sales.Offers;

/// <summary>Who offers to whom, as it is printed: frozen with the version, whatever either is called later.</summary>
public sealed record OfferParties(string Seller, string? SellerTaxNumber, string? Client, string? Contact, string? Manager);

/// <summary>Everything a version says. It is read, changed and frozen as a whole.</summary>
/// <param name="Currency">ISO 4217 code of all its money</param>
/// <param name="Language">the client's: <c>en</c>, <c>ru</c>, <c>uk</c>, <c>ro</c> or <c>id</c></param>
/// <param name="ValidUntil">the last day on which it can be accepted, in the company's zone</param>
public sealed record OfferContent(string Currency, string Language, DateOnly ValidUntil)
{
    /// <summary>Lines of one offer.</summary>
    public const int MostLines = 1000;

    public IReadOnlyList<OfferLine> Lines { get; init; } = [];
    /// <summary>Off every line but delivery, percent.</summary>
    public decimal Discount { get; init; }
    public IReadOnlyList<PaymentPart> Payments { get; init; } = [];
    /// <summary>Printed before the lines.</summary>
    public string? Opening { get; init; }
    /// <summary>Printed after them.</summary>
    public string? Closing { get; init; }
    /// <summary>Set when the version is issued.</summary>
    public OfferParties? Parties { get; init; }

    /// <summary>The ids of lines that a client may choose.</summary>
    public IEnumerable<Guid> Options => Lines.Where(l => l is { IsSold: true, IsOption: true }).Select(l => l.Id);

    /// <summary>The content, when it can be.</summary>
    /// <exception cref="RuleBrokenException"><c>offers.line</c> with the place of a line and what it refuses, what payments refuse, <c>clients.currency-unknown</c>, <c>offers.language-unknown</c>, <c>offers.too-many-lines</c>, <c>offers.line-twice</c></exception>
    public OfferContent Checked()
    {
        if (Lines.Count > MostLines) throw new RuleBrokenException("offers.too-many-lines", MostLines);
        if (Lines.DistinctBy(l => l.Id).Count() != Lines.Count) throw new RuleBrokenException("offers.line-twice");
        if (Languages.Find(Language) is null) throw new RuleBrokenException("offers.language-unknown", Language);
        return this with
        {
            Currency = PriceNumbers.Currency(Currency),
            Lines = [.. Lines.Select(Checked)],
            Discount = PriceNumbers.Percent(Discount, "discount.percent"),
            Payments = PaymentSchedule.Checked(Payments),
            Opening = Required.Optional(Opening, "offer.opening", 4000),
            Closing = Required.Optional(Closing, "offer.closing", 4000),
        };
    }

    // of hundreds of lines nobody finds the wrong one who is not told its place
    private OfferLine Checked(OfferLine line, int index)
    {
        try
        {
            return line.Checked();
        }
        catch (RuleBrokenException refusal) when (line.IsSold)
        {
            throw new RuleBrokenException("offers.line", Lines.Take(index + 1).Count(l => l.IsSold), refusal);
        }
    }

    /// <summary>As those may read it who do not see cost.</summary>
    public OfferContent WithoutCost() => this with { Lines = [.. Lines.Select(l => l.WithoutCost())] };
}
