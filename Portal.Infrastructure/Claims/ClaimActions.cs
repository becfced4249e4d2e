using Microsoft.EntityFrameworkCore;
using Portal.Domain.Claims;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Claims;

/// <summary>
/// What maps can do with the claim they run. A process about anything else goes on without: the same map serves complaints that nobody registered. What the map says is done under its own rules, not under the rights of whose task led here.
/// </summary>
public static class ClaimActions
{
    /// <summary>Somebody has looked at the claim; what was found is written down.</summary>
    public const string Examine = "claims.claim.examine";

    /// <summary>Says where it went wrong, by the key of the step. The cause is chosen on the claim itself, from the tree: without one the step is refused.</summary>
    public const string Find = "claims.claim.find";

    /// <summary>Decides what is done (<c>replace</c>, <c>refund</c>, <c>repair</c>, <c>refuse</c>), and begins the documents by which it is made good.</summary>
    public const string Decide = "claims.claim.decide";

    /// <summary>Writes down that the client was told, and what.</summary>
    public const string Inform = "claims.claim.inform";

    /// <summary>Takes the client's word; where he has said it himself, or nobody knows it, nothing changes.</summary>
    public const string Confirm = "claims.claim.confirm";

    /// <summary>Closes the claim with what became of the client: <c>kept</c>, <c>lost</c> or <c>returned</c>.</summary>
    public const string Close = "claims.claim.close";

    /// <summary>All of them: they need nothing but the database.</summary>
    internal static IReadOnlyList<ProcessAction> All { get; } =
    [
        new(Examine, false, [new("findings", FieldType.LongText, false)], (call, ct) => OnClaimAsync(call, (db, claim, now) =>
        {
            if (claim.State == ClaimState.Registered) ClaimWork.Tell(db, claim, "claim.examined", now, call.Actor);
            claim.Find(new(null, null, Text(call, "findings")), call.Actor, now);
            return Task.CompletedTask;
        }, ct)),
        new(Find, false, [new("step", FieldType.Text), new("words", FieldType.LongText, false)], (call, ct) => OnClaimAsync(call, async (db, claim, now) =>
        {
            if (claim.Cause is null) throw new RuleBrokenException("claims.no-cause");
            var key = Text(call, "step");
            var step = await db.Set<ClaimStep>().Where(s => s.Key == key).Select(s => (ClaimStepId?)s.Id).FirstOrDefaultAsync(ct) ?? throw new RuleBrokenException("claims.step-unknown");
            var (known, words) = (claim.Findings, Text(call, "words"));
            // the cause is told after what was seen
            if (known is not null && words is not null && !known.Contains(words, StringComparison.Ordinal) && known.Length + words.Length < Claim.MostText) words = $"{known}\n{words}";
            claim.Find(new(null, step, words), call.Actor, now);
        }, ct)),
        new(Decide, false, [new("decision", FieldType.Text), new("allowed", FieldType.Number, false), new("words", FieldType.LongText, false), new("takesBack", FieldType.Boolean, false)], (call, ct) => OnClaimAsync(call, async (db, claim, now) =>
        {
            var decision = Enum.TryParse<ClaimDecision>(Text(call, "decision"), true, out var said) ? said : throw new RuleBrokenException("process.action-input", Decide, "decision");
            await ClaimSettlement.DecideAsync(db, claim, new(decision, Number(call, "allowed"), null, call.Inputs["takesBack"] == Value.True, Text(call, "words")), call.Actor, now, ct);
        }, ct)),
        new(Inform, false, [new("words", FieldType.LongText)], (call, ct) => OnClaimAsync(call, (db, claim, now) => ClaimSettlement.InformAsync(db, claim, Text(call, "words"), call.Actor, now, ct), ct)),
        new(Confirm, false, [new("satisfied", FieldType.Boolean, false), new("words", FieldType.LongText, false)], (call, ct) => OnClaimAsync(call, async (db, claim, now) =>
        {
            if (call.Inputs["satisfied"].IsNull) return;
            var satisfied = call.Inputs["satisfied"] == Value.True;
            if (claim.ConfirmedAt >= claim.InformedAt && claim.Satisfied == satisfied) return;
            await ClaimSettlement.ConfirmAsync(db, claim, satisfied, Text(call, "words"), call.Actor, now, ct);
        }, ct)),
        new(Close, false, [new("result", FieldType.Text), new("cost", FieldType.Number, false), new("measure", FieldType.LongText, false)], (call, ct) => OnClaimAsync(call, (db, claim, now) =>
        {
            var result = Enum.TryParse<ClaimResult>(Text(call, "result"), true, out var said) ? said : throw new RuleBrokenException("process.action-input", Close, "result");
            ClaimSettlement.Close(db, claim, result, Number(call, "cost"), Text(call, "measure"), call.Actor, now);
            return Task.CompletedTask;
        }, ct)),
    ];

    private static string? Text(ActionCallContext call, string input) => call.Inputs[input] is TextValue { Text.Length: > 0 } given ? given.Text : null;

    private static decimal? Number(ActionCallContext call, string input) => (call.Inputs[input] as NumberValue)?.Amount;

    private static async Task<ContextValue> OnClaimAsync(ActionCallContext call, Func<PortalDb, Claim, DateTimeOffset, Task> change, CancellationToken ct)
    {
        if (call.About is not { Kind: ObjectKind.Claim } about) return ContextValue.Empty;
        var (db, id) = (call.Database!, new ClaimId(about.Id));
        var claim = await ClaimWork.TakeAsync(db, id, Actor.System("claims"), ct);
        await change(db, claim, call.Now.ToUniversalTime());
        await db.SaveOrExplainAsync(about, ct);
        return ContextValue.Empty;
    }
}
