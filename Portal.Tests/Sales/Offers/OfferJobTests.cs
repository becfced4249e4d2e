using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Processes;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Sales.Offers;
using Portal.Infrastructure.Work;
using Portal.Infrastructure.Work.Handovers;
using Portal.Workflows.Expressions;
using static Portal.Tests.Sales.Offers.OfferOffice;

namespace Portal.Tests.Sales.Offers;

/// <summary>Offers in the database: prices, numbers, approvals, what a client does by his link.</summary>
public sealed class OfferJobTests(OfferOffice office) : IClassFixture<OfferOffice>
{
    private static readonly ClientSigning Signer = new("Mira Vale", "198.51.100.7");

    private static async Task<string> RefusedAsync(Func<Task> job) => (await Assert.ThrowsAsync<RuleBrokenException>(job)).Code;

    private async Task<List<string>> OutboxAsync(string kind, string holding)
    {
        await using var db = office.Open();
        return [.. (await db.Set<OutboxRow>().Where(r => r.Kind == kind).Select(r => r.Body).ToListAsync()).Where(body => body.Contains(holding, StringComparison.Ordinal))];
    }

    [Fact]
    public async Task Write_PricesProductsByLists_WithTheReasons_AndHidesCostFromWhoDoesNotSeeIt()
    {
        var id = await office.DraftAsync(office.Deal, office.ShelfLine(), FreeLine("Setup", 50));

        var seen = (await office.SheetAsync(id, office.Seller)).Written;
        var whole = (await office.SheetAsync(id)).Written;

        Assert.Equal((350m, 420m), (seen.Totals.Net, seen.Totals.Gross));
        Assert.Equal((100m, null, null), (seen.Content.Lines[0].Price, seen.Content.Lines[0].Cost, seen.Content.Lines[0].FloorPrice));
        Assert.Equal(PriceReasonCode.InList, Assert.Single(seen.Content.Lines[0].Reasons).Code);
        Assert.Equal((60m, 80m, 120m), (whole.Content.Lines[0].Cost, whole.Content.Lines[0].FloorPrice, whole.Totals.Margin));
        Assert.Equal(new Money(100, "EUR"), whole.Content.Lines[0].Reasons[0].Args[1]);
    }

    [Fact]
    public async Task Write_ByWhoDoesNotSeeCost_KeepsWhatOthersHaveSaid()
    {
        var id = await office.DraftAsync(null, FreeLine("Assembly", 500) with { Kind = OfferLineKind.Composition, Parts = [new("Hours", 4, null), new("Bolts", 20, null)] });
        await office.WriteAsync(id, c => c with { Lines = [c.Lines[0] with { Parts = [new("Hours", 4, 30), new("Bolts", 20, 1)] }] }, office.Head);

        await office.WriteAsync(id, c => c with { Lines = [c.Lines[0] with { Asked = 600, Cost = 1 }] });

        var line = (await office.SheetAsync(id)).Written.Content.Lines[0];
        Assert.Equal((140m, 600m, 30m), (line.Cost, line.Price, line.Parts[0].Cost));
    }

    [Fact]
    public async Task Write_OverAVersionThatIsOld_TellsWhoWasFirst()
    {
        var id = await office.DraftAsync(null);
        var seen = (await office.SheetAsync(id)).Version;
        await office.WriteAsync(id, c => c with { Discount = 1 }, office.Head);

        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(async () => await office.Desk.WriteAsync(id, (await office.SheetAsync(id)).Written.Content, seen, office.Seller, default));

        Assert.Equal(("shared.changed-by", "Hugo Stern"), (refusal.Code, refusal.Args[0]));
    }

    [Fact]
    public Task FreeLine_OfKnownCost_KeepsTheLeastMargin() => WithLeastMarginAsync(async () =>
    {
        var id = await office.DraftAsync(office.Deal, FreeLine("Assembly", 100), FreeLine("Advice", 100) with { Kind = OfferLineKind.Delivery });
        Assert.Equal([true, false], (await office.SheetAsync(id, office.Seller)).Written.Content.Lines.Select(l => l.IsUnjudged));

        var written = await office.WriteAsync(id, c => c with { Lines = [c.Lines[0] with { Cost = 90 }, c.Lines[1]] }, office.Head);

        Assert.Equal((written.Content.Lines[0].Id, 120m, false), (Assert.Single(written.Below), written.Content.Lines[0].FloorPrice, written.Content.Lines[0].IsUnjudged));
        Assert.Equal(new OfferApproval(1, 0, null), (await office.SheetAsync(id, office.Seller)).Approval);
    });

