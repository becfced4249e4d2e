using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;
using Stage = Portal.Domain.Sales.Stage;

namespace Portal.Infrastructure.Sales;

/// <summary>A stage as its settings say it; <paramref name="Id"/> null for a new one. The order of a list of them is their order.</summary>
public sealed record StageSetting(StageId? Id, string Name, decimal Probability, int? AgeLimit);

/// <summary>Keeps pipelines with their stages, sources and loss reasons. All methods need <see cref="Permissions.SalesSettings"/>.</summary>
public sealed class SalesSettings(IDbContextFactory<PortalDb> contexts, MapCache maps)
{
    /// <summary>Stages of a pipeline at most.</summary>
    public const int MostStages = 30;

    /// <summary>Founds a pipeline that people lead.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>sales.stages-required</c>, <c>number.out-of-range</c></exception>
    public async Task<PipelineId> AddAsync(string name, IReadOnlyList<StageSetting> stages, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        var pipeline = new Pipeline(PipelineId.New(), name, await NextPlaceAsync(db, ct));
        db.Add(pipeline);
        Arrange(db, pipeline.Id, [], stages);
        await db.SaveChangesAsync(ct);
        return pipeline.Id;
    }

    /// <summary>Founds a pipeline that a route map runs, with the stages of its newest version.</summary>
    /// <param name="name">null to be called like the map</param>
    /// <exception cref="RuleBrokenException"><c>map.not-published</c>, <c>sales.map-without-stages</c>, <c>sales.map-taken</c></exception>
    public async Task<PipelineId> AddRunByAsync(string map, string? name, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        if (await db.Set<Pipeline>().AnyAsync(p => p.Map == map && !p.Archived, ct)) throw new RuleBrokenException("sales.map-taken", map);
        var pipeline = Pipeline.RunBy(PipelineId.New(), map, name, await NextPlaceAsync(db, ct));
        db.Add(pipeline);
        await FollowAsync(db, pipeline, ct);
        await db.SaveChangesAsync(ct);
        return pipeline.Id;
    }

    /// <summary>
    /// Changes name and stages of a pipeline; a stage that is left out is archived, unless open deals stand on it. Of one that a map runs the order, and which stages there are, stay the map's.
    /// </summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>sales.pipeline-unknown</c>, <c>sales.stage-unknown</c>, <c>sales.stage-in-use</c>, <c>sales.stages-required</c>, <c>sales.stages-of-map</c>, <c>text.required</c>, <c>number.out-of-range</c></exception>
    public async Task ChangeAsync(PipelineId id, string? name, IReadOnlyList<StageSetting> stages, uint seen, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        var pipeline = await TakeAsync(db, id, seen, ct);
        pipeline.Rename(name);
        // its version stands for the whole: of two who change its stages the second is told
        db.Entry(pipeline).Property(p => p.Position).IsModified = true;
        var known = await db.Set<Stage>().Where(s => s.Pipeline == id).ToListAsync(ct);
        var gone = known.Where(s => !s.Archived && stages.All(x => x.Id != s.Id)).ToList();
        if (pipeline.Map is not null && (gone.Count > 0 || stages.Any(s => s.Id is null) || !stages.Select(s => s.Id).SequenceEqual(known.Where(s => !s.Archived).OrderBy(s => s.Position).Select(s => (StageId?)s.Id))))
            throw new RuleBrokenException("sales.stages-of-map");
        foreach (var stage in gone)
        {
            if (await db.Set<Deal>().AnyAsync(d => d.Stage == stage.Id && d.State == DealState.Open && !d.Archived, ct)) throw new RuleBrokenException("sales.stage-in-use", stage.Name);
            stage.Archive();
        }
        Arrange(db, id, known, stages);
        await db.SaveOrExplainAsync(new(ObjectKind.Pipeline, id.Value), ct);
    }

    /// <summary>Takes the stages of the newest version of its map over into a pipeline.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>sales.pipeline-unknown</c>, <c>sales.stages-of-map</c>, <c>map.not-published</c>, <c>sales.map-without-stages</c></exception>
    public async Task FollowMapAsync(PipelineId id, uint seen, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        var pipeline = await TakeAsync(db, id, seen, ct);
        db.Entry(pipeline).Property(p => p.Position).IsModified = true;
        await FollowAsync(db, pipeline, ct);
        await db.SaveOrExplainAsync(new(ObjectKind.Pipeline, id.Value), ct);
    }

    /// <summary>Lets no new deals into a pipeline, or lets them in again.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>sales.pipeline-unknown</c>, <c>sales.last-pipeline</c>, <c>sales.map-taken</c></exception>
    public async Task ArchiveAsync(PipelineId id, bool archived, uint seen, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        var pipeline = await TakeAsync(db, id, seen, ct);
        if (archived && !await db.Set<Pipeline>().AnyAsync(p => p.Id != id && !p.Archived, ct)) throw new RuleBrokenException("sales.last-pipeline");
        if (!archived && pipeline.Map is { } map && await db.Set<Pipeline>().AnyAsync(p => p.Id != id && p.Map == map && !p.Archived, ct)) throw new RuleBrokenException("sales.map-taken", map);
        if (archived) pipeline.Archive();
        else pipeline.Restore();
        await db.SaveOrExplainAsync(new(ObjectKind.Pipeline, id.Value), ct);
    }

    /// <summary>Adds a source.</summary>
    /// <param name="key">what forms and files call it; null takes the name</param>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>sales.key-taken</c></exception>
    public async Task<LeadSourceId> AddSourceAsync(string name, string? key, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        return (await AddTermAsync(db, name, key, (key, position) => new LeadSource(LeadSourceId.New(), key, name, position), ct)).Id;
    }

