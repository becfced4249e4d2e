using Npgsql;
using Portal.Domain.Sales;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Sales.Funnel;

/// <summary>The stages of a pipeline as the funnel counts them: those in use, from 1. What stood on one that is no longer in use counts at the one before it.</summary>
public sealed class FunnelStages
{
    private readonly Dictionary<StageId, int> places = [];

    /// <summary>Counts the stages.</summary>
    public FunnelStages(PipelineRow pipeline)
    {
        (Pipeline, Stages) = (pipeline, [.. pipeline.Open.OrderBy(s => s.Position)]);
        foreach (var stage in pipeline.Stages) places[stage.Id] = Math.Max(1, Stages.Count(s => s.Position <= stage.Position));
    }

    /// <summary>The pipeline.</summary>
    public PipelineRow Pipeline { get; }

    /// <summary>Its stages in use, in order.</summary>
    public IReadOnlyList<StageRow> Stages { get; }

    /// <summary>How many there are; the win stands behind them.</summary>
    public int Count => Stages.Count;

    /// <summary>The place of a stage.</summary>
    public int PlaceOf(StageId stage) => places.GetValueOrDefault(stage, 1);

    /// <summary>Stages at a place, or there and further.</summary>
    public IReadOnlyList<StageId> At(int place, bool further = false) => [.. places.Where(p => further ? p.Value >= place : p.Value == place).Select(p => p.Key)];

    /// <summary>The pipeline of that id, or the first one that has deals.</summary>
    /// <exception cref="RuleBrokenException"><c>sales.pipeline-unknown</c></exception>
    internal static async Task<FunnelStages> OfAsync(PipelineQuery pipelines, NpgsqlDataSource database, PipelineId? id, CancellationToken ct)
    {
        var known = await pipelines.ListAsync(ct);
        if (id is null)
        {
            await using var used = database.CreateCommand("select p.id from sales.pipeline p where exists (select from sales.deal d where d.pipeline = p.id and not d.archived)");
            await using var rows = await used.ExecuteReaderAsync(ct);
            var filled = new HashSet<PipelineId>();
            while (await rows.ReadAsync(ct)) filled.Add(new(rows.GetGuid(0)));
            return new(known.FirstOrDefault(p => filled.Contains(p.Id)) ?? known.FirstOrDefault() ?? throw new RuleBrokenException("sales.pipeline-unknown"));
        }
        return new(known.FirstOrDefault(p => p.Id == id) ?? throw new RuleBrokenException("sales.pipeline-unknown"));
    }
}
