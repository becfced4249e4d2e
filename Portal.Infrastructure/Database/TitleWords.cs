using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients.Matching;

namespace Portal.Infrastructure.Database;

/// <summary>What a mistyped word may have been meant for: the words of all titles, which triggers keep.</summary>
internal static partial class TitleWords
{
    /// <summary>Letters of a word from which on it is kept.</summary>
    private const int Least = 3;

    private const int MostNear = 30;

    /// <summary>Words one is taken for at most, the most alike first.</summary>
    private const int MostMeant = 4;

    /// <summary>For each word that holds others than the words of titles, what it reads with one letter put right in each of those, or as two of them, a space between; words that are right, or beyond help, are missing.</summary>
    public static async Task<Dictionary<string, string[]>> MeantAsync(this PortalDb db, IEnumerable<string> words, CancellationToken ct)
    {
        string[] typed = [.. words.Select(SearchLetters.Of).Distinct()];
        string[] parts = [.. typed.SelectMany(word => Part().Matches(word)).Select(part => part.Value).Where(part => part.Length >= Least && char.IsLetter(part[0])).Distinct()];
        var near = await db.Database.SqlQuery<Near>($"""
            select part as "Part", word as "Word" from unnest({parts}) part
            cross join lateral (select word from core.title_word where word % part group by word order by word <-> part, word limit {MostNear}) near
            """).ToListAsync(ct);
        var meant = near.GroupBy(n => n.Part).Where(group => group.All(n => n.Word != n.Part))
            .Select(group => (Part: group.Key, Words: group.Select(n => n.Word).Where(word => EditDistance.IsOne(word, group.Key)).Take(MostMeant).ToArray()))
            .Where(m => m.Words.Length > 0).ToDictionary(m => m.Part, m => m.Words);
        foreach (var (part, apart) in await ApartAsync(db, [.. parts.Except(meant.Keys).Except(near.Where(n => n.Word == n.Part).Select(n => n.Part))], ct)) meant[part] = apart;
        return typed.Select(word => (Word: word, Read: Read(word, meant))).Where(w => w.Read[0] != w.Word).ToDictionary(w => w.Word, w => w.Read);
    }

    // two words of titles written as one, the space or hyphen between them forgotten
    private static async Task<IEnumerable<(string Part, string[] Apart)>> ApartAsync(PortalDb db, string[] parts, CancellationToken ct)
    {
        var cuts = parts.SelectMany(part => Enumerable.Range(Least, Math.Max(0, part.Length - 2 * Least + 1)).Select(at => (Part: part, Left: part[..at], Right: part[at..]))).ToList();
        if (cuts.Count == 0) return [];
        string[] pieces = [.. cuts.SelectMany(cut => (string[])[cut.Left, cut.Right]).Distinct()];
        var known = (await db.Database.SqlQuery<string>($"""select distinct word as "Value" from core.title_word where word = any({pieces})""").ToListAsync(ct)).ToHashSet();
        return cuts.Where(cut => known.Contains(cut.Left) && known.Contains(cut.Right)).GroupBy(cut => cut.Part).Select(group => (group.Key, group.Select(cut => $"{cut.Left} {cut.Right}").Take(MostMeant).ToArray()));
    }

    private static string[] Read(string word, Dictionary<string, string[]> meant) => [.. Part().Matches(word).Select(part => meant.GetValueOrDefault(part.Value) ?? [part.Value])
        .Aggregate((IEnumerable<string>)[""], (read, part) => read.SelectMany(before => part.Select(after => before + after))).Take(MostMeant)];

    [GeneratedRegex(@"\p{L}+|\P{L}+")]
    private static partial Regex Part();

    private sealed record Near(string Part, string Word);
}
