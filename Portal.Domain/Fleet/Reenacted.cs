namespace Portal.Domain.Fleet;

/// <summary>What re-enactments make is known by its source. They do not mix with what is real: nobody waits for a played order, and nobody sits in a played car.</summary>
public static class Reenacted
{
    /// <summary>How the sources of re-enactments begin.</summary>
    public const string SourcePrefix = "re-enactment";

    /// <summary>True for what a re-enactment made.</summary>
    public static bool Is(string? source) => source?.StartsWith(SourcePrefix, StringComparison.Ordinal) == true;
}
