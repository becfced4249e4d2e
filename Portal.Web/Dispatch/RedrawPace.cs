namespace Portal.Web.Dispatch;

/// <summary>
/// How often one viewer's board is drawn: a burst of changes costs a redraw in every <see cref="Interval"/>. The first few in a row are free, so that a colleague's
/// move is not held back because the board's own clock has just ticked.
/// </summary>
public sealed class RedrawPace
{
    /// <summary>The time a redraw takes up in a burst.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private const int Free = 3;
    private TimeSpan paid = TimeSpan.MinValue;

    /// <summary>Notes a redraw; tells how long the next has to wait.</summary>
    /// <param name="now">Time on a clock that is never set, since whenever it began.</param>
    public TimeSpan After(TimeSpan now)
    {
        var saved = now - (Free - 1) * Interval;
        paid = (paid > saved ? paid : saved) + Interval;
        return paid > now ? paid - now : TimeSpan.Zero;
    }
}
