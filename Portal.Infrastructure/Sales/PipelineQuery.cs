using Microsoft.EntityFrameworkCore;
using Portal.Domain.Processes;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;
using Portal.Workflows.Notation;
using Stage = Portal.Domain.Sales.Stage;

namespace Portal.Infrastructure.Sales;

/// <summary>A stage with its name in every language in which its map has one.</summary>
/// <param name="Probability">chance of winning from here, percent</param>
/// <param name="AgeLimit">days after which a deal has stood here for too long</param>
public sealed record StageRow(StageId Id, string Key, LocalText Name, int Position, decimal Probability, int? AgeLimit, bool Archived);

/// <summary>A pipeline with its stages in order.</summary>
/// <param name="OwnName">the name the company gave it; null where it is called like its map</param>
/// <param name="Map">key of the route map that runs it</param>
public sealed record PipelineRow(PipelineId Id, LocalText Name, string? OwnName, string? Map, int Position, bool Archived, uint Version, IReadOnlyList<StageRow> Stages)
{
    /// <summary>Stages on which deals may stand.</summary>
    public IEnumerable<StageRow> Open => Stages.Where(s => !s.Archived);
}

/// <summary>A source or a reason; without a name it is called by its key in the language of who reads.</summary>
public sealed record SalesTerm(Guid Id, string Key, string? Name, int Position, bool Archived, uint Version);

/// <summary>Pipelines, sources and loss reasons, for everybody of staff: they are the words in which deals are spoken of.</summary>
public sealed class PipelineQuery(IDbContextFactory<PortalDb> contexts, MapCache maps)
{
    /// <summary>All pipelines in order, archived ones last.</summary>
    public async Task<IReadOnlyList<PipelineRow>> ListAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var stages = (await db.Set<Stage>().AsNoTracking().OrderBy(s => s.Archived).ThenBy(s => s.Position).ThenBy(s => s.Id).ToListAsync(ct)).ToLookup(s => s.Pipeline);
        var rows = new List<PipelineRow>();
        foreach (var pipeline in await db.Set<Pipeline>().AsNoTracking().OrderBy(p => p.Archived).ThenBy(p => p.Position).ThenBy(p => p.Id).ToListAsync(ct))
        {
            var map = pipeline.Map is { } key ? await maps.FindNewestAsync(key, ct) : null;
            rows.Add(new(pipeline.Id, pipeline.Name ?? map?.Process.Name ?? pipeline.Map!, pipeline.Name, pipeline.Map, pipeline.Position, pipeline.Archived, pipeline.Version,
                [.. stages[pipeline.Id].Select(s => new StageRow(s.Id, s.Key, Name(s, map), s.Position, s.Probability, s.AgeLimit, s.Archived))]));
        }
        return rows;
    }

    /// <summary>Keys of published route maps, by key: what may run a pipeline.</summary>
    public async Task<IReadOnlyList<string>> MapsAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<ProcessDefinition>().Where(d => d.Version != null).Select(d => d.Key).Distinct().OrderBy(key => key).ToListAsync(ct);
    }

    /// <summary>Where clients come from, in order.</summary>
    public async Task<IReadOnlyList<SalesTerm>> SourcesAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<LeadSource>().OrderBy(s => s.Archived).ThenBy(s => s.Position).ThenBy(s => s.Id).Select(s => new SalesTerm(s.Id.Value, s.Key, s.Name, s.Position, s.Archived, s.Version)).ToListAsync(ct);
    }

    /// <summary>Why deals are lost, in order.</summary>
    public async Task<IReadOnlyList<SalesTerm>> LossReasonsAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<LossReason>().OrderBy(r => r.Archived).ThenBy(r => r.Position).ThenBy(r => r.Id).Select(r => new SalesTerm(r.Id.Value, r.Key, r.Name, r.Position, r.Archived, r.Version)).ToListAsync(ct);
    }

    // a stage that is called as its map calls it is told in the reader's language
    private static LocalText Name(Stage stage, PublishedMap? map) => map?.Stages.FirstOrDefault(s => s.Key == stage.Key && s.Name.Default == stage.Name)?.Name ?? stage.Name;
}
