namespace Portal.Domain.Sales.Leads;

/// <summary>Id of a <see cref="Lead"/>.</summary>
public readonly record struct LeadId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static LeadId New() => new(Guid.CreateVersion7());
}

/// <summary>Id of a <see cref="LeadStream"/>.</summary>
public readonly record struct LeadStreamId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static LeadStreamId New() => new(Guid.CreateVersion7());
}

/// <summary>Id of a <see cref="LeadForm"/>.</summary>
public readonly record struct LeadFormId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static LeadFormId New() => new(Guid.CreateVersion7());
}

/// <summary>Id of a <see cref="NeedQuestion"/>.</summary>
public readonly record struct NeedQuestionId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static NeedQuestionId New() => new(Guid.CreateVersion7());
}

/// <summary>Id of a <see cref="LeadTerritory"/>.</summary>
public readonly record struct LeadTerritoryId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static LeadTerritoryId New() => new(Guid.CreateVersion7());
}
