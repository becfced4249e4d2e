using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Processes;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Processes;
using Portal.Workflows.Engine;

namespace Portal.Infrastructure.Sales;

/// <summary>What every change of a deal begins and ends with.</summary>
internal static class DealChange
{
    /// <summary>The deal within the actor's reach, to be changed.</summary>
    /// <exception cref="RuleBrokenException"><c>sales.deal-unknown</c></exception>
    public static async Task<Deal> TakeAsync(PortalDb db, DealId id, Actor actor, CancellationToken ct) =>
        await db.Set<Deal>().Within(actor).Include(d => d.Stages.OrderBy(s => s.Seq)).Include(d => d.Members).AsSplitQuery().FirstOrDefaultAsync(d => d.Id == id, ct)
            ?? throw new RuleBrokenException("sales.deal-unknown");

    /// <summary>The deal, held until the transaction ends: of two processes that act on it, or a process and a person, the second waits and sees what the first has done.</summary>
    public static async Task<Deal?> HoldAsync(PortalDb db, DealId id, CancellationToken ct)
    {
        await db.Database.ExecuteSqlAsync($"select from sales.deal where id = {id.Value} for update", ct);
        return await db.Set<Deal>().Include(d => d.Stages.OrderBy(s => s.Seq)).FirstOrDefaultAsync(d => d.Id == id, ct);
    }

    /// <summary>The stage.</summary>
    /// <exception cref="RuleBrokenException"><c>sales.stage-unknown</c></exception>
    public static async Task<Stage> StageAsync(PortalDb db, StageId id, CancellationToken ct) =>
        await db.Set<Stage>().FirstOrDefaultAsync(s => s.Id == id, ct) ?? throw new RuleBrokenException("sales.stage-unknown");

    /// <summary>The first stage of a pipeline on which deals may stand; of the first pipeline where none is named.</summary>
    /// <exception cref="RuleBrokenException"><c>sales.pipeline-unknown</c></exception>
    public static async Task<Stage> FirstStageAsync(PortalDb db, PipelineId? pipeline, CancellationToken ct) => await (
        from s in db.Set<Stage>()
        join p in db.Set<Pipeline>() on s.Pipeline equals p.Id
        where !s.Archived && !p.Archived && (pipeline == null || p.Id == pipeline)
        orderby p.Position, p.Id, s.Position
        select s).FirstOrDefaultAsync(ct) ?? throw new RuleBrokenException("sales.pipeline-unknown");

    /// <summary>Refuses a stage of a pipeline that takes no new deals, unless the deal is there.</summary>
    /// <exception cref="RuleBrokenException"><c>sales.pipeline-archived</c></exception>
    public static async Task RequireUseAsync(PortalDb db, Deal deal, Stage stage, CancellationToken ct)
    {
        if (stage.Pipeline != deal.Pipeline && await db.Set<Pipeline>().AnyAsync(p => p.Id == stage.Pipeline && p.Archived, ct)) throw new RuleBrokenException("sales.pipeline-archived");
    }

    /// <summary>The processes that run a deal: those about it whose map is its pipeline's.</summary>
    public static Task<List<InstanceId>> RunningAsync(PortalDb db, DealId id, CancellationToken ct) => (
        from i in db.Set<InstanceRow>()
        join d in db.Set<Deal>() on i.BusinessId equals (Guid)(object)d.Id
        join p in db.Set<Pipeline>() on d.Pipeline equals p.Id
        where d.Id == id && i.BusinessKind == ObjectKind.Deal && i.Key == p.Map && i.Status == InstanceStatus.Running && i.Parent == null
        select i.Id).ToListAsync(ct);

    /// <summary>Name of a user of ours; null for nobody.</summary>
    /// <exception cref="RuleBrokenException"><c>work.person-unknown</c></exception>
    public static async Task<string?> NameAsync(PortalDb db, Guid? user, CancellationToken ct) =>
        user is null ? null
        : await db.Set<PortalUser>().OfStaff().Where(u => u.Id == user).Select(u => u.DisplayName).FirstOrDefaultAsync(ct) ?? throw new RuleBrokenException("work.person-unknown");

    /// <summary>Says what an open deal is worth: in its own currency or the company's, else in its own by the rate. Without a rate, or once it is closed, the deal keeps its worth.</summary>
    public static async Task ValueAsync(PortalDb db, Deal deal, decimal amount, string currency, CancellationToken ct)
    {
        if (deal.State != DealState.Open) return;
        var own = await db.CompanyCurrencyAsync(ct);
        if (currency == deal.Currency) deal.Value(amount, currency, deal.Rate);
        else if (currency == own) deal.Value(amount, currency, 1);
        else if ((await PricingSettingsStore.ReadAsync(db, ct)).RatesIn(deal.Currency, own).TryGetValue(currency, out var rate)) deal.Value(amount * rate, deal.Currency, deal.Rate);
    }

    /// <summary>Says on the client's timeline what happened with its deal.</summary>
    public static void Tell(PortalDb db, Deal deal, string what, DateTimeOffset at, Actor actor, string? words = null)
    {
        if (deal.Partner is { } partner) db.Add(new TimelineEntry(partner, what, new(ObjectKind.Deal, deal.Id.Value), words ?? deal.Title, at, actor));
    }
}
