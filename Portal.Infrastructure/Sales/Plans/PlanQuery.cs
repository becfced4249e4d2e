using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Plans;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Processes;

namespace Portal.Infrastructure.Sales.Plans;

/// <summary>What was planned for a month and what came of it.</summary>
/// <param name="Month">its first day</param>
/// <param name="Versions">how often it was planned</param>
public sealed record PlanCell(DateOnly Month, PlanFact Figures, int Versions);

/// <summary>The months of one manager, or of nobody.</summary>
/// <param name="Blocked">he works here no more</param>
public sealed record PlanRow(Guid? Manager, string? Name, bool Blocked, IReadOnlyList<PlanCell> Months, PlanFact Total);

/// <summary>A year of a pipeline: managers by months, and the sums of both; figures to date are those of <paramref name="Today"/>.</summary>
public sealed record PlanYear(int Year, DateOnly Today, IReadOnlyList<PlanRow> Rows, IReadOnlyList<PlanFact> Months, PlanFact Total);

/// <summary>A version of a plan, as it was written down.</summary>
public sealed record PlanVersion(DateOnly Month, Guid? Manager, string? Name, decimal Amount, DateOnly Since);

/// <summary>A day that is not worked, or worked, other than its weekday says.</summary>
/// <param name="Branch">null for all branches</param>
public sealed record CalendarDayRow(BranchId? Branch, string? BranchName, DateOnly Day, bool Works);

/// <summary>Reads plans against facts, for managers within the reader's reach. A fact is what was won in the month, in the company's currency.</summary>
public sealed class PlanQuery(IDbContextFactory<PortalDb> contexts, CompanyClock clock)
{
    /// <summary>A year of a pipeline.</summary>
    public async Task<PlanYear> ReadAsync(PipelineId pipeline, int year, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.FunnelRead);
        await clock.LoadAsync(ct);
        var today = clock.Today;
        var (first, last) = (new DateOnly(year, 1, 1), new DateOnly(year, 12, 31));
        await using var db = await contexts.CreateDbContextAsync(ct);
        var plans = await Plans(db, pipeline, actor).Where(p => p.Month >= first && p.Month <= last).ToListAsync(ct);
        var facts = await Won(db, actor).Where(d => d.Pipeline == pipeline && !d.Archived && d.State == DealState.Won && d.ClosedOn >= first && d.ClosedOn <= last)
            .GroupBy(d => new { d.Manager, d.ClosedOn!.Value.Month }).Select(g => new { g.Key.Manager, g.Key.Month, Amount = g.Sum(d => d.AmountBase) }).ToListAsync(ct);
        var named = plans.Select(p => p.Manager).Concat(facts.Select(f => f.Manager)).OfType<Guid>().ToHashSet();
        var people = await db.Set<PortalUser>().AsNoTracking()
            .Where(u => named.Contains(u.Id) || db.Set<PortalUser>().OfStaff().Holding(Permissions.DealsManage, db).NearTo(actor).Any(s => s.Id == u.Id))
            .Select(u => new { u.Id, u.DisplayName, u.Branch, u.Blocked }).ToListAsync(ct);
        var calendars = await CalendarsAsync(db, first, last, ct);
        var (versions, won) = (plans.ToLookup(p => (p.Month.Month, p.Manager)), facts.ToDictionary(f => (f.Month, f.Manager), f => f.Amount));
        var rows = people.OrderBy(p => p.Blocked).ThenBy(p => p.DisplayName, StringComparer.CurrentCulture).Select(p => Row(p.Id, p.DisplayName, p.Blocked, p.Branch)).ToList();
        // what nobody has taken on yet is the whole company's
        if (actor.IsSystem || actor.Scope == ActorScope.All) rows.Add(Row(null, null, false, null));
        return new(year, today, rows, [.. Enumerable.Range(0, 12).Select(month => PlanFact.Total([.. rows.Select(r => r.Months[month].Figures)]))], PlanFact.Total([.. rows.Select(r => r.Total)]));

