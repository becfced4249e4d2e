using Portal.Domain.Shared;

namespace Portal.Domain.Fleet;

/// <summary>Worked time: shift time minus recorded breaks.</summary>
public static class WorkedTime
{
    /// <summary>
    /// The part worked within a window. Breaks count where they lie inside the shift; overlapping ones count once.
    /// </summary>
    public static TimeSpan Within(Period window, Period shift, IEnumerable<Period> breaks)
    {
        var worked = Common(window, shift);
        var total = worked.Length;
        var restedUntil = worked.From;
        foreach (var rest in breaks.Select(b => Common(worked, b)).Where(b => b.Length > TimeSpan.Zero).OrderBy(b => b.From))
        {
            var counted = rest with { From = rest.From > restedUntil ? rest.From : restedUntil };
            total -= counted.Length;
            if (rest.To > restedUntil) restedUntil = rest.To;
        }
        return total;
    }

    private static Period Common(Period a, Period b) => new(a.From > b.From ? a.From : b.From, a.To < b.To ? a.To : b.To);
}
