using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Sales.Leads;

/// <summary>
/// Leads leads on. All methods need <see cref="Permissions.LeadsManage"/> and end at the actor's reach; they compare with the version the user saw, and answer with the one
/// the lead has now.
/// </summary>
public sealed class LeadDesk(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Begins to work on a lead; what nobody has becomes the actor's.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>leads.unknown</c>, <c>leads.closed</c>, <c>leads.anothers</c>, <c>leads.doubted</c></exception>
    public Task<uint> BeginAsync(LeadId id, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, (db, lead, now) =>
    {
        if (lead.Suspicion is not null) throw new RuleBrokenException("leads.doubted");
        if (lead.Manager is { } other && other != actor.UserId) throw new RuleBrokenException("leads.anothers");
        lead.Begin();
        if (lead.Manager is null) lead.GiveTo(actor.UserId, lead.Branch, LeadRoute.Hand, now);
        db.Add(new LeadEvent(lead.Id, LeadEventKind.Taken, null, now, actor));
        return Task.CompletedTask;
    }, ct);

    /// <summary>Changes what a lead is about and who appealed.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>leads.unknown</c>, <c>leads.stream-unknown</c>, <c>leads.group-unknown</c>, <c>sales.source-unknown</c>, <c>sales.source-fixed</c>, <c>clients.partner-unknown</c>, <c>clients.person-unknown</c>, <c>identity.branch-unknown</c>, <c>text.required</c>, <c>text.too-long</c>, <c>leads.contact-required</c>, those of phones and mail addresses</exception>
    public Task<uint> ChangeAsync(LeadId id, LeadDetails details, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, async (db, lead, now) =>
    {
        if (details.Stream != lead.Stream && !await db.Set<LeadStream>().AnyAsync(s => s.Id == details.Stream, ct)) throw new RuleBrokenException("leads.stream-unknown");
        if (details.Source != lead.Source && details.Source is { } source && !await db.Set<LeadSource>().AnyAsync(s => s.Id == source, ct)) throw new RuleBrokenException("sales.source-unknown");
        if (details.Group != lead.Group) await LeadIntake.RequireGroupAsync(db, details.Group, ct);
        if (details.Branch != lead.Branch && details.Branch is { } branch) await BranchRegistry.RequireOpenAsync(db, branch, ct);
        if (details.Partner != lead.Partner && details.Partner is { } partner) await PartnerRegistry.TakeAsync(db, partner, actor, ct);
        if (details.Person != lead.Person && details.Person is { } person && !await db.Set<ContactRole>().AnyAsync(r => r.Partner == details.Partner && r.Person == person, ct)) throw new RuleBrokenException("clients.person-unknown");
        lead.Describe(details.Subject, details.Contact, details.Stream, details.Source, details.Group);
        lead.Concern(details.Partner, details.Person);
        if (details.Branch != lead.Branch) lead.GiveTo(lead.Manager, details.Branch, lead.Route, now);
        actor.RequireReach(lead);
    }, ct);

    /// <summary>Notes a talk with the client, and what follows from it.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>leads.unknown</c>, <c>leads.closed</c>, <c>leads.contact-in-future</c>, <c>text.required</c>, <c>text.too-long</c></exception>
    public Task<uint> TalkAsync(LeadId id, LeadTalk talk, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, (db, lead, now) =>
    {
        var at = talk.At?.ToUniversalTime() ?? now;
        lead.Talk(at, now);
        db.Add(LeadEvent.Talked(lead.Id, talk.How, talk.Words, at, actor));
        if (talk.Interest is { } interest) Rate(db, lead, interest, now, actor);
        if (talk.NextStep is not null || talk.NextStepAt is not null) lead.Plan(talk.NextStep ?? lead.NextStep, talk.NextStepAt ?? lead.NextStepAt!.Value);
        return Task.CompletedTask;
    }, ct);

    /// <summary>Says how much the client wants it.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>leads.unknown</c>, <c>leads.closed</c></exception>
    public Task<uint> RateAsync(LeadId id, LeadInterest interest, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, (db, lead, now) =>
    {
        Rate(db, lead, interest, now, actor);
        return Task.CompletedTask;
    }, ct);

    /// <summary>Says what is to be done next and by when.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>leads.unknown</c>, <c>leads.closed</c>, <c>text.required</c>, <c>text.too-long</c></exception>
    public Task<uint> PlanAsync(LeadId id, string? step, DateTimeOffset at, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, (_, lead, _) =>
    {
        lead.Plan(step, at);
        return Task.CompletedTask;
    }, ct);

    /// <summary>Gives a lead to somebody, or to nobody. Needs <see cref="Permissions.LeadsDistribute"/> too.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>leads.unknown</c>, <c>leads.closed</c>, <c>work.person-unknown</c>, <c>work.heir-without-leads</c>, <c>identity.out-of-reach</c></exception>
    public Task<uint> GiveAsync(LeadId id, Guid? to, uint seen, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.LeadsDistribute);
        return DoAsync(id, seen, actor, async (db, lead, now) =>
        {
            if (to == lead.Manager) return;
            await RequireHeirAsync(db, to, ct);
            lead.GiveTo(to, lead.Branch, LeadRoute.Hand, now);
            actor.RequireReach(lead);
            db.Add(LeadEvent.Given(lead.Id, to, LeadRoute.Hand, null, now, actor));
        }, ct);
    }

    /// <summary>Gives a lead to whom the company's rules name. Needs <see cref="Permissions.LeadsDistribute"/> too.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>leads.unknown</c>, <c>leads.closed</c></exception>
    public Task<uint> DistributeAsync(LeadId id, uint seen, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.LeadsDistribute);
        return DoAsync(id, seen, actor, async (db, lead, now) => await LeadAllotment.GiveAsync(db, lead, null, await LeadSettings.RulesAsync(db, ct), now, actor, ct), ct);
    }

    /// <summary>A person has looked at a doubted appeal: it goes the way of any other. Needs <see cref="Permissions.LeadsDistribute"/> too.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>leads.unknown</c></exception>
    public Task<uint> TrustAsync(LeadId id, uint seen, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.LeadsDistribute);
        return DoAsync(id, seen, actor, async (db, lead, now) =>
        {
            if (lead.Suspicion is null) return;
            lead.Trust();
            db.Add(new LeadEvent(lead.Id, LeadEventKind.Trusted, null, now, actor));
            if (lead.IsOpen && lead.Manager is null) await LeadAllotment.GiveAsync(db, lead, null, await LeadSettings.RulesAsync(db, ct), now, actor, ct);
        }, ct);
    }

    /// <summary>Nothing will come of it, for this reason.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>leads.unknown</c>, <c>leads.closed</c>, <c>text.too-long</c></exception>
    public Task<uint> DisqualifyAsync(LeadId id, LeadRejection reason, string? note, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, (db, lead, now) =>
    {
        lead.Disqualify(reason, note, now);
        db.Add(new LeadEvent(lead.Id, LeadEventKind.Disqualified, lead.RejectionNote, now, actor));
        return Task.CompletedTask;
    }, ct);

    /// <summary>Takes a disqualification back.</summary>
    /// <param name="step">null is "get in touch"</param>
    /// <param name="at">null is within the time of answer</param>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>leads.unknown</c>, <c>leads.open</c>, <c>leads.converted</c>, <c>text.too-long</c></exception>
    public Task<uint> ReopenAsync(LeadId id, string? step, DateTimeOffset? at, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, async (db, lead, now) =>
    {
        lead.Reopen(string.IsNullOrWhiteSpace(step) ? LeadSteps.GetInTouch : step, at ?? await LeadChange.AnswerByAsync(db, await LeadSettings.RulesAsync(db, ct), lead.Branch, now, ct));
        db.Add(new LeadEvent(lead.Id, LeadEventKind.Reopened, null, now, actor));
    }, ct);

    /// <summary>Takes a lead out of every list and figure.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>leads.unknown</c></exception>
    public Task<uint> ArchiveAsync(LeadId id, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, (_, lead, _) =>
    {
        lead.Archive();
        return Task.CompletedTask;
    }, ct);

    /// <summary>Brings an archived lead back.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>leads.unknown</c></exception>
    public Task<uint> RestoreAsync(LeadId id, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, (_, lead, _) =>
    {
        lead.Restore();
        return Task.CompletedTask;
    }, ct);

    /// <summary>Somebody who may get leads; null is nobody.</summary>
    /// <exception cref="RuleBrokenException"><c>work.person-unknown</c>, <c>work.heir-without-leads</c></exception>
    internal static async Task RequireHeirAsync(PortalDb db, Guid? user, CancellationToken ct)
    {
        if (await DealChange.NameAsync(db, user, ct) is { } name && !await db.Set<PortalUser>().Where(u => u.Id == user).Holding(Permissions.LeadsRead, db).AnyAsync(ct))
            throw new RuleBrokenException("work.heir-without-leads", name);
    }

    internal static void Rate(PortalDb db, Lead lead, LeadInterest interest, DateTimeOffset now, Actor actor)
    {
        if (interest == lead.Interest) return;
        lead.Rate(interest);
        db.Add(LeadEvent.Rated(lead.Id, interest, now, actor));
    }

    private async Task<uint> DoAsync(LeadId id, uint seen, Actor actor, Func<PortalDb, Lead, DateTimeOffset, Task> change, CancellationToken ct) => await ChangeAsync(contexts, id, seen, actor, time.GetUtcNow(), change, ct);

    /// <summary>Changes a lead in one transaction, over the version the user saw.</summary>
    internal static async Task<uint> ChangeAsync(IDbContextFactory<PortalDb> contexts, LeadId id, uint seen, Actor actor, DateTimeOffset now, Func<PortalDb, Lead, DateTimeOffset, Task> change, CancellationToken ct)
    {
        actor.Require(Permissions.LeadsManage);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var lead = await LeadChange.TakeAsync(db, id, actor, ct);
        await db.RequireSeenAsync(new(ObjectKind.Lead, id.Value), lead.Version, seen, ct);
        await change(db, lead, now);
        await db.SaveOrExplainAsync(new(ObjectKind.Lead, id.Value), ct);
        await transaction.CommitAsync(ct);
        return lead.Version;
    }
}