    [Fact]
    public Task FreeLine_WhoseCostNobodyHasSaid_IsIssuedOnlyOnceSomebodyHasJudgedIt() => WithLeastMarginAsync(async () =>
    {
        var id = await office.DraftAsync(office.Deal, FreeLine("Assembly", 100), FreeLine("Painting", 70));
        Assert.Equal("offers.needs-approval", await RefusedAsync(() => office.IssueAsync(id)));
        // one of the two is judged by whoever knows its cost
        await office.WriteAsync(id, c => c with { Lines = [c.Lines[0] with { Cost = 60 }, c.Lines[1]] }, office.Head);
        Assert.Equal(new OfferApproval(0, 1, null), (await office.SheetAsync(id, office.Seller)).Approval);
        Assert.Equal("offers.needs-approval", await RefusedAsync(() => office.IssueAsync(id)));

        await office.Desk.AskApprovalAsync(id, "A neighbour paints it for us", office.Seller, default);
        var instance = await office.Open().Set<InstanceRow>().Where(i => i.BusinessId == id.Value).Select(i => i.Id).SingleAsync();
        // how deep it is nobody knows: the head decides alone
        await office.CompleteAsync(instance, "head", office.Head, ("approved", Value.Of(true)), ("comment", Value.Null));
        await office.WriteAsync(id, c => c with { Lines = [c.Lines[0], c.Lines[1] with { Asked = 60 }] });
        Assert.Equal("offers.needs-approval", await RefusedAsync(() => office.IssueAsync(id)));
        await office.WriteAsync(id, c => c with { Lines = [c.Lines[0], c.Lines[1] with { Asked = 70 }] });
        await office.IssueAsync(id);

        Assert.Equal(OfferState.Issued, (await office.SheetAsync(id)).State);
    });

    [Fact]
    public Task Cost_ThatTheApproverWritesIn_KeepsHisApproval_AndOneThatRisesLaterDoesNot() => WithLeastMarginAsync(async () =>
    {
        var id = await office.DraftAsync(office.Deal, FreeLine("Assembly", 100), FreeLine("Painting", 70));
        await office.Desk.AskApprovalAsync(id, "A neighbour paints it for us", office.Seller, default);
        var instance = await office.Open().Set<InstanceRow>().Where(i => i.BusinessId == id.Value).Select(i => i.Id).SingleAsync();
        // as his task tells him: where he knows the cost, he writes it in
        Task CostAsync(decimal cost) => office.WriteAsync(id, c => c with { Lines = [c.Lines[0] with { Cost = cost }, c.Lines[1]] }, office.Head);
        await CostAsync(90);
        await office.CompleteAsync(instance, "head", office.Head, ("approved", Value.Of(true)), ("comment", Value.Null));
        Assert.Equal((true, 1, 1), (await office.SheetAsync(id, office.Seller)).Approval is { } granted ? (granted.Verdict!.Granted, granted.Below, granted.Unjudged) : default);

        await CostAsync(95);
        Assert.Null((await office.SheetAsync(id, office.Seller)).Approval!.Verdict);
        Assert.Equal("offers.needs-approval", await RefusedAsync(() => office.IssueAsync(id)));
        await CostAsync(85);
        await office.IssueAsync(id);
    });

    [Fact]
    public Task Product_WhoseCostHasNoRateIntoTheOffersCurrency_OrIsNotKnown_IsNotIssuedUnseen() => WithLeastMarginAsync(async () =>
    {
        var costless = await office.Services.GetRequiredService<ProductRegistry>().AddAsync(new("NC-1", "Nobody knows", null, ProductKind.Goods, "pcs", 20), [], office.Head, default);
        var id = await office.DraftAsync(office.Deal, office.ShelfLine() with { Asked = 1 });
        await office.WriteAsync(id, c => c with { Currency = "MDL" });
        Assert.Equal(new OfferApproval(0, 1, null), (await office.SheetAsync(id, office.Seller)).Approval);
        Assert.Equal("offers.needs-approval", await RefusedAsync(() => office.IssueAsync(id)));

        var other = await office.DraftAsync(office.Deal, new OfferLine(Guid.CreateVersion7(), OfferLineKind.Product, "Nobody knows") { Product = costless, Unit = "pcs", Asked = 0.01m });
        Assert.Equal("offers.needs-approval", await RefusedAsync(() => office.IssueAsync(other)));
        // who does not see cost is told why, and no figure
        var told = Assert.Single((await office.SheetAsync(other, office.Seller)).Written.Content.Lines);
        Assert.Equal((true, null, null), (told.IsUnjudged, told.Cost, told.FloorPrice));
    });

