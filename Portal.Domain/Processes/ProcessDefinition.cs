using Portal.Domain.Shared;

namespace Portal.Domain.Processes;

/// <summary>A BPMN file with what is kept of it beside it.</summary>
/// <param name="Xml">the file</param>
/// <param name="Hash">SHA-256 of the file's canonical form</param>
/// <param name="Name">name of the process in every language, as JSON</param>
/// <param name="StartsByHand">it begins where people can start it</param>
public sealed record ProcessDrawing(string Xml, string Hash, string Name, bool StartsByHand);

/// <summary>
/// A route map under its key: the draft somebody draws, or a published version, which never changes again.
/// Instances run on the version they were started with.
/// </summary>
public sealed class ProcessDefinition
{
    private ProcessDefinition() { }

    /// <summary>A new draft.</summary>
    public static ProcessDefinition Draft(string key, ProcessDrawing drawing, DateTimeOffset now, Actor by)
    {
        var draft = new ProcessDefinition { Id = DefinitionId.New(), Key = Required.Text(key, "process.key", 200) };
        draft.Redraw(drawing, now, by);
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
    /// <inheritdoc cref="ProcessDrawing.Name"/>
    /// <remarks>Null for what was saved before it was kept, as is <see cref="StartsByHand"/>.</remarks>
    public string? Name { get; private set; }
    /// <inheritdoc cref="ProcessDrawing.StartsByHand"/>
    public bool? StartsByHand { get; private set; }
    /// <summary>Hash of the map of the product that this one comes from; null for one of the company's own. Equal to <see cref="Hash"/> where nobody altered it.</summary>
    public string? Shipped { get; private set; }
    /// <summary>Published before messages declared their fields, so they bring those that a form of it asks; never true of a newer version.</summary>
    public bool TakesFormFields { get; private set; }
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
    public void Redraw(ProcessDrawing drawing, DateTimeOffset now, Actor by)
    {
        if (Version is not null) throw new RuleBrokenException("map.published", Key, Version);
        (Xml, Hash, Name, StartsByHand) = (drawing.Xml, drawing.Hash, drawing.Name, drawing.StartsByHand);
        (ChangedAt, ChangedBy, ChangedByName) = (now, by.UserId, by.Name);
        Revision++;
    }

    /// <summary>Notes which map of the product it comes from, or that the company has seen that one and keeps its own.</summary>
    /// <param name="shipped">hash of the product's map</param>
    public void ComesFrom(string? shipped) => Shipped = shipped;

    /// <summary>Makes the draft the next version.</summary>
    /// <exception cref="RuleBrokenException"><c>map.published</c></exception>
    public void Publish(int version, DateTimeOffset now, Actor by)
    {
        if (Version is not null) throw new RuleBrokenException("map.published", Key, Version);
        (Version, PublishedAt, PublishedBy, PublishedByName) = (version, now, by.UserId, by.Name);
    }
}
