using System.Text.Json;
using Npgsql;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Workflows.Engine;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Processes;

/// <summary>An instance whose row is locked by the transaction at hand, or that is about to be inserted by it.</summary>
internal sealed class RunningInstance(
    Guid id, PublishedMap map, ObjectRef? about, Guid? branch, Guid? owner, Guid[] ancestors, long revision, InstanceState state)
{
    /// <summary>Columns read by <see cref="Read"/>, of <c>process.instance i</c>.</summary>
    public const string Columns = "i.id, i.definition, i.business_kind, i.business_id, i.branch, i.owner, i.ancestors, i.revision, i.state";

    public Guid Id => id;
    public PublishedMap Map { get; set; } = map;
    public ObjectRef? About => about;
    public Guid? Branch => branch;
    /// <summary>User whose process it is; of a new one, whose it is where the map names nobody.</summary>
    public Guid? Owner => owner;
    public Guid[] Ancestors => ancestors;
    /// <summary>Revision of the row as it was read; 0 for a new instance.</summary>
    public long Revision => revision;
    public bool IsNew => revision == 0;
    public InstanceState State { get; set; } = state;
    /// <summary>Why it ended, where it did not come to its end.</summary>
    public string? EndNote { get; set; }
    /// <summary>What tells it from others about the same object, as the map computes it now.</summary>
    public string? Title { get; set; }
    /// <summary>True as soon as something must be written.</summary>
    public bool HasChanged { get; set; }
    public int HistoryLines { get; set; }

    public ProcessMap Process => Map.Process;

    /// <summary>An object's key in the engine, such as <c>Trip:0197…</c>.</summary>
    public static string? BusinessKey(ObjectRef? about) => about is { } o ? $"{o.Kind}:{o.Id}" : null;

    /// <summary>The object a business key means; null for a key that means none.</summary>
    public static ObjectRef? ReadBusinessKey(string? key)
    {
        var colon = key?.IndexOf(':') ?? -1;
        return colon > 0 && Enum.TryParse<ObjectKind>(key![..colon], out var kind) && Guid.TryParse(key[(colon + 1)..], out var id) ? new(kind, id) : null;
    }

    /// <summary>What a row of <see cref="Columns"/> holds, its map still to be found.</summary>
    public static (DefinitionId Definition, Func<PublishedMap, RunningInstance> With) Read(NpgsqlDataReader row)
    {
        var id = row.GetGuid(0);
        var definition = new DefinitionId(row.GetGuid(1));
        ObjectRef? about = row.IsDBNull(2) ? null : new(Enum.Parse<ObjectKind>(row.GetString(2)), row.GetGuid(3));
        Guid? branch = row.IsDBNull(4) ? null : row.GetGuid(4);
        Guid? owner = row.IsDBNull(5) ? null : row.GetGuid(5);
        var ancestors = row.GetFieldValue<Guid[]>(6);
        var revision = row.GetInt64(7);
        var state = JsonSerializer.Deserialize<InstanceState>(row.GetFieldValue<byte[]>(8), StateJson.Options)!;
        return (definition, map => new(id, map, about, branch, owner, ancestors, revision, state));
    }
}
