using Portal.Domain.Shared;

namespace Portal.Domain.Pricing;

/// <summary>What holds for prices of the whole company.</summary>
/// <param name="MarginFloor">least margin where neither product nor group says another, percent of the price; null for none</param>
/// <param name="VatRate">value-added tax of new products, percent</param>
/// <param name="DirectorBelow">so far below the floor's price, in percent of it, sales heads decide alone; deeper ones go on to a director</param>
public sealed record PricingSettings(decimal? MarginFloor = null, decimal DirectorBelow = 10, decimal VatRate = 20)
{
    /// <summary>What one unit of another currency is worth in the company's, by code.</summary>
    public Dictionary<string, decimal> Rates { get; init; } = [];

    /// <summary>The settings, when they can be.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c>, <c>clients.currency-unknown</c></exception>
    public PricingSettings Checked() => new(
        MarginFloor is { } floor ? PriceNumbers.Percent(floor, "price.floor", Product.MostFloor) : null,
        PriceNumbers.Percent(DirectorBelow, "price.director-below"), PriceNumbers.Percent(VatRate, "product.vat-rate"))
    {
        Rates = Rates.ToDictionary(rate => PriceNumbers.Currency(rate.Key), rate => PriceNumbers.Rate(rate.Value, "price.rate")),
    };

    /// <summary>What one unit of each currency is worth in <paramref name="currency"/>, as far as that is known.</summary>
    /// <param name="own">the company's currency</param>
    public IReadOnlyDictionary<string, decimal> RatesIn(string currency, string own)
    {
        var known = new Dictionary<string, decimal>(Rates) { [own] = 1 };
        return known.TryGetValue(currency, out var one) ? known.ToDictionary(rate => rate.Key, rate => rate.Value / one) : new Dictionary<string, decimal>();
    }
}
