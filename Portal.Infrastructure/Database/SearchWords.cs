using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Query;
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
    /// Entries whose title or text holds every word, as they were typed or as they would read in the other keyboard layout; and, where the whole text is
    /// a phone number, those that hold its digits in whatever format. Entries of the kinds <paramref name="untold"/> are found by their title only.
    /// </summary>
    public static IQueryable<SearchRow> Holding(this IQueryable<SearchRow> rows, string? text, params ObjectKind[] untold)
    {
        if (untold.Length > 0) return rows.Where(r => !untold.Contains(r.Kind)).Holding(text).Union(rows.Where(r => untold.Contains(r.Kind)).Where(Reading(text, TitleHolds)));
        var found = rows.Where(Reading(text, EntryHolds));
        if (PhoneNumber.SearchDigits(text ?? "") is not { } digits) return found;
        var pattern = LikePattern.Containing(digits);
        return found.Union(rows.Where(r => EF.Functions.Like(r.Digits, pattern, LikePattern.Escape)));
    }

    private static Expression<Func<SearchRow, bool>> EntryHolds(string pattern) => r => EF.Functions.Like(r.Words, pattern, LikePattern.Escape);

    private static Expression<Func<SearchRow, bool>> TitleHolds(string pattern) => r => EF.Functions.Like(r.Title.ToLower(), pattern, LikePattern.Escape);

    // all words in one layout, or all in another: each reading is one walk through the index, which begins with its rarest letters
    private static Expression<Func<SearchRow, bool>> Reading(string? text, Func<string, Expression<Func<SearchRow, bool>>> holds)
    {
        var words = LikePattern.Words(text).Select(Readings).ToArray();
        if (words.Length == 0) return r => true;
        return Enumerable.Range(0, words.Max(w => w.Count)).Select(layout => words.Select(w => holds(w[Math.Min(layout, w.Count - 1)])).Aggregate((one, other) => Joined(one, other, Expression.AndAlso)))
            .Aggregate((one, other) => Joined(one, other, Expression.OrElse));
    }

    private static IReadOnlyList<string> Readings(string word) =>
        [.. (word.Length < LeastRetyped ? [] : KeyboardLayout.Readings(word)).Prepend(word).Select(reading => LikePattern.Containing(reading.ToLowerInvariant())).Distinct()];

    private static Expression<Func<SearchRow, bool>> Joined(Expression<Func<SearchRow, bool>> one, Expression<Func<SearchRow, bool>> other, Func<Expression, Expression, Expression> join) =>
        Expression.Lambda<Func<SearchRow, bool>>(join(one.Body, ReplacingExpressionVisitor.Replace(other.Parameters[0], one.Parameters[0], other.Body)), one.Parameters);
}
