using System.Collections.Concurrent;
using Npgsql;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Workflows.Engine;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Processes;

/// <summary>A published version, parsed.</summary>
public sealed record PublishedMap(DefinitionId Id, string Key, int Version, ProcessMap Process)
{
    /// <summary>Its funnel stages in their order; put in order once, because every step asks.</summary>
    public IReadOnlyList<Stage> Stages { get; } = Standing.Stages(Process);

    /// <summary>The furthest funnel stage of an instance's tokens; null before the first.</summary>
    public Stage? StageOf(InstanceState state) => Stages.LastOrDefault(stage => state.Tokens.Any(token => token.Stage == stage.Key));

    /// <summary>The funnel stages on which an instance's tokens stand, in order.</summary>
    public IReadOnlyList<Stage> StagesOf(InstanceState state) => [.. Stages.Where(stage => state.Tokens.Any(token => token.Stage == stage.Key))];
}

/// <summary>
/// Parsed published versions by id. A version never changes, so nothing here grows stale;
/// the oldest ones are dropped when there are more than <see cref="Most"/>.
/// </summary>
public sealed class MapCache(NpgsqlDataSource database)
{
    /// <summary>How many parsed maps are kept.</summary>
    public const int Most = 200;

    private readonly ConcurrentDictionary<DefinitionId, PublishedMap> maps = new();
    private readonly ConcurrentQueue<DefinitionId> order = new();

    /// <summary>The version of that id.</summary>
    /// <exception cref="RuleBrokenException"><c>map.unknown</c></exception>
    public ValueTask<PublishedMap> FindAsync(DefinitionId id, CancellationToken ct) =>
        maps.TryGetValue(id, out var map) ? ValueTask.FromResult(map) : new(ReadAsync(id, ct));

    /// <summary>The newest version of a key.</summary>
    /// <exception cref="RuleBrokenException"><c>map.not-published</c> with the key</exception>
    public async Task<PublishedMap> NewestAsync(string key, CancellationToken ct) =>
        await FindNewestAsync(key, ct) ?? throw new RuleBrokenException("map.not-published", key);

    /// <summary>The newest version of a key; null where none was published.</summary>
    public async Task<PublishedMap?> FindNewestAsync(string key, CancellationToken ct)
    {
        await using var command = database.CreateCommand("select id from process.definition where key = $1 and version is not null order by version desc limit 1");
        command.Parameters.Add(new() { Value = key });
        return await command.ExecuteScalarAsync(ct) is Guid id ? await FindAsync(new(id), ct) : null;
    }

    private async Task<PublishedMap> ReadAsync(DefinitionId id, CancellationToken ct)
    {
        await using var command = database.CreateCommand("select key, version, xml, takes_form_fields from process.definition where id = $1 and version is not null");
        command.Parameters.Add(new() { Value = id.Value });
        await using var reader = await command.ExecuteReaderAsync(ct);
        if (!await reader.ReadAsync(ct)) throw new RuleBrokenException("map.unknown", id.Value);
        var map = new PublishedMap(id, reader.GetString(0), reader.GetInt32(1), MapDocument.Parse(reader.GetString(2)).ToMap(reader.GetBoolean(3)).Process);
        if (maps.TryAdd(id, map)) order.Enqueue(id);
        while (maps.Count > Most && order.TryDequeue(out var oldest)) maps.TryRemove(oldest, out _);
        return map;
    }
}
