using Microsoft.EntityFrameworkCore;
using Portal.Domain.Claims;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Processes;
using Portal.Workflows.Expressions;

namespace Portal.Infrastructure.Claims;

/// <summary>
/// Decides claims, makes them good, tells clients and closes them. While a map runs a claim, its tasks do that, and by hand only the client's word is written down. Deciding needs <see cref="Permissions.ClaimsDecide"/>, the rest
/// <see cref="Permissions.ClaimsManage"/>; people of the client confirm what is theirs.
/// </summary>
public sealed class ClaimSettlement(IDbContextFactory<PortalDb> contexts, WorkHints hints, TimeProvider time)
{
    /// <summary>What a map waits for that asks the client.</summary>
    public const string Confirmed = "claims.customer.confirmed";

    // a process may ask later than the client has answered
    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    /// <summary>Decides what is done, and begins the documents by which it is made good.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>claims.unknown</c>, <c>claims.process-runs</c>, what <see cref="Claim.Decide"/> and <see cref="ClaimRemedy"/> refuse</exception>
    public Task DecideAsync(ClaimId id, ClaimVerdict verdict, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, Permissions.ClaimsDecide, actor, (db, claim, now) => DecideAsync(db, claim, verdict, actor, now, ct), ct);

    /// <summary>Tells the client what is done, by mail where he has an address and a subject is given.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>claims.unknown</c>, <c>claims.process-runs</c>, what <see cref="Claim.Inform"/> refuses</exception>
    public Task InformAsync(ClaimId id, string? words, string? subject, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, Permissions.ClaimsManage, actor, async (db, claim, now) =>
    {
        await InformAsync(db, claim, words, actor, now, ct);
        if (subject is not null && claim.Partner is { } client && await AddressAsync(db, claim, ct) is { } address)
            await db.AddOutboxAsync(ClientLetters.Entry($"claim-answer:{id.Value}:{now.Ticks}", new(client.Value, address, subject, claim.Answer!, actor.UserId, actor.Name)), now, ct);
    }, ct);

    /// <summary>Writes down whether the client is content: his own people say so, or somebody of ours whom he told it. A map that asks him goes on by it.</summary>
    /// <exception cref="RuleBrokenException"><c>claims.unknown</c>, what <see cref="Claim.Confirm"/> refuses</exception>
    public async Task ConfirmAsync(ClaimId id, bool satisfied, string? words, Actor actor, CancellationToken ct)
    {
        if (actor.PartnerId is null) actor.Require(Permissions.ClaimsManage);
        await ClaimWork.ChangeAsync(contexts, time, id, null, actor, async (db, claim, now) =>
        {
            await ConfirmAsync(db, claim, satisfied, words, actor, now, ct);
            if (await ProcessesAbout.AnyRunningAsync(db, id.Ref(), ClaimActions.Decide, ct))
                await db.AddOutboxAsync(OutboxKinds.Message($"claim-confirmed:{id.Value}:{now.Ticks}", Confirmed, OutboxKinds.KeyOf(id.Ref()), ContextValue.Of(("satisfied", Value.Of(satisfied))), Kept), now, ct);
        }, ct);
        hints.Poke();
    }

    /// <summary>Closes a claim with what became of the client.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>claims.unknown</c>, <c>claims.process-runs</c>, what <see cref="Claim.Close"/> refuses</exception>
    public Task CloseAsync(ClaimId id, ClaimResult result, decimal? cost, string? measure, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, Permissions.ClaimsManage, actor, (db, claim, now) =>
    {
        Close(db, claim, result, cost, measure, actor, now);
        return Task.CompletedTask;
    }, ct);

    /// <summary>Says anew what became of the client of a closed claim: who was lost may be back.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>claims.unknown</c>, <c>claims.not-closed</c></exception>
    public Task MarkAsync(ClaimId id, ClaimResult result, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, Permissions.ClaimsManage, actor, (db, claim, now) =>
    {
        claim.Mark(result);
        ClaimWork.Tell(db, claim, $"claim.result.{result}", now, actor);
        return Task.CompletedTask;
    }, ct);

    /// <summary>Ends a claim that its client has taken back, or that was none.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>claims.unknown</c>, <c>claims.process-runs</c>, what <see cref="Claim.Withdraw"/> refuses</exception>
    public Task WithdrawAsync(ClaimId id, string? reason, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, Permissions.ClaimsManage, actor, (db, claim, now) =>
    {
        claim.Withdraw(reason, actor, now);
        ClaimWork.Tell(db, claim, "claim.withdrawn", now, actor);
        return Task.CompletedTask;
    }, ct);

    /// <summary>Decides within a transaction of its own caller.</summary>
    internal static async Task DecideAsync(PortalDb db, Claim claim, ClaimVerdict verdict, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        var own = await db.CompanyCurrencyAsync(ct);
        // what the client is given is what it costs us, unless somebody says otherwise
        if (verdict is { Cost: null, Allowed: { } given, Decision: not ClaimDecision.Refuse } && (await PricingSettingsStore.ReadAsync(db, ct)).RatesIn(own, own).TryGetValue(claim.Currency, out var rate)) verdict = verdict with { Cost = decimal.Round(given * rate, 2, MidpointRounding.AwayFromZero) };
        claim.Decide(verdict, actor, now);
        ClaimWork.Tell(db, claim, $"claim.decided.{verdict.Decision}", now, actor);
        await ClaimRemedy.BeginAsync(db, claim, actor, now, ct);
    }

    /// <summary>Tells the client within a transaction of its own caller.</summary>
    internal static Task InformAsync(PortalDb db, Claim claim, string? words, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        claim.Inform(words, now);
        ClaimWork.Tell(db, claim, "claim.answered", now, actor);
        return Task.CompletedTask;
    }

    /// <summary>Takes the client's word within a transaction of its own caller.</summary>
    internal static async Task ConfirmAsync(PortalDb db, Claim claim, bool satisfied, string? words, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        claim.Confirm(satisfied, words, await ClaimWork.DecideAnewAsync(db, claim, now, ct), now);
        ClaimWork.Tell(db, claim, satisfied ? "claim.confirmed" : "claim.disputed", now, actor);
    }

    /// <summary>Closes within a transaction of its own caller.</summary>
    internal static void Close(PortalDb db, Claim claim, ClaimResult result, decimal? cost, string? measure, Actor actor, DateTimeOffset now)
    {
        if (claim.State == ClaimState.Closed) return;
        claim.Close(result, cost, measure, actor, now);
        ClaimWork.Tell(db, claim, $"claim.result.{result}", now, actor);
    }

    // who complained, else his company
    private static async Task<string?> AddressAsync(PortalDb db, Claim claim, CancellationToken ct) =>
        await db.Set<Person>().Where(p => p.Id == claim.Person).Select(p => p.Email).FirstOrDefaultAsync(ct) ?? await db.Set<Partner>().Where(p => p.Id == claim.Partner).Select(p => p.Email).FirstOrDefaultAsync(ct);

    private Task DoAsync(ClaimId id, uint seen, string permission, Actor actor, Func<PortalDb, Claim, DateTimeOffset, Task> change, CancellationToken ct)
    {
        actor.Require(permission);
        return ClaimWork.ChangeAsync(contexts, time, id, seen, actor, async (db, claim, now) =>
        {
            await ClaimWork.RequireNoProcessAsync(db, id, ct);
            await change(db, claim, now);
        }, ct);
    }
}
