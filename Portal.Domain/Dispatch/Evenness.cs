namespace Portal.Domain.Dispatch;

/// <summary>
/// How evenly work is spread: coefficient of variation (population) of kilometres over vehicles, or hours over drivers,
/// in the last 28 days, of those available at least half of them.
/// </summary>
public static class Evenness
{
    /// <summary>Days looked back.</summary>
    public const int WindowDays = 28;

    /// <summary>True for one who was there often enough to be compared.</summary>
    public static bool IsRegular(int daysAvailable) => 2 * daysAvailable >= WindowDays;

    /// <summary>0 = all alike; null when there is nobody to compare or nothing was done.</summary>
    public static double? Of(IEnumerable<(double Amount, int DaysAvailable)> work)
    {
        var amounts = work.Where(w => IsRegular(w.DaysAvailable)).Select(w => w.Amount).ToList();
        if (amounts.Count == 0) return null;
        var mean = amounts.Average();
        return mean > 0 ? Math.Sqrt(amounts.Average(a => (a - mean) * (a - mean))) / mean : null;
    }
}
