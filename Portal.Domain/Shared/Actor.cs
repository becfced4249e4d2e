using System.Collections.Frozen;

namespace Portal.Domain.Shared;

/// <summary>How far an actor's rights reach.</summary>
public enum ActorScope { Own, Team, Branch, All }

/// <summary>Fields of clients that can be marked confidential: then only who answers for the client and who holds the right to them reads what they hold.</summary>
[Flags]
public enum ConfidentialFields
{
    None = 0,
    /// <summary>Phones and messengers of the client and of its people.</summary>
    Phones = 1,
    /// <summary>Mail addresses of the client and of its people.</summary>
    Mails = 2,
    /// <summary>Tax and register numbers of its legal entities.</summary>
    TaxNumbers = 4,
    /// <summary>Terms of payment, credit limits and notes of its agreements.</summary>
    Terms = 8,
    /// <summary>Notes on the client and its people.</summary>
    Notes = 16,
}

/// <summary>Identity of a command from outside (driver's page, REST): a repeat under the same key has no second effect.</summary>
public sealed record CommandKey(string Key, string Name);

/// <summary>
/// Who does a job: every job takes one, checks its rights and is audited under its name.
/// <see cref="PartnerId"/> is set for external people only; those hold no staff permission, ever.
/// </summary>
public sealed record Actor
{
    /// <summary>Id of the user; empty for the system itself.</summary>
    public required Guid UserId { get; init; }
    /// <summary>Name shown to people.</summary>
    public required string Name { get; init; }
    /// <summary>Granted permissions (constants of <c>Permissions</c>).</summary>
    public required FrozenSet<string> Permissions { get; init; }
    /// <summary>Codes of the roles this person holds: tasks of processes are offered to roles.</summary>
    public FrozenSet<string> Roles { get; init; } = FrozenSet<string>.Empty;
    /// <summary>Reach of the rights.</summary>
    public ActorScope Scope { get; init; } = ActorScope.All;
    /// <summary>The partner an external person belongs to.</summary>
    public Guid? PartnerId { get; init; }
    /// <summary>The driver record of this person, when he drives.</summary>
    public Guid? DriverId { get; init; }
    /// <summary>Ids of all who are in a team with this person, himself among them: how far <see cref="ActorScope.Team"/> reaches.</summary>
    public FrozenSet<Guid> Teammates { get; init; } = FrozenSet<Guid>.Empty;
    /// <summary>Fields of clients that this person does not read, unless he answers for the client.</summary>
    public ConfidentialFields Hidden { get; init; }
    /// <summary>The branch (division) of this person.</summary>
    public Guid? BranchId { get; init; }
    /// <summary>Culture name, such as <c>uk</c>.</summary>
    public string Culture { get; init; } = "en";
    /// <summary>IANA time zone in which times are shown.</summary>
    public string TimeZone { get; init; } = "UTC";
    /// <summary>Where the command came from: an address, <c>device</c>, <c>job</c>.</summary>
    public string Origin { get; init; } = "";

    /// <summary>Whom this person stands in for now, by id with the name; known only in jobs in which a substitute may do what the absent may.</summary>
    public FrozenDictionary<Guid, string> StandsInFor { get; init; } = FrozenDictionary<Guid, string>.Empty;

    /// <summary>Name of the absent person for whom this job is done; the audit says so.</summary>
    public string? ActsFor { get; init; }

    /// <summary>The outside command this actor is carrying out; its entry in the command log is written with its effect.</summary>
    public CommandKey? Command { get; init; }

    /// <summary>True for the product's own background work.</summary>
    public bool IsSystem { get; private init; }

    /// <summary>True when the permission is held.</summary>
    public bool Can(string permission) => IsSystem || Permissions.Contains(permission);

    /// <summary>The actor as he acts for one of these people: as himself where he is one, else for whom he stands in; null where he does neither.</summary>
    public Actor? ActingAs(params ReadOnlySpan<Guid?> people)
    {
        if (people.Contains(UserId)) return this with { ActsFor = null };
        foreach (var person in people)
            if (person is { } id && StandsInFor.TryGetValue(id, out var name)) return this with { ActsFor = name };
        return null;
    }

    /// <summary>Refuses an actor without the permission.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public void Require(string permission)
    {
        if (!Can(permission)) throw new RuleBrokenException("identity.not-allowed", permission);
    }

    /// <summary>Refuses an actor who holds none of these permissions.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.none-allowed</c></exception>
    public void RequireAny(IReadOnlyCollection<string> permissions)
    {
        if (!permissions.Any(Can)) throw new RuleBrokenException("identity.none-allowed", permissions);
    }

    /// <summary>The product itself, under the name of the job it runs.</summary>
    public static Actor System(string job) =>
        new() { UserId = Guid.Empty, Name = job, Permissions = FrozenSet<string>.Empty, IsSystem = true, Origin = "job" };
}
