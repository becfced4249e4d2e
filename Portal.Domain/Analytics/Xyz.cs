using Portal.Domain.Shared;

namespace Portal.Domain.Analytics;

/// <summary>How evenly somebody buys, or something is bought: X steadily, Z by chance.</summary>
public enum XyzClass { X, Y, Z, New, OneOff, Lost }

/// <summary>Where the classes end, as coefficients of variation, both ends of Y included.</summary>
/// <param name="Y">0.1 stands for 10 %: what varies less is X</param>
/// <param name="Z">what varies more is Z; at most 2</param>
/// <param name="LostAfter">periods without a purchase after which somebody counts as lost</param>
public sealed record XyzCuts(decimal Y = 0.1m, decimal Z = 0.25m, int LostAfter = 3)
{
    /// <summary>The same cuts, when they divide something.</summary>
    /// <exception cref="RuleBrokenException"><c>analytics.xyz-cuts</c></exception>
    public XyzCuts Checked() => Y is >= 0 and <= 2 && Z is >= 0 and <= 2 && Y <= Z && LostAfter is >= 1 and <= 120 ? this : throw new RuleBrokenException("analytics.xyz-cuts");
}

/// <summary>What one of those classified bought, period by period.</summary>
/// <param name="Values">of every finished period from that of the first purchase, or from the start of the window where it bought before, to the end; without sales 0, net of the period's returns</param>
/// <param name="Purchases">documents of sale in all, those before the window too</param>
/// <param name="SinceLast">finished periods at the end without a purchase</param>
public sealed record XyzSeries(IReadOnlyList<decimal> Values, int Purchases, int SinceLast);

/// <summary>One of those classified.</summary>
/// <param name="Variation">population deviation by the mean; null where the mean is nothing or less</param>
/// <param name="Class">null where nothing can be said: what was bought came back</param>
public readonly record struct XyzResult(decimal? Mean, decimal? Variation, XyzClass? Class);

/// <summary>Classes by the coefficient of variation over periods.</summary>
public static class Xyz
{
    /// <summary>Fewer periods say nothing about evenness.</summary>
    public const int FewestPeriods = 3;

    // squares of larger sums would not fit
    private const decimal Largest = 1_000_000_000_000m;

    /// <summary>The class: new, one-off and lost before the letters.</summary>
    public static XyzResult Classify(XyzSeries series, XyzCuts cuts)
    {
        var (mean, variation) = Measure(series.Values);
        return new(mean, variation, series.Values.Count < FewestPeriods ? XyzClass.New
            : series.Purchases <= 1 ? XyzClass.OneOff
            : series.SinceLast >= cuts.LostAfter ? XyzClass.Lost
            : variation is null ? null
            : Varies(series.Values, cuts.Y) < 0 ? XyzClass.X
            : Varies(series.Values, cuts.Z) <= 0 ? XyzClass.Y
            : XyzClass.Z);
    }

    private static (decimal? Mean, decimal? Variation) Measure(IReadOnlyList<decimal> values)
    {
        if (values.Count == 0) return (null, null);
        var mean = values.Average();
        if (mean <= 0) return (mean, null);
        var (spread, sum) = Squares(values);
        return (mean, (decimal)Math.Sqrt((double)(spread / (sum * sum))));
    }

    // below, on or above a cut, without a root and a division that would round: σ/m against c as n·Σx² − (Σx)² against c²·(Σx)²
    private static int Varies(IReadOnlyList<decimal> values, decimal cut)
    {
        var (spread, sum) = Squares(values);
        return spread.CompareTo(cut * cut * sum * sum);
    }

    private static (decimal Spread, decimal Sum) Squares(IReadOnlyList<decimal> values)
    {
        var most = values.Max(Math.Abs);
        var scale = most > Largest ? most / Largest : 1;
        var (sum, squares) = (0m, 0m);
        foreach (var value in values)
        {
            var scaled = value / scale;
            sum += scaled;
            squares += scaled * scaled;
        }
        return (values.Count * squares - sum * sum, sum);
    }
}
