using Portal.Domain.Shared;

namespace Portal.Domain.Pricing;

/// <summary>Bounds of what stands in prices, and their rounding.</summary>
public static class PriceNumbers
{
    /// <summary>The highest unit price or cost; it fits numeric(19,6).</summary>
    public const decimal MostPrice = 1_000_000_000_000m;

    /// <summary>The greatest quantity of a line.</summary>
    public const decimal MostQuantity = 1_000_000_000m;

    /// <summary>The greatest sum of a line; it fits numeric(18,2).</summary>
    public const decimal MostSum = 1_000_000_000_000_000m;

    private const decimal MostFactor = 1_000_000m;

    /// <summary>A unit price, to six places.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c></exception>
    public static decimal Price(decimal value, string field) => Within(value, field, 0, MostPrice) is var price ? Unit(price) : 0;

    /// <summary>A share of the whole in percent, 0 … <paramref name="most"/>, to four places.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c></exception>
    public static decimal Percent(decimal value, string field, decimal most = 100) => Math.Round(Within(value, field, 0, most), 4, MidpointRounding.AwayFromZero);

    /// <summary>What is put on a price, or taken off it where negative, in percent.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c></exception>
    public static decimal Markup(decimal value, string field) => Math.Round(Within(value, field, -100, 1000), 4, MidpointRounding.AwayFromZero);

    /// <summary>A quantity above nothing, to six places.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c></exception>
    public static decimal Quantity(decimal value, string field) => Within(Unit(value), field, 0.000001m, MostQuantity);

    /// <summary>How many base units another unit holds.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c></exception>
    public static decimal Factor(decimal value, string field) => Within(Unit(value), field, 0.000001m, MostFactor);

    /// <summary>What one unit of a currency is worth in another.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c></exception>
    public static decimal Rate(decimal value, string field) => Within(value, field, 0.00000001m, 100_000_000m);

    /// <summary>Six places, half away from zero.</summary>
    public static decimal Unit(decimal value) => Math.Round(value, 6, MidpointRounding.AwayFromZero);

    /// <summary>The price that leaves the least margin over a cost.</summary>
    /// <param name="least">percent of the price</param>
    public static decimal Floor(decimal cost, decimal least) => Unit(cost / (1 - least / 100));

    /// <summary>How far a price is below its floor, percent of that; 0 where it is not.</summary>
    public static decimal Below(decimal? price, decimal? floor) => price < floor ? (floor.Value - price.Value) / floor.Value * 100 : 0;

    /// <summary>What is left of a price beyond the cost, percent of the price; null where either is not known, or the price is nothing.</summary>
    public static decimal? Margin(decimal? price, decimal? cost, int digits = 2) =>
        price is { } net and > 0 && cost is { } known ? Math.Round((net - known) / net * 100, digits, MidpointRounding.AwayFromZero) : null;

    /// <summary>A code of ISO 4217 in capitals.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.currency-unknown</c></exception>
    public static string Currency(string? code) =>
        code?.Trim().ToUpperInvariant() is { } currency && Currencies.Known.Contains(currency) ? currency : throw new RuleBrokenException("clients.currency-unknown", code);

    private static decimal Within(decimal value, string field, decimal least, decimal most) =>
        value >= least && value <= most ? value : throw new RuleBrokenException("number.out-of-range", field, least, most);
}
