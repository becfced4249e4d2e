using Portal.Domain.Clients;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;

namespace Portal.Tests.Pricing;

/// <summary>Prices by example, with their reasons.</summary>
public sealed class PriceCalculationTests
{
    private static readonly DateOnly Day = new(2026, 6, 1);
    private static readonly ProductGroupId Racks = ProductGroupId.New();
    private static readonly SegmentId Dealers = SegmentId.New();
    private static readonly AgreementId Frame = AgreementId.New();
    private static readonly PricedProduct Rack = new(ProductId.New(), "R-1", "Rack", [Racks], "pcs", new Dictionary<string, decimal> { ["pallet"] = 20 }, 20, [new(77.04m, "EUR")], 20);
    private static readonly KnownList Retail = new(PriceListId.New(), new("Retail 2026", PriceListKind.Retail, "EUR", Priority: 200));
    private static readonly KnownList Wholesale = new(PriceListId.New(), new("Wholesale 2026", PriceListKind.Wholesale, "EUR", Segment: Dealers));

    private static PriceTerms Terms(PriceListId? only = null, params SegmentId[] segments) => PriceTerms.ForAnybody(Day, "EUR") with { Segments = segments.ToHashSet(), Only = only };

    private static KnownPrice Price(KnownList list, decimal price, decimal from = 0, string unit = "") => new(list.Id, Rack.Id, unit, from, price);

    private static KnownDiscount Discount(int position, DiscountTerms terms) => new(DiscountRuleId.New(), position, terms);

    private static readonly KnownPrice[] Prices = [Price(Retail, 130), Price(Wholesale, 105), Price(Wholesale, 95, from: 10)];

    private static LinePrice Of(decimal quantity, PriceTerms terms, PricedProduct? product = null, string? unit = null, decimal? asked = null, KnownList[]? lists = null, params KnownDiscount[] discounts) =>
        PriceCalculation.Of(new((product ?? Rack).Id, unit, quantity, asked), terms, new([product ?? Rack], lists ?? [Retail, Wholesale], Prices, discounts));

    private static string Said(LinePrice price) => string.Join(" | ", price.Reasons.Select(r => $"{r.Code}: {string.Join(", ", r.Args)}"));

    private static string Refused(Action job) => Assert.Throws<RuleBrokenException>(job).Code;

    [Fact]
    public void Price_OfADealer_IsThatOfHisListAndQuantity_LessHisDiscount_AndNeedsApproval()
    {
        var price = Of(10, Terms(null, Dealers), discounts: Discount(1, new("Dealers in spring", Percent: 5, Segment: Dealers)));

        Assert.Equal((95m, 90.25m, 77.04m, 96.30m, true), (price.Listed, price.Net, price.Cost, price.FloorPrice, price.NeedsApproval));
        Assert.Equal("InListFrom: Wholesale 2026, 10, pcs, 95 EUR | Discount: Dealers in spring, 5, 90.25 EUR | BelowFloor: 20, 96.3 EUR", Said(price));
        Assert.Equal(6.28m, Math.Round(price.BelowFloor, 2));
    }

    [Fact]
    public void Price_ForAnybody_IsThatOfTheListForAll() => Assert.Equal("InList: Retail 2026, 130 EUR | AboveFloor: 40.74, 20", Said(Of(10, Terms())));

    [Fact]
    public void Price_OfAUnitThatTheListDoesNotName_IsThatOfItsBaseUnits()
    {
        var price = Of(1, Terms(null, Dealers), unit: "pallet");

        Assert.Equal((1900m, 1540.8m), (price.Net, price.Cost));
        Assert.StartsWith("InListFrom: Wholesale 2026, 10, pcs, 95 EUR | OfBaseUnits: pallet, 20, pcs, 1900 EUR", Said(price));
    }

    [Fact]
    public void Price_OverAnotherListOrOverCost_IsReckoned_UnlessTheListHasItsOwn()
    {
        var over = new KnownList(PriceListId.New(), new("Export", PriceListKind.Special, "EUR", Basis: PriceBasis.OverList, Base: Retail.Id, Markup: -10, Priority: 1));
        var cost = new KnownList(PriceListId.New(), new("Partners", PriceListKind.Special, "EUR", Basis: PriceBasis.OverCost, Markup: 50));

        Assert.StartsWith("InList: Retail 2026, 130 EUR | OverList: Export, -10, Retail 2026, 117.0 EUR", Said(Of(1, Terms(), lists: [Retail, over])));
        Assert.Equal(115.56m, Of(1, Terms(cost.Id), lists: [cost]).Net);
        Assert.Equal(99, PriceCalculation.Of(new(Rack.Id, null, 1), Terms(), new([Rack], [Retail, over], [.. Prices, Price(over, 99)], [])).Net);
    }

