using System.Text.RegularExpressions;
using Portal.Tests.Support;

namespace Portal.Tests.Architecture;

/// <summary>One <c>*.texts.tsv</c> file as it stands in the source tree.</summary>
internal sealed partial record TextFile(string Name, string[] Lines)
{
    private static readonly string[] Header = ["key", "en", "ru", "uk", "ro", "id"];
    // Forms of a whole number: en one|other, ru and uk one|few|many, ro one|few|other, id other.
    private static readonly int[] PluralForms = [2, 3, 3, 3, 1];

    public static IReadOnlyList<TextFile> All { get; } =
        [.. SourceTree.Files("Portal.Web", ".texts.tsv").Select(file => new TextFile(Path.GetFileName(file), File.ReadAllLines(file)))];

    public IEnumerable<string> Keys => Lines.Skip(1).Where(line => line.Length > 0).Select(line => line.Split('\t')[0]);

    /// <summary>What is wrong with the file, in words.</summary>
    public IEnumerable<string> Problems()
    {
        if (!Lines[0].Split('\t').SequenceEqual(Header))
            yield return $"{Name}: the header is not {string.Join(' ', Header)}";
        foreach (var line in Lines.Skip(1).Where(line => line.Length > 0))
        {
            var cells = line.Split('\t');
            if (cells.Length != Header.Length)
                yield return $"{Name}: {cells[0]} has {cells.Length - 1} languages";
            else
                foreach (var problem in RowProblems(cells[0], cells[1..]))
                    yield return $"{Name}: {cells[0]} {problem}";
        }
    }

    private static IEnumerable<string> RowProblems(string key, string[] texts)
    {
        if (!KeyPattern().IsMatch(key))
            yield return "is no key";
        var plural = texts.Any(text => text.Contains('|'));
        for (var i = 0; i < texts.Length; i++)
        {
            var language = Header[i + 1];
            var forms = texts[i].Split('|');
            if (forms.Any(string.IsNullOrWhiteSpace))
                yield return $"has no text in {language}";
            if (plural && forms.Length != PluralForms[i])
                yield return $"has {forms.Length} plural forms in {language}, not {PluralForms[i]}";
            if (!Places(texts[i]).SetEquals(Places(texts[0])))
                yield return $"has other places in {language} than in en";
            if (texts[i] != texts[i].Trim())
                yield return $"has spaces around its text in {language}";
        }
    }

    private static HashSet<string> Places(string text) => [.. PlacePattern().Matches(text).Select(match => match.Groups[1].Value)];

    [GeneratedRegex(@"\{(\d+)[^}]*\}")]
    private static partial Regex PlacePattern();

    [GeneratedRegex(@"^[a-z][A-Za-z0-9]*(\.[A-Za-z0-9-]+)+$")]
    private static partial Regex KeyPattern();
}
