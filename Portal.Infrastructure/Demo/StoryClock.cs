namespace Portal.Infrastructure.Demo;

/// <summary>The time of a story, moved on by its teller.</summary>
internal sealed class StoryClock(DateTimeOffset now) : TimeProvider
{
    private DateTimeOffset now = now;

    public override DateTimeOffset GetUtcNow() => now;

    public void Advance(TimeSpan by) => now += by;
}
