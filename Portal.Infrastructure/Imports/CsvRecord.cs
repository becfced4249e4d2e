using System.Text;

namespace Portal.Infrastructure.Imports;

/// <summary>How the quotes of a record end.</summary>
internal enum CsvQuotes
{
    Closed,
    /// <summary>One is not closed yet: the record goes on, or it is broken.</summary>
    Open,
    /// <summary>What would close one opens a field of another row: it was never closed.</summary>
    Broken,
}

/// <summary>One record of separated text (RFC 4180). A quote that does not open its field is a letter like any other.</summary>
/// <param name="Fields">empty where the quotes are not closed</param>
internal readonly record struct CsvRecord(string[] Fields, CsvQuotes Quotes)
{
    private const char Quote = '"';

    /// <summary>Parts a text into its fields; the line breaks in it belong to quoted fields.</summary>
    public static CsvRecord Of(string text, char separator)
    {
        if (!text.Contains(Quote)) return new(text.Split(separator), CsvQuotes.Closed);
        var fields = new List<string>();
        for (var at = 0; at <= text.Length; at++)
        {
            var quoted = at < text.Length && text[at] == Quote ? Quoted(text, ref at) : "";
            if (quoted is null) return new([], CsvQuotes.Open);
            var end = text.IndexOf(separator, at) is var next and >= 0 ? next : text.Length;
            var rest = text[at..end];
            // within a line somebody did not double the quotes of a name
            if (quoted.Contains('\n') && !string.IsNullOrWhiteSpace(rest)) return new([], CsvQuotes.Broken);
            fields.Add(quoted + rest);
            at = end;
        }
        return new([.. fields], CsvQuotes.Closed);
    }

    /// <summary>What stands between the quotes at <paramref name="at"/>, which moves behind them; null where they are not closed.</summary>
    private static string? Quoted(string text, ref int at)
    {
        var value = new StringBuilder();
        for (var from = at + 1; text.IndexOf(Quote, from) is var close and >= 0; from = close + 2)
        {
            value.Append(text, from, close - from);
            at = close + 1;
            if (at == text.Length || text[at] != Quote) return value.ToString();
            value.Append(Quote);
        }
        return null;
    }
}
