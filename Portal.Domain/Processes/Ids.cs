namespace Portal.Domain.Processes;

/// <summary>Id of a <see cref="ProcessDefinition"/>: one version of a map, or its draft.</summary>
public readonly record struct DefinitionId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static DefinitionId New() => new(Guid.CreateVersion7());
}

/// <summary>Id of a running or ended process.</summary>
public readonly record struct InstanceId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static InstanceId New() => new(Guid.CreateVersion7());
}

/// <summary>Id of a task that a process gave to people. Made by the engine, the same on every replay.</summary>
public readonly record struct ProcessTaskId(Guid Value);

/// <summary>Id of an incident. Made by the engine.</summary>
public readonly record struct IncidentId(Guid Value);

/// <summary>Id of a <see cref="Substitution"/>.</summary>
public readonly record struct SubstitutionId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static SubstitutionId New() => new(Guid.CreateVersion7());
}
