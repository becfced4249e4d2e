using System.Globalization;

namespace Portal.Domain.Identity;

/// <summary>A language of the product. <paramref name="Culture"/> decides how numbers and dates are written.</summary>
public sealed record Language(string Code, string Culture, string NativeName);

/// <summary>The five languages every text exists in.</summary>
public static class Languages
{
    /// <summary>In the order of the columns of a texts file.</summary>
    public static readonly IReadOnlyList<Language> All =
    [
        new("en", "en-GB", "English"),
        new("ru", "ru-RU", "Русский"),
        new("uk", "uk-UA", "Українська"),
        new("ro", "ro-RO", "Română"),
        new("id", "id-ID", "Bahasa Indonesia"),
    ];

    /// <summary>The language with this code, or null.</summary>
    public static Language? Find(string code) => All.FirstOrDefault(l => l.Code == code);

    /// <summary>How the language of that code writes numbers and dates, on pages and in letters alike; the first one's way for an unknown code.</summary>
    public static CultureInfo CultureOf(string code) => CultureInfo.GetCultureInfo((Find(code) ?? All[0]).Culture);
}
