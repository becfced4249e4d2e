using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Sales;

/// <summary>Who works on a deal beside its manager, and who wants it too. All methods need <see cref="Permissions.DealsManage"/> and end at the actor's reach.</summary>
public sealed class DealTeam(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>Competitors on one deal at most.</summary>
    public const int MostCompetitors = 50;

    /// <summary>Takes somebody of any service into the team, or says anew what he does in it; from now on he sees the deal.</summary>
    /// <exception cref="RuleBrokenException"><c>sales.deal-unknown</c>, <c>sales.manager-is-in</c>, <c>sales.too-many-people</c>, <c>work.person-unknown</c>, <c>text.too-long</c></exception>
    public Task JoinAsync(DealId id, Guid user, string? part, Actor actor, CancellationToken ct) => DoAsync(id, actor, async (db, deal) =>
    {
        await DealChange.NameAsync(db, user, ct);
        deal.Join(user, part);
    }, ct);

    /// <summary>Lets somebody out of the team.</summary>
    /// <exception cref="RuleBrokenException"><c>sales.deal-unknown</c></exception>
    public Task LeaveAsync(DealId id, Guid user, Actor actor, CancellationToken ct) => DoAsync(id, actor, (_, deal) =>
    {
        deal.Leave(user);
        return Task.CompletedTask;
    }, ct);

    /// <summary>Notes who wants the deal too, or says anew what is known of him.</summary>
    /// <param name="competitor">null for a new one</param>
    /// <exception cref="RuleBrokenException"><c>sales.deal-unknown</c>, <c>sales.competitor-unknown</c>, <c>sales.too-many-competitors</c>, <c>clients.partner-unknown</c>, <c>text.required</c>, <c>number.out-of-range</c></exception>
    public Task CompeteAsync(DealId id, Guid? competitor, CompetitorDetails details, Actor actor, CancellationToken ct) => DoAsync(id, actor, async (db, deal) =>
    {
        if (details.Partner is { } partner) await PartnerRegistry.TakeAsync(db, partner, actor, ct);
        if (competitor is { } known)
        {
            var found = await db.Set<DealCompetitor>().FirstOrDefaultAsync(c => c.Id == known && c.Deal == id, ct) ?? throw new RuleBrokenException("sales.competitor-unknown");
            found.Describe(details.Partner, details.Name, details.Price, details.Strengths, details.Outcome);
            return;
        }
        if (await db.Set<DealCompetitor>().CountAsync(c => c.Deal == id, ct) >= MostCompetitors) throw new RuleBrokenException("sales.too-many-competitors", MostCompetitors);
        db.Add(new DealCompetitor(Guid.CreateVersion7(), deal.Id, details.Partner, details.Name, details.Price, details.Strengths, details.Outcome));
    }, ct);

    /// <summary>Takes a competitor off the deal.</summary>
    /// <exception cref="RuleBrokenException"><c>sales.deal-unknown</c>, <c>sales.competitor-unknown</c></exception>
    public Task ForgetAsync(DealId id, Guid competitor, Actor actor, CancellationToken ct) => DoAsync(id, actor, async (db, _) =>
        db.Remove(await db.Set<DealCompetitor>().FirstOrDefaultAsync(c => c.Id == competitor && c.Deal == id, ct) ?? throw new RuleBrokenException("sales.competitor-unknown")), ct);

    private async Task DoAsync(DealId id, Actor actor, Func<PortalDb, Deal, Task> change, CancellationToken ct)
    {
        actor.Require(Permissions.DealsManage);
        await using var db = contexts.CreateFor(actor);
        await change(db, await DealChange.TakeAsync(db, id, actor, ct));
        await db.SaveOrExplainAsync(new(ObjectKind.Deal, id.Value), ct);
    }
}

/// <summary>What is known of a competitor: a partner of the base, or only a name; <paramref name="Price"/> in the currency of the deal.</summary>
public sealed record CompetitorDetails(Domain.Clients.PartnerId? Partner, string? Name, decimal? Price, string? Strengths, CompetitorOutcome Outcome);