    [Fact]
    public async Task Draft_FollowsTheClientOfItsDeal_AndItsPrices_WhileWhatWasIssuedStands()
    {
        var deals = office.Services.GetRequiredService<DealDesk>();
        var (partners, lists) = (office.Services.GetRequiredService<PartnerRegistry>(), office.Services.GetRequiredService<PriceListRegistry>());
        var deal = await deals.AddAsync(new(new("Hall of nobody", null, Manager: office.Seller.UserId)), office.Seller, default);
        async Task ForAsync(PartnerId? client) => await deals.ChangeAsync(deal, new("Hall of nobody", client, Manager: office.Seller.UserId), await office.Open().Set<Deal>().Where(d => d.Id == deal).Select(d => d.Version).SingleAsync(), office.Seller, default);
        var id = await office.DraftAsync(deal);
        Assert.Null((await office.SheetAsync(id)).Partner);

        await ForAsync(office.Client);
        Assert.Equal((office.Client, "Lantern Works"), (await office.SheetAsync(id)) is var first ? (first.Partner, first.PartnerName) : default);
        await office.IssueAsync(id);

        var other = await partners.AddAsync(new("Brick Yard", PartnerKinds.Client, Responsible: office.Seller.UserId), office.Seller, default);
        var agreement = await office.Services.GetRequiredService<AgreementRegistry>().AddAsync(other, new(AgreementKind.Agreement, "B-1", null, null, new(2020, 1, 1), null, 30, null, null), office.Head, default);
        await lists.SetPriceAsync(await lists.AddAsync(new("Brick prices", PriceListKind.Special, "EUR", Agreement: agreement, Priority: 1), office.Head, default), office.Shelf, "", 0, 90, office.Head, default);
        await ForAsync(other);
        Assert.Equal(office.Client, (await office.SheetAsync(id)).Partner);

        // while one client can accept it, another is offered nothing under its number
        await office.Desk.ReviseAsync(id, (await office.SheetAsync(id)).Version, office.Seller, default);
        Assert.Equal((office.Client, 100m), (await office.SheetAsync(id)) is var still ? (still.Partner, still.Written.Content.Lines[0].Price) : default);
        Assert.Equal("offers.out-with-another", await RefusedAsync(() => office.IssueAsync(id)));
        await office.Desk.WithdrawAsync(id, (await office.SheetAsync(id)).Version, office.Seller, default);
        var draft = await office.SheetAsync(id);
        Assert.Equal((other, 90m), (draft.Partner, draft.Written.Content.Lines[0].Price));
        await office.IssueAsync(id);
        Assert.Equal(["Lantern Works", "Brick Yard"], (await office.Open().Set<OfferVersion>().Where(v => v.Offer == id).OrderBy(v => v.Number).ToListAsync()).Select(v => v.Content.Parties!.Client));

        // a draft whose prices were another client's shows them anew before it is issued
        var late = await office.DraftAsync(deal);
        await ForAsync(office.Client);
        Assert.Equal("offers.prices-changed", await RefusedAsync(() => office.IssueAsync(late)));
    }

    [Fact]
    public async Task Accepted_IsWhatItsDealIsWorth_WithoutAProcess_AndTheClientsHistoryTellsIt()
    {
        var deal = await office.OpenDealAsync("Hall of worth");
        var (_, secret) = await office.OutAsync(deal);
        await office.Clients.AcceptAsync(secret, Signer, [], default);

        await using var db = office.Open();
        Assert.Equal((300m, 300m, "EUR"), await db.Set<Deal>().SingleAsync(d => d.Id == deal) is var worth ? (worth.Amount, worth.AmountBase, worth.Currency) : default);
        Assert.Equal("Hall of worth: 0.00 EUR → 300.00 EUR", (await db.Set<TimelineEntry>().SingleAsync(e => e.AboutId == deal.Value && e.What == "deal.valued")).Words);
    }

