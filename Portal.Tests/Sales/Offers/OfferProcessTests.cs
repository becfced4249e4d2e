using System.Collections.Frozen;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Mail;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Sales.Offers;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Sales.Offers;

/// <summary>Offers of deals that the Sale map runs: it sends them after approval, and goes on as their clients answer.</summary>
public sealed class OfferProcessTests(OfferOffice office) : IClassFixture<OfferOffice>
{
    private static readonly ClientSigning Signer = new("Mira Vale", "198.51.100.7");

    private async Task<DealId> DealAsync(string title, string? mail)
    {
        var client = await office.Services.GetRequiredService<PartnerRegistry>().AddAsync(new($"Client of {title}", PartnerKinds.Client, Email: mail, Responsible: office.Seller.UserId), office.Seller, default);
        return await office.Services.GetRequiredService<DealDesk>().AddAsync(new(new(title, client, Manager: office.Seller.UserId)), office.Seller, default);
    }

    private async Task<OfferId> IssuedAsync(DealId deal)
    {
        var id = await office.DraftAsync(deal);
        await office.IssueAsync(id);
        return id;
    }

    private async Task<InstanceId> ToApprovalAsync(DealId deal)
    {
        var process = await office.Runner.StartAsync("Sale", new(ObjectKind.Deal, deal.Value), ContextValue.Empty, office.Seller);
        await office.CompleteAsync(process, "need", office.Seller, ("need", Value.Of("Shelves")), ("madeToOrder", Value.False), ("worthwhile", Value.True));
        await office.CompleteAsync(process, "offer", office.Seller, ("amount", Value.Of(250)), ("discount", Value.Of(0)), ("deliveryDays", Value.Of(10)));
        await office.CompleteAsync(process, "checkSupply", await office.AddAsync("Sam Stock", "supply"));
        return process;
    }

    private Task ApproveAsync(InstanceId process) => office.CompleteAsync(process, "approve", office.Head, ("approved", Value.True));

    private async Task<List<(OfferLetter Letter, string Secret)>> LettersAsync(OfferId offer)
    {
        await using var db = office.Open();
        return [.. (await db.Set<OutboxRow>().Where(r => r.Kind == OfferPost.MailKind).OrderBy(r => r.Id).Select(r => r.Body).ToListAsync()).Select(office.Post.Read).Where(read => read.Letter.Offer == offer)];
    }

    private async Task<Deal> StandingAsync(DealId deal)
    {
        await using var db = office.Open();
        return await db.Set<Deal>().SingleAsync(d => d.Id == deal);
    }

    [Fact]
    public async Task Approved_GoesToTheClientByMail_AndHisAcceptanceMovesTheDealOn()
    {
        var deal = await DealAsync("Hall", "hall@client.example");
        var offer = await IssuedAsync(deal);
        var process = await ToApprovalAsync(deal);
        Assert.Empty(await LettersAsync(offer));
        await ApproveAsync(process);

        var (letter, secret) = Assert.Single(await LettersAsync(offer));
        Assert.Equal(("hall@client.example", 1, null, null), (letter.To, letter.Number, letter.Subject, letter.Text));
        Assert.Equal(OfferState.Sent, (await office.SheetAsync(offer)).State);
        await office.TaskAsync(process, "negotiate");
        Assert.Equal((await office.SheetAsync(offer)).Number, (await office.StateAsync(process)).Variables["offer"].ToString());

        await office.Clients.AcceptAsync(secret, Signer, [], default);
        await office.WorkAsync();

        Assert.Equal("draft", Assert.Single(await office.TasksAsync(process)).Node);
        Assert.Equal(300, (await StandingAsync(deal)).Amount);
    }

    [Fact]
    public async Task Refused_AsksTheManager_WithTheClientsWords()
    {
        var deal = await DealAsync("Kiosk", "kiosk@client.example");
        var offer = await IssuedAsync(deal);
        var process = await ToApprovalAsync(deal);
        await ApproveAsync(process);

        await office.Clients.RefuseAsync((await LettersAsync(offer))[0].Secret, Signer, "Too dear", default);
        await office.WorkAsync();
        await office.CompleteAsync(process, "refusal", office.Seller, ("answer", Value.Of("refused")));
        await office.CompleteAsync(process, "why", office.Seller, ("lostReason", Value.Of("price")), ("lostNote", (await office.StateAsync(process)).Variables["reason"]));

        var lost = await StandingAsync(deal);
        Assert.Equal((DealState.Lost, "Too dear"), (lost.State, lost.LossNote));
    }

