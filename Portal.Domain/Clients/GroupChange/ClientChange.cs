namespace Portal.Domain.Clients.GroupChange;

/// <summary>What can be changed for many clients at once.</summary>
public enum ClientField { Responsible, Branch, Standing, Kind, Tag, Level, Parent, Archived }

/// <summary>
/// One change for many clients: a field and what it becomes. A user, branch or client is written as its id, a state by its name;
/// null leaves the field empty. A kind or tag is named in <paramref name="Subject"/>, and becomes <see cref="Yes"/> or <see cref="No"/>, as <see cref="ClientField.Archived"/> does.
/// </summary>
public sealed record ClientChange(ClientField Field, string? Subject, string? Value)
{
    /// <summary>The kind or tag is on the client; it is archived.</summary>
    public const string Yes = "yes";

    /// <summary>The kind or tag is not on the client; it is not archived.</summary>
    public const string No = "no";
}

/// <summary>What became of one client in a change of many.</summary>
public enum ChangeOutcome
{
    /// <summary>It was changed.</summary>
    Changed,
    /// <summary>It was so already.</summary>
    Same,
    /// <summary>A rule stands against it.</summary>
    Refused,
    /// <summary>Whoever asked does not reach it.</summary>
    OutOfReach,
    /// <summary>It was to be put back, but somebody has changed it since.</summary>
    ChangedSince,
}
