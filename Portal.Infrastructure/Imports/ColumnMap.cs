using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Portal.Infrastructure.Imports;

/// <summary>Finds which column of a file is which, from its headings.</summary>
public static class ColumnMap
{
    private static readonly HashSet<string> DayWords = ["date", "day", "дата", "день", "data", "ziua", "tanggal", "hari"];
    private static readonly HashSet<string> ClockWords = ["time", "время", "час", "ora", "waktu", "jam"];

    /// <summary>
    /// Column code → index of the heading that names it. A heading equal to a synonym wins; then one that holds all
    /// the words of a synonym, longer synonyms first. No heading serves two columns. Of two headings that name a time, the one that says it is a day serves the day's column.
    /// </summary>
    public static Dictionary<string, int> Guess(IReadOnlyList<ImportColumn> columns, IReadOnlyList<string> header)
    {
        var words = header.Select(Normalised).ToList();
        var map = new Dictionary<string, int>();
        var candidates = columns.SelectMany(column => column.Synonyms.Append(column.Code).Select(s => (column.Code, Synonym: Normalised(s))))
            .OrderByDescending(c => c.Synonym.Length).ToList();
        foreach (var (code, synonym) in candidates) Take(code, w => w == synonym);
        foreach (var (code, synonym) in candidates)
        {
            var needed = synonym.Split(' ');
            if (needed.Length > 1) Take(code, w => needed.All(w.Split(' ').Contains));
        }
        foreach (var day in columns.Where(c => c.DayOf is not null && !map.ContainsKey(c.Code))) Part(day.Code, columns.Single(c => c.Code == day.DayOf));
        return map;

        void Part(string day, ImportColumn time)
        {
            if (!map.TryGetValue(time.Code, out var taken)) return;
            var names = time.Synonyms.Select(Normalised).ToHashSet();
            var other = words.FindIndex(w => names.Contains(w) && SaysDay(w) != SaysDay(words[taken]));
            if (other < 0 || map.ContainsValue(other)) return;
            (map[day], map[time.Code]) = SaysDay(words[taken]) ? (taken, other) : (other, taken);
        }

        void Take(string code, Func<string, bool> names)
        {
            if (map.ContainsKey(code)) return;
            var index = words.FindIndex(names.Invoke);
            while (index >= 0 && map.ContainsValue(index)) index = words.FindIndex(index + 1, names.Invoke);
            if (index >= 0) map[code] = index;
        }
    }

    private static bool SaysDay(string heading) => heading.Split(' ') is var words && words.Any(DayWords.Contains) && !words.Any(ClockWords.Contains);

    /// <summary>The look of a file: files with the same headings share one, whatever their names and contents.</summary>
    public static string Signature(IReadOnlyList<string> header) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\u001F', header.Select(Normalised)))))[..32];

    /// <summary>Lower case without diacritics, words parted by one space: <c>Pickup_Lat.</c> is <c>pickup lat</c>.</summary>
    public static string Normalised(string heading)
    {
        var text = new StringBuilder(heading.Length);
        var lastLower = false;
        foreach (var c in heading.Normalize(NormalizationForm.FormD))
        {
            if (CharUnicodeInfo.GetUnicodeCategory(c) == UnicodeCategory.NonSpacingMark) continue;
            if (!char.IsLetterOrDigit(c))
            {
                if (text.Length > 0 && text[^1] != ' ') text.Append(' ');
                lastLower = false;
                continue;
            }
            if (char.IsUpper(c) && lastLower) text.Append(' ');
            text.Append(char.ToLowerInvariant(c));
            lastLower = char.IsLower(c);
        }
        return text.ToString().TrimEnd();
    }
}
