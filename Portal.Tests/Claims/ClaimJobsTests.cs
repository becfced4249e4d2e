using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Billing;
using Portal.Domain.Claims;
using Portal.Domain.Clients;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Stock;

namespace Portal.Tests.Claims;

/// <summary>Claims from the complaint to the documents that make them good.</summary>
public sealed class ClaimJobsTests(ClaimOffice office) : IClassFixture<ClaimOffice>
{
    private static async Task<string> RefusedAsync(Func<Task> job) => (await Assert.ThrowsAsync<RuleBrokenException>(job)).Code;

    [Fact]
    public async Task Registration_FindsWhatTheClaimIsAbout_AndTakesTheNextNumber()
    {
        var sold = await office.SoldAsync();
        var (first, second) = (await office.RegisterAsync(sold.Order, sold.Line), await office.RegisterAsync(sold.Order, sold.Line, by: office.Seller));
        var (a, b) = (await office.ClaimAsync(first), await office.ClaimAsync(second));
        Assert.Equal((office.Client, sold.Shipment, sold.Product.Id, office.Main, 2m), (a.Claim.Partner!.Value, a.Claim.Shipment!.Value, a.Claim.Product!.Value, a.Claim.Warehouse!.Value, a.Claim.Quantity!.Value));
        Assert.Equal(a.Claim.Sequence + 1, b.Claim.Sequence);
        Assert.True(a.Claim.ReactBy > a.Claim.ReceivedAt && a.Claim.DecideBy > a.Claim.ReactBy);

        // said twice it is registered once
        await office.Intake.RegisterAsync(first, new(ClaimChannel.Call, new(office.Client), new(ClaimKind.Other, "again")), office.Quality, default);
        Assert.Equal("Scratched", (await office.ClaimAsync(first)).Claim.Text);
        await using var db = office.Open();
        Assert.Single(await db.Set<TimelineEntry>().Where(e => e.AboutId == first.Value).ToListAsync(), e => e.What == "claim.registered");
    }

    [Fact]
    public async Task Registration_OfMoreThanWasDelivered_OrForAnother_IsRefused()
    {
        var sold = await office.SoldAsync();
        Assert.Equal("claims.more-than-delivered", await RefusedAsync(() => office.RegisterAsync(sold.Order, sold.Line, 6)));
        var other = await office.Services.GetRequiredService<PartnerRegistry>().AddAsync(new($"Other {Guid.NewGuid():N}", PartnerKinds.Client), office.Head, default);
        Assert.Equal("claims.not-of-client", await RefusedAsync(() => office.Intake.RegisterAsync(ClaimId.New(), new(ClaimChannel.Mail, new(other, Order: sold.Order), new(ClaimKind.Other, "x")), office.Quality, default)));
        Assert.Equal("claims.no-client", await RefusedAsync(() => office.Intake.RegisterAsync(ClaimId.New(), new(ClaimChannel.Mail, new(null), new(ClaimKind.Other, "x")), office.Quality, default)));
        Assert.Equal("identity.not-allowed", await RefusedAsync(() => office.RegisterAsync(sold.Order, sold.Line, by: office.Keeper)));
    }

    [Fact]
    public async Task PeopleOfAClient_ComplainForTheirOwn_AndReachNothingElse()
    {
        var sold = await office.SoldAsync();
        // no staff permission, ever
        var nora = new Actor { UserId = Guid.CreateVersion7(), Name = "Nora", Permissions = [], PartnerId = office.Client.Value };
        var id = await office.RegisterAsync(sold.Order, sold.Line, by: nora);
        var stranger = nora with { PartnerId = Guid.CreateVersion7() };
        Assert.Equal("claims.not-of-client", await RefusedAsync(() => office.RegisterAsync(sold.Order, sold.Line, by: stranger)));
        Assert.Equal("claims.unknown", await RefusedAsync(() => office.Settlement.ConfirmAsync(id, true, null, stranger, default)));
        // what our people say and attach is not theirs
        Assert.False(await office.Claims.MaySeeAsync(id, nora, default));
        Assert.Equal("identity.not-allowed", await RefusedAsync(() => office.Desk.ExamineAsync(id, 0, nora, default)));

        await office.ExplainAsync(id);
        await office.Settlement.DecideAsync(id, new(ClaimDecision.Replace, null, null, false, "New ones"), await office.SeenAsync(id), office.Judge, default);
        await office.Settlement.InformAsync(id, "New ones go out", null, await office.SeenAsync(id), office.Quality, default);
        await office.Settlement.ConfirmAsync(id, true, "Thank you", nora, default);
        Assert.Equal((true, "Thank you", ClaimState.Answered), ((await office.ClaimAsync(id)).Claim.Satisfied, (await office.ClaimAsync(id)).Claim.ClientWords, (await office.ClaimAsync(id)).Claim.State));
    }

