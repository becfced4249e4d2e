using Microsoft.EntityFrameworkCore;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Sales;

/// <summary>
/// What maps can do with the deal they run. A process about anything else goes on without: the same map serves who keeps no deals. What the map says is done under
/// its own rules, not under the rights of whose task led here.
/// </summary>
public static class SalesActions
{
    /// <summary>Sets what the deal is worth, in its own currency.</summary>
    public const string SetAmount = "sales.deal.set-amount";

    /// <summary>Wins the deal; one that is won already stays so.</summary>
    public const string Win = "sales.deal.win";

    /// <summary>Loses the deal, for a reason by its key; one that is lost already stays so.</summary>
    public const string Lose = "sales.deal.lose";

    /// <summary>All of them.</summary>
    internal static IReadOnlyList<ProcessAction> All { get; } =
    [
        new(SetAmount, false, [new("amount", FieldType.Number)], (call, ct) => OnDealAsync(call, (_, deal) =>
        {
            if (deal.State == DealState.Open) deal.Value(((NumberValue)call.Inputs["amount"]).Amount, deal.Currency, deal.Rate);
            return Task.CompletedTask;
        }, ct)),
        new(Win, false, [], (call, ct) => OnDealAsync(call, (db, deal) =>
        {
            if (deal.State == DealState.Won) return Task.CompletedTask;
            deal.Win(Today(call), Now(call));
            DealChange.Tell(db, deal, "deal.won", Now(call), call.Actor);
            return Task.CompletedTask;
        }, ct)),
        new(Lose, false, [new("reason", FieldType.Text), new("note", FieldType.Text, false)], (call, ct) => OnDealAsync(call, async (db, deal) =>
        {
            if (deal.State == DealState.Lost) return;
            var key = call.Inputs["reason"].ToString()!;
            var reason = await db.Set<LossReason>().FirstOrDefaultAsync(r => r.Key == key, ct) ?? New(db, key);
            deal.Lose(reason.Id, call.Inputs["note"] is { IsNull: false } note ? note.ToString() : null, Today(call), Now(call));
            DealChange.Tell(db, deal, "deal.lost", Now(call), call.Actor);
        }, ct)),
    ];

    private static async Task<ContextValue> OnDealAsync(ActionCallContext call, Func<PortalDb, Deal, Task> change, CancellationToken ct)
    {
        if (call.About is not { Kind: ObjectKind.Deal } about) return ContextValue.Empty;
        var (db, id) = (call.Database!, new DealId(about.Id));
        var deal = await db.Set<Deal>().Include(d => d.Stages.OrderBy(s => s.Seq)).FirstOrDefaultAsync(d => d.Id == id, ct);
        if (deal is null) return ContextValue.Empty;
        await change(db, deal);
        await db.SaveOrExplainAsync(about, ct);
        return ContextValue.Empty;
    }

    // a reason that a company drew into its map is a reason from then on
    private static LossReason New(PortalDb db, string key)
    {
        var reason = new LossReason(LossReasonId.New(), key, key, 100);
        db.Add(reason);
        return reason;
    }

    private static DateTimeOffset Now(ActionCallContext call) => call.Now.ToUniversalTime();

    private static DateOnly Today(ActionCallContext call) => DateOnly.FromDateTime(call.Now.DateTime);
}
