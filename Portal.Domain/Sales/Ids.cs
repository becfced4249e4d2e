namespace Portal.Domain.Sales;

/// <summary>Id of a <see cref="Pipeline"/>.</summary>
public readonly record struct PipelineId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static PipelineId New() => new(Guid.CreateVersion7());
}

/// <summary>Id of a <see cref="Stage"/>.</summary>
public readonly record struct StageId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static StageId New() => new(Guid.CreateVersion7());
}

/// <summary>Id of a <see cref="Deal"/>.</summary>
public readonly record struct DealId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static DealId New() => new(Guid.CreateVersion7());
}

/// <summary>Id of a <see cref="LeadSource"/>.</summary>
public readonly record struct LeadSourceId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static LeadSourceId New() => new(Guid.CreateVersion7());
}

/// <summary>Id of a <see cref="LossReason"/>.</summary>
public readonly record struct LossReasonId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static LossReasonId New() => new(Guid.CreateVersion7());
}