    [Fact]
    public void Price_OverAListThatDoesNotHoldThatDay_IsPassedOver_AndSaid()
    {
        KnownList Base(DateOnly? from, DateOnly? until) => new(PriceListId.New(), new("Old base", PriceListKind.Dealer, "EUR", from, until, Priority: 500));
        KnownList Over(KnownList below, string name = "Derived", SegmentId? segment = null) => new(PriceListId.New(), new(name, PriceListKind.Special, "EUR", Segment: segment, Basis: PriceBasis.OverList, Base: below.Id, Markup: -10, Priority: 1));
        string Reckoned(PriceListId? only, params KnownList[] lists) => Said(PriceCalculation.Of(new(Rack.Id, null, 1), Terms(only), new([Rack], lists, [.. Prices, Price(lists[0], 10)], [])));
        var (over, begins, holds) = (Base(null, Day.AddDays(-1)), Base(Day.AddDays(1), null), Base(Day, Day));

        Assert.StartsWith("BaseOver: Derived, Old base | InList: Retail 2026, 130 EUR", Reckoned(null, over, Over(over), Retail));
        Assert.StartsWith("BaseOver: Derived, Old base | NoPrice", Reckoned(null, begins, Over(begins)));
        Assert.StartsWith("InList: Old base, 10 EUR | OverList: Derived, -10, Old base, 9.0 EUR", Reckoned(null, holds, Over(holds)));
        // over a list that is itself over one that ended
        var middle = Over(over, "Middle");
        var top = Over(middle, "Top");
        Assert.StartsWith("BaseOver: Middle, Old base | NoPrice", Reckoned(top.Id, over, middle, top));
    }

    [Fact]
    public void Price_OverAListForOthers_IsReckoned_ForWhoeverBuiltOnItHasNamedIt()
    {
        var over = new KnownList(PriceListId.New(), new("Friends", PriceListKind.Special, "EUR", Basis: PriceBasis.OverList, Base: Wholesale.Id, Markup: 10, Priority: 1));

        Assert.StartsWith("InList: Wholesale 2026, 105 EUR | OverList: Friends, 10, Wholesale 2026, 115.5 EUR", Said(Of(1, Terms(), lists: [Wholesale, over])));
    }

    [Theory]
    [InlineData(false, "USD")]
    [InlineData(true, "EUR")]
    public void Price_WhoseCostNobodyKnows_OrHasNoRate_NeedsApproval_AlsoByHand_AndEverybodyIsTold(bool unknown, string currency)
    {
        var product = unknown ? Rack with { Costs = [] } : Rack;
        var price = PriceCalculation.Of(new(product.Id, null, 1, 1), PriceTerms.ForAnybody(Day, currency), new([product], [Retail], Prices, []));

        Assert.Equal((true, true, 1m), (price.NeedsApproval, price.WithoutCost().NeedsApproval, price.Net));
        Assert.Contains(price.WithoutCost().Reasons, r => r.Code == PriceReasonCode.CostUnknown);
    }

    [Fact]
    public void Price_InAnotherCurrency_IsConverted_AndPassedOverWithoutARate()
    {
        var dollars = new KnownList(PriceListId.New(), new("Overseas", PriceListKind.Special, "USD", Priority: 1));
        var book = new PriceBook([Rack], [dollars, Retail], [.. Prices, Price(dollars, 100)], []);

        Assert.Equal("InList: Overseas, 100 USD | Converted: 90.0 EUR | BelowFloor: 20, 96.3 EUR", Said(PriceCalculation.Of(new(Rack.Id, null, 1), Terms() with { Rates = new Dictionary<string, decimal> { ["USD"] = 0.9m } }, book)));
        Assert.StartsWith("NoRate: Overseas, USD | InList: Retail 2026, 130 EUR", Said(PriceCalculation.Of(new(Rack.Id, null, 1), Terms(), book)));
    }

    [Fact]
    public void Price_AgreedWithTheClient_StandsBeforeThatOfHisSegment()
    {
        var agreed = new KnownList(PriceListId.New(), new("Zenith frame", PriceListKind.Special, "EUR", Agreement: Frame));
        var book = new PriceBook([Rack], [Wholesale, agreed], [.. Prices, Price(agreed, 120)], []);

        Assert.Equal(120, PriceCalculation.Of(new(Rack.Id, null, 1), Terms(null, Dealers) with { Agreements = new HashSet<AgreementId> { Frame } }, book).Net);
        Assert.Equal(105, PriceCalculation.Of(new(Rack.Id, null, 1), Terms(null, Dealers), book).Net);
    }

