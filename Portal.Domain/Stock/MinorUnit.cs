using Portal.Domain.Pricing;
using Portal.Domain.Shared;

namespace Portal.Domain.Stock;

/// <summary>Money of stock stands in whole minor units of the company's currency, rounded half away from zero.</summary>
internal readonly struct MinorUnit(string currency)
{
    private readonly int digits = LineSums.MinorDigits(currency);

    public decimal Round(decimal value) => Math.Round(value, digits, MidpointRounding.AwayFromZero);

    /// <summary>What a part of a quantity is worth of the value of the whole; the whole, and so whatever is last, takes all that is left.</summary>
    /// <exception cref="RuleBrokenException"><c>stock.too-much</c></exception>
    public decimal Share(decimal value, decimal part, decimal whole)
    {
        if (part == whole) return value;
        var product = value * part;
        return Math.Abs(product) <= PriceNumbers.MostSum * Math.Abs(whole) ? Round(product / whole) : throw new RuleBrokenException("stock.too-much");
    }
}