    [Fact]
    public async Task AcceptedBeforeItsApproval_WaitsForTheTalks_AndARefusalDoesNot()
    {
        var (early, late) = (await DealAsync("Early", "early@client.example"), await DealAsync("Late", "late@client.example"));
        foreach (var deal in new[] { early, late })
        {
            var offer = await IssuedAsync(deal);
            var secret = await office.Post.LinkAsync(offer, office.Seller, default);
            var process = await ToApprovalAsync(deal);
            if (deal == early) await office.Clients.AcceptAsync(secret, Signer, [], default);
            else await office.Clients.RefuseAsync(secret, Signer, "Another time", default);
            await office.WorkAsync();
            await ApproveAsync(process);

            // what is accepted or refused is nothing to send any more
            Assert.Empty(await LettersAsync(offer));
            Assert.Equal(deal == early ? "draft" : "negotiate", Assert.Single(await office.TasksAsync(process)).Node);
        }
    }

    [Fact]
    public async Task Sent_ToNobodyWithoutMail_OnceToWhoHasItAlready_AndTheLatestOfSeveral()
    {
        var mute = await DealAsync("Mute", null);
        var silent = await IssuedAsync(mute);
        var muted = await ToApprovalAsync(mute);
        await ApproveAsync(muted);
        Assert.Empty(await LettersAsync(silent));
        Assert.Equal((OfferState.Issued, Value.Null), ((await office.SheetAsync(silent)).State, (await office.StateAsync(muted)).Variables["offer"]));
        await office.CompleteAsync(muted, "negotiate", office.Seller, ("answer", Value.Of("accepted")));
        await office.TaskAsync(muted, "draft");

        var deal = await DealAsync("Twice", "twice@client.example");
        var older = await IssuedAsync(deal);
        office.Clock.Advance(TimeSpan.FromMinutes(1));
        var newer = await IssuedAsync(deal);
        await office.Post.SendAsync(newer, "twice@client.example", "Offer", "Dear Mira", office.Seller, default);
        var process = await ToApprovalAsync(deal);
        await ApproveAsync(process);
        Assert.Empty(await LettersAsync(older));
        Assert.Equal("Dear Mira", Assert.Single(await LettersAsync(newer)).Letter.Text);
        Assert.Equal(("Client of Twice", (await office.SheetAsync(newer)).Number), ((await office.StateAsync(process)).Variables["sentTo"].ToString(), (await office.StateAsync(process)).Variables["offer"].ToString()));
    }

    [Fact]
    public async Task Approval_IsOfTheOffersFigures_AndOfThatVersion()
    {
        var deal = await DealAsync("Figures", "figures@client.example");
        var offer = await office.DraftAsync(deal);
        await office.WriteAsync(offer, c => c with { Discount = 15 });
        await office.IssueAsync(offer);
        // the seller says 250 and nothing off
        var process = await ToApprovalAsync(deal);
        var number = (await office.SheetAsync(offer)).Number;
        var given = (await office.StateAsync(process)).Variables;
        Assert.Equal((Value.Of(255), Value.Of(15), Value.Of(number), Value.Of(1)), (given["amount"], given["discount"], given["offer"], given["offerVersion"]));
        Assert.Equal(255, (await StandingAsync(deal)).Amount);
        await ApproveAsync(process);

        // while a director still looks at the first version, its client is issued another
        await office.Desk.ReviseAsync(offer, (await office.SheetAsync(offer)).Version, office.Seller, default);
        await office.WriteAsync(offer, c => c with { Discount = 5 });
        await office.IssueAsync(offer);
        var director = await office.AddAsync("Dora Last", "director");
        var refusal = await Assert.ThrowsAsync<RuleBrokenException>(() => office.CompleteAsync(process, "approve", director, ("approved", Value.True)));
        Assert.Equal(("offers.changed-since-approval", number, 1, 2), (refusal.Code, refusal.Args[0]!.ToString(), refusal.Args[1], refusal.Args[2]));
        Assert.Empty(await LettersAsync(offer));

        await office.CompleteAsync(process, "approve", director, ("approved", Value.False), ("comment", Value.Of("It has changed")));
        office.Clock.Advance(TimeSpan.FromMinutes(1));
        await office.CompleteAsync(process, "offer", office.Seller, ("deliveryDays", Value.Of(10)));
        await office.CompleteAsync(process, "checkSupply", await office.AddAsync("Sue Stock", "supply"));
        await ApproveAsync(process);
        Assert.Equal(2, Assert.Single(await LettersAsync(offer)).Letter.Number);
    }

