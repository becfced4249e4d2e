namespace Portal.Domain.Clients.Matching;

/// <summary>
/// A tax number as entered, its normal form and what is wrong with it. Of a country without known rules the normal form is its letters and digits, and
/// nothing is wrong.
/// </summary>
/// <param name="Entered">As somebody wrote it.</param>
/// <param name="Normal">Upper-case letters and digits; the country's own prefix and leading zero left out where the country does.</param>
/// <param name="Country">ISO 3166 code, or null when unknown.</param>
/// <param name="Fault">Code of a localised text (<c>rule.tax-number.length</c>, <c>.letters</c>, <c>.check-digit</c>), or null.</param>
public readonly record struct TaxNumber(string Entered, string Normal, string? Country, string? Fault)
{
    /// <summary>Whether check digits vouch for it: two such numbers that differ are two numbers, not one and its typing error.</summary>
    public bool IsChecked => Fault is null && Country is "RU" or "UA" or "RO" or "MD" or "ID";

    /// <summary>Reads a number of a country.</summary>
    /// <param name="country">ISO 3166 code, or null when unknown.</param>
    public static TaxNumber Of(string entered, string? country)
    {
        var letters = string.Concat(entered.Where(char.IsLetterOrDigit)).ToUpperInvariant();
        var normal = country switch
        {
            "RO" when letters.StartsWith("RO", StringComparison.Ordinal) => letters[2..],
            // Since 2024 an NPWP has a zero before its fifteen digits; a person's NIK of sixteen never begins with one.
            "ID" when letters.Length == 16 && letters[0] == '0' => letters[1..],
            _ => letters,
        };
        return new(entered, normal, country, TaxNumberRules.Fault(normal, country));
    }

    /// <summary>Whether both name the same taxpayer; an unknown country may be any.</summary>
    public bool IsSameAs(TaxNumber other) => Normal == other.Normal && Normal.Length > 0 && (Country is null || other.Country is null || Country == other.Country);
}
