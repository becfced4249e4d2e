using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients.Duplicates;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Clients.Duplicates;

/// <summary>Starts and stops searches for duplicates, plans them, and takes decisions about pairs that need no merge.</summary>
public sealed class DuplicateDesk(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Starts a search through the whole base in the background.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>clients.run-there</c> with who has started the one that is at work</exception>
    public Task<Guid> StartAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.DuplicatesRun);
        return BeginAsync(actor, ct);
    }

    /// <summary>Asks the search at work to stop.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>clients.run-over</c></exception>
    public async Task CancelAsync(Guid id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.DuplicatesRun);
        await using var db = contexts.CreateFor(actor);
        // the search writes its progress to the row all the time: only the wish is written here
        var run = await db.Set<DuplicateRun>().SingleOrDefaultAsync(r => r.Id == id, ct) ?? throw new RuleBrokenException("clients.run-over");
        run.RequestCancel();
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Plans searches; begins with the next round.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>number.out-of-range</c>, <c>work.person-unknown</c></exception>
    public async Task PlanAsync(DuplicatePlan plan, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.DuplicatesRun);
        await using var db = contexts.CreateFor(actor);
        if (plan.Tell is { } told) await AssignmentDesk.PersonAsync(db, told, ct);
        var row = await db.Set<SettingRow>().SingleOrDefaultAsync(s => s.Key == DuplicatePlan.Key, ct);
        if (row is null) db.Add(row = new SettingRow { Key = DuplicatePlan.Key });
        row.Value = JsonSerializer.Serialize(plan.Checked() with { MadeAt = time.GetUtcNow() });
        row.ChangedAt = time.GetUtcNow();
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Says that the two of a pair are two; they are not offered again.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.pair-unknown</c>, <c>clients.pair-merged</c>, <c>clients.pair-different</c></exception>
    public Task PartAsync(Guid pair, Actor actor, CancellationToken ct) => DecideAsync(pair, actor, found => found.Part(actor, time.GetUtcNow()), ct);

    /// <summary>Offers a pair again that somebody took for two.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.pair-unknown</c>, <c>clients.pair-merged</c></exception>
    public Task ReopenAsync(Guid pair, Actor actor, CancellationToken ct) => DecideAsync(pair, actor, found =>
    {
        if (found.State == FoundPairState.Merged) throw new RuleBrokenException("clients.pair-merged", found.DecidedByName!);
        found.Reopen();
    }, ct);

    /// <summary>Starts the planned search when its time has come.</summary>
    internal async Task StartPlannedAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var plan = await DuplicatePlan.ReadAsync(db, ct);
        if (plan.EveryDays == 0) return;
        var last = await db.Set<DuplicateRun>().OrderByDescending(r => r.StartedAt).ThenByDescending(r => r.Id).Select(r => new { r.StartedAt, r.State }).FirstOrDefaultAsync(ct);
        if (last?.State == DuplicateRunState.Running || plan.Next(last?.StartedAt, await db.CompanyZoneAsync(ct)) > time.GetUtcNow()) return;
        try
        {
            await BeginAsync(Actor.System("duplicates"), ct);
        }
        catch (RuleBrokenException forestalled) when (forestalled.Code == "clients.run-there")
        {
            // somebody has begun one in the meantime; the plan counts from it
        }
    }

    private async Task<Guid> BeginAsync(Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.TakeTurnAsync("duplicates", ct);
        if (await db.Set<DuplicateRun>().Where(r => r.State == DuplicateRunState.Running).Select(r => r.ByName).FirstOrDefaultAsync(ct) is { } who) throw new RuleBrokenException("clients.run-there", who);
        var run = new DuplicateRun(Guid.CreateVersion7(), actor, time.GetUtcNow());
        db.Add(run);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return run.Id;
    }

    private async Task DecideAsync(Guid id, Actor actor, Action<FoundPair> decide, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsManage);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var pair = await PartyMerge.TakeAsync(db, id, actor, ct);
        decide(pair);
        if (!pair.IsOpen) await DuplicateTasks.SettleAsync(db, pair, time.GetUtcNow(), actor, ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }
}
