using Microsoft.EntityFrameworkCore;
using Portal.Domain.Claims;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Plans;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Sales.Plans;

namespace Portal.Infrastructure.Claims;

/// <summary>What the jobs on claims share.</summary>
internal static class ClaimWork
{
    /// <summary>How links and audit know a claim.</summary>
    public static ObjectRef Ref(this ClaimId id) => new(ObjectKind.Claim, id.Value);

    /// <summary>The claim within the actor's reach, locked until the transaction ends.</summary>
    /// <exception cref="RuleBrokenException"><c>claims.unknown</c></exception>
    public static async Task<Claim> TakeAsync(PortalDb db, ClaimId id, Actor actor, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"select from claims.claim where id = {id.Value} for update", ct);
        return await db.Set<Claim>().Within(db, actor).FirstOrDefaultAsync(c => c.Id == id, ct) ?? throw new RuleBrokenException("claims.unknown");
    }

    /// <summary>Changes a claim that the actor has seen; what is done to it is saved together. Processes about it are held still before it is.</summary>
    /// <param name="seen">version; null for a command that is right whatever was seen, such as the client's word</param>
    /// <exception cref="RuleBrokenException"><c>claims.unknown</c>, <c>shared.changed-by</c></exception>
    public static async Task ChangeAsync(IDbContextFactory<PortalDb> contexts, TimeProvider time, ClaimId id, uint? seen, Actor actor, Func<PortalDb, Claim, DateTimeOffset, Task> change, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await ProcessesAbout.LockAsync(db, id.Ref(), ct);
        var claim = await TakeAsync(db, id, actor, ct);
        if (seen is { } version) await db.RequireSeenAsync(id.Ref(), claim.Version, version, ct);
        await change(db, claim, time.GetUtcNow());
        await db.SaveOrExplainAsync(id.Ref(), ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Refuses what the process that runs the claim does itself.</summary>
    /// <exception cref="RuleBrokenException"><c>claims.process-runs</c></exception>
    public static async Task RequireNoProcessAsync(PortalDb db, ClaimId id, CancellationToken ct)
    {
        if (await ProcessesAbout.AnyRunningAsync(db, id.Ref(), ClaimActions.Decide, ct)) throw new RuleBrokenException("claims.process-runs");
    }

    /// <summary>The rules in force.</summary>
    public static async Task<ClaimRules> RulesAsync(PortalDb db, CancellationToken ct) => await db.ReadSettingAsync<ClaimRules>(ClaimSettings.Key, ct) ?? new();

    /// <summary>The working time of a branch around a moment.</summary>
    public static async Task<WorkingTime> HoursAsync(PortalDb db, ClaimRules rules, BranchId? branch, DateTimeOffset around, CancellationToken ct)
    {
        var zone = await db.CompanyZoneAsync(ct);
        var day = zone.DayOf(around);
        var calendars = await PlanQuery.CalendarsAsync(db, day, day.AddDays(800), ct);
        return new(calendars(branch), rules.WorkFrom, rules.WorkUntil, zone);
    }

    /// <summary>By when a claim that came at a moment is looked at and decided.</summary>
    public static ClaimDeadlines Deadlines(this WorkingTime hours, ClaimRules rules, DateTimeOffset from) => new(hours.After(from, TimeSpan.FromHours(rules.ReactHours)), hours.After(from, TimeSpan.FromHours(rules.DecideHours)));

    /// <summary>By when a claim is decided that is looked at anew from now on.</summary>
    public static async Task<DateTimeOffset> DecideAnewAsync(PortalDb db, Claim claim, DateTimeOffset now, CancellationToken ct)
    {
        var rules = await RulesAsync(db, ct);
        return (await HoursAsync(db, rules, claim.Branch, now, ct)).After(now, TimeSpan.FromHours(rules.DecideHours));
    }

    /// <summary>Says on the client's timeline what happened with his claim.</summary>
    public static void Tell(PortalDb db, Claim claim, string what, DateTimeOffset at, Actor actor)
    {
        if (claim.Partner is { } partner) db.Add(new TimelineEntry(partner, what, claim.Id.Ref(), claim.Number.ToString(), at, actor));
    }
}
