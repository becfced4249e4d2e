using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Imports;

namespace Portal.Infrastructure.Sales.Intake;

/// <summary>What a file names as a pipeline and a stage, as often as it does.</summary>
/// <param name="Pipeline">null where the file names none</param>
/// <param name="Begun">share of its rows that say when they were opened: who is not yet engaged stands earlier</param>
/// <param name="First">line of the first</param>
internal sealed record NamedStage(string? Pipeline, string Stage, double Begun, int First);

/// <summary>
/// The pipelines and stages that rows name. Without a name it is the pipeline called like the source, else the first one that has all stages of the file, else a new one called like the source;
/// stages that are nowhere are added behind the others, those first on which fewer rows have a day of opening.
/// </summary>
internal sealed class ImportedPipelines(string source, IReadOnlyList<NamedStage> named, List<Pipeline> pipelines, List<Stage> stages)
{
    private readonly Dictionary<string, Pipeline> chosen = [];

    // thousands of rows say the same few things
    private readonly Dictionary<(string? Pipeline, string? Stage, DealState State), Stage?> standing = [];

    /// <summary>Reads what there is, and what the accepted rows of a run name.</summary>
    public static async Task<ImportedPipelines> ReadAsync(IDbContextFactory<PortalDb> contexts, ImportRun run, NpgsqlConnection connection, CancellationToken ct)
    {
        var named = new List<NamedStage>();
        if (run.Map.TryGetValue("stage", out var stage))
        {
            await using var command = new NpgsqlCommand("""
                select nullif(trim(fields[$2]), ''), trim(fields[$3]), avg((coalesce(trim(fields[$4]), '') <> '')::int)::float8, min(line)
                from imports.staged_row where run = $1 and refusal is null and trim(fields[$3]) <> '' group by 1, 2
                """, connection)
            {
                CommandTimeout = 0,
                Parameters = { new() { Value = run.Id }, new() { Value = Field(run, "pipeline") }, new() { Value = stage + 1 }, new() { Value = Field(run, "opened") } },
            };
            await using var rows = await command.ExecuteReaderAsync(ct);
            while (await rows.ReadAsync(ct)) named.Add(new(rows.IsDBNull(0) ? null : rows.GetString(0), rows.GetString(1), rows.IsDBNull(2) ? 0 : rows.GetDouble(2), rows.GetInt32(3)));
        }
        await using var db = await contexts.CreateDbContextAsync(ct);
        return new(run.Source, named, await db.Set<Pipeline>().AsNoTracking().Where(p => !p.Archived).OrderBy(p => p.Position).ThenBy(p => p.Id).ToListAsync(ct),
            await db.Set<Stage>().AsNoTracking().Where(s => !s.Archived).OrderBy(s => s.Position).ToListAsync(ct));
    }

    /// <summary>Whether a stage of that name is known: in the pipeline that is named, else in any.</summary>
    public bool Knows(string? pipeline, string stage) => pipelines.Where(p => pipeline is null || IsCalled(p, pipeline)).Any(p => Find(p, stage) is not null);

    /// <summary>Whether there is a pipeline of that name.</summary>
    public bool Knows(string pipeline) => pipelines.Exists(p => IsCalled(p, pipeline));

    /// <summary>Founds what the file names and nobody has; saved with the context.</summary>
    public void Found(PortalDb db)
    {
        if (chosen.Count > 0) return;
        foreach (var of in named.GroupBy(n => ColumnMap.Normalised(n.Pipeline ?? "")))
        {
            var wanted = of.Where(n => OpportunityColumns.Outcome(n.Stage) is null).OrderBy(n => n.Begun).ThenBy(n => n.First).Select(n => n.Stage).DistinctBy(ColumnMap.Normalised).ToList();
            // however often it is spelt otherwise, it is called as it was first
            var called = of.MinBy(n => n.First)!.Pipeline;
            var pipeline = Choose(called, wanted);
            if (pipeline is null)
            {
                var name = called ?? source;
                pipeline = new Pipeline(PipelineId.New(), name, pipelines.Count == 0 ? 1 : pipelines.Max(p => p.Position) + 1);
                pipelines.Add(pipeline);
                db.Add(pipeline);
                // a pipeline has a stage, even where all of its deals are decided
                if (wanted.Count == 0) wanted.Add(name);
            }
            chosen[of.Key] = pipeline;
            // what a map runs has the stages of the map
            if (pipeline.Map is not null) continue;
            var missing = wanted.Where(stage => Find(pipeline, stage) is null).ToList();
            var before = Of(pipeline).Select(s => s.Position).DefaultIfEmpty(0).Max();
            for (var i = 0; i < missing.Count; i++)
            {
                var id = StageId.New();
                var stage = new Stage(id, pipeline.Id, id.Value.ToString("n"), missing[i], before + i + 1, Math.Round(100m * (before + i + 1) / (before + missing.Count + 1)), null);
                stages.Add(stage);
                db.Add(stage);
            }
        }
    }

    /// <summary>
    /// The stage on which a row's deal stands, or stood when it was decided: the one it names; won ones stood on the last, of lost ones it is known only that they had begun.
    /// Null where a map's pipeline has no such stage.
    /// </summary>
    public Stage? StandingOf(OpportunityRow row)
    {
        var key = (row.Pipeline, row.Stage, row.State);
        return standing.TryGetValue(key, out var known) ? known : standing[key] = Stand(row);
    }

    private Stage? Stand(OpportunityRow row)
    {
        var called = ColumnMap.Normalised(row.Pipeline ?? "");
        var pipeline = chosen[called];
        if (row.Stage is { } name) return Find(pipeline, name);
        var inOrder = Of(pipeline).ToList();
        if (row.State == DealState.Won) return inOrder[^1];
        var begun = named.Where(n => ColumnMap.Normalised(n.Pipeline ?? "") == called && n.Begun > 0.5).Select(n => Find(pipeline, n.Stage)).FirstOrDefault(s => s is not null && inOrder.Contains(s));
        return inOrder.FirstOrDefault(s => s == begun) ?? inOrder[0];
    }

    private Pipeline? Choose(string? name, List<string> wanted) =>
        pipelines.Find(p => IsCalled(p, name ?? source)) ?? (name is null ? pipelines.Find(p => wanted.TrueForAll(stage => Find(p, stage) is not null)) : null);

    private IEnumerable<Stage> Of(Pipeline pipeline) => stages.Where(s => s.Pipeline == pipeline.Id).OrderBy(s => s.Position);

    private Stage? Find(Pipeline pipeline, string name) => Of(pipeline).FirstOrDefault(s => ColumnMap.Normalised(s.Name) == ColumnMap.Normalised(name) || s.Key.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static bool IsCalled(Pipeline pipeline, string name) => ColumnMap.Normalised(pipeline.Name ?? pipeline.Map ?? "") == ColumnMap.Normalised(name);

    private static int Field(ImportRun run, string column) => run.Map.TryGetValue(column, out var index) ? index + 1 : 0;
}
