using Portal.Domain.Shared;

namespace Portal.Domain.Analytics;

/// <summary>A quarter of the matrix, or why there is none.</summary>
public enum BcgClass { Star, CashCow, QuestionMark, Dog, New, ShareUnknown }

/// <summary>Where high begins; the boundary counts as high.</summary>
/// <param name="Share">own sales by those of the largest competitor</param>
/// <param name="Growth">0.1 stands for 10 % more than the year before</param>
public sealed record BcgCuts(decimal Share = 1, decimal Growth = 0.1m)
{
    /// <summary>The same cuts, when something can lie on either side.</summary>
    /// <exception cref="RuleBrokenException"><c>analytics.bcg-cuts</c></exception>
    public BcgCuts Checked() => Share is > 0 and <= 1000 && Growth is >= -1 and <= 1000 ? this : throw new RuleBrokenException("analytics.bcg-cuts");
}

/// <summary>What was sold, and what the market did.</summary>
/// <param name="Own">sold in the period</param>
/// <param name="Last">sold in the period before</param>
/// <param name="Competitor">sold by the largest competitor; null where nobody knows</param>
public sealed record BcgInput<TKey>(TKey Key, decimal Own, decimal Last, decimal? Competitor);

/// <summary>A place in the matrix.</summary>
/// <param name="Share">null where the competitor is unknown or sold nothing</param>
/// <param name="Growth">null where nothing was sold before</param>
public sealed record BcgRow<TKey>(BcgInput<TKey> Of, decimal? Share, decimal? Growth, BcgClass Class);

/// <summary>The matrix of market share and growth.</summary>
public static class Bcg
{
    /// <summary>All of them, in the order given. Without a period before there is no growth, and who returned more than he bought in it grows from nothing too.</summary>
    public static IReadOnlyList<BcgRow<TKey>> Place<TKey>(IEnumerable<BcgInput<TKey>> items, BcgCuts cuts) => [.. items.Select(item => Place(item, cuts))];

    private static BcgRow<TKey> Place<TKey>(BcgInput<TKey> item, BcgCuts cuts)
    {
        decimal? share = item.Competitor > 0 ? item.Own / item.Competitor : null;
        decimal? growth = item.Last > 0 ? (item.Own - item.Last) / item.Last : null;
        if (growth is null) return new(item, share, null, BcgClass.New);
        if (share is null) return new(item, null, growth, BcgClass.ShareUnknown);
        var grows = item.Own - item.Last >= cuts.Growth * item.Last;
        return new(item, share, growth, item.Own >= cuts.Share * item.Competitor!.Value ? grows ? BcgClass.Star : BcgClass.CashCow : grows ? BcgClass.QuestionMark : BcgClass.Dog);
    }
}