    [Fact]
    public async Task Deal_WhoseOfferIsOut_KeepsItsClientAndStaysInTheLists_UntilItIsWithdrawn()
    {
        var (deal, deals) = (await office.OpenDealAsync("Held by its offer"), office.Services.GetRequiredService<DealDesk>());
        var (id, _) = await office.OutAsync(deal);
        var number = (await office.SheetAsync(id)).Number;
        async Task<uint> VersionAsync() => await office.Open().Set<Deal>().Where(d => d.Id == deal).Select(d => d.Version).SingleAsync();
        var refusals = new[]
        {
            await Assert.ThrowsAsync<RuleBrokenException>(async () => await deals.ChangeAsync(deal, new("Held by its offer", Manager: office.Seller.UserId), await VersionAsync(), office.Seller, default)),
            await Assert.ThrowsAsync<RuleBrokenException>(async () => await deals.ArchiveAsync(deal, await VersionAsync(), office.Seller, default)),
        };
        Assert.All(refusals, refusal => Assert.Equal(("sales.client-has-offer", number), (refusal.Code, refusal.Args[0])));

        await office.Desk.WithdrawAsync(id, (await office.SheetAsync(id)).Version, office.Seller, default);
        await deals.ArchiveAsync(deal, await VersionAsync(), office.Seller, default);
    }

    [Fact]
    public async Task Mine_IsWhatSomebodyAnswersFor_OffersOfADealThatHeTookOverToo()
    {
        var deal = await office.OpenDealAsync("Taken over");
        var id = await office.DraftAsync(deal);
        var heir = await office.AddAsync("Mina Heir", "sales");
        async Task<bool> IsMineAsync(Actor actor) => (await office.List.ListAsync(new(Mine: true), OfferSort.Created, true, Slice.All, actor, default)).Rows.Any(r => r.Id == id);
        Assert.Equal((true, false), (await IsMineAsync(office.Seller), await IsMineAsync(heir)));

        await office.Services.GetRequiredService<DealDesk>().HandAsync(deal, heir.UserId, await office.Open().Set<Deal>().Where(d => d.Id == deal).Select(d => d.Version).SingleAsync(), office.Head, default);

        Assert.Equal((false, true), (await IsMineAsync(office.Seller), await IsMineAsync(heir)));
    }

    [Fact]
    public async Task Handover_TakesOpenOffersOfNoDealAlong()
    {
        var (leaver, heir, head) = (await office.AddAsync("Lea Leaver", "sales"), await office.AddAsync("Hal Heir", "sales"), await office.AddAsync("Dora Chief", "director"));
        var own = await office.Desk.AddAsync(new("Kept for Lea", null, office.Client), leaver, default);
        await office.Desk.AddAsync(new("Of a deal", office.Deal), leaver, default);
        var gone = await office.Desk.AddAsync(new("Taken back", null, office.Client), leaver, default);
        await office.Desk.WithdrawAsync(gone, (await office.SheetAsync(gone)).Version, leaver, default);
        var handover = office.Services.GetRequiredService<Handover>();

        Assert.Equal("Kept for Lea", Assert.Single((await handover.ItemsAsync(leaver.UserId, HeldKind.Offer, "lea", new(0, 10), head)).Rows).Title);
        var report = await handover.RunAsync(new(leaver.UserId, [new(HeldKind.Offer, [heir.UserId])]), head);

        Assert.Equal((1, 0), (report.Moved, report.Stayed));
        Assert.Equal(("Hal Heir", "Lea Leaver"), ((await office.SheetAsync(own)).Manager, (await office.SheetAsync(gone)).Manager));
        var driver = await office.AddAsync("Dan Wheel", "dispatcher");
        Assert.Equal("work.heir-without-offers", await RefusedAsync(() => handover.RunAsync(new(heir.UserId, [new(HeldKind.Offer, [driver.UserId])]), head)));
    }

    [Fact]
    public Task Currency_ThatIsChanged_TurnsWhatWasSaidByHandByTheRate_AndTellsWhereThereIsNone() => office.WithDollarsAsync(async () =>
    {
        var id = await office.DraftAsync(office.Deal, office.ShelfLine() with { Asked = 250 });
        await office.WriteAsync(id, c => c with { Lines = [.. c.Lines, FreeLine("Setup", 33) with { Cost = 10 }], Payments = [new(PaymentEvent.Acceptance, 0, null, 100), new(PaymentEvent.Delivery, 0)] }, office.Head);

        var dollars = await office.WriteAsync(id, c => c with { Currency = "USD" });
        Assert.Equal((312.5m, 41.25m, 125m, null), (dollars.Content.Lines[0].Price, dollars.Content.Lines[1].Price, dollars.Content.Payments[0].Amount, dollars.WithoutRate));
        Assert.Equal(12.5m, (await office.SheetAsync(id)).Written.Content.Lines[1].Cost);

        var lei = await office.WriteAsync(id, c => c with { Currency = "MDL" });
        Assert.Equal((312.5m, "USD"), (lei.Content.Lines[0].Price, lei.WithoutRate));
    });

