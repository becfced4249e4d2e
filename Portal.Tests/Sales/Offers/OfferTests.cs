using Portal.Domain.Clients;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;

namespace Portal.Tests.Sales.Offers;

/// <summary>What an offer allows, in which state.</summary>
public sealed class OfferTests
{
    private static readonly DateOnly Today = new(2026, 6, 1);
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 9, 0, 0, TimeSpan.Zero);
    private static readonly Actor Seller = Actor.System("Ada");
    private static readonly ClientSigning Signer = new("Mira Vale", "198.51.100.7");

    private static readonly OfferLine Shelf = new(Guid.NewGuid(), OfferLineKind.Free, "Shelf") { Asked = 100, Price = 100, Quantity = 3, VatRate = 20 };
    private static readonly OfferLine Setup = new(Guid.NewGuid(), OfferLineKind.Free, "Setup") { Asked = 50, Price = 50, VatRate = 20, IsOption = true };

    private static Offer Draft(params OfferLine[] lines) => new(OfferId.New(), CompanyId.New(), new("Shelves", null, PartnerId.New(), null, null, null),
        new("EUR", "en", Today.AddDays(10)) { Lines = lines.Length == 0 ? [Shelf, Setup] : lines }, Seller, Now);

    private static Task IssueAsync(Offer offer, DateOnly? on = null) => offer.IssueAsync(new("We", null, "They", null, null), on ?? Today, Now, () => Task.FromResult(new DocumentNumber(2026, 7)));

    private static string Refused(Action job) => Assert.Throws<RuleBrokenException>(job).Code;

    private static async Task<string> RefusedAsync(Func<Task> job) => (await Assert.ThrowsAsync<RuleBrokenException>(job)).Code;

    [Fact]
    public async Task Issue_FreezesTheVersion_AndNumbersTheOfferOnce()
    {
        var offer = Draft();

        await IssueAsync(offer);

        Assert.Equal(("2026-0007", OfferState.Issued, 1, false), (offer.Number.ToString(), offer.State, offer.InForce, offer.HasDraft));
        Assert.Equal("offers.frozen", Refused(() => offer.Write(offer.Of(1).Content)));
        offer.Revise(Seller, Now);
        await offer.IssueAsync(new("We", null, "They", null, null), Today, Now, () => throw new InvalidOperationException("a second number"));
        Assert.Equal((2, "2026-0007"), (offer.InForce, offer.Number.ToString()));
    }

    [Fact]
    public async Task Issue_OfWhatCannotBeOffered_IsRefused()
    {
        Assert.Equal("offers.no-lines", await RefusedAsync(() => IssueAsync(Draft(Setup))));
        Assert.Equal("offers.no-price", await RefusedAsync(() => IssueAsync(Draft(Shelf, new(Guid.NewGuid(), OfferLineKind.Product, "Unpriced")))));
        Assert.Equal("offers.validity-over", await RefusedAsync(() => IssueAsync(Draft(), Today.AddDays(11))));
        var over = Draft();
        over.Write(over.Of(1).Content with { Payments = [new(PaymentEvent.Acceptance, 0, null, 5_000), new(PaymentEvent.Delivery, 0)] });
        Assert.Equal("offers.payments-over", await RefusedAsync(() => IssueAsync(over)));
        Assert.Null(over.Number);
    }

    [Fact]
    public async Task Accept_WithAnOption_CountsIt_AndNothingChangesAfterwards()
    {
        var offer = Draft();
        await IssueAsync(offer);
        offer.Revise(Seller, Now);

        var answer = offer.Accept(Signer, [Setup.Id], Today, Now);

        Assert.Equal((350m, 420m, OfferState.Accepted), (answer.Net, answer.Gross, offer.State));
        Assert.Equal((420m, 1, false), (offer.Gross, offer.Newest, offer.HasDraft));
        Assert.Equal("offers.accepted", Refused(() => offer.Write(offer.Of(1).Content)));
        Assert.Equal("offers.accepted", Refused(() => offer.Revise(Seller, Now)));
        Assert.Equal("offers.accepted", Refused(() => offer.Withdraw(Now)));
        Assert.Equal("offers.accepted", Refused(() => offer.Describe(new("Other", null, null, null, null, null))));
        Assert.Equal("offers.accepted", Refused(() => offer.Refuse(Signer, "no", Today, Now)));
        Assert.Equal("offers.accepted", await RefusedAsync(() => IssueAsync(offer)));
    }

    [Fact]
    public async Task Accept_OfWhatIsNotOut_OrOver_OrWithAForeignOption_IsRefused()
    {
        var offer = Draft();
        Assert.Equal("offers.not-out", Refused(() => offer.Accept(Signer, [], Today, Now)));
        await IssueAsync(offer);
        Assert.Equal("offers.option-unknown", Refused(() => offer.Accept(Signer, [Shelf.Id], Today, Now)));
        Assert.Equal("offers.validity-over", Refused(() => offer.Accept(Signer, [], Today.AddDays(11), Now)));
        Assert.Equal("text.required", Refused(() => offer.Accept(new("  ", ""), [], Today, Now)));
        Assert.Equal("text.required", Refused(() => offer.Refuse(Signer, " ", Today, Now)));
        offer.Expire(Today.AddDays(11), Now);
        Assert.Equal(OfferState.Expired, offer.State);
    }

    [Fact]
    public void Discounts_OfLineAndWhole_FollowOneAnother_AndLeaveDelivery()
    {
        var delivery = new OfferLine(Guid.NewGuid(), OfferLineKind.Delivery, "Delivery") { Price = 40, VatRate = 20 };
        var content = new OfferContent("EUR", "en", Today) { Discount = 10, Lines = [Shelf with { Discount = 5 }, delivery] };

        Assert.Equal(85.5m, content.Lines[0].UnitNet(10));
        Assert.Equal((296.5m, 59.3m), OfferTotals.Of(content) is var totals ? (totals.Net, totals.Vat) : default);
    }

    [Fact]
    public void Numbers_BeyondTheirBounds_AreRefused()
    {
        Assert.Equal("number.out-of-range", RefusedLine(Shelf with { Asked = -1 }));
        Assert.Equal("number.out-of-range", RefusedLine(Shelf with { Asked = 1e28m }));
        Assert.Equal("number.out-of-range", RefusedLine(Shelf with { Discount = 101 }));
        Assert.Equal("number.out-of-range", RefusedLine(Shelf with { Quantity = 0 }));
        Assert.Equal("pricing.sum-too-large", Refused(() => Draft(Shelf with { Price = 1_000_000_000_000m, Quantity = 1_000_000_000m })));
        Assert.Equal("offers.line-twice", Refused(() => Draft(Shelf, Shelf)));
    }

    // headings have no number of their own, so the second thing sold is line 2
    private static string RefusedLine(OfferLine wrong)
    {
        var refusal = Assert.Throws<RuleBrokenException>(() => Draft(Shelf with { Id = Guid.NewGuid() }, new(Guid.NewGuid(), OfferLineKind.Section, "Heading"), wrong));
        Assert.Equal(("offers.line", 2), (refusal.Code, refusal.Args[0]));
        return ((RuleBrokenException)refusal.Args[1]!).Code;
    }

    [Fact]
    public void Payments_RoundUp_NeverAskForMoreThanTheSum()
    {
        var dues = PaymentSchedule.Split(0.01m, [new(PaymentEvent.Acceptance, 0, 50), new(PaymentEvent.Invoice, 0, 50), new(PaymentEvent.Delivery, 5)], "EUR");

        Assert.Equal([0.01m, 0m, 0m], dues.Select(d => d.Amount));
    }

    [Fact]
    public void Floor_IsAskedAboutThePriceAfterAllDiscounts_AndApprovalCoversThatPrice_WhileItLeavesAsMuch()
    {
        var line = Shelf with { FloorPrice = 90, Cost = 80 };
        OfferContent Content(decimal whole) => new("EUR", "en", Today) { Lines = [line], Discount = whole };

        Assert.Null(OfferFloor.Of(Content(10)));
        var deep = OfferFloor.Of(Content(19))!;
        Assert.Equal((1, 243m, 10m), (deep.Lines, deep.Net, deep.Depth));
        var approved = Assert.Single(deep.Marks);
        PriceMark At(decimal whole, decimal? floor) => Assert.Single(OfferFloor.MarksOf(new OfferContent("EUR", "en", Today) { Lines = [line with { FloorPrice = floor, Note = "in words" }], Discount = whole }));
        Assert.Equal([true, true, false, false, false], new[] { At(19, 90), At(19, 85), At(19, 91), At(18, 90), At(19, null) }.Select(approved.Covers));
        Assert.True((approved with { Floor = null }).Covers(At(19, 91)));
    }

    [Fact]
    public void Comparison_OfPayments_HoldsBothSchedules()
    {
        PaymentPart[] thirty = [new(PaymentEvent.Acceptance, 0, 30), new(PaymentEvent.Shipment, 14)], forty = [new(PaymentEvent.Acceptance, 0, 40), new(PaymentEvent.Shipment, 14)];
        var content = new OfferContent("EUR", "en", Today) { Lines = [Shelf], Payments = thirty };

        var change = Assert.Single(OfferComparison.Of(content, content with { Payments = forty }));

        Assert.Equal((OfferChangeCode.Payments, thirty, forty), (change.Code, change.Before, change.After));
    }

    [Fact]
    public void Comparison_TellsEachDifferenceOfALine()
    {
        var before = new OfferContent("EUR", "en", Today) { Lines = [Shelf, Setup] };
        var after = before with { Lines = [Shelf with { Quantity = 4, Price = 95 }, new(Guid.NewGuid(), OfferLineKind.Delivery, "Delivery") { Price = 40 }] };

        var changes = OfferComparison.Of(before, after);

        Assert.Equal([OfferChangeCode.Quantity, OfferChangeCode.Price, OfferChangeCode.Added, OfferChangeCode.Removed, OfferChangeCode.Net, OfferChangeCode.Gross], changes.Select(c => c.Code));
        Assert.Equal((3m, 4m), (changes[0].Before, changes[0].After));
        Assert.Equal(("Delivery", 40m), (changes[2].Line, changes[2].After));
    }
}