    /// <summary>Renames a source, and takes it out of what is offered or puts it back.</summary>
    /// <param name="name">null leaves it as it is called</param>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>sales.source-unknown</c>, <c>text.required</c></exception>
    public async Task ChangeSourceAsync(LeadSourceId id, string? name, bool archived, uint seen, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        var source = await db.Set<LeadSource>().FirstOrDefaultAsync(s => s.Id == id, ct) ?? throw new RuleBrokenException("sales.source-unknown");
        await ChangeTermAsync(db, source, new(ObjectKind.LeadSource, id.Value), name, archived, seen, ct);
    }

    /// <summary>Adds a reason for which deals are lost.</summary>
    /// <param name="key">what maps and files call it; null takes the name</param>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>sales.key-taken</c></exception>
    public async Task<LossReasonId> AddReasonAsync(string name, string? key, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        return (await AddTermAsync(db, name, key, (key, position) => new LossReason(LossReasonId.New(), key, name, position), ct)).Id;
    }

    /// <summary>Renames a reason, and takes it out of what is offered or puts it back.</summary>
    /// <param name="name">null leaves it as it is called</param>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>sales.reason-unknown</c>, <c>text.required</c></exception>
    public async Task ChangeReasonAsync(LossReasonId id, string? name, bool archived, uint seen, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        var reason = await db.Set<LossReason>().FirstOrDefaultAsync(r => r.Id == id, ct) ?? throw new RuleBrokenException("sales.reason-unknown");
        await ChangeTermAsync(db, reason, new(ObjectKind.LossReason, id.Value), name, archived, seen, ct);
    }

    /// <summary>Adds a term after all of its like.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>sales.key-taken</c></exception>
    internal static async Task<T> AddTermAsync<T>(PortalDb db, string name, string? key, Func<string, int, T> make, CancellationToken ct) where T : class, INamedTerm
    {
        var unique = Key(key, name);
        if (await db.Set<T>().AnyAsync(t => t.Key == unique, ct)) throw new RuleBrokenException("sales.key-taken", unique);
        var term = make(unique, 1 + (await db.Set<T>().MaxAsync(t => (int?)t.Position, ct) ?? 0));
        db.Add(term);
        await db.SaveChangesAsync(ct);
        return term;
    }

    /// <summary>Renames a term, and takes it out of what is offered or puts it back.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>text.required</c></exception>
    internal static async Task ChangeTermAsync<T>(PortalDb db, T term, ObjectRef about, string? name, bool archived, uint seen, CancellationToken ct) where T : class, INamedTerm
    {
        db.ExpectVersion(term, seen);
        if (name is not null) term.Rename(name);
        if (archived) term.Archive();
        else term.Restore();
        await db.SaveOrExplainAsync(about, ct);
    }

    private PortalDb Open(Actor actor)
    {
        actor.Require(Permissions.SalesSettings);
        return contexts.CreateFor(actor);
    }

    private static async Task<Pipeline> TakeAsync(PortalDb db, PipelineId id, uint seen, CancellationToken ct)
    {
        var pipeline = await db.Set<Pipeline>().FirstOrDefaultAsync(p => p.Id == id, ct) ?? throw new RuleBrokenException("sales.pipeline-unknown");
        db.ExpectVersion(pipeline, seen);
        return pipeline;
    }

    private static async Task<int> NextPlaceAsync(PortalDb db, CancellationToken ct) => 1 + (await db.Set<Pipeline>().MaxAsync(p => (int?)p.Position, ct) ?? 0);

    private static string Key(string? key, string name) => Required.Text(string.IsNullOrWhiteSpace(key) ? name : key, "sales.key", 80).ToLowerInvariant();

    private static void Arrange(PortalDb db, PipelineId pipeline, List<Stage> known, IReadOnlyList<StageSetting> stages)
    {
        if (stages.Count == 0) throw new RuleBrokenException("sales.stages-required");
        if (stages.Count > MostStages) throw new RuleBrokenException("sales.too-many-stages", MostStages);
        for (var i = 0; i < stages.Count; i++)
        {
            var setting = stages[i];
            if (setting.Id is not { } id)
            {
                var fresh = StageId.New();
                db.Add(new Stage(fresh, pipeline, fresh.Value.ToString("n"), setting.Name, i + 1, setting.Probability, setting.AgeLimit));
                continue;
            }
            var stage = known.Find(s => s.Id == id) ?? throw new RuleBrokenException("sales.stage-unknown");
            stage.Describe(setting.Name, setting.Probability, setting.AgeLimit);
            stage.Place(i + 1);
            stage.Restore();
        }
    }

    private async Task FollowAsync(PortalDb db, Pipeline pipeline, CancellationToken ct)
    {
        if (pipeline.Map is not { } key) throw new RuleBrokenException("sales.stages-of-map");
        var drawn = MapStages.Of(await maps.NewestAsync(key, ct));
        if (drawn.Count == 0) throw new RuleBrokenException("sales.map-without-stages", key);
        var known = await db.Set<Stage>().Where(s => s.Pipeline == pipeline.Id).ToListAsync(ct);
        foreach (var stage in known.Where(s => drawn.All(d => d.Key != s.Key))) stage.Archive();
        foreach (var (stage, position) in drawn.Select((stage, i) => (stage, i + 1)))
        {
            if (known.Find(s => s.Key == stage.Key) is not { } there)
            {
                db.Add(MapStages.Stage(pipeline.Id, stage, position));
                continue;
            }
            there.Describe(there.Name, stage.Probability, there.AgeLimit);
            there.Place(position);
            there.Restore();
        }
    }
}
