using Microsoft.EntityFrameworkCore;
using Portal.Domain.Claims;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Processes;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Claims;

/// <summary>Claims run by the published map of claims.</summary>
public sealed class ClaimProcessTests(ClaimOffice office) : IClassFixture<ClaimOffice>
{
    private static (string, Value) Say(string name, string value) => (name, Value.Of(value));

    private async Task<InstanceId> RunningAsync(ClaimId claim)
    {
        await office.WorkAsync();
        await using var db = office.Open();
        return await db.Set<InstanceRow>().Where(i => i.BusinessKind == ObjectKind.Claim && i.BusinessId == claim.Value).Select(i => i.Id).SingleAsync();
    }

    [Fact]
    public async Task RegisteredClaim_IsRunByTheMap_ToTheOrderThatReplacesTheGoods_AndTheClientsWord()
    {
        var sold = await office.SoldAsync();
        var id = await office.RegisterAsync(sold.Order, sold.Line);
        var run = await RunningAsync(id);
        Assert.Equal("claims.process-runs", (await Assert.ThrowsAsync<RuleBrokenException>(async () => await office.Settlement.DecideAsync(id, new(ClaimDecision.Refuse, null, null, false, "no"), await office.SeenAsync(id), office.Judge, default))).Code);

        await office.CompleteAsync(run, "check", office.Quality, ("justified", Value.True), Say("findings", "Two of five are scratched"));
        Assert.Equal((ClaimState.Examining, "Two of five are scratched"), ((await office.ClaimAsync(id)).Claim.State, (await office.ClaimAsync(id)).Claim.Findings));
        var service = await office.AddAsync("Serena Hall", "customer-service");
        await office.CompleteAsync(run, "tell", service);
        Assert.Equal("claims.no-cause", (await Assert.ThrowsAsync<RuleBrokenException>(() => office.CompleteAsync(run, "cause", office.Quality, Say("causeText", "No padding"), Say("responsible", "delivery")))).Code);
        await office.Desk.FindAsync(id, new(await office.CauseAsync("delivery.damaged"), null, null), await office.SeenAsync(id), office.Quality, default);
        await office.CompleteAsync(run, "cause", office.Quality, Say("causeText", "No padding"), Say("responsible", "delivery"));
        await office.CompleteAsync(run, "decide", office.Judge, Say("decision", "replace"), ("takesBack", Value.True), Say("answer", "Two new ones come on Monday"));
        var decided = await office.ClaimAsync(id);
        Assert.Equal((ClaimState.Decided, true, "Two of five are scratched\nNo padding"), (decided.Claim.State, decided.Claim.TakesBack, decided.Claim.Findings));
        Assert.Equal([ObjectKind.Order, ObjectKind.StockDocument], decided.Papers.Select(p => p.Document.Kind));

        var keeper = await office.AddAsync("Walt Store", "warehouse");
        await office.CompleteAsync(run, "ship", keeper, Say("waybill", "W-7"));
        Assert.Equal((ClaimState.Answered, "Two new ones come on Monday"), ((await office.ClaimAsync(id)).Claim.State, (await office.ClaimAsync(id)).Claim.Answer));

        // the client says so himself, and the map goes on by it
        var nora = new Actor { UserId = Guid.CreateVersion7(), Name = "Nora", Permissions = [], PartnerId = office.Client.Value };
        await office.Settlement.ConfirmAsync(id, true, "Thank you", nora, default);
        await office.WorkAsync();
        await office.CompleteAsync(run, "prevent", office.Quality, Say("measure", "Corner boards"), ("measureBy", new DateValue(new DateOnly(2030, 1, 1))));
        await office.CompleteAsync(run, "report", office.Quality, ("cost", Value.Of(44)), Say("report", "Packing changed"), Say("clientResult", "kept"));
        var closed = (await office.ClaimAsync(id)).Claim;
        Assert.Equal((ClaimState.Closed, ClaimResult.Kept, 44m, "Corner boards", "Thank you"), (closed.State, closed.Result!.Value, closed.Cost!.Value, closed.Measure, closed.ClientWords));
        Assert.Equal(InstanceStatus.Completed, (await office.InstanceAsync(run)).Status);
    }

    [Fact]
    public async Task Refusal_NeedsTwo_AndClosesTheClaimWithWhatBecameOfTheClient()
    {
        var sold = await office.SoldAsync();
        var id = await office.RegisterAsync(sold.Order, sold.Line);
        var run = await RunningAsync(id);
        await office.CompleteAsync(run, "check", office.Quality, ("justified", Value.False), Say("findings", "Overloaded"));
        await office.CompleteAsync(run, "review", office.Judge, ("refusalConfirmed", Value.True));
        Assert.Equal((ClaimDecision.Refuse, "Overloaded"), ((await office.ClaimAsync(id)).Claim.Decision, (await office.ClaimAsync(id)).Claim.Action));
        var service = await office.AddAsync("Serena Hall", "customer-service");
        await office.CompleteAsync(run, "explain", service, Say("refusalReason", "They bore more than they may"), Say("clientResult", "lost"));
        Assert.Equal((ClaimState.Closed, ClaimResult.Lost, "They bore more than they may"), ((await office.ClaimAsync(id)).Claim.State, (await office.ClaimAsync(id)).Claim.Result, (await office.ClaimAsync(id)).Claim.Answer));
    }
}
