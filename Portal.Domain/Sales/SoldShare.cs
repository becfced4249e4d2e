namespace Portal.Domain.Sales;

/// <summary>What of a line's money belongs to a part of its quantity.</summary>
public static class SoldShare
{
    /// <summary>The part that follows another; parts of the whole quantity come to the whole sum, whatever was rounded on the way.</summary>
    /// <param name="before">quantity of the parts before it</param>
    /// <param name="minorDigits">of the currency</param>
    public static decimal Of(decimal sum, decimal whole, decimal before, decimal part, int minorDigits) => whole == 0 ? 0 : Until(sum, whole, before + part, minorDigits) - Until(sum, whole, before, minorDigits);

    private static decimal Until(decimal sum, decimal whole, decimal part, int minorDigits) => Math.Round(part == whole ? sum : sum / whole * part, minorDigits, MidpointRounding.AwayFromZero);
}
