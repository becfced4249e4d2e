using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Database;

/// <summary>What of the search table a typed text means.</summary>
internal static class SearchWords
{
    /// <summary>A shorter word typed with the wrong keyboard layout is no word.</summary>
    private const int LeastRetyped = 3;

    /// <summary>What of a text may stand in different entries: its words, or the whole of it where it is a phone number or the end of one.</summary>
    public static IEnumerable<string> Terms(string? text) => PhoneNumber.SearchDigits(text ?? "") is null ? LikePattern.Words(text) : [text!];

    /// <summary>
    /// Entries whose title or text holds every word, each as it was typed or as it would read in the other keyboard layout; and, where the whole text is
    /// a phone number, those that hold its digits in whatever format. Entries of the kinds <paramref name="untold"/> are found by their title only.
    /// </summary>
    public static IQueryable<SearchRow> Holding(this IQueryable<SearchRow> rows, string? text, params ObjectKind[] untold)
    {
        if (untold.Length > 0) return rows.Where(r => !untold.Contains(r.Kind)).Holding(text).Union(LikePattern.Words(text).Aggregate(rows.Where(r => untold.Contains(r.Kind)), TitledWord));
        var found = LikePattern.Words(text).Aggregate(rows, HoldingWord);
        if (PhoneNumber.SearchDigits(text ?? "") is not { } digits) return found;
        var pattern = LikePattern.Containing(digits);
        return found.Union(rows.Where(r => EF.Functions.Like(r.Digits, pattern, LikePattern.Escape)));
    }

    private static IQueryable<SearchRow> HoldingWord(IQueryable<SearchRow> rows, string word)
    {
        var (typed, russian, ukrainian) = Patterns(word);
        if (russian == typed && ukrainian == typed)
            return rows.Where(r => EF.Functions.Like(r.Title.ToLower(), typed, LikePattern.Escape) || EF.Functions.Like(r.Text.ToLower(), typed, LikePattern.Escape));
        return rows.Where(r => EF.Functions.Like(r.Title.ToLower(), typed, LikePattern.Escape) || EF.Functions.Like(r.Text.ToLower(), typed, LikePattern.Escape)
            || EF.Functions.Like(r.Title.ToLower(), russian, LikePattern.Escape) || EF.Functions.Like(r.Text.ToLower(), russian, LikePattern.Escape)
            || EF.Functions.Like(r.Title.ToLower(), ukrainian, LikePattern.Escape) || EF.Functions.Like(r.Text.ToLower(), ukrainian, LikePattern.Escape));
    }

    private static IQueryable<SearchRow> TitledWord(IQueryable<SearchRow> rows, string word)
    {
        var (typed, russian, ukrainian) = Patterns(word);
        return rows.Where(r => EF.Functions.Like(r.Title.ToLower(), typed, LikePattern.Escape) || EF.Functions.Like(r.Title.ToLower(), russian, LikePattern.Escape)
            || EF.Functions.Like(r.Title.ToLower(), ukrainian, LikePattern.Escape));
    }

    // three at most, each by the index; one that is not there repeats the first
    private static (string Typed, string Russian, string Ukrainian) Patterns(string word)
    {
        var readings = word.Length < LeastRetyped ? [] : KeyboardLayout.Readings(word);
        var patterns = readings.Prepend(word).Select(reading => LikePattern.Containing(reading.ToLowerInvariant())).ToArray();
        return (patterns[0], patterns.ElementAtOrDefault(1) ?? patterns[0], patterns.ElementAtOrDefault(2) ?? patterns[0]);
    }
}
