using Portal.Domain.Shared;

namespace Portal.Domain.Processes;

/// <summary>
/// A route map under its key: the draft somebody draws, or a published version, which never changes again.
/// Instances run on the version they were started with.
/// </summary>
public sealed class ProcessDefinition
{
    private ProcessDefinition() { }

    /// <summary>A new draft.</summary>
    public static ProcessDefinition Draft(string key, string xml, string hash, DateTimeOffset now, Actor by)
    {
        var draft = new ProcessDefinition { Id = DefinitionId.New(), Key = Required.Text(key, "process.key", 200) };
        draft.Redraw(xml, hash, now, by);
        return draft;
    }

    public DefinitionId Id { get; private set; }
    /// <summary>Id of the process in the file, under which it is started.</summary>
    public string Key { get; private set; } = "";
    /// <summary>1, 2, …; null for the draft.</summary>
    public int? Version { get; private set; }
    /// <summary>The BPMN file.</summary>
    public string Xml { get; private set; } = "";
    /// <summary>SHA-256 of the file's canonical form.</summary>
    public string Hash { get; private set; } = "";
    /// <summary>Counts the savings of a draft, so that two who draw at once notice.</summary>
    public int Revision { get; private set; }
    public DateTimeOffset ChangedAt { get; private set; }
    public Guid ChangedBy { get; private set; }
    public string ChangedByName { get; private set; } = "";
    public DateTimeOffset? PublishedAt { get; private set; }
    public Guid? PublishedBy { get; private set; }
    public string? PublishedByName { get; private set; }

    /// <summary>Replaces the drawing of a draft.</summary>
    /// <exception cref="RuleBrokenException"><c>map.published</c></exception>
    public void Redraw(string xml, string hash, DateTimeOffset now, Actor by)
    {
        if (Version is not null) throw new RuleBrokenException("map.published", Key, Version);
        (Xml, Hash, ChangedAt, ChangedBy, ChangedByName) = (xml, hash, now, by.UserId, by.Name);
        Revision++;
    }

    /// <summary>Makes the draft the next version.</summary>
    /// <exception cref="RuleBrokenException"><c>map.published</c></exception>
    public void Publish(int version, DateTimeOffset now, Actor by)
    {
        if (Version is not null) throw new RuleBrokenException("map.published", Key, Version);
        (Version, PublishedAt, PublishedBy, PublishedByName) = (version, now, by.UserId, by.Name);
    }
}
