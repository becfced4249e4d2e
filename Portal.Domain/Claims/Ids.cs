namespace Portal.Domain.Claims;

/// <summary>Id of a <see cref="Claim"/>.</summary>
public readonly record struct ClaimId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static ClaimId New() => new(Guid.CreateVersion7());
}

/// <summary>Id of a <see cref="ClaimCause"/>.</summary>
public readonly record struct ClaimCauseId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static ClaimCauseId New() => new(Guid.CreateVersion7());
}

/// <summary>Id of a <see cref="ClaimStep"/>.</summary>
public readonly record struct ClaimStepId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static ClaimStepId New() => new(Guid.CreateVersion7());
}

/// <summary>Id of a <see cref="ClaimIncident"/>.</summary>
public readonly record struct ClaimIncidentId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static ClaimIncidentId New() => new(Guid.CreateVersion7());
}
