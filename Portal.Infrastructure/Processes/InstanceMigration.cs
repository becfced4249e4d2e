using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Workflows.Checks;
using Portal.Workflows.Engine;
using Migration = Portal.Workflows.Engine.Migration;

namespace Portal.Infrastructure.Processes;

/// <summary>What stands against moving an instance; nothing when it can be moved.</summary>
public sealed record MigrationFinding(InstanceId Instance, IReadOnlyList<Finding> Findings);

/// <summary>How a migration went.</summary>
/// <param name="Moved">instances moved</param>
/// <param name="Refused">those that stay on the older version, and why</param>
public sealed record MigrationOutcome(int Moved, IReadOnlyList<MigrationFinding> Refused);

/// <summary>
/// Moves running instances to another version of their map by a plan of nodes. Each instance in a transaction of its own:
/// what was moved stays moved when the rest is cut off, and a rerun goes on with what is left.
/// </summary>
public sealed class InstanceMigration(StepTools tools, InstanceRights rights)
{
    /// <summary>The plan that suggests itself: nodes of the same id and type.</summary>
    /// <exception cref="RuleBrokenException"><c>map.unknown</c>, <c>process.migration-other-map</c></exception>
    public async Task<MigrationPlan> SuggestAsync(DefinitionId from, DefinitionId to, Actor actor, CancellationToken ct = default)
    {
        actor.Require(Permissions.ProcessAlter);
        var (older, newer) = await MapsAsync(from, to, ct);
        return MigrationPlan.Suggest(older.Process, newer.Process);
    }

    /// <summary>What would happen to the running instances of a version; nothing changes.</summary>
    /// <param name="only">these instances; null for all of the version</param>
    /// <exception cref="RuleBrokenException"><c>map.unknown</c>, <c>process.migration-other-map</c></exception>
    public async Task<MigrationOutcome> DryRunAsync(DefinitionId from, DefinitionId to, MigrationPlan plan, IReadOnlyCollection<InstanceId>? only, Actor actor, CancellationToken ct = default)
    {
        actor.Require(Permissions.ProcessAlter);
        var (older, newer) = await MapsAsync(from, to, ct);
        await tools.Clock.LoadAsync(ct);
        var refused = new List<MigrationFinding>();
        var fit = 0;
        await using var db = await tools.Contexts.CreateDbContextAsync(ct);
        await foreach (var row in (await RunningAsync(db, from, only, actor, ct)).Select(i => new { i.Id, i.State }).AsAsyncEnumerable().WithCancellation(ct))
        {
            var findings = Migration.Check(older.Process, newer.Process, StateJson.Read(row.State), plan, tools.Clock.Now);
            if (findings.Count == 0) fit++;
            else refused.Add(new(row.Id, findings));
        }
        return new(fit, refused);
    }

    /// <summary>Moves the running instances of a version, one transaction each; those the plan does not fit stay, and are named.</summary>
    /// <param name="only">these instances; null for all of the version</param>
    /// <param name="progress">told how many were looked at</param>
    /// <exception cref="RuleBrokenException"><c>map.unknown</c>, <c>process.migration-other-map</c></exception>
    public async Task<MigrationOutcome> ApplyAsync(
        DefinitionId from, DefinitionId to, MigrationPlan plan, IReadOnlyCollection<InstanceId>? only, Actor actor, IProgress<int>? progress = null, CancellationToken ct = default)
    {
        actor.Require(Permissions.ProcessAlter);
        var (older, newer) = await MapsAsync(from, to, ct);
        List<InstanceId> ids;
        await using (var db = await tools.Contexts.CreateDbContextAsync(ct)) ids = await (await RunningAsync(db, from, only, actor, ct)).Select(i => i.Id).ToListAsync(ct);
        var refused = new List<MigrationFinding>();
        var moved = 0;
        foreach (var (index, id) in ids.Index())
        {
            var findings = await MoveAsync(id, older, newer, plan, actor, ct);
            if (findings is null) moved++;
            else if (findings.Count > 0) refused.Add(new(id, findings));
            progress?.Report(index + 1);
        }
        return new(moved, refused);
    }

    /// <summary>Null when it was moved; what stands against it; nothing when it ended or was moved meanwhile.</summary>
    private async Task<IReadOnlyList<Finding>?> MoveAsync(InstanceId id, PublishedMap from, PublishedMap to, MigrationPlan plan, Actor actor, CancellationToken ct)
    {
        try
        {
            return await TryMoveAsync(id, from, to, plan, actor, ct);
        }
        catch (RuleBrokenException refusal)
        {
            // such as by a message that lay ready for an event armed now; the other instances go on
            return [Finding.Of(refusal)];
        }
    }

    private async Task<IReadOnlyList<Finding>?> TryMoveAsync(InstanceId id, PublishedMap from, PublishedMap to, MigrationPlan plan, Actor actor, CancellationToken ct)
    {
        await using var step = await ProcessStep.BeginAsync(tools, actor, ct);
        var instance = await step.LockAsync(id.Value, ct);
        if (instance.Map.Id != from.Id || instance.State.Status != InstanceStatus.Running) return [];
        if (Migration.Check(from.Process, to.Process, instance.State, plan, step.Now) is { Count: > 0 } findings) return findings;
        var result = Migration.Apply(from.Process, to.Process, instance.State, plan, step.Now, actor.Name, $"{from.Version} → {to.Version}");
        instance.Map = to;
        step.Writes.Rename(instance, plan);
        await step.TakeAsync(instance, result, ct);
        step.Writes.Audit(new(ObjectKind.ProcessInstance, id.Value), "changed", new { MovedFrom = from.Version, MovedTo = to.Version }, actor, step.Now);
        await step.CommitAsync(ct);
        return null;
    }

    private async Task<(PublishedMap From, PublishedMap To)> MapsAsync(DefinitionId from, DefinitionId to, CancellationToken ct)
    {
        var (older, newer) = (await tools.Maps.FindAsync(from, ct), await tools.Maps.FindAsync(to, ct));
        return older.Key == newer.Key && older.Id != newer.Id ? (older, newer) : throw new RuleBrokenException("process.migration-other-map", older.Key, newer.Key);
    }

    private async Task<IQueryable<InstanceRow>> RunningAsync(PortalDb db, DefinitionId from, IReadOnlyCollection<InstanceId>? only, Actor actor, CancellationToken ct)
    {
        var running = (await rights.OfAsync(db, actor, ct)).Where(i => i.Definition == from && i.Status == InstanceStatus.Running);
        // a process of another branch that he takes part in is seen, and stays
        if (actor.OnlyBranch() is { } branch) running = running.Where(i => i.Branch == null || i.Branch == branch);
        return only is null ? running : running.Where(i => only.Contains(i.Id));
    }
}
