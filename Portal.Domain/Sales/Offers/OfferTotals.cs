using Portal.Domain.Pricing;
using Portal.Domain.Shared;

namespace Portal.Domain.Sales.Offers;

/// <summary>Tax of one rate.</summary>
public sealed record VatSum(decimal Rate, decimal Net, decimal Vat);

/// <summary>What an offer comes to: sums of the rounded lines. Options count only where they were chosen.</summary>
/// <param name="Cost">of the lines whose cost is known</param>
/// <param name="Costed">net of the lines whose cost is known</param>
/// <param name="Uncosted">lines whose cost is not known</param>
public sealed record OfferTotals(decimal Net, decimal Vat, IReadOnlyList<VatSum> Rates, decimal Cost, decimal Costed, int Uncosted)
{
    /// <summary>What is paid.</summary>
    public decimal Gross => Net + Vat;

    /// <summary>What is left beyond the cost, of the lines whose cost is known.</summary>
    public decimal Margin => Costed - Cost;

    /// <summary>The margin in percent of the net sum of these lines; null where there is none.</summary>
    public decimal? MarginPercent => PriceNumbers.Margin(Costed, Cost);

    /// <summary>Adds up the lines that count.</summary>
    /// <param name="chosen">ids of the options that the client has chosen</param>
    /// <exception cref="RuleBrokenException"><c>pricing.sum-too-large</c></exception>
    public static OfferTotals Of(OfferContent content, IReadOnlySet<Guid>? chosen = null)
    {
        var digits = LineSums.MinorDigits(content.Currency);
        decimal cost = 0, costed = 0;
        var uncosted = 0;
        var rates = new SortedDictionary<decimal, (decimal Net, decimal Vat)>();
        foreach (var line in content.Lines.Where(l => l.IsSold && (!l.IsOption || chosen?.Contains(l.Id) == true)))
        {
            var sums = line.Sums(content.Discount, content.Currency);
            var (net, vat) = rates.GetValueOrDefault(sums.VatRate);
            rates[sums.VatRate] = (net + sums.Net, vat + sums.Vat);
            if (line.Cost is { } unit)
            {
                if (line.Quantity * unit > PriceNumbers.MostSum) throw new RuleBrokenException("pricing.sum-too-large");
                (cost, costed) = (cost + Math.Round(line.Quantity * unit, digits, MidpointRounding.AwayFromZero), costed + sums.Net);
            }
            else uncosted++;
        }
        var totals = new OfferTotals(rates.Values.Sum(r => r.Net), rates.Values.Sum(r => r.Vat), [.. rates.Select(r => new VatSum(r.Key, r.Value.Net, r.Value.Vat))], cost, costed, uncosted);
        return totals.Gross <= PriceNumbers.MostSum ? totals : throw new RuleBrokenException("pricing.sum-too-large");
    }

    /// <summary>What all discounts of the offer take off its prices, percent: of every line but delivery, options among them, for the client may choose them.</summary>
    public static decimal Reduction(OfferContent content)
    {
        var lines = content.Lines.Where(l => l.IsSold && l.Kind != OfferLineKind.Delivery).ToList();
        var listed = lines.Sum(l => l.Quantity * (l.Price ?? 0));
        return listed == 0 ? 0 : Math.Round((1 - lines.Sum(l => l.Quantity * l.UnitNet(content.Discount)) / listed) * 100, 2, MidpointRounding.AwayFromZero);
    }
}

/// <summary>Lines whose prices are below their floor, or of which nobody can tell, as somebody is asked to approve of them.</summary>
/// <param name="Below">how many are below their floor</param>
/// <param name="Unjudged">how many have a cost that nobody has said</param>
/// <param name="Net">the net sum of both</param>
/// <param name="Depth">how far the deepest is below its floor's price, percent of it; null where none is known to be</param>
/// <param name="Marks">what the approval is about, line by line: a line with another price is not approved of</param>
public sealed record OfferFloor(int Below, int Unjudged, decimal Net, decimal? Depth, IReadOnlyList<PriceMark> Marks)
{
    /// <summary>How many lines somebody has to approve of.</summary>
    public int Lines => Below + Unjudged;

    /// <summary>Looks for such lines, options among them; null where there are none.</summary>
    public static OfferFloor? Of(OfferContent content)
    {
        var below = content.Lines.Where(l => l.BelowFloor(content.Discount) > 0).ToList();
        var unjudged = content.Lines.Where(l => l.IsUnjudged).ToList();
        List<OfferLine> asked = [.. below, .. unjudged];
        if (asked.Count == 0) return null;
        return new(below.Count, unjudged.Count, asked.Sum(l => l.Sums(content.Discount, content.Currency).Net), below.Count > 0 ? below.Max(l => l.BelowFloor(content.Discount)) : null,
            [.. asked.Select(l => MarkOf(l, content))]);
    }

    /// <summary>Every line that is sold as it stands by now, whether somebody has to approve of it or not.</summary>
    public static IReadOnlyList<PriceMark> MarksOf(OfferContent content) => [.. content.Lines.Where(l => l.IsSold).Select(l => MarkOf(l, content))];

    private static PriceMark MarkOf(OfferLine line, OfferContent content) => PriceMark.Of(
        $"{content.Currency}|{line.Id}|{line.Product?.Value}|{line.Code}|{line.Name}|{line.Unit}|{line.Quantity:0.######}|{line.UnitNet(content.Discount):0.######}", line.FloorPrice);
}