    [Fact]
    public async Task Offer_OfAProcess_IsGivenToNobodyBeforeItIsApproved_AndByHandAfterwards()
    {
        var deal = await DealAsync("Early bird", null);
        var offer = await IssuedAsync(deal);
        var process = await ToApprovalAsync(deal);
        Assert.True((await office.SheetAsync(offer)).AwaitsApproval);
        Assert.Equal("offers.awaits-approval", (await Assert.ThrowsAsync<RuleBrokenException>(() => office.Post.LinkAsync(offer, office.Seller, default))).Code);
        Assert.Equal("offers.awaits-approval", (await Assert.ThrowsAsync<RuleBrokenException>(() => office.Post.SendAsync(offer, "early@client.example", "Offer", "Dear Mira", office.Seller, default))).Code);

        await ApproveAsync(process);

        Assert.False((await office.SheetAsync(offer)).AwaitsApproval);
        Assert.Equal(Value.Of("no-mail"), (await office.StateAsync(process)).Variables["unsent"]);
        await office.Clients.AcceptAsync(await office.Post.LinkAsync(offer, office.Seller, default), Signer, [], default);
        // another version is approved for itself
        var second = await DealAsync("Second thoughts", "second@client.example");
        var revised = await IssuedAsync(second);
        await ApproveAsync(await ToApprovalAsync(second));
        await office.Desk.ReviseAsync(revised, (await office.SheetAsync(revised)).Version, office.Seller, default);
        await office.WriteAsync(revised, c => c with { Discount = 5 });
        await office.IssueAsync(revised);
        Assert.Equal("offers.awaits-approval", (await Assert.ThrowsAsync<RuleBrokenException>(() => office.Post.LinkAsync(revised, office.Seller, default))).Code);
    }

    [Fact]
    public async Task Accepted_BeforeTheProcessAsksForFigures_IsWhatIsApproved_AndNothingElseIs()
    {
        var deal = await DealAsync("Quick", "quick@client.example");
        var offer = await office.DraftAsync(deal);
        await office.WriteAsync(offer, c => c with { Discount = 15 });
        await office.IssueAsync(offer);
        await office.Clients.AcceptAsync(await office.Post.LinkAsync(offer, office.Seller, default), Signer, [], default);

        var process = await ToApprovalAsync(deal);

        var given = (await office.StateAsync(process)).Variables;
        Assert.Equal((Value.Of(255), Value.Of(15), Value.Of(1)), (given["amount"], given["discount"], given["offerVersion"]));

        // figures that somebody typed are approved while the client has accepted an offer of others
        var other = await DealAsync("Beside", "beside@client.example");
        var typed = await ToApprovalAsync(other);
        Assert.Equal(Value.Null, (await office.StateAsync(typed)).Variables["offerVersion"]);
        var late = await IssuedAsync(other);
        // another process has let it go
        await using var db = office.Open();
        await db.Database.ExecuteSqlAsync($"update sales.offer set released = in_force where id = {late.Value}");
        await office.Clients.AcceptAsync(await office.Post.LinkAsync(late, office.Seller, default), Signer, [], default);
        Assert.Equal("offers.other-accepted", (await Assert.ThrowsAsync<RuleBrokenException>(() => ApproveAsync(typed))).Code);
    }

    [Fact]
    public async Task Letter_ToAClientWithOneContact_GoesToThatOne()
    {
        var client = await office.Services.GetRequiredService<PartnerRegistry>().AddAsync(new("Client of one", PartnerKinds.Client, Responsible: office.Seller.UserId), office.Seller, default);
        await office.Services.GetRequiredService<ContactRegistry>().AddAsync(client, null, new("Mira Vale", "Buyer", null, "mira@client.example"), office.Seller, default);
        await using var db = office.Open();

        Assert.Equal("mira@client.example", (await ClientMail.FindAsync(db, null, client, default))?.Mail);
    }

    [Fact]
    public async Task Offer_IssuedOnceSomethingElseWasApproved_IsNotMailed_AndWithoutEitherNothingIsApproved()
    {
        var deal = await DealAsync("Typed", "typed@client.example");
        var process = await ToApprovalAsync(deal);
        Assert.Equal(250, (await StandingAsync(deal)).Amount);
        var late = await IssuedAsync(deal);
        await ApproveAsync(process);
        Assert.Empty(await LettersAsync(late));
        Assert.Equal((Value.Null, Value.Of("no-offer")), (await office.StateAsync(process)).Variables is var told ? (told["sentTo"], told["unsent"]) : default);

        var bare = await office.Runner.StartAsync("Sale", new(ObjectKind.Deal, (await DealAsync("Bare", null)).Value), ContextValue.Empty, office.Seller);
        await office.CompleteAsync(bare, "need", office.Seller, ("need", Value.Of("Shelves")), ("madeToOrder", Value.False), ("worthwhile", Value.True));
        Assert.Equal("sales.amount-or-offer", (await Assert.ThrowsAsync<RuleBrokenException>(() => office.CompleteAsync(bare, "offer", office.Seller, ("deliveryDays", Value.Of(10))))).Code);
    }

