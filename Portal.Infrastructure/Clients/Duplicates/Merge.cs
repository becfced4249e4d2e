using System.Text.Json.Nodes;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Clients.Duplicates;

/// <summary>One record that left its place to another, and all that is needed to put everything back.</summary>
public sealed class Merge
{
    private Merge() { }

    /// <summary>A merge of two records of a kind.</summary>
    public Merge(Guid id, ObjectKind kind, Guid survivor, Guid loser, Guid? pair, IReadOnlyList<FieldChange> changes, DateTimeOffset now, Actor actor)
    {
        (Id, Kind, Survivor, Loser, Pair, At, ByUser, ByName) = (id, kind, survivor, loser, pair, now, actor.UserId, actor.Name);
        Changes = FieldChange.Write(changes);
    }

    public Guid Id { get; private set; }
    public ObjectKind Kind { get; private set; }
    public Guid Survivor { get; private set; }
    public Guid Loser { get; private set; }
    public Guid? Pair { get; private set; }
    /// <summary>JSON of <see cref="FieldChange"/>.</summary>
    public string Changes { get; private set; } = "[]";
    public DateTimeOffset At { get; private set; }
    public Guid ByUser { get; private set; }
    public string ByName { get; private set; } = "";
    public DateTimeOffset? UndoneAt { get; private set; }
    public Guid? UndoneBy { get; private set; }
    public string? UndoneByName { get; private set; }

    /// <summary>More fields have changed with it.</summary>
    public void AlsoChanged(IReadOnlyList<FieldChange> more)
    {
        if (more.Count > 0) Changes = FieldChange.Write([.. FieldChange.Read(Changes), .. more]);
    }

    /// <summary>Both stand for themselves again.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.merge-undone</c></exception>
    public void Undo(Actor actor, DateTimeOffset now)
    {
        if (UndoneAt is not null) throw new RuleBrokenException("clients.merge-undone", UndoneByName!);
        (UndoneAt, UndoneBy, UndoneByName) = (now, actor.UserId, actor.Name);
    }
}

/// <summary>A field that a merge changed, by the names of the model; values as the database stores them. A record that the merge made has no <paramref name="Property"/>.</summary>
public sealed record FieldChange(string Entity, Guid Id, string? Property, JsonNode? Before, JsonNode? After)
{
    /// <summary>As they are kept.</summary>
    public static string Write(IReadOnlyList<FieldChange> changes) => System.Text.Json.JsonSerializer.Serialize(changes);

    /// <summary>As they were kept.</summary>
    public static IReadOnlyList<FieldChange> Read(string kept) => System.Text.Json.JsonSerializer.Deserialize<List<FieldChange>>(kept)!;
}

/// <summary>Rows whose column a merge has set from one value to another.</summary>
public sealed class MergeMove
{
    public Guid Id { get; init; }
    public Guid Merge { get; init; }
    /// <summary>Kind of what the rows point to.</summary>
    public ObjectKind Kind { get; init; }
    /// <summary>Name of the entity in the model.</summary>
    public string Entity { get; init; } = "";
    /// <summary>Path of the property in the model.</summary>
    public string Property { get; init; } = "";
    public string Source { get; init; } = "";
    public string Target { get; init; } = "";
    /// <summary>Keys of the rows, each an array of the columns of its primary key.</summary>
    public string Keys { get; init; } = "[]";
}
