using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Sales.Offers;

namespace Portal.Infrastructure.Sales;

/// <summary>
/// Opens deals and leads them on. All methods need <see cref="Permissions.DealsManage"/> and end at the actor's reach; those that change a deal compare with the version
/// the user saw, and answer with the one it has now.
/// </summary>
public sealed class DealDesk(IDbContextFactory<PortalDb> contexts, ProcessRunner processes, CompanyClock clock, TimeProvider time)
{
    /// <summary>Opens a deal; whoever may only work with his own answers for it, and of a team who names nobody.</summary>
    /// <exception cref="RuleBrokenException">
    /// <c>text.required</c>, <c>number.out-of-range</c>, <c>sales.pipeline-unknown</c>, <c>sales.stage-unknown</c>, <c>sales.stage-archived</c>, <c>sales.pipeline-archived</c>,
    /// <c>sales.source-unknown</c>, <c>sales.currency-unreadable</c>, <c>sales.rate-required</c>, <c>clients.partner-unknown</c>, <c>clients.person-unknown</c>, <c>work.person-unknown</c>, <c>pricing.product-unknown</c>, <c>identity.out-of-reach</c>
    /// </exception>
    public async Task<DealId> AddAsync(DealOrder order, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.DealsManage);
        await using var db = contexts.CreateFor(actor);
        var deal = await TakeInAsync(db, order, actor, ct);
        await db.SaveChangesAsync(ct);
        return deal.Id;
    }

    /// <summary>Adds a new deal to what is being saved.</summary>
    internal async Task<Deal> TakeInAsync(PortalDb db, DealOrder order, Actor actor, CancellationToken ct)
    {
        var (details, now) = (order.Details, time.GetUtcNow());
        var stage = order.Stage is { } named ? await DealChange.StageAsync(db, named, ct) : await DealChange.FirstStageAsync(db, order.Pipeline, ct);
        if (await db.Set<Pipeline>().AnyAsync(p => p.Id == stage.Pipeline && p.Archived, ct)) throw new RuleBrokenException("sales.pipeline-archived");
        if (details.Source is { } source && !await db.Set<LeadSource>().AnyAsync(s => s.Id == source, ct)) throw new RuleBrokenException("sales.source-unknown");
        // a number is drawn for good: not for a deal that will be refused
        Required.Text(details.Title, "deal.title", 200);
        var number = await db.Database.SqlQuery<long>($"select nextval('sales.deal_number') as \"Value\"").SingleAsync(ct);
        var deal = new Deal(DealId.New(), number, details.Title, stage, details.Source, await TodayAsync(ct), now);
        var his = !actor.IsSystem && (actor.Scope == ActorScope.Own || details.Manager is null && actor.Scope == ActorScope.Team);
        await DescribeAsync(db, deal, his ? details with { Manager = actor.UserId } : details, stage, actor, ct);
        if (order.NextStep is not null || order.NextStepOn is not null) deal.Plan(order.NextStep, order.NextStepOn);
        if (order.Lead is { } lead) deal.ComeFrom(lead);
        db.Add(deal);
        DealChange.Tell(db, deal, "deal.opened", now, actor);
        return deal;
    }

    /// <summary>Changes what a deal is about.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="AddAsync"/>, and <c>shared.changed-by</c>, <c>sales.deal-unknown</c>, <c>sales.source-fixed</c>, <c>sales.client-has-offer</c></exception>
    public Task<uint> ChangeAsync(DealId id, DealDetails details, uint seen, Actor actor, CancellationToken ct) => HandingAsync(id, seen, actor, async (db, deal, now) =>
    {
        var (partner, manager) = (deal.Partner, deal.Manager);
        deal.Attribute(details.Source);
        await DescribeAsync(db, deal, details, await DealChange.StageAsync(db, deal.Stage, ct), actor, ct);
        if (deal.Partner != partner)
        {
            if (deal.Partner is null) await RequireNoOfferOutAsync(db, deal, ct);
            await OfferWork.FollowAsync(db, deal, ct);
            DealChange.Tell(db, deal, "deal.opened", now, actor);
        }
        if (deal.Manager != manager) await HandedAsync(db, deal, manager, now, actor, ct);
    }, ct);

    /// <summary>Moves a deal to a stage, of another pipeline too.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>sales.deal-unknown</c>, <c>sales.stage-unknown</c>, <c>sales.deal-closed</c>, <c>sales.stage-archived</c>, <c>sales.pipeline-archived</c>, <c>sales.stage-by-process</c></exception>
    public Task<uint> MoveAsync(DealId id, StageId to, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, async (db, deal, now) =>
    {
        var stage = await DealChange.StageAsync(db, to, ct);
        if (stage.Id == deal.Stage) return;
        await RequireByHandAsync(db, deal, ct);
        await DealChange.RequireUseAsync(db, deal, stage, ct);
        deal.MoveTo(stage, now);
    }, ct);

    /// <summary>The client has decided for us. A deal that a process runs is won by that process, whose approvals nobody goes round.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>sales.deal-unknown</c>, <c>sales.deal-closed</c>, <c>sales.stage-by-process</c></exception>
    public Task<uint> WinAsync(DealId id, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, async (db, deal, now) =>
    {
        await RequireByHandAsync(db, deal, ct);
        deal.Win(await TodayAsync(ct), now);
        DealChange.Tell(db, deal, "deal.won", now, actor);
    }, ct);

    /// <summary>It will not come to anything, for this reason; the process that runs it is withdrawn with that.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>sales.deal-unknown</c>, <c>sales.deal-closed</c>, <c>sales.reason-unknown</c></exception>
    public async Task<uint> LoseAsync(DealId id, LossReasonId reason, string? note, uint seen, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.DealsManage);
        await using var db = contexts.CreateFor(actor);
        if (await DealChange.RunningAsync(db, id, ct) is not { Count: > 0 } running) return await LoseAsync(db, id, reason, note, seen, actor, ct);
        var version = 0u;
        await processes.CallOffAsync(running, "sales.deal-lost", actor, async inside => version = await LoseAsync(inside, id, reason, note, seen, actor, ct), ct);
        return version;
    }

    private async Task<uint> LoseAsync(PortalDb db, DealId id, LossReasonId reason, string? note, uint seen, Actor actor, CancellationToken ct) => await DoAsync(db, id, seen, actor, async (deal, now) =>
    {
        if (!await db.Set<LossReason>().AnyAsync(r => r.Id == reason && !r.Archived, ct)) throw new RuleBrokenException("sales.reason-unknown");
        deal.Lose(reason, note, await TodayAsync(ct), now);
        DealChange.Tell(db, deal, "deal.lost", now, actor);
    }, ct);

    /// <summary>Takes the decision back: the deal stands on a stage again, on its last one where none is named.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>sales.deal-unknown</c>, <c>sales.deal-open</c>, <c>sales.stage-unknown</c>, <c>sales.stage-archived</c>, <c>sales.pipeline-archived</c></exception>
    public Task<uint> ReopenAsync(DealId id, StageId? on, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, async (db, deal, now) =>
    {
        var stage = await DealChange.StageAsync(db, on ?? deal.Stage, ct);
        await DealChange.RequireUseAsync(db, deal, stage, ct);
        deal.Reopen(stage, now);
        DealChange.Tell(db, deal, "deal.reopened", now, actor);
    }, ct);

    /// <summary>Says what is to be done next and by when; nothing where there is nothing.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>sales.deal-unknown</c>, <c>sales.deal-closed</c>, <c>text.required</c>, <c>text.too-long</c></exception>
    public Task<uint> PlanAsync(DealId id, string? step, DateOnly? on, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, (_, deal, _) =>
    {
        deal.Plan(step, BusinessDay.Of(on));
        return Task.CompletedTask;
    }, ct);

    /// <summary>Says what is to be earned by a deal and what has been so far; needs <see cref="Permissions.PricingCost"/> too.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>sales.deal-unknown</c>, <c>number.out-of-range</c></exception>
    public Task<uint> EarnAsync(DealId id, DealMargin margin, uint seen, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.PricingCost);
        return DoAsync(id, seen, actor, (_, deal, _) =>
        {
            deal.Earn(margin.Planned, margin.SoFar);
            return Task.CompletedTask;
        }, ct);
    }

    /// <summary>Gives a deal to another manager, with all that belongs to it, the process that runs it and its open tasks too; he finds it among his own.</summary>
    /// <exception cref="RuleBrokenException">
    /// <c>shared.changed-by</c>, <c>sales.deal-unknown</c>, <c>work.person-unknown</c>, <c>identity.out-of-reach</c>, and what <see cref="ProcessesAbout.HandAsync"/> refuses
    /// </exception>
    public Task<uint> HandAsync(DealId id, Guid? to, uint seen, Actor actor, CancellationToken ct) => HandingAsync(id, seen, actor, async (db, deal, now) =>
    {
        if (to == deal.Manager) return;
        var from = deal.Manager;
        deal.HandTo(to, deal.Branch);
        actor.RequireReach(deal);
        await HandedAsync(db, deal, from, now, actor, ct);
    }, ct);

    /// <summary>Takes a deal out of every list and figure. What still goes on outside of them, a process or an offer that its client can accept, is ended first.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>sales.deal-unknown</c>, <c>sales.process-runs</c>, <c>sales.client-has-offer</c></exception>
    public Task<uint> ArchiveAsync(DealId id, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, async (db, deal, _) =>
    {
        if (await ProcessesAbout.AnyRunningAsync(db, Ref(id), ct)) throw new RuleBrokenException("sales.process-runs");
        await RequireNoOfferOutAsync(db, deal, ct);
        deal.Archive();
    }, ct);

    /// <summary>Brings an archived deal back.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>sales.deal-unknown</c>, <c>sales.deal-merged</c></exception>
    public Task<uint> RestoreAsync(DealId id, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, (_, deal, _) =>
    {
        deal.Restore();
        return Task.CompletedTask;
    }, ct);

    private async Task<uint> DoAsync(DealId id, uint seen, Actor actor, Func<PortalDb, Deal, DateTimeOffset, Task> change, CancellationToken ct)
    {
        actor.Require(Permissions.DealsManage);
        await using var db = contexts.CreateFor(actor);
        return await DoAsync(db, id, seen, actor, (deal, now) => change(db, deal, now), ct);
    }

    // the processes are held before the deal, as their steps do
    private async Task<uint> HandingAsync(DealId id, uint seen, Actor actor, Func<PortalDb, Deal, DateTimeOffset, Task> change, CancellationToken ct)
    {
        actor.Require(Permissions.DealsManage);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await ProcessesAbout.LockAsync(db, Ref(id), ct);
        var version = await DoAsync(db, id, seen, actor, (deal, now) => change(db, deal, now), ct);
        await transaction.CommitAsync(ct);
        return version;
    }

    private async Task<uint> DoAsync(PortalDb db, DealId id, uint seen, Actor actor, Func<Deal, DateTimeOffset, Task> change, CancellationToken ct)
    {
        var deal = await DealChange.TakeAsync(db, id, actor, ct);
        await db.RequireSeenAsync(Ref(id), deal.Version, seen, ct);
        await change(deal, time.GetUtcNow());
        await db.SaveOrExplainAsync(Ref(id), ct);
        return deal.Version;
    }

    private async Task DescribeAsync(PortalDb db, Deal deal, DealDetails details, Stage stage, Actor actor, CancellationToken ct)
    {
        if (details.Product != deal.Product && details.Product is { } product && !await db.Set<Product>().AnyAsync(p => p.Id == new ProductId(product), ct)) throw new RuleBrokenException("pricing.product-unknown");
        deal.Describe(details.Title, details.ExpectedClose, details.Product);
        if (details.Partner != deal.Partner && details.Partner is { } partner) await PartnerRegistry.TakeAsync(db, partner, actor, ct);
        if (details.Contact is { } contact && !await db.Set<ContactRole>().AnyAsync(r => r.Partner == details.Partner && r.Person == contact, ct)) throw new RuleBrokenException("clients.person-unknown");
        deal.Concern(details.Partner, details.Contact);
        var own = await db.CompanyCurrencyAsync(ct);
        var currency = details.Currency is null ? own : DealMoney.Currency(details.Currency);
        deal.Value(details.Amount, currency, currency == own ? 1 : details.Rate ?? throw new RuleBrokenException("sales.rate-required", currency, own));
        deal.Expect(details.Probability, stage);
        if (details.Manager != deal.Manager) await DealChange.NameAsync(db, details.Manager, ct);
        if (details.Branch != deal.Branch && details.Branch is { } branch) await BranchRegistry.RequireOpenAsync(db, branch, ct);
        deal.HandTo(details.Manager, details.Branch);
        actor.RequireReach(deal);
    }

    private static async Task HandedAsync(PortalDb db, Deal deal, Guid? from, DateTimeOffset now, Actor actor, CancellationToken ct)
    {
        await ProcessesAbout.HandAsync(db, Ref(deal.Id), from, deal.Manager, now, actor, ct);
        DealChange.Tell(db, deal, "deal.handed", now, actor, $"{deal.Title} → {await DealChange.NameAsync(db, deal.Manager, ct) ?? "—"}");
    }

    private static async Task RequireNoOfferOutAsync(PortalDb db, Deal deal, CancellationToken ct)
    {
        if (await OfferWork.OutAsync(db, deal.Id, ct) is { } number) throw new RuleBrokenException("sales.client-has-offer", number);
    }

    // a process that runs the deal says where it stands and how it ends
    private static async Task RequireByHandAsync(PortalDb db, Deal deal, CancellationToken ct)
    {
        if ((await DealChange.RunningAsync(db, deal.Id, ct)).Count > 0) throw new RuleBrokenException("sales.stage-by-process");
    }

    private static ObjectRef Ref(DealId id) => new(ObjectKind.Deal, id.Value);

    private async Task<DateOnly> TodayAsync(CancellationToken ct)
    {
        await clock.LoadAsync(ct);
        return clock.Today;
    }
}
