using System.Globalization;
using Portal.Domain.Pricing;

namespace Portal.Infrastructure.Printing;

/// <summary>The language of a paper: its words, and how it writes numbers and days.</summary>
/// <param name="Language">its code</param>
public sealed record PaperTongue(string Language, CultureInfo Culture, PaperWords Words)
{
    /// <summary>A day.</summary>
    public string Day(DateOnly day) => day.ToString("d", Culture);

    /// <summary>A quantity or a percentage, as short as it is.</summary>
    public string Number(decimal value) => value.ToString("#,0.######", Culture);

    /// <summary>A unit price: with as many places as it has, at least those of its currency.</summary>
    public string Price(decimal value, string currency) => value.ToString("#,0." + new string('0', LineSums.MinorDigits(currency)) + new string('#', 6 - LineSums.MinorDigits(currency)), Culture);

    /// <summary>A sum with the places of its currency.</summary>
    public string Sum(decimal value, string currency) => value.ToString($"N{LineSums.MinorDigits(currency)}", Culture);

    /// <summary>A sum with its currency.</summary>
    public string Money(decimal value, string currency) => $"{Sum(value, currency)} {currency}";
}
