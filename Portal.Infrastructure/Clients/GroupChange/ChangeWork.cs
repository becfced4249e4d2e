using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Npgsql;
using Portal.Domain.Clients;
using Portal.Domain.Clients.GroupChange;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Network;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Clients.GroupChange;

/// <summary>
/// Does changes of many, some clients at a time: their rows, audit, history and the lines of the change are one transaction,
/// so a kill at any moment loses nothing and changes nobody twice.
/// </summary>
public sealed class ChangeWork(IDbContextFactory<PortalDb> contexts, NpgsqlDataSource data, UserRights rights, TimeProvider time, ILogger<ChangeWork> log)
{
    /// <summary>Clients in one transaction.</summary>
    public const int AtOnce = 200;

    /// <summary>Works on all that is running, the oldest first.</summary>
    public async Task RunAllAsync(CancellationToken ct)
    {
        List<ChangeOfManyId> running;
        await using (var db = await contexts.CreateDbContextAsync(ct))
            running = await db.Set<ChangeOfMany>().Where(c => c.State == ChangeState.Running).OrderBy(c => c.CreatedAt).Select(c => c.Id).ToListAsync(ct);
        foreach (var id in running) await RunAsync(id, ct);
    }

    /// <summary>Works on a change until it ends; returns at once when another worker is at it.</summary>
    public async Task RunAsync(ChangeOfManyId id, CancellationToken ct)
    {
        await using var atWork = await AdvisoryLock.TryTakeAsync(data, $"change {id.Value}", ct);
        if (atWork is null) return;
        try
        {
            while (await StepAsync(id, AtOnce, ct)) { }
        }
        catch (Exception fault) when (fault is not OperationCanceledException && !DatabaseRounds.IsAway(fault))
        {
            log.LogError(fault, "Change {Change} stopped", id.Value);
            await using var db = contexts.CreateFor(Actor.System("change"));
            (await db.Set<ChangeOfMany>().SingleAsync(c => c.Id == id, ct)).End(ChangeState.Failed, time.GetUtcNow());
            await db.SaveChangesAsync(ct);
        }
    }

    /// <summary>Changes the next clients; false when nothing more is to be done.</summary>
    internal async Task<bool> StepAsync(ChangeOfManyId id, int count, CancellationToken ct)
    {
        ChangeOfMany many;
        await using (var db = await contexts.CreateDbContextAsync(ct)) many = await db.Set<ChangeOfMany>().AsNoTracking().SingleAsync(c => c.Id == id, ct);
        if (many.State != ChangeState.Running) return false;
        // also who began it with every right may have lost it, or have been blocked, before the last client
        if (await rights.FindAsync(many.ByUser, ct) is not { } asker) return await EndAsync(id, ChangeState.Cancelled, Actor.System("change"), ct, ChangeStop.UserBlocked);
        if (!asker.Can(Permissions.ClientsManage)) return await EndAsync(id, ChangeState.Cancelled, Actor.System("change"), ct, ChangeStop.RightLost);
        var actor = asker with { Scope = asker.Scope < many.Scope ? asker.Scope : many.Scope, Origin = "job" };
        if (many.CancelRequested) return await EndAsync(id, ChangeState.Cancelled, actor, ct);
        // parents are put back one by one: each must see where the last one went
        var chunk = many is { Field: ClientField.Parent, Undoes: not null } ? 1 : count;
        await using var work = contexts.CreateFor(actor);
        await using var transaction = await work.Database.BeginTransactionAsync(ct);
        if (many.Field == ClientField.Parent) await work.TakeNetworkTurnAsync(ct);
        var lines = await work.Set<ChangeLine>().Where(l => l.Change == id && l.Outcome == null).OrderBy(l => l.Ordinal).Take(chunk).ToListAsync(ct);
        if (lines.Count == 0) return await EndAsync(id, ChangeState.Done, actor, ct);
        try
        {
            await SetAsync(work, many, lines, actor, ct);
            await work.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }
        catch (DbUpdateConcurrencyException)
        {
            // somebody was faster with one of them; the next round reads them again
        }
        return true;
    }

    private async Task SetAsync(PortalDb db, ChangeOfMany many, List<ChangeLine> lines, Actor actor, CancellationToken ct)
    {
        var ids = lines.ConvertAll(l => l.Partner);
        var partners = await db.Set<Partner>().Within(actor).Where(p => ids.Contains(p.Id)).ToDictionaryAsync(p => p.Id, ct);
        var plan = new ChangePlan(db, many.Change, actor, time.GetUtcNow());
        await plan.MeetAsync(ids, ct);
        foreach (var line in lines)
        {
            if (!partners.TryGetValue(line.Partner, out var partner))
            {
                line.Settle(ChangeOutcome.OutOfReach, null, null);
                continue;
            }
            var before = plan.Read(partner);
            if (before == line.Target) line.Settle(ChangeOutcome.Same, before, null);
            else if (many.Undoes is not null && before != many.Value) line.Settle(ChangeOutcome.ChangedSince, before, null);
            else
                try
                {
                    await plan.WriteAsync(partner, line.Target, ct);
                    line.Settle(ChangeOutcome.Changed, before, null);
                }
                catch (RuleBrokenException rule)
                {
                    line.Settle(ChangeOutcome.Refused, before, rule.Code);
                }
        }
    }

    private async Task<bool> EndAsync(ChangeOfManyId id, ChangeState state, Actor actor, CancellationToken ct, ChangeStop? stop = null)
    {
        await using var db = contexts.CreateFor(actor);
        (await db.Set<ChangeOfMany>().SingleAsync(c => c.Id == id, ct)).End(state, time.GetUtcNow(), stop);
        await db.SaveChangesAsync(ct);
        return false;
    }
}
