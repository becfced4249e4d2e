namespace Portal.Domain.Shared;

/// <summary>A half-open stretch of time: from inclusive, to exclusive, both UTC.</summary>
public readonly record struct Period(DateTimeOffset From, DateTimeOffset To)
{
    /// <summary>Length; never negative.</summary>
    public TimeSpan Length => To > From ? To - From : TimeSpan.Zero;

    /// <summary>True when the instant lies inside.</summary>
    public bool Contains(DateTimeOffset at) => at >= From && at < To;

    /// <summary>True when both share at least one instant.</summary>
    public bool Overlaps(Period other) => From < other.To && other.From < To;
}