    [Fact]
    public async Task Claim_IsPutRight_OverTheVersionThatWasSeen_AndGivenOnlyToWhoLooksAfterClaims()
    {
        var sold = await office.SoldAsync();
        var id = await office.RegisterAsync(sold.Order, sold.Line);
        var seen = await office.SeenAsync(id);
        await office.Desk.DescribeAsync(id, new(ClaimKind.Quality, "Bent, not scratched", "New ones", 30), seen, office.Quality, default);
        Assert.Equal((ClaimKind.Quality, "Bent, not scratched", 30m, office.Client), ((await office.ClaimAsync(id)).Claim.Kind, (await office.ClaimAsync(id)).Claim.Text, (await office.ClaimAsync(id)).Claim.Claimed!.Value, (await office.ClaimAsync(id)).Claim.Partner!.Value));
        var late = await Assert.ThrowsAsync<RuleBrokenException>(() => office.Desk.DescribeAsync(id, new(ClaimKind.Other, "x"), seen, office.Judge, default));
        Assert.Equal(("shared.changed-by", "Quinn Marsh"), (late.Code, late.Args[0]));
        Assert.Equal("work.person-unknown", await RefusedAsync(async () => await office.Desk.GiveAsync(id, office.Keeper.UserId, await office.SeenAsync(id), office.Quality, default)));
        await office.Desk.GiveAsync(id, office.Judge.UserId, await office.SeenAsync(id), office.Quality, default);
        Assert.Equal("Judith Fair", (await office.ClaimAsync(id)).Manager);
    }

    [Fact]
    public async Task Waiting_KeepsTheWorkingTimeThatWasLeft()
    {
        var sold = await office.SoldAsync();
        var id = await office.RegisterAsync(sold.Order, sold.Line);
        var before = (await office.ClaimAsync(id)).Claim.DecideBy;
        await office.Desk.AskClientAsync(id, await office.SeenAsync(id), office.Quality, default);
        office.Clock.Advance(TimeSpan.FromDays(7));
        await office.Desk.ResumeAsync(id, office.Quality, default);
        Assert.Equal(before.AddDays(7), (await office.ClaimAsync(id)).Claim.DecideBy);
    }

    [Fact]
    public async Task Replacement_IsAnOrderForNothing_ThatNeedsNobodysSecondWord_AndAReturnAtCost()
    {
        var sold = await office.SoldAsync();
        var id = await office.RegisterAsync(sold.Order, sold.Line);
        await office.ExplainAsync(id);
        Assert.Equal("identity.not-allowed", await RefusedAsync(async () => await office.Settlement.DecideAsync(id, new(ClaimDecision.Replace, null, null, true, null), await office.SeenAsync(id), office.Quality, default)));
        await office.Settlement.DecideAsync(id, new(ClaimDecision.Replace, 40, null, true, null), await office.SeenAsync(id), office.Judge, default);
        var sheet = await office.ClaimAsync(id);
        Assert.Equal((40m, ClaimState.Decided), (sheet.Claim.Cost!.Value, sheet.Claim.State));
        Assert.Equal([ObjectKind.Order, ObjectKind.StockDocument], sheet.Papers.Select(p => p.Document.Kind));

        var order = new SalesOrderId(sheet.Papers[0].Document.Id);
        await office.PlaceAsync(order);
        var placed = await office.OrderAsync(order);
        Assert.Equal((0m, 2m, sheet.Claim.Number.ToString()), (placed.Written.Content.Lines[0].Price!.Value, placed.Written.Content.Lines[0].Quantity, placed.Head.Reference));
        await office.ShipAsync(order);
        Assert.Equal(3, (await office.InHallAsync(sold.Product)).There);

        var (desk, cards, paper) = (office.Services.GetRequiredService<StockDesk>(), office.Services.GetRequiredService<StockDocumentQuery>(), new StockDocumentId(sheet.Papers[1].Document.Id));
        await desk.PostAsync(paper, (await cards.FindAsync(paper, office.Keeper, default))!.Version, office.Keeper, default);
        Assert.Equal(5, (await office.InHallAsync(sold.Product)).There);
    }

