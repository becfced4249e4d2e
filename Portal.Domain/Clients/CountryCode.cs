using System.Globalization;
using Portal.Domain.Shared;

namespace Portal.Domain.Clients;

/// <summary>ISO 3166-1 codes of countries, two letters.</summary>
public static class CountryCode
{
    private static readonly HashSet<string> Known = [.. CultureInfo.GetCultures(CultureTypes.SpecificCultures)
        .Select(culture => culture.Name.Split('-')[^1]).Where(region => region.Length == 2 && region.All(char.IsAsciiLetterUpper))];

    /// <summary>The code in capitals, or null for nothing.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.country-unknown</c></exception>
    public static string? Read(string? text)
    {
        if (string.IsNullOrWhiteSpace(text)) return null;
        var code = text.Trim().ToUpperInvariant();
        return Known.Contains(code) ? code : throw new RuleBrokenException("clients.country-unknown", text.Trim());
    }
}