    [Fact]
    public async Task Letter_ThatWouldCarryNoLink_IsNotWritten_AndTheManagerReadsWhy()
    {
        await using var node = office.NewNode(furnish: services => services.AddSingleton(new PublicAddress((Uri?)null)));
        var deal = await DealAsync("Nowhere", "nowhere@client.example");
        var offer = await IssuedAsync(deal);
        var process = await ToApprovalAsync(deal);
        await node.GetRequiredService<ProcessRunner>().CompleteAsync((await office.TaskAsync(process, "approve")).Id, ContextValue.Of(("approved", Value.True)), office.Head);

        Assert.Empty(await LettersAsync(offer));
        Assert.Equal(OfferState.Issued, (await office.SheetAsync(offer)).State);
        Assert.Equal((Value.Null, Value.Of("no-address")), (await office.StateAsync(process)).Variables is var told ? (told["sentTo"], told["unsent"]) : default);
    }

    [Fact]
    public async Task Card_OfADeal_IsThereForWhoseTaskIsAboutIt_WithItsOffer_AndTheMarginForWhoMayKnowIt()
    {
        var (deal, other) = (await DealAsync("Card", null), await DealAsync("No work of his", null));
        var offer = await office.DraftAsync(deal);
        await office.WriteAsync(offer, c => c with { Discount = 10 });
        await office.IssueAsync(offer);
        var process = await ToApprovalAsync(deal);
        var through = new ObjectRef(ObjectKind.ProcessTask, (await office.TaskAsync(process, "approve")).Id.Value);
        // somebody with the task and no right to deals or offers
        var (query, bare) = (office.Services.GetRequiredService<DealOfWorkQuery>(), office.Head with { Permissions = new[] { Permissions.TasksWork }.ToFrozenSet() });

        var card = (await query.FindAsync(deal, through, bare, default))!;
        Assert.Equal(("Card", false), (card.Deal.Title, card.Opens));
        Assert.Equal((270m, 10m, 1, null, null, false), (card.Offer!.Net, card.Offer.Discount, card.Offer.Version, card.Offer.Margin, card.Offer.MarginPercent, card.Offer.Opens));
        Assert.Equal((90m, true), (await query.FindAsync(deal, through, office.Head, default))!.Offer is { } his ? (his.Margin!.Value, his.Opens) : default);
        Assert.Null(await query.FindAsync(other, through, bare, default));
        Assert.Null(await query.FindAsync(deal, through, await office.AddAsync("Ned Nobody", "driver") with { Permissions = bare.Permissions }, default));
    }

    [Fact]
    public async Task Accepted_InAnotherCurrency_ChangesTheDealsWorthOnlyWhereItsRateIsKnown()
    {
        var deals = office.Services.GetRequiredService<DealDesk>();
        var dollars = await deals.AddAsync(new(new("Dollars", office.Client, Amount: 100, Currency: "USD", Rate: 0.5m, Manager: office.Seller.UserId)), office.Seller, default);
        var (kept, taken) = ((await StandingAsync(dollars)).AmountBase, 80m);
        var action = office.Services.GetRequiredService<ProcessActions>().Find(SalesActions.SetAmount);
        async Task<Deal> SetAsync(string? currency)
        {
            await using var db = office.Open();
            await action.Run(new(Guid.CreateVersion7(), InstanceId.New(), new(ObjectKind.Deal, dollars.Value), ContextValue.Of(("amount", Value.Of(taken)), ("currency", Value.Of(currency))), office.Seller, office.Clock.GetUtcNow(), db), default);
            return await StandingAsync(dollars);
        }

        Assert.Equal(kept, (await SetAsync("GBP")).AmountBase);
        Assert.Equal((80, "USD", 40), ((await SetAsync("USD")).Amount, (await SetAsync(null)).Currency, (await SetAsync(null)).AmountBase));
        Assert.Equal(("EUR", 80), ((await SetAsync("EUR")).Currency, (await StandingAsync(dollars)).AmountBase));
    }
}