    [Fact]
    public void List_WantedAlone_ThatDoesNotHold_IsRefused()
    {
        KnownList Held(DateOnly? from, DateOnly? until) => Retail with { Terms = Retail.Terms with { From = from, Until = until } };
        string Wanted(KnownList list) => Refused(() => Of(1, Terms(list.Id), lists: [list]));

        Assert.Equal("pricing.list-expired", Wanted(Held(null, Day.AddDays(-1))));
        Assert.Equal("pricing.list-not-begun", Wanted(Held(Day.AddDays(1), null)));
        Assert.Equal("pricing.list-for-others", Wanted(Wholesale));
        Assert.Equal("pricing.list-unknown", Refused(() => Of(1, Terms(PriceListId.New()))));
        Assert.Equal(130, Of(1, Terms(Retail.Id), lists: [Held(Day, Day)]).Net);
    }

    [Fact]
    public void Discounts_FollowInOrder_EachOffWhatTheFormerLeft_AndAnAmountIsOffEachBaseUnit()
    {
        KnownDiscount[] discounts =
        [
            Discount(3, new("Never", Percent: 50, FromQuantity: 1000)),
            Discount(2, new("Ten off", Amount: new(10, "EUR"))),
            Discount(1, new("Racks", Percent: 10, Group: Racks)),
            Discount(4, new("Alone", Percent: 90, Exclusive: true)),
        ];

        Assert.StartsWith("InList: Retail 2026, 130 EUR | Discount: Racks, 10, 117 EUR | DiscountAmount: Ten off, 10 EUR, 107 EUR | DiscountPassedOver: Alone", Said(Of(1, Terms(), discounts: discounts)));
        Assert.Equal(2140, Of(1, Terms(), unit: "pallet", discounts: discounts).Net);
    }

    [Fact]
    public void Discount_OfAHundredPercent_LeavesNothing_AndNeedsApproval() =>
        Assert.Equal((0m, true, 100m), Of(1, Terms(), discounts: Discount(1, new("Gift", Percent: 100))) is var price ? (price.Net, price.NeedsApproval, price.BelowFloor) : default);

    [Fact]
    public void Price_SetByHand_IsComparedWithTheFloor() =>
        Assert.Equal("InList: Retail 2026, 130 EUR | ByHand: 80 EUR | BelowFloor: 20, 96.3 EUR", Said(Of(1, Terms(), asked: 80)));

    [Fact]
    public void Price_OfNothing_SaysSo() => Assert.Equal("NoPrice: ", Said(Of(1, Terms(), Rack with { Id = ProductId.New() })));

    [Fact]
    public void Numbers_ThatCannotBe_AreRefused()
    {
        var shelf = new ProductDetails("S", "Shelf", null, ProductKind.Goods, "pcs", 20);
        foreach (var job in new Action[]
        {
            () => _ = new ListPrice(Retail.Id, Rack.Id, "", 0, -0.01m),
            () => _ = new ListPrice(Retail.Id, Rack.Id, "", 0, decimal.MaxValue),
            () => _ = new ListPrice(Retail.Id, Rack.Id, "", -1, 5),
            () => _ = new DiscountRule(DiscountRuleId.New(), 1, new("Too much", Percent: 100.5m)),
            () => _ = new DiscountRule(DiscountRuleId.New(), 1, new("Less than nothing", Percent: -1)),
            () => _ = new Product(ProductId.New(), shelf with { Cost = new(-1, "EUR") }),
            () => _ = new Product(ProductId.New(), shelf with { VatRate = 101 }),
            () => _ = new Product(ProductId.New(), shelf with { MarginFloor = 100 }),
            () => _ = new PriceList(PriceListId.New(), Retail.Terms with { Basis = PriceBasis.OverCost, Markup = -101 }),
            () => Of(0, Terms()),
            () => Of(1, Terms(), asked: -5),
        })
            Assert.Equal("number.out-of-range", Refused(job));
        Assert.Equal("pricing.unit-twice", Refused(() => _ = new Product(ProductId.New(), shelf with { Units = [new("PCS", 2)] })));
        Assert.Equal("pricing.discount-of-nothing", Refused(() => _ = new DiscountRule(DiscountRuleId.New(), 1, new("Nothing"))));
        Assert.Equal("pricing.unit-unknown", Refused(() => Of(1, Terms(), unit: "barrel")));
        Assert.Equal("pricing.sum-too-large", Refused(() => LineSums.Of(1_000_000_000, 1_000_000_000_000, 20, "EUR")));
    }

    [Theory]
    [InlineData("EUR", 3, 0.335, 20, 1.01, 0.20)]
    [InlineData("EUR", 1, 2.675, 0, 2.68, 0)]
    [InlineData("JPY", 3, 0.5, 10, 2, 0)]
    [InlineData("KWD", 1, 0.0005, 0, 0.001, 0)]
    public void Sums_AreRoundedToTheMinorUnit(string currency, decimal quantity, decimal price, decimal rate, decimal net, decimal vat)
    {
        var sums = LineSums.Of(quantity, price, rate, currency);

        Assert.Equal((net, vat, net + vat), (sums.Net, sums.Vat, sums.Gross));
    }
}
