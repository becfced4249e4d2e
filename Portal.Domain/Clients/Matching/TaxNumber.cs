using Portal.Domain.Shared;

namespace Portal.Domain.Clients.Matching;

/// <summary>
/// A tax number as entered, its normal form and what is wrong with it. Of a country without known rules the normal form is its letters and digits, and
/// nothing is wrong.
/// </summary>
/// <param name="Entered">As somebody wrote it.</param>
/// <param name="Normal">Upper-case letters and digits; the country's own prefix and leading zero left out where the country does.</param>
/// <param name="Country">ISO 3166 code, or null when unknown.</param>
/// <param name="Fault">Code of a localised text (<c>rule.tax-number.length</c>, <c>.letters</c>, <c>.check-digit</c>, <c>.branch</c>), or null.</param>
/// <param name="Branch">Which branch of the taxpayer (Russian КПП), or null; branches of one taxpayer are one legal entity.</param>
public readonly record struct TaxNumber(string Entered, string Normal, string? Country, string? Fault, string? Branch = null)
{
    /// <summary>Whether check digits vouch for it: two such numbers that differ are two numbers, not one and its typing error.</summary>
    public bool IsChecked => Fault is null && Country is "RU" or "UA" or "RO" or "MD" or "ID";

    /// <summary>Reads a number of a country; a Russian one may be followed by a slash and the branch.</summary>
    /// <param name="country">ISO 3166 code, or null when unknown.</param>
    public static TaxNumber Of(string entered, string? country)
    {
        var slash = country == "RU" ? entered.IndexOf('/') : -1;
        var branch = slash < 0 ? null : LettersOf(entered[(slash + 1)..]);
        var letters = LettersOf(slash < 0 ? entered : entered[..slash]);
        var normal = country switch
        {
            "RO" when letters.StartsWith("RO", StringComparison.Ordinal) => letters[2..],
            // Since 2024 an NPWP has a zero before its fifteen digits; a person's NIK of sixteen never begins with one.
            "ID" when letters.Length == 16 && letters[0] == '0' => letters[1..],
            _ => letters,
        };
        return new(entered, normal, country, TaxNumberRules.Fault(normal, country) ?? (branch is null ? null : TaxNumberRules.BranchFault(branch)), branch);
    }

    /// <summary>Refuses a number that somebody writes and that its country cannot have given.</summary>
    /// <exception cref="RuleBrokenException">with the <see cref="Fault"/></exception>
    public static void Require(string? entered, string? country)
    {
        if (!string.IsNullOrWhiteSpace(entered) && Of(entered, country).Fault is { } fault) throw new RuleBrokenException(fault);
    }

    /// <summary>Whether both name the same taxpayer; an unknown country may be any.</summary>
    public bool IsSameAs(TaxNumber other) => Normal == other.Normal && Normal.Length > 0 && (Country is null || other.Country is null || Country == other.Country);

    /// <summary>Whether both are the same taxpayer and name different branches of it.</summary>
    public bool IsOtherBranchOf(TaxNumber other) => IsSameAs(other) && Branch is not null && other.Branch is not null && Branch != other.Branch;

    private static string LettersOf(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToUpperInvariant();
}