    [Fact]
    public async Task FreeLine_ThatIsRenamed_NoLongerCostsWhatTheOtherDid_UntilSomebodySaysSo()
    {
        var id = await office.DraftAsync(office.Deal, FreeLine("Assembly", 100));
        await office.WriteAsync(id, c => c with { Lines = [c.Lines[0] with { Cost = 60 }] }, office.Head);
        await office.WriteAsync(id, c => c with { Lines = [c.Lines[0] with { Quantity = 2 }] });
        Assert.Equal(60, (await office.SheetAsync(id)).Written.Content.Lines[0].Cost);

        await office.WriteAsync(id, c => c with { Lines = [c.Lines[0] with { Name = "Server room" }] });

        Assert.Null((await office.SheetAsync(id)).Written.Content.Lines[0].Cost);
    }

    [Fact]
    public async Task Client_WhoAcceptsWhatHeRefused_ReadsWordsForHim()
    {
        var (id, secret) = await office.OutAsync(null);
        await office.Clients.RefuseAsync(secret, Signer, "Too dear", default);

        Assert.Equal("offers.client-refused", await RefusedAsync(() => office.Clients.AcceptAsync(secret, Signer, [], default)));
        var (_, other) = await office.OutAsync(null);
        await office.Clients.AcceptAsync(other, Signer, [], default);
        Assert.Equal("offers.client-accepted", await RefusedAsync(() => office.Clients.RefuseAsync(other, Signer, "On second thoughts", default)));
        Assert.Equal(OfferState.Refused, (await office.SheetAsync(id)).State);
    }

    // a company that keeps a quarter of every price
    private async Task WithLeastMarginAsync(Func<Task> test)
    {
        var settings = office.Services.GetRequiredService<PricingSettingsStore>();
        var (before, version) = await settings.SeeAsync(office.Head, default);
        await settings.ChangeAsync(before with { MarginFloor = 25 }, version, office.Head, default);
        try
        {
            await test();
        }
        finally
        {
            await settings.ChangeAsync(before, (await settings.SeeAsync(office.Head, default)).Version, office.Head, default);
        }
    }

    [Fact]
    public async Task Issue_BelowTheFloor_WaitsForTheApprovalOfTheseVeryPrices()
    {
        var id = await office.DraftAsync(office.Deal);
        var written = await office.WriteAsync(id, c => c with { Discount = 25 });
        Assert.Single(written.Below);
        Assert.Equal("offers.needs-approval", await RefusedAsync(() => office.IssueAsync(id)));

        await office.Desk.AskApprovalAsync(id, "They take the next ten too", office.Seller, default);
        // where it is, is told, and asking once more begins nothing new
        Assert.Equal((null, "sales-head,director"), (await office.SheetAsync(id, office.Seller)).Approval!.Asked is { } asked ? (asked.Performer, asked.Roles) : default);
        await office.Desk.AskApprovalAsync(id, "They take the next ten too", office.Seller, default);
        var instance = await office.Open().Set<InstanceRow>().Where(i => i.BusinessId == id.Value).Select(i => i.Id).SingleAsync();
        await office.CompleteAsync(instance, "head", office.Head, ("approved", Value.Of(true)), ("comment", Value.Null));
        Assert.Equal((true, null), (await office.SheetAsync(id, office.Seller)).Approval is { } decided ? (decided.Verdict?.Granted, decided.Asked) : default);
        await office.WriteAsync(id, c => c with { Discount = 26 });
        Assert.Equal("offers.needs-approval", await RefusedAsync(() => office.IssueAsync(id)));
        await office.WriteAsync(id, c => c with { Discount = 25 });
        await office.IssueAsync(id);

        Assert.Equal(OfferState.Issued, (await office.SheetAsync(id)).State);
    }

    [Fact]
    public async Task Numbers_OfManyIssuedAtOnce_HaveNoGap_AndARefusedIssueTakesNone()
    {
        var drafts = new List<OfferId>();
        for (var i = 0; i < 6; i++) drafts.Add(await office.DraftAsync(null));
        var empty = await office.Desk.AddAsync(new("Nothing in it", null, office.Client), office.Seller, default);

        await Task.WhenAll(drafts.Select(office.IssueAsync).Append(RefusedAsync(() => office.IssueAsync(empty))));

        var numbers = await office.Open().Set<Offer>().Where(o => o.Sequence != null).Select(o => o.Sequence!.Value).Order().ToListAsync();
        Assert.Equal(Enumerable.Range(1, numbers.Count), numbers);
        Assert.Null((await office.SheetAsync(empty)).Number);
    }

