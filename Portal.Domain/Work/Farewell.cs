using System.Text.RegularExpressions;
using Portal.Domain.Shared;

namespace Portal.Domain.Work;

/// <summary>Subject and text of a letter, with places such as <c>{client}</c>.</summary>
public sealed record FarewellWords(string Subject, string Text);

/// <summary>What the places of a farewell stand for.</summary>
/// <param name="Mail">mail address of the new manager; empty where he has none</param>
public sealed record FarewellNames(string Client, string Old, string New, string Mail);

/// <summary>A letter that tells clients who looks after them from now on.</summary>
/// <param name="ByLanguage">code of a language → words</param>
/// <param name="Language">the language in which clients are written to</param>
/// <param name="LanguageOfCountry">true where a client is rather written to in the language of its country, if it has words</param>
public sealed partial record Farewell(IReadOnlyDictionary<string, FarewellWords> ByLanguage, string Language, bool LanguageOfCountry)
{
    /// <summary>Places that a text may have.</summary>
    public static readonly IReadOnlyList<string> Places = ["client", "old", "new", "mail"];

    /// <summary>Refuses words that are missing, or have a place that nothing stands for.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c>, <c>work.letter-place</c></exception>
    public Farewell Checked()
    {
        var words = LanguageOfCountry ? ByLanguage.Values : [ByLanguage.GetValueOrDefault(Language) ?? new("", "")];
        foreach (var (subject, text) in words)
        {
            Required.Text(subject, "letter.subject", 200);
            Required.Text(text, "letter.text", 4000);
            if (Place().Matches(subject + text).FirstOrDefault(place => !Places.Contains(place.Groups[1].Value)) is { } unknown)
                throw new RuleBrokenException("work.letter-place", unknown.Value);
        }
        return this;
    }

    /// <summary>The letter to a client of a country (ISO 3166-1) or of none.</summary>
    public FarewellWords For(string? country, FarewellNames names)
    {
        var words = LanguageOfCountry && LanguageOf(country) is { } own && ByLanguage.TryGetValue(own, out var found) ? found : ByLanguage[Language];
        return new(Fill(words.Subject).ReplaceLineEndings(" "), Fill(words.Text));

        string Fill(string text) => Place().Replace(text, place => place.Groups[1].Value switch { "client" => names.Client, "old" => names.Old, "new" => names.New, _ => names.Mail });
    }

    /// <summary>Code of the language in which business letters of a country are written, where we speak it.</summary>
    public static string? LanguageOf(string? country) => country switch
    {
        "UA" => "uk",
        "RU" or "BY" or "KZ" or "KG" => "ru",
        "RO" or "MD" => "ro",
        "ID" => "id",
        "GB" or "US" or "IE" or "CA" or "AU" or "NZ" => "en",
        _ => null,
    };

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Place();
}