        PlanRow Row(Guid? manager, string? name, bool blocked, BranchId? branch)
        {
            var days = calendars(branch);
            var cells = Enumerable.Range(1, 12).Select(month =>
            {
                var (start, all) = (new DateOnly(year, month, 1), versions[(month, manager)].ToList());
                var (elapsed, of) = days.OfMonth(start, today);
                return new PlanCell(start, PlanFact.Of(SalesPlan.InForce(all, today)?.Amount ?? 0, won.GetValueOrDefault((month, manager)), elapsed, of), all.Count);
            }).ToList();
            return new(manager, name, blocked, cells, PlanFact.Over([.. cells.Select(c => c.Figures)], days.Count(first, today < last ? today : last), days.Count(first, last)));
        }
    }

    // the whole of those within reach, and nothing of others: a deal that somebody works on with a colleague is not that colleague's month
    private static IQueryable<Deal> Won(PortalDb db, Actor actor)
    {
        var deals = db.Set<Deal>().AsNoTracking();
        return Near(db, actor) is { } near ? deals.Where(d => near.Contains(d.Manager)) : deals;
    }

    /// <summary>All versions of a year's plans, the newest first.</summary>
    public async Task<IReadOnlyList<PlanVersion>> VersionsAsync(PipelineId pipeline, int year, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.FunnelRead);
        var (first, last) = (new DateOnly(year, 1, 1), new DateOnly(year, 12, 31));
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await Plans(db, pipeline, actor).Where(p => p.Month >= first && p.Month <= last).OrderByDescending(p => p.Since).ThenBy(p => p.Month).ThenBy(p => p.Id)
            .Select(p => new PlanVersion(p.Month, p.Manager, db.Set<PortalUser>().Where(u => u.Id == p.Manager).Select(u => u.DisplayName).FirstOrDefault(), p.Amount, p.Since)).Take(Slice.MaxRows).ToListAsync(ct);
    }

    /// <summary>Days of a year that differ from their weekday, and the branches within reach.</summary>
    public async Task<(IReadOnlyList<CalendarDayRow> Days, IReadOnlyList<(BranchId Id, string Name)> Branches)> CalendarAsync(int year, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.FunnelRead);
        var (first, last, only) = (new DateOnly(year, 1, 1), new DateOnly(year, 12, 31), actor.OnlyBranch());
        await using var db = await contexts.CreateDbContextAsync(ct);
        var branches = await db.Set<Branch>().Where(b => !b.Archived && (only == null || b.Id == only)).OrderBy(b => b.Name).Select(b => new { b.Id, b.Name }).ToListAsync(ct);
        var days = await db.Set<CalendarDay>().Where(d => d.Day >= first && d.Day <= last && (only == null || d.Branch == null || d.Branch == only)).OrderBy(d => d.Day)
            .Select(d => new CalendarDayRow(d.Branch, db.Set<Branch>().Where(b => b.Id == d.Branch).Select(b => b.Name).FirstOrDefault(), d.Day, d.Works)).ToListAsync(ct);
        return (days, branches.ConvertAll(b => (b.Id, b.Name)));
    }

    private static IQueryable<SalesPlan> Plans(PortalDb db, PipelineId pipeline, Actor actor)
    {
        var plans = db.Set<SalesPlan>().AsNoTracking().Where(p => p.Pipeline == pipeline);
        return Near(db, actor) is { } near ? plans.Where(p => near.Contains(p.Manager)) : plans;
    }

    // the managers within reach; null for who reaches all, and what is nobody's
    private static IQueryable<Guid?>? Near(PortalDb db, Actor actor) =>
        actor.IsSystem || actor.Scope == ActorScope.All ? null : db.Set<PortalUser>().NearTo(actor).Select(u => (Guid?)u.Id);

    /// <summary>The working days of each branch from one day to another, both included.</summary>
    internal static async Task<Func<BranchId?, WorkingDays>> CalendarsAsync(PortalDb db, DateOnly first, DateOnly last, CancellationToken ct)
    {
        var days = await db.Set<CalendarDay>().AsNoTracking().Where(d => d.Day >= first && d.Day <= last).ToListAsync(ct);
        var known = new Dictionary<Guid, WorkingDays>();
        return branch =>
        {
            var key = branch?.Value ?? Guid.Empty;
            if (known.TryGetValue(key, out var calendar)) return calendar;
            var said = days.Where(d => d.Branch is null).ToDictionary(d => d.Day, d => d.Works);
            foreach (var own in days.Where(d => d.Branch is not null && d.Branch == branch)) said[own.Day] = own.Works;
            return known[key] = new(said);
        };
    }
}
