using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Plans;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Processes;

namespace Portal.Infrastructure.Sales.Plans;

/// <summary>A cell of the grid of plans and what is to stand in it.</summary>
/// <param name="Month">any day of the month</param>
/// <param name="Manager">null for what nobody has taken on yet</param>
public sealed record PlannedCell(DateOnly Month, Guid? Manager, decimal Amount);

/// <summary>Plans sales, and keeps the days that are not worked as their weekday says. Needs <see cref="Permissions.PlansManage"/>; the plans of people beyond the actor's reach are not his to make.</summary>
public sealed class PlanDesk(IDbContextFactory<PortalDb> contexts, CompanyClock clock)
{
    /// <summary>Cells of one command at most.</summary>
    public const int MostCells = 5_000;

    /// <summary>Sets cells of a pipeline, all or none. What was planned on an earlier day stays as a version; equal amounts change nothing.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c>, <c>sales.pipeline-unknown</c>, <c>work.person-unknown</c>, <c>identity.out-of-reach</c>, <c>sales.too-many-cells</c></exception>
    public async Task SetAsync(PipelineId pipeline, IReadOnlyCollection<PlannedCell> cells, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PlansManage);
        if (cells.Count > MostCells) throw new RuleBrokenException("sales.too-many-cells", MostCells);
        await clock.LoadAsync(ct);
        var today = clock.Today;
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.TakeTurnAsync($"sales.plan {pipeline.Value}", ct);
        if (!await db.Set<Pipeline>().AnyAsync(p => p.Id == pipeline, ct)) throw new RuleBrokenException("sales.pipeline-unknown");
        await RequirePeopleAsync(db, [.. cells.Select(c => c.Manager).Distinct()], actor, ct);
        var months = cells.Select(c => new DateOnly(c.Month.Year, c.Month.Month, 1)).Distinct().ToList();
        var known = (await db.Set<SalesPlan>().Where(p => p.Pipeline == pipeline && months.Contains(p.Month)).ToListAsync(ct)).ToLookup(p => (p.Month, p.Manager));
        foreach (var cell in cells.GroupBy(c => (Month: new DateOnly(c.Month.Year, c.Month.Month, 1), c.Manager)).Select(g => (g.Key, g.Last().Amount)))
        {
            var last = known[cell.Key].MaxBy(p => p.Since);
            if (last is null && cell.Amount == 0 || last?.Amount == cell.Amount) continue;
            if (last?.Since == today) last.Correct(cell.Amount);
            else db.Add(new SalesPlan(SalesPlanId.New(), cell.Key.Month, pipeline, cell.Key.Manager, cell.Amount, today));
        }
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Says of a day whether it is worked; as its weekday says where nothing is given.</summary>
    /// <param name="branch">null for all branches that say nothing of that day themselves; for whose rights end at a branch only his own</param>
    /// <exception cref="RuleBrokenException"><c>identity.out-of-reach</c>, <c>identity.branch-unknown</c></exception>
    public async Task SetDayAsync(BranchId? branch, DateOnly day, bool? works, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PlansManage);
        if (actor.OnlyBranch() is { } only && only != branch) throw new RuleBrokenException("identity.out-of-reach");
        await using var db = contexts.CreateFor(actor);
        if (branch is { } id && !await db.Set<Branch>().AnyAsync(b => b.Id == id, ct)) throw new RuleBrokenException("identity.branch-unknown");
        foreach (var before in await db.Set<CalendarDay>().Where(d => d.Branch == branch && d.Day == day).ToListAsync(ct)) db.Remove(before);
        if (works is { } said) db.Add(new CalendarDay(Guid.CreateVersion7(), branch, day, said));
        await db.SaveChangesAsync(ct);
    }

    private static async Task RequirePeopleAsync(PortalDb db, IReadOnlyList<Guid?> people, Actor actor, CancellationToken ct)
    {
        if (people.Contains(null) && actor.OnlyBranch() is not null) throw new RuleBrokenException("identity.out-of-reach");
        var named = people.OfType<Guid>().ToList();
        if (await db.Set<PortalUser>().CountAsync(u => named.Contains(u.Id) && u.Partner == null, ct) != named.Count) throw new RuleBrokenException("work.person-unknown");
        if (await db.Set<PortalUser>().NearTo(actor).CountAsync(u => named.Contains(u.Id), ct) != named.Count) throw new RuleBrokenException("identity.out-of-reach");
    }
}