    [Fact]
    public async Task Refund_IsACreditNote_ThatPaysWhatIsStillOwedForTheOrder()
    {
        var sold = await office.SoldAsync();
        var invoice = InvoiceId.New();
        await office.Invoices.FromOrderAsync(invoice, sold.Order, 0, office.Clerk, default);
        var draft = await InvoiceAsync(invoice);
        await office.Invoices.IssueAsync(invoice, draft.Version, office.Clerk, default);
        var id = await office.RegisterAsync(sold.Order, sold.Line);
        await office.ExplainAsync(id);
        await office.Settlement.DecideAsync(id, new(ClaimDecision.Refund, 30, null, false, null), await office.SeenAsync(id), office.Judge, default);
        var note = Assert.Single((await office.ClaimAsync(id)).Papers);
        Assert.Equal(("paymentState.Posted", 30m), (note.State, (await InvoiceAsync(invoice)).Paid));
        var today = DateOnly.FromDateTime(office.Clock.GetUtcNow().UtcDateTime);
        var statement = (await office.Services.GetRequiredService<Infrastructure.Billing.ReceivablesQuery>().StatementAsync(office.Client, null, today, today, office.Clerk, default))!.Statement;
        Assert.Contains(statement.Lines, l => l.Entry is { IsCreditNote: true, Amount: -30m });

        // decided otherwise, the invoice is owed again
        await office.Settlement.DecideAsync(id, new(ClaimDecision.Refund, 10, null, false, null), await office.SeenAsync(id), office.Judge, default);
        Assert.Equal(10m, (await InvoiceAsync(invoice)).Paid);
        await using var db = office.Open();
        var notes = await db.Set<Payment>().Where(p => p.Kind == PaymentKind.CreditNote && p.Partner == office.Client && p.Reference == (string)(object)note.Number! || p.Id == new PaymentId(note.Document.Id)).ToListAsync();
        Assert.Contains(notes, p => p.State == PaymentState.Cancelled);
    }

    [Fact]
    public async Task RepeatedCause_RaisesOneIncident_TellsQuality_AndComesAgainOnceItIsClosed()
    {
        var sold = await office.SoldAsync();
        async Task ComplainAsync() => await office.ExplainAsync(await office.RegisterAsync(sold.Order, sold.Line), "picking.packing");
        async Task<List<ClaimIncident>> RaisedAsync()
        {
            await using var db = office.Open();
            return await db.Set<ClaimIncident>().AsNoTracking().Where(i => i.Dimension == ClaimDimension.Product && i.About == sold.Product.Id.Value.ToString()).OrderBy(i => i.RaisedAt).ToListAsync();
        }
        await ComplainAsync();
        await ComplainAsync();
        Assert.Empty(await RaisedAsync());
        await ComplainAsync();
        var incident = Assert.Single(await RaisedAsync());
        Assert.Equal((3, IncidentState.Open, "Panel"), (incident.Count, incident.State, incident.Name));
        await ComplainAsync();
        Assert.Equal(4, Assert.Single(await RaisedAsync()).Count);

        await office.Incidents.AcknowledgeAsync(incident.Id, (await office.Incidents.FindAsync(incident.Id, office.Quality, default))!.Version, office.Quality, default);
        await office.Incidents.CloseAsync(incident.Id, "Corner boards", (await office.Incidents.FindAsync(incident.Id, office.Quality, default))!.Version, office.Quality, default);
        await ComplainAsync();
        Assert.Equal(2, (await RaisedAsync()).Count);
        await using var db = office.Open();
        var told = await db.Database.SqlQuery<string>($"select key as \"Value\" from core.outbox where kind = {Infrastructure.Claims.IncidentDesk.NewsKind}").ToListAsync();
        Assert.Contains($"claim-incident:{incident.Id.Value}:{office.Judge.UserId}", told);
    }

