using Portal.Domain.Shared;

namespace Portal.Domain.Pricing;

/// <summary>The sums of a line: each rounded half away from zero to the currency's minor unit, so that totals are sums of what is printed.</summary>
/// <param name="Net">quantity × net unit price</param>
/// <param name="VatRate">percent</param>
public readonly record struct LineSums(decimal Net, decimal VatRate, decimal Vat)
{
    /// <summary>What is paid.</summary>
    public decimal Gross => Net + Vat;

    /// <summary>The sums of so many at a price.</summary>
    /// <param name="currency">ISO 4217 code</param>
    /// <exception cref="RuleBrokenException"><c>pricing.sum-too-large</c></exception>
    public static LineSums Of(decimal quantity, decimal unitNet, decimal vatRate, string currency)
    {
        var digits = MinorDigits(currency);
        if (Math.Abs(quantity) > PriceNumbers.MostQuantity || Math.Abs(unitNet) > PriceNumbers.MostPrice || Math.Abs(quantity * unitNet) > PriceNumbers.MostSum) throw new RuleBrokenException("pricing.sum-too-large");
        var net = Math.Round(quantity * unitNet, digits, MidpointRounding.AwayFromZero);
        return new(net, vatRate, Math.Round(net * vatRate / 100, digits, MidpointRounding.AwayFromZero));
    }

    /// <summary>Decimal places of a currency's minor unit (ISO 4217, table A.1).</summary>
    public static int MinorDigits(string currency) => currency switch
    {
        "BIF" or "CLP" or "DJF" or "GNF" or "ISK" or "JPY" or "KMF" or "KRW" or "PYG" or "RWF" or "UGX" or "VND" or "VUV" or "XAF" or "XOF" or "XPF" => 0,
        "BHD" or "IQD" or "JOD" or "KWD" or "LYD" or "OMR" or "TND" => 3,
        _ => 2,
    };
}
