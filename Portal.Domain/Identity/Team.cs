using Portal.Domain.Shared;

namespace Portal.Domain.Identity;

/// <summary>Id of a <see cref="Team"/>.</summary>
public readonly record struct TeamId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static TeamId New() => new(Guid.CreateVersion7());
}

/// <summary>People who work together under a head. Whose rights reach his team reaches the work of all of them.</summary>
public sealed class Team
{
    /// <summary>People of one team at most.</summary>
    public const int MostMembers = 200;

    private Team() { }

    /// <summary>Brings people together.</summary>
    public Team(TeamId id, string name, Guid head)
    {
        Id = id;
        Describe(name, head);
    }

    public TeamId Id { get; private set; }
    public string Name { get; private set; } = "";
    /// <summary>Our user who leads it.</summary>
    public Guid Head { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>Sets name and head.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c></exception>
    public void Describe(string name, Guid head) => (Name, Head) = (Required.Text(name, "team.name", 100), head);
}

/// <summary>Somebody belongs to a team beside its head.</summary>
public sealed class TeamMember
{
    private TeamMember() { }

    /// <summary>Takes a user of ours into a team.</summary>
    public TeamMember(TeamId team, Guid user) => (Team, User) = (team, user);

    public TeamId Team { get; private set; }
    public Guid User { get; private set; }
}
