using System.Collections.Frozen;
using System.Reflection;
using Portal.Domain.Identity;

namespace Portal.Web.Shared;

/// <summary>
/// Every visible text in every language, read once from the embedded <c>*.texts.tsv</c> files:
/// a header <c>key en ru uk ro id</c>, then one row per text with the languages side by side.
/// </summary>
public sealed class TextCatalog
{
    private readonly FrozenDictionary<string, string[]> rows;

    /// <summary>Reads all texts of an assembly.</summary>
    /// <exception cref="FormatException">A row has other than six cells, or a key stands twice.</exception>
    public TextCatalog(Assembly assembly)
    {
        var found = new Dictionary<string, string[]>();
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.EndsWith(".texts.tsv", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            reader.ReadLine();
            while (reader.ReadLine() is { } line)
            {
                if (line.Length == 0) continue;
                var cells = line.Split('\t');
                if (cells.Length != Languages.All.Count + 1) throw new FormatException($"{name}: '{cells[0]}' has {cells.Length} cells");
                if (!found.TryAdd(cells[0], cells[1..])) throw new FormatException($"{name}: '{cells[0]}' stands twice");
            }
        }
        rows = found.ToFrozenDictionary();
    }

    /// <summary>All keys.</summary>
    public IEnumerable<string> Keys => rows.Keys;

    /// <summary>The text in a language, or null where the key is unknown.</summary>
    public string? Find(string key, string language)
    {
        if (!rows.TryGetValue(key, out var cells)) return null;
        for (var i = 0; i < cells.Length; i++)
            if (Languages.All[i].Code == language) return cells[i];
        return cells[0];
    }

    /// <summary>
    /// Which of the forms between bars a number takes: en one, other; ru and uk one, few, many; ro one, few, other; id one form
    /// (cardinal rules of Unicode CLDR for whole numbers).
    /// </summary>
    public static int PluralForm(string language, long n)
    {
        n = Math.Abs(n);
        var tens = n % 100;
        return language switch
        {
            "ru" or "uk" => n % 10 == 1 && tens != 11 ? 0 : n % 10 is >= 2 and <= 4 && tens is not (>= 12 and <= 14) ? 1 : 2,
            "ro" => n == 1 ? 0 : n == 0 || tens is >= 1 and <= 19 ? 1 : 2,
            "id" => 0,
            _ => n == 1 ? 0 : 1,
        };
    }
}
