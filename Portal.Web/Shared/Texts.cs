using System.Globalization;
using Portal.Domain.Shared;

namespace Portal.Web.Shared;

/// <summary>Texts in the language of the person who reads. Injected as <c>T</c> into every component.</summary>
public sealed class Texts(TextCatalog catalog, LocalTime time)
{
    /// <summary>Code of the language now in force.</summary>
    public string Language => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;

    /// <summary>The text; an unknown key shows itself, so that a gap is seen (and a test fails).</summary>
    public string this[string key] => catalog.Find(key, Language) ?? key;

    /// <summary>The text with its places filled, numbers and dates as the culture writes them.</summary>
    public string this[string key, params object?[] args] => string.Format(CultureInfo.CurrentCulture, this[key], args);

    /// <summary>The text in the plural form of <paramref name="n"/>, which also fills place 0.</summary>
    public string Count(string key, long n, params object?[] more)
    {
        var forms = this[key].Split('|');
        var form = forms[Math.Min(TextCatalog.PluralForm(Language, n), forms.Length - 1)];
        return string.Format(CultureInfo.CurrentCulture, form, [n.ToString("N0", CultureInfo.CurrentCulture), .. more]);
    }

    /// <summary>All texts whose keys begin with one of <paramref name="beginnings"/>, for a script that shows them.</summary>
    public IReadOnlyDictionary<string, string> Under(params string[] beginnings) =>
        catalog.Keys.Where(key => beginnings.Any(beginning => key.StartsWith(beginning, StringComparison.Ordinal))).ToDictionary(key => key, key => this[key]);

    /// <summary>True when the key has a text.</summary>
    public bool Has(string key) => catalog.Find(key, Language) is not null;

    /// <summary>A refusal in words. Arguments that name fields or states, or are refusals themselves, are put into words too, instants into the reader's time.</summary>
    public string Of(RuleBrokenException refusal) => this[$"rule.{refusal.Code}", [.. refusal.Args.Select(Word)]];

    private object? Word(object? arg) => arg switch
    {
        Enum state => Has($"{Camel(state.GetType().Name)}.{state}") ? this[$"{Camel(state.GetType().Name)}.{state}"] : state.ToString(),
        string field when Has($"field.{field}") => this[$"field.{field}"],
        IEnumerable<string> several => string.Join("; ", several.Select(Word)),
        RuleBrokenException inner => Of(inner),
        DateTimeOffset at => time.Short(at),
        decimal number => number.ToString("#,0.######", CultureInfo.CurrentCulture),
        string permission when Has($"permission.{permission}") => this[$"permission.{permission}"],
        string column when Has($"import.column.{column}") => this[$"import.column.{column}"],
        _ => arg,
    };

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];
}
