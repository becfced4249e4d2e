using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Database;

/// <summary>What of the search table a typed text means.</summary>
internal static class SearchWords
{
    /// <summary>A shorter word typed with the wrong keyboard layout, or with letters swapped, is no word.</summary>
    private const int LeastRetyped = 3;

    /// <summary>Letters of a word up to which swapped ones are put back; longer ones have enough in common with what was meant.</summary>
    private const int MostSwapped = 10;

    /// <summary>Letters from which on a text that is found nowhere is taken for mistyped.</summary>
    private const int LeastForgiven = 4;

    // shares of the typed letters, by threes, that a title or an entry must hold; one wrong letter in a word of six leaves 0.43
    private static readonly (string Share, bool OfTitle)[] Likenesses = [("0.7", true), ("0.7", false), ("0.45", true), ("0.4", true)];

    /// <summary>
    /// Entries that hold every word, as they were typed, as they would read in the other keyboard layout, or in Latin letters; and, where the whole text is
    /// a phone number, those that hold its digits in whatever format. Entries of the kinds <paramref name="untold"/> are found by their title only.
    /// </summary>
    public static IQueryable<SearchRow> Holding(this IQueryable<SearchRow> rows, string? text, params ObjectKind[] untold)
    {
        var found = rows.Meaning(Readings(text), untold);
        if (PhoneNumber.SearchDigits(text ?? "") is not { } digits) return found;
        var pattern = LikePattern.Containing(digits);
        return found.Union(rows.Where(r => !untold.Contains(r.Kind) && EF.Functions.Like(r.Digits, pattern, LikePattern.Escape)));
    }

    /// <summary>Whether a text that is found nowhere may be mistyped.</summary>
    public static bool IsForgiven(string? text) => text?.Trim().Length >= LeastForgiven;

    /// <summary>Entries that hold for every word one of its slips (<see cref="SlipsAsync"/>).</summary>
    public static IQueryable<SearchRow> Slipping(this IQueryable<SearchRow> rows, string[][] slips, params ObjectKind[] untold) => rows.Meaning([slips], untold);

    /// <summary>
    /// Asks for entries that have much in common with the text, and where there are none, for those that have something: much is far, so it is looked for only where nothing is near.
    /// </summary>
    /// <param name="ask">is given the entries, the most alike first; asked again where it found nothing</param>
    public static async Task<List<T>> LikeAsync<T>(this PortalDb db, IQueryable<SearchRow> rows, string text, ObjectKind[] untold, Func<IOrderedQueryable<SearchRow>, Task<List<T>>> ask, CancellationToken ct)
    {
        var typed = SearchLetters.Of(string.Join(' ', LikePattern.Words(text)));
        var byTitle = rows.Where(r => EF.Functions.TrigramsAreWordSimilar(typed, SearchLetters.Of(r.Title)));
        var byWords = rows.Where(r => !untold.Contains(r.Kind) && EF.Functions.TrigramsAreWordSimilar(typed, r.Words));
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        foreach (var (share, ofTitle) in Likenesses)
        {
            await db.Database.ExecuteSqlAsync($"select set_config('pg_trgm.word_similarity_threshold', {share}, true)", ct);
            if (await ask((ofTitle ? byTitle : byWords).OrderBy(r => EF.Functions.TrigramsWordSimilarityDistance(typed, SearchLetters.Of(r.Title)))) is { Count: > 0 } found) return found;
        }
        return [];
    }

    /// <summary>Entries that hold every word of one of the readings.</summary>
    public static IQueryable<SearchRow> Meaning(this IQueryable<SearchRow> rows, IReadOnlyList<string[][]> readings, ObjectKind[] untold)
    {
        if (readings.Count == 0) return rows;
        if (untold.Length == 0) return rows.Where(Any<SearchRow>(readings, pattern => r => EF.Functions.Like(r.Words, pattern, LikePattern.Escape)));
        return rows.Where(Any<SearchRow>(readings, pattern => r => EF.Functions.Like(r.Words, pattern, LikePattern.Escape)
            && (!untold.Contains(r.Kind) || EF.Functions.Like(SearchLetters.Of(r.Title), pattern, LikePattern.Escape) || EF.Functions.Like(" " + r.Heard, pattern, LikePattern.Escape))));
    }

