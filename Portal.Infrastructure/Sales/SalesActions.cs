using Microsoft.EntityFrameworkCore;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Sales.Offers;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Sales;

/// <summary>
/// What maps can do with the deal they run. A process about anything else goes on without: the same map serves who keeps no deals. What the map says is done under
/// its own rules, not under the rights of whose task led here.
/// </summary>
public static class SalesActions
{
    /// <summary>Sets what the deal is worth: in its own currency, unless another is named. In one whose rate nobody has said the deal keeps its worth.</summary>
    public const string SetAmount = "sales.deal.set-amount";

    /// <summary>Wins the deal; one that is won already stays so.</summary>
    public const string Win = "sales.deal.win";

    /// <summary>Loses the deal, for a reason by its key; one that is lost already stays so.</summary>
    public const string Lose = "sales.deal.lose";

    /// <summary>
    /// Takes the figures that are decided about from the deal's offer: the latest that its client can answer or has accepted. Answers with <c>offer</c>, its number, <c>version</c>, <c>amount</c>, its net sum, and <c>discount</c>, all that it takes
    /// off in percent; without an offer with the amount and the discount that were typed. The deal is worth as much from then on.
    /// </summary>
    public const string OfferFigures = "sales.offer.figures";

    /// <summary>
    /// Sends an offer of the deal to its client by mail, with a link by which he answers: the latest that he can answer, or the one of a number; with words of its own or the usual ones. Where a <c>version</c> is named, that one and no other.
    /// Answers with <c>offer</c>, its number, and <c>sentTo</c>, the name of who gets it; where nothing was sent both are null, and <c>unsent</c> says why: <c>no-offer</c>, <c>no-mail</c> or <c>no-address</c>.
    /// </summary>
    public const string SendOffer = "sales.offer.send";

    /// <summary>Those that need nothing but the database.</summary>
    internal static IReadOnlyList<ProcessAction> All { get; } =
    [
        new(SetAmount, false, [new("amount", FieldType.Number), new("currency", FieldType.Text, false)], (call, ct) => OnDealAsync(call, (db, deal) =>
            DealChange.ValueAsync(db, deal, ((NumberValue)call.Inputs["amount"]).Amount, Text(call, "currency") ?? deal.Currency, ct), ct)),
        new(OfferFigures, false, [new("amount", FieldType.Number, false), new("discount", FieldType.Number, false)], async (call, ct) =>
        {
            var offer = call.About is { Kind: ObjectKind.Deal } about ? await OfferWork.StandingAsync(call.Database!, new(about.Id), Today(call), ct) : null;
            var amount = offer?.Net ?? (call.Inputs["amount"] as NumberValue)?.Amount ?? throw new RuleBrokenException("sales.amount-or-offer");
            await OnDealAsync(call, (db, deal) => DealChange.ValueAsync(db, deal, amount, offer?.Currency ?? deal.Currency, ct), ct);
            if (offer is null) return ContextValue.Of(("amount", Value.Of(amount)), ("discount", call.Inputs["discount"]), ("offer", Value.Null), ("version", Value.Null));
            var content = await OfferWork.InForceAsync(call.Database!, offer, ct);
            return ContextValue.Of(("amount", Value.Of(amount)), ("discount", Value.Of(OfferTotals.Reduction(content))), ("offer", Value.Of(offer.Number.ToString())), ("version", Value.Of(offer.InForce!.Value)));
        }),
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
            deal.Lose(reason.Id, Text(call, "note"), Today(call), Now(call));
            DealChange.Tell(db, deal, "deal.lost", Now(call), call.Actor);
        }, ct)),
    ];

    /// <summary>The action <see cref="SendOffer"/>.</summary>
    /// <param name="post">asked for where there is something to send</param>
    internal static ProcessAction Sending(Func<OfferPost> post) => new(SendOffer, false, [new("offer", FieldType.Text, false), new("version", FieldType.Number, false), new("text", FieldType.LongText, false)], async (call, ct) =>
    {
        // a map that names the version it has approved sends that one; where it had none, nothing was approved to be sent
        var version = (call.Inputs["version"] as NumberValue)?.Amount;
        var approves = call.Inputs.Entries.ContainsKey("version");
        if (call.About is not { Kind: ObjectKind.Deal } about) return Sent(null, null, "no-offer");
        if (approves) await OfferWork.RequireApprovedAsync(call.Database!, new(about.Id), Text(call, "offer"), (int?)version, ct);
        if (version is null && approves || await OfferWork.SendableAsync(call.Database!, new(about.Id), Text(call, "offer"), Today(call), ct) is not { } offer) return Sent(null, null, "no-offer");
        var receiver = await post().SendAsync(call.Database!, offer.Id, (int?)version, Text(call, "text"), call.Actor, Now(call), ct);
        return receiver is null ? Sent(null, null, post().HasAddress ? "no-mail" : "no-address") : Sent(offer.Number.ToString(), receiver.Name, null);
    });

    private static ContextValue Sent(string? offer, string? to, string? unsent) => ContextValue.Of(("offer", Value.Of(offer)), ("sentTo", Value.Of(to)), ("unsent", Value.Of(unsent)));

    private static string? Text(ActionCallContext call, string input) => call.Inputs[input] is TextValue { Text.Length: > 0 } given ? given.Text : null;

    private static async Task<ContextValue> OnDealAsync(ActionCallContext call, Func<PortalDb, Deal, Task> change, CancellationToken ct)
    {
        if (call.About is not { Kind: ObjectKind.Deal } about) return ContextValue.Empty;
        var (db, id) = (call.Database!, new DealId(about.Id));
        if (await DealChange.HoldAsync(db, id, ct) is not { } deal) return ContextValue.Empty;
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