    [Fact]
    public async Task Handover_TakesOpenClaimsAlong_AndLeavesWhatIsOver()
    {
        var (leaver, heir, head, driver) = (await office.AddAsync("Lea Leaver", "quality"), await office.AddAsync("Hal Heir", "quality"), await office.AddAsync("Dora Chief", "director"), await office.AddAsync("Dan Wheel", "dispatcher"));
        var sold = await office.SoldAsync();
        var (open, over) = (await office.RegisterAsync(sold.Order, sold.Line), await office.RegisterAsync(sold.Order, sold.Line));
        foreach (var id in new[] { open, over }) await office.Desk.ExamineAsync(id, await office.SeenAsync(id), leaver, default);
        await office.Settlement.WithdrawAsync(over, "A mistake", await office.SeenAsync(over), leaver, default);
        var handover = office.Services.GetRequiredService<Infrastructure.Work.Handovers.Handover>();
        Assert.Contains("Lantern Works", Assert.Single((await handover.ItemsAsync(leaver.UserId, Domain.Work.HeldKind.Claim, "lantern", new(0, 10), head)).Rows).Title);
        Assert.Equal("work.heir-without-claims", await RefusedAsync(() => handover.RunAsync(new(leaver.UserId, [new(Domain.Work.HeldKind.Claim, [driver.UserId])]), head)));
        var report = await handover.RunAsync(new(leaver.UserId, [new(Domain.Work.HeldKind.Claim, [heir.UserId])]), head);
        Assert.Equal((1, 0), (report.Moved, report.Stayed));
        Assert.Equal(("Hal Heir", "Lea Leaver"), ((await office.ClaimAsync(open)).Manager, (await office.ClaimAsync(over)).Manager));
    }

    [Fact]
    public async Task Figures_AreThoseOfTheClaimsBehindThem()
    {
        var sold = await office.SoldAsync();
        var ids = new List<ClaimId>();
        foreach (var cause in new[] { "goods.defect", "goods.finish", "goods.defect" })
        {
            ids.Add(await office.RegisterAsync(sold.Order, sold.Line));
            await office.ExplainAsync(ids[^1], cause);
        }
        await office.Settlement.DecideAsync(ids[0], new(ClaimDecision.Refund, 25, null, false, null), await office.SeenAsync(ids[0]), office.Judge, default);
        await office.Settlement.WithdrawAsync(ids[2], "Wrong firm", await office.SeenAsync(ids[2]), office.Quality, default);
        var mine = new Infrastructure.Claims.ClaimFilter(Product: sold.Product.Id);
        var top = await office.Causes.FindAsync(mine, Infrastructure.Claims.CauseBy.Top, false, office.Judge, default);
        Assert.Equal(((await office.CauseAsync("goods")).Value.ToString(), 2, 25m), (top.Rows[0].Key.Id, top.Rows[0].Count, top.Rows[0].Cost));
        var causes = await office.Causes.FindAsync(mine, Infrastructure.Claims.CauseBy.Cause, true, office.Judge, default);
        Assert.Equal([(25m, 1m), (0m, 1m)], causes.Rows.Select(r => (r.Cost, r.UpTo!.Value)));
        Assert.Equal(2, Assert.Single(causes.Months).Count);
        Assert.Equal(3, (await office.Claims.ListAsync(mine with { Cause = await office.CauseAsync("goods") }, default, true, Slice.All, office.Judge, default)).Total);
        foreach (var by in Enum.GetValues<Infrastructure.Claims.CauseBy>()) Assert.Equal(2, (await office.Causes.FindAsync(mine, by, false, office.Judge, default)).Rows.Sum(r => r.Count));
    }

    private async Task<Invoice> InvoiceAsync(InvoiceId id)
    {
        await using var db = office.Open();
        return await db.Set<Invoice>().AsNoTracking().SingleAsync(i => i.Id == id);
    }
}