    /// <summary>True where every word of any reading is there. A reading is a list of words, a word is what any of its patterns says.</summary>
    public static Expression<Func<T, bool>> Any<T>(IReadOnlyList<string[][]> readings, Func<string, Expression<Func<T, bool>>> holds) => readings
        .Select(words => words.Select(patterns => patterns.Select(holds).Aggregate((one, other) => Joined(one, other, Expression.OrElse))).Aggregate((one, other) => Joined(one, other, Expression.AndAlso)))
        .Aggregate((one, other) => Joined(one, other, Expression.OrElse));

    /// <summary>
    /// What a text may mean as it was typed: all words in one layout, or all in another, or in Latin letters; each reading is one walk through an index, which begins with its rarest letters.
    /// Empty where nothing was typed.
    /// </summary>
    public static IReadOnlyList<string[][]> Readings(string? text)
    {
        string[] words = [.. LikePattern.Words(text)];
        if (words.Length == 0) return [];
        var layouts = words.Select(word => word.Length < LeastRetyped ? [word] : KeyboardLayout.Readings(word) is { Count: > 0 } others ? others : [word]).ToArray();
        IEnumerable<string[]> readings =
        [
            words,
            .. Enumerable.Range(0, layouts.Max(readings => readings.Count)).Select(at => layouts.Select(readings => readings[Math.Min(at, readings.Count - 1)]).ToArray()),
            [.. words.Select(HeardTitle.Typed)],
        ];
        return [.. readings.Select(reading => reading.Select(word => (string[])[LikePattern.Containing(SearchLetters.Of(word))]).ToArray()).DistinctBy(reading => string.Concat(reading.SelectMany(patterns => patterns)))];
    }

    /// <summary>What a text reads with the words of titles in place of those one letter away; empty where there are none. Each reading is one walk through an index, as of <see cref="Readings"/>.</summary>
    /// <param name="meant">what the words of the text may mean</param>
    public static IReadOnlyList<string[][]> PutRight(string text, IReadOnlyDictionary<string, string[]> meant)
    {
        string[] words = [.. LikePattern.Words(text).Select(SearchLetters.Of)];
        return [.. Enumerable.Range(0, meant.Values.Select(read => read.Length).DefaultIfEmpty().Max())
            .Select(at => words.Select(word => (string[])[Reading(meant.TryGetValue(word, out var read) ? read[Math.Min(at, read.Length - 1)] : word)]).ToArray())];
    }

    /// <summary>
    /// What a text may mean that was typed amiss, or spelt otherwise: for every word the patterns of itself, of words of titles one letter away, of what sounds like it, and of it with two
    /// neighbouring letters swapped, for short words with swapped letters have hardly three others in a row in common.
    /// </summary>
    /// <param name="meant">what the words of the text may mean</param>
    public static string[][] Slips(string text, IReadOnlyDictionary<string, string[]> meant) =>
        [.. LikePattern.Words(text).Select(word => (string[])[.. meant.GetValueOrDefault(SearchLetters.Of(word), []).Prepend(SearchLetters.Of(word)).Select(Reading), .. SlipsOf(word)])];

    // one word that was meant as two stands for both, whatever is between them
    private static string Reading(string meant) => LikePattern.Containing(meant).Replace(' ', '%');

    private static IEnumerable<string> SlipsOf(string word)
    {
        if (HeardTitle.Sound(word) is { } sound) yield return $"% {sound}%";
        if (word.Length is < LeastRetyped or > MostSwapped) yield break;
        for (var at = 1; at < word.Length; at++)
            if (word[at] != word[at - 1]) yield return LikePattern.Containing(SearchLetters.Of($"{word[..(at - 1)]}{word[at]}{word[at - 1]}{word[(at + 1)..]}"));
    }

    private static Expression<Func<T, bool>> Joined<T>(Expression<Func<T, bool>> one, Expression<Func<T, bool>> other, Func<Expression, Expression, Expression> join) =>
        Expression.Lambda<Func<T, bool>>(join(one.Body, ReplacingExpressionVisitor.Replace(other.Parameters[0], one.Parameters[0], other.Body)), one.Parameters);
}