    [Fact]
    public async Task Accept_Twice_AnswersOnce_RaisesTheEventForTheDeal_AndTellsTheManager()
    {
        var deal = await office.OpenDealAsync("Hall two");
        var option = FreeLine("Setup", 50, option: true);
        var (id, secret) = await office.OutAsync(deal, office.ShelfLine(), option);

        await Task.WhenAll(office.Clients.AcceptAsync(secret, Signer, [option.Id], default), office.Clients.AcceptAsync(secret, Signer, [option.Id], default));

        var sheet = await office.SheetAsync(id);
        Assert.Equal((OfferState.Accepted, 420m, "Mira Vale", "198.51.100.7"), (sheet.State, sheet.Answer!.Gross, sheet.Answer.Name, sheet.Answer.Address));
        await using var db = office.Open();
        Assert.Single(await db.Set<OfferAnswer>().Where(a => a.Offer == id).ToListAsync());
        var message = OutboxKinds.Read<MessageOrder>(Assert.Single(await OutboxAsync(OutboxKinds.MessageKind, deal.Value.ToString())));
        Assert.Equal(("sales.offer.accepted", OutboxKinds.KeyOf(new(ObjectKind.Deal, deal.Value))), (message.Name, message.Key));
        Assert.Single(await OutboxAsync(ClientOffers.NewsKind, id.Value.ToString()));
    }

