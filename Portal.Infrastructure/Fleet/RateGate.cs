namespace Portal.Infrastructure.Fleet;

/// <summary>
/// Lets through a steady rate and a burst beyond it (generic cell rate algorithm: one number, the moment
/// at which the allowance is whole again).
/// </summary>
public sealed class RateGate(double perSecond, int burst, TimeProvider time)
{
    private readonly long interval = (long)(time.TimestampFrequency / perSecond);
    private readonly Lock gate = new();
    private long whole = long.MinValue;

    /// <summary>False when the caller has used up his allowance.</summary>
    public bool TryPass()
    {
        var now = time.GetTimestamp();
        lock (gate)
        {
            var next = Math.Max(whole, now) + interval;
            if (next - now > interval * burst) return false;
            whole = next;
            return true;
        }
    }
}
