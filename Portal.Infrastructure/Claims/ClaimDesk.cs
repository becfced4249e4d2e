using Microsoft.EntityFrameworkCore;
using Portal.Domain.Claims;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Processes;

namespace Portal.Infrastructure.Claims;

/// <summary>Examines claims: who answers for one, what the client is asked, why it came to it and where it went wrong. Needs <see cref="Permissions.ClaimsManage"/> and ends at the actor's reach.</summary>
public sealed class ClaimDesk(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Puts right what was written down.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>claims.unknown</c>, what <see cref="Claim.Describe(ClaimSubject, ClaimWords)"/> refuses</exception>
    public Task DescribeAsync(ClaimId id, ClaimWords words, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, (_, claim, _) =>
    {
        claim.Describe(claim.Subject, words);
        return Task.CompletedTask;
    }, ct);

    /// <summary>Gives a claim to whoever answers for it from now on; null for nobody.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>claims.unknown</c>, <c>claims.closed</c>, <c>work.person-unknown</c></exception>
    public Task GiveAsync(ClaimId id, Guid? manager, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, async (db, claim, _) =>
    {
        if (manager is { } user && !await db.Set<PortalUser>().OfStaff().Holding(Permissions.ClaimsManage, db).AnyAsync(u => u.Id == user, ct)) throw new RuleBrokenException("work.person-unknown");
        claim.Give(manager);
    }, ct);

    /// <summary>Begins to look at it; who does so answers for it where nobody does.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>claims.unknown</c>, <c>claims.closed</c></exception>
    public Task ExamineAsync(ClaimId id, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, (db, claim, now) =>
    {
        if (claim.State == ClaimState.Registered) ClaimWork.Tell(db, claim, "claim.examined", now, actor);
        claim.Examine(actor, now);
        return Task.CompletedTask;
    }, ct);

    /// <summary>Asks the client for something: until he answers, the time of the decision rests.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>claims.unknown</c>, what <see cref="Claim.AskClient"/> refuses</exception>
    public Task AskClientAsync(ClaimId id, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, (db, claim, now) =>
    {
        claim.AskClient(now);
        ClaimWork.Tell(db, claim, "claim.waiting", now, actor);
        return Task.CompletedTask;
    }, ct);

    /// <summary>The client has answered: as much working time is left as there was when he was asked. His own people may say so too.</summary>
    /// <exception cref="RuleBrokenException"><c>claims.unknown</c>, what <see cref="Claim.Resume"/> refuses</exception>
    public Task ResumeAsync(ClaimId id, Actor actor, CancellationToken ct)
    {
        if (actor.PartnerId is null) actor.Require(Permissions.ClaimsManage);
        return ClaimWork.ChangeAsync(contexts, time, id, null, actor, async (db, claim, now) =>
        {
            var rules = await ClaimWork.RulesAsync(db, ct);
            var since = claim.WaitsSince ?? now;
            var hours = await ClaimWork.HoursAsync(db, rules, claim.Branch, since, ct);
            claim.Resume(hours.After(now, hours.Between(since, claim.DecideBy)));
            ClaimWork.Tell(db, claim, "claim.resumed", now, actor);
        }, ct);
    }

    /// <summary>Says why it came to the claim and where it went wrong. A cause that repeats itself raises an incident.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>claims.unknown</c>, <c>claims.cause-unknown</c>, <c>claims.step-unknown</c>, what <see cref="Claim.Find"/> refuses</exception>
    public Task FindAsync(ClaimId id, ClaimFinding finding, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, async (db, claim, now) =>
    {
        if (finding.Cause is { } cause && cause != claim.Cause && !await db.Set<ClaimCause>().AnyAsync(c => c.Id == cause && !c.Archived, ct)) throw new RuleBrokenException("claims.cause-unknown");
        if (finding.Step is { } step && step != claim.Step && !await db.Set<ClaimStep>().AnyAsync(s => s.Id == step && !s.Archived, ct)) throw new RuleBrokenException("claims.step-unknown");
        var before = claim.Cause;
        claim.Find(finding, actor, now);
        if (claim.Cause != before) await IncidentWatch.LookAsync(db, claim, now, ct);
    }, ct);

    private Task DoAsync(ClaimId id, uint seen, Actor actor, Func<PortalDb, Claim, DateTimeOffset, Task> change, CancellationToken ct)
    {
        actor.Require(Permissions.ClaimsManage);
        return ClaimWork.ChangeAsync(contexts, time, id, seen, actor, change, ct);
    }
}
