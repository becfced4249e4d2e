namespace Portal.Tests.Support;

/// <summary>A clock that goes right, but ahead, and further ahead whenever a test says so.</summary>
public sealed class ForwardClock(TimeSpan ahead = default) : TimeProvider
{
    private TimeSpan ahead = ahead;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + ahead;

    /// <summary>Puts it forward.</summary>
    public void Advance(TimeSpan by) => ahead += by;
}