    [Fact]
    public async Task Accepted_IsFrozenInTheDatabaseToo_AndOutlivesItsProduct()
    {
        var products = office.Services.GetRequiredService<ProductRegistry>();
        var gone = await products.AddAsync(new("GONE-1", "Passing fancy", null, ProductKind.Goods, "pcs", 20), [], office.Head, default);
        var line = new OfferLine(Guid.CreateVersion7(), OfferLineKind.Product, "Passing fancy") { Product = gone, Code = "GONE-1", Unit = "pcs", VatRate = 20, Asked = 77 };
        var (id, secret) = await office.OutAsync(null, line);
        await office.Clients.AcceptAsync(secret, Signer, [], default);
        await using (var delete = office.Database.Owner.CreateCommand("delete from pricing.product where code = 'GONE-1'")) await delete.ExecuteNonQueryAsync();

        Assert.Equal(("Passing fancy", 77m), (await office.SheetAsync(id)).Written.Content.Lines.Select(l => (l.Name, l.Price!.Value)).Single());
        foreach (var sql in new[]
        {
            $"update sales.offer_version set net = 1 where offer = '{id.Value}'", $"delete from sales.offer_version where offer = '{id.Value}'", $"update sales.offer_answer set name = 'Other' where offer = '{id.Value}'",
            $"update sales.offer set state = 'Sent' where id = '{id.Value}'", $"update sales.offer set gross = 1 where id = '{id.Value}'", $"delete from sales.offer where id = '{id.Value}'",
        })
        {
            await using var command = office.Database.Owner.CreateCommand(sql);
            Assert.Equal(PostgresErrorCodes.RestrictViolation, (await Assert.ThrowsAsync<PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
        }
    }

    [Fact]
    public async Task Draft_WithAProductThatIsGone_KeepsItsPrice_AndIsIssued()
    {
        var gone = await office.Services.GetRequiredService<ProductRegistry>().AddAsync(new("GONE-2", "Another fancy", null, ProductKind.Goods, "pcs", 20), [], office.Head, default);
        var id = await office.DraftAsync(null, new OfferLine(Guid.CreateVersion7(), OfferLineKind.Product, "Another fancy") { Product = gone, Unit = "pcs", VatRate = 20, Asked = 12 });
        await using (var delete = office.Database.Owner.CreateCommand("delete from pricing.product where code = 'GONE-2'")) await delete.ExecuteNonQueryAsync();

        await office.IssueAsync(id);

        Assert.Equal(14.4m, (await office.SheetAsync(id)).Written.Totals.Gross);
    }

    [Fact]
    public async Task Link_GuessedRevokedOverOrOfAnOlderVersion_LeadsNowhere()
    {
        var (id, secret) = await office.OutAsync(null);
        Assert.NotNull(await office.Clients.OpenAsync(secret, "::1", default));
        Assert.Equal(OfferState.Read, (await office.SheetAsync(id)).State);
        Assert.Null(await office.Clients.OpenAsync(secret[..42] + (secret[42] == 'A' ? 'B' : 'A'), "::1", default));
        Assert.Null(await office.Clients.OpenAsync("x", "::1", default));

        var second = await office.Post.LinkAsync(id, office.Seller, default);
        await office.Post.RevokeAsync(id, (await office.SheetAsync(id)).Links.OrderBy(l => l.CreatedAt).ThenBy(l => l.Id.Value).First().Id, office.Seller, default);
        Assert.Null(await office.Clients.AcceptAsync(secret, Signer, [], default));
        Assert.NotNull(await office.Clients.OpenAsync(second, "::1", default));

        await office.Desk.ReviseAsync(id, (await office.SheetAsync(id)).Version, office.Seller, default);
        Assert.NotNull(await office.Clients.OpenAsync(second, "::1", default));
        await office.IssueAsync(id);
        Assert.Null(await office.Clients.OpenAsync(second, "::1", default));
        var third = await office.Post.LinkAsync(id, office.Seller, default);
        await office.Desk.WithdrawAsync(id, (await office.SheetAsync(id)).Version, office.Seller, default);
        Assert.Null(await office.Clients.OpenAsync(third, "::1", default));
        Assert.Equal("offers.not-out", await RefusedAsync(() => office.Post.LinkAsync(id, office.Seller, default)));
    }

    [Fact]
    public async Task Question_StandsAtTheDeal_AndIsToldToItsManager()
    {
        var deal = await office.OpenDealAsync("Hall three");
        var (id, secret) = await office.OutAsync(deal);

        await office.Clients.AskAsync(secret, Signer, "When can you deliver?", default);

        var said = Assert.Single(await office.Services.GetRequiredService<Remarks>().OfAsync(new(ObjectKind.Deal, deal.Value), office.Seller));
        Assert.Equal(("When can you deliver?", "Mira Vale"), (said.Text, said.ByName));
        Assert.Contains("deliver", Assert.Single(await OutboxAsync(ClientOffers.NewsKind, id.Value.ToString())));
    }

    [Fact]
    public async Task Refuse_KeepsTheReason_AndANewVersionCanFollow()
    {
        var (id, secret) = await office.OutAsync(null);

        await office.Clients.RefuseAsync(secret, Signer, "Too dear", default);

        var sheet = await office.SheetAsync(id);
        Assert.Equal((OfferState.Refused, "Too dear"), (sheet.State, sheet.Answer!.Words));
        await office.Desk.ReviseAsync(id, sheet.Version, office.Seller, default);
        await office.IssueAsync(id);
        Assert.Equal((OfferState.Issued, 2), ((await office.SheetAsync(id)).State, (await office.SheetAsync(id)).InForce));
    }

    [Fact]
    public async Task Send_PutsALetterIntoTheOutbox_WhoseSecretStandsThereOnlyProtected()
    {
        var id = await office.DraftAsync(office.Deal);
        await office.IssueAsync(id);
        Assert.Equal("offers.mail-unreadable", await RefusedAsync(() => office.Post.SendAsync(id, "nobody", "Offer", "Dear all", office.Seller, default)));

        await office.Post.SendAsync(id, "mira@lantern.example", "Offer", "Dear Mira", office.Seller, default);

        var body = Assert.Single(await OutboxAsync(OfferPost.MailKind, id.Value.ToString()));
        var (letter, secret) = office.Post.Read(body);
        Assert.DoesNotContain(secret, body);
        Assert.Equal(("mira@lantern.example", 1), (letter.To, letter.Number));
        Assert.NotNull(await office.Clients.OpenAsync(secret, "::1", default));
        Assert.NotNull(Assert.Single((await office.SheetAsync(id)).Links).OpenedAt);
    }

    [Fact]
    public async Task Letter_IsAnsweredToWhoAnswersForTheDeal_AndToTheCompanyWhereHeLeft()
    {
        var deal = await office.OpenDealAsync("Answers");
        var id = await office.DraftAsync(deal);
        await office.IssueAsync(id);
        var heir = await office.AddAsync("Hera Heir", "sales");
        await using var db = office.Open();
        await db.Set<Deal>().Where(d => d.Id == deal).ExecuteUpdateAsync(d => d.SetProperty(x => x.Manager, heir.UserId));
        await db.Set<PortalUser>().Where(u => u.Id == heir.UserId).ExecuteUpdateAsync(u => u.SetProperty(x => x.Email, "hera@portal.example"));
        await office.Post.SendAsync(id, "first@lantern.example", "Offer", "Dear Mira", office.Head, default);
        await db.Set<PortalUser>().Where(u => u.Id == heir.UserId).ExecuteUpdateAsync(u => u.SetProperty(x => x.Blocked, true));
        await office.Post.SendAsync(id, "second@lantern.example", "Offer", "Dear Mira", office.Head, default);

        var letters = (await OutboxAsync(OfferPost.MailKind, id.Value.ToString())).Select(body => office.Post.Read(body).Letter).ToDictionary(letter => letter.To, letter => letter.AnswersTo);
        Assert.Equal(new Dictionary<string, string?> { ["first@lantern.example"] = "hera@portal.example", ["second@lantern.example"] = null }, letters);
    }

    [Fact]
    public async Task Reach_FollowsTheDeal_AndRightsAreAsked()
    {
        var id = await office.DraftAsync(office.Deal);
        var own = await office.DraftAsync(null);
        var stranger = (await office.AddAsync("Otto Far", "sales")) with { Scope = ActorScope.Own };

        Assert.Null(await office.Query.FindAsync(id, null, stranger, default));
        Assert.Null(await office.Query.FindAsync(own, null, stranger, default));
        Assert.Equal("offers.unknown", await RefusedAsync(async () => await office.Desk.WithdrawAsync(id, (await office.SheetAsync(id)).Version, stranger, default)));
        Assert.DoesNotContain((await office.List.ListAsync(new(), OfferSort.Created, true, Slice.All, stranger, default)).Rows, r => r.Id == id || r.Id == own);
        var dispatcher = await office.AddAsync("Dana Board", "dispatcher");
        Assert.Equal("identity.not-allowed", await RefusedAsync(() => office.Query.FindAsync(id, null, dispatcher, default)));
    }

    [Fact]
    public async Task Copy_StartsANewOffer_ThatRemembersWhereItComesFrom()
    {
        var (id, _) = await office.OutAsync(null);

        var copy = await office.Desk.CopyAsync(id, office.Seller, default);

        var sheet = await office.SheetAsync(copy);
        Assert.Equal((OfferState.Draft, null, id, 300m), (sheet.State, sheet.Number, sheet.CopyOf!.Value.Id, sheet.Written.Totals.Net));
    }

    [Fact]
    public async Task Compare_TellsWhatChangedBetweenVersions()
    {
        var (id, _) = await office.OutAsync(null);
        await office.Desk.ReviseAsync(id, (await office.SheetAsync(id)).Version, office.Seller, default);
        await office.WriteAsync(id, c => c with { Lines = [c.Lines[0] with { Quantity = 5 }] });

        var (changes, _, _) = await office.Query.CompareAsync(id, 1, 2, office.Seller, default);

        Assert.Equal([OfferChangeCode.Quantity, OfferChangeCode.Net, OfferChangeCode.Gross], changes.Select(c => c.Code));
        Assert.Equal([office.Deal.Value], (await office.Open().Set<DocumentLink>().Where(l => l.Kind == DocumentLinkKind.For).Select(l => l.ToId).ToListAsync()).Where(to => to == office.Deal.Value).Distinct());
    }

    [Fact]
    public async Task List_FindsByClientNumberAndState_PageByPage()
    {
        var (id, _) = await office.OutAsync(null);
        var number = (await office.SheetAsync(id)).Number!;

        var found = await office.List.ListAsync(new($"lantern {number}", OfferState.Sent), OfferSort.Number, false, new(0, 10), office.Seller, default);

        Assert.Equal((id, "Lantern Works"), found.Rows.Select(r => (r.Id, r.Partner)).Single());
        foreach (var sort in Enum.GetValues<OfferSort>()) Assert.NotEmpty((await office.List.ListAsync(new(), sort, true, new(0, 1), office.Seller, default)).Rows);
    }

    [Fact]
    public async Task Expiry_LetsRunOutWhatWasValidUntilYesterday()
    {
        var (id, secret) = await office.OutAsync(null);
        var until = (await office.SheetAsync(id)).Written.Content.ValidUntil;
        office.Clock.Advance(until.ToDateTime(TimeOnly.MinValue).AddDays(1).AddHours(1) - office.Clock.GetUtcNow().UtcDateTime);

        Assert.Null(await office.Clients.OpenAsync(secret, "::1", default));
        await office.Services.GetRequiredService<OfferExpiry>().RunAsync(default);

        Assert.Equal(OfferState.Expired, (await office.SheetAsync(id)).State);
    }
}
