using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;

namespace Portal.Tests.Pricing;

/// <summary>What holds for every price, whatever lists and discounts there are.</summary>
public sealed class PriceLaws
{
    private static readonly DateOnly Day = new(2026, 6, 1);
    private static readonly ProductId Shelf = ProductId.New();
    private static readonly ProductGroupId[] Groups = [ProductGroupId.New(), ProductGroupId.New()];
    private static readonly SegmentId[] Segments = [SegmentId.New(), SegmentId.New()];
    private static readonly AgreementId[] Agreements = [AgreementId.New(), AgreementId.New()];

    /// <summary>Lists, prices and discounts of one product, and a line that asks for it.</summary>
    private sealed record Case(PricedProduct Product, KnownList[] Lists, KnownPrice[] Prices, KnownDiscount[] Discounts, PriceLine Line, PriceTerms Terms)
    {
        public LinePrice Price() => PriceCalculation.Of(Line, Terms, new([Product], Lists, Prices, Discounts));
    }

    private static Gen<T?> Maybe<T>(Gen<T> gen) where T : struct => Gen.OneOf(Gen.Constant((T?)null), gen.Select(value => (T?)value));

    private static readonly Gen<decimal> Amount = Gen.Choose(0, 2_000_000).Select(n => n / 1000m);

    private static readonly Gen<KnownList> List =
        from holds in Gen.Choose(0, 3)
        from currency in Gen.Elements("EUR", "EUR", "USD", "XXX")
        from segment in Maybe(Gen.Elements(Segments))
        from agreement in Maybe(Gen.Elements(Agreements))
        from priority in Gen.Choose(1, 3)
        from overCost in Gen.Choose(0, 3)
        from markup in Gen.Choose(-50, 80)
        select new KnownList(PriceListId.New(), new($"List {priority}", PriceListKind.Wholesale, currency, holds == 0 ? Day.AddDays(1) : null, holds == 1 ? Day.AddDays(-1) : null,
            agreement is null ? segment : null, agreement, priority, overCost == 0 ? PriceBasis.OverCost : PriceBasis.Own, null, markup));

    private static readonly Gen<KnownDiscount> Discount =
        from position in Gen.Choose(1, 5)
        from percent in Gen.Choose(0, 100)
        from amount in Maybe(Amount)
        from branch in Maybe(Gen.Elements(Groups))
        from segment in Maybe(Gen.Elements(Segments))
        from quantity in Maybe(Gen.Choose(1, 30))
        from exclusive in Gen.Choose(0, 4)
        from cap in Maybe(Gen.Choose(0, 100))
        select new KnownDiscount(DiscountRuleId.New(), position, new($"Discount {position}", amount is null ? percent : null, amount is { } off ? new(off, "EUR") : null, branch, null, segment,
            FromQuantity: quantity, Exclusive: exclusive == 0, Cap: cap));

    private static readonly Arbitrary<Case> Cases = (
        from lists in Gen.ArrayOf(List, 4)
        from prices in Gen.ArrayOf(from list in Gen.Choose(0, 3) from boxed in Gen.Choose(0, 4) from quantity in Gen.Choose(0, 5) from price in Amount select (list, Unit: boxed == 0 ? "box" : "", From: quantity * 5m, price), 8)
        from discounts in Gen.Resize(Gen.ArrayOf(Discount), 5)
        from cost in Maybe(Amount)
        from floor in Maybe(Gen.Choose(0, 90))
        from quantity in Gen.Choose(1, 40)
        from unit in Gen.Elements(null, "pcs", "box")
        from asked in Gen.OneOf(Gen.Constant((decimal?)null), Gen.Constant((decimal?)null), Amount.Select(a => (decimal?)a))
        select new Case(
            new(Shelf, "S-1", "Shelf", [Groups[0]], "pcs", new Dictionary<string, decimal> { ["box"] = 12 }, 20, cost is { } known ? [new Money(known, "EUR")] : [], floor), lists,
            [.. prices.DistinctBy(p => (p.list, p.Unit, p.From)).Select(p => new KnownPrice(lists[p.list].Id, Shelf, p.Unit, p.From, p.price))], discounts, new(Shelf, unit, quantity, asked),
            new(Day, "EUR", new HashSet<SegmentId> { Segments[0] }, new HashSet<AgreementId> { Agreements[0] }, null, new Dictionary<string, decimal> { ["USD"] = 0.9m }))).ToArbitrary();

    private static void ForAll(Func<Case, bool> law) => Prop.ForAll(Cases, law).QuickCheckThrowOnFailure();

    private static string Told(LinePrice price) => $"{price.Listed} {price.Net} {price.Cost} {price.FloorPrice} {string.Join("; ", price.Reasons.Select(r => $"{r.Code} {string.Join(", ", r.Args)}"))}";

    [Fact]
    public void Order_OfWhatIsKnown_MeansNothing() => ForAll(all =>
        Told(all.Price()) == Told((all with { Lists = [.. all.Lists.Reverse()], Prices = [.. all.Prices.Reverse()], Discounts = [.. all.Discounts.Reverse()] }).Price()));

    [Fact]
    public void Price_IsNeverBelowNothing() => ForAll(all => all.Price() is { Net: null or >= 0, Listed: null or >= 0 });

    [Fact]
    public void Discounts_NeverRaise_AndTellWhatTheyTookOff() => ForAll(all =>
    {
        var price = (all with { Line = all.Line with { Asked = null } }).Price();
        return price.Listed is null ? price.Net is null && price.Discounts.Count == 0
            : price.Discounts.All(d => d.Off >= 0) && price.Net <= price.Listed && price.Listed - price.Discounts.Sum(d => d.Off) == price.Net;
    });

    [Fact]
    public void Discounts_EndAtTheirCap() => ForAll(all =>
    {
        var price = (all with { Discounts = [.. all.Discounts.Select(d => d with { Terms = d.Terms with { Cap = Math.Min(d.Terms.Cap ?? 30, 30) } })], Line = all.Line with { Asked = null } }).Price();
        return price.Listed is not { } listed || price.Net >= PriceNumbers.Unit(listed * 0.7m);
    });

    [Fact]
    public void Exclusive_StandsAlone() => ForAll(all =>
    {
        var alone = all.Discounts.Where(d => d.Terms.Exclusive).Select(d => d.Id).ToHashSet();
        var price = (all with { Line = all.Line with { Asked = null } }).Price();
        return price.Discounts.Count <= 1 || !price.Discounts.Any(d => alone.Contains(d.Rule));
    });

    [Fact]
    public void Floor_IsKept_OrAnApprovalIsAskedFor() => ForAll(all =>
    {
        var price = all.Price();
        return price is not { Net: { } net, FloorPrice: { } floor } ? price.NeedsApproval == (price is { Net: not null, Floor: not null })
            : price.NeedsApproval == net < floor && price.NeedsApproval == price.Reasons.Any(r => r.Code == PriceReasonCode.BelowFloor)
                && (price.NeedsApproval || net == 0 || (net - price.Cost!.Value) / net * 100 >= price.Floor!.Value - 0.01m);
    });

    [Fact]
    public void Floor_WithoutTheRightToCost_IsNotTold() => ForAll(all =>
    {
        var (whole, told) = (all.Price(), all.Price().WithoutCost());
        return told is { Cost: null, Margin: null, Floor: null, FloorPrice: null } && told.NeedsApproval == whole.NeedsApproval && told.Net == whole.Net
            && !told.Reasons.Any(r => r.Code is PriceReasonCode.AboveFloor or PriceReasonCode.BelowFloor);
    });

    [Fact]
    public void Price_SetByHand_IsThePrice() => ForAll(all => all.Line.Asked is not { } asked || all.Price() is var price && price.Net == asked && price.Discounts.Count == 0);

    /// <summary>Where more never costs more in a list, more never costs more of it.</summary>
    [Fact]
    public void MoreOfIt_WhereTheListFalls_NeverCostsMoreEach() => Prop.ForAll(
        Gen.Zip(Gen.Resize(Gen.NonEmptyListOf(Gen.Zip(Gen.Choose(0, 50), Amount)), 8), Gen.Two(Gen.Choose(1, 80))).ToArbitrary(), both =>
        {
            var (steps, (one, other)) = both;
            var list = new KnownList(PriceListId.New(), new("Falling", PriceListKind.Wholesale, "EUR"));
            var froms = steps.Select(s => (decimal)s.Item1).Append(0).Distinct().Order().ToArray();
            var prices = steps.Select(s => s.Item2).Concat(Enumerable.Repeat(0m, froms.Length)).Take(froms.Length).OrderDescending().ToArray();
            var book = new PriceBook([new(Shelf, "S-1", "Shelf", [], "pcs", new Dictionary<string, decimal>(), 20, [], null)], [list], froms.Zip(prices, (from, price) => new KnownPrice(list.Id, Shelf, "", from, price)), []);
            decimal Each(int quantity) => PriceCalculation.Of(new(Shelf, null, quantity), PriceTerms.ForAnybody(Day, "EUR"), book).Net!.Value;
            return Each(Math.Max(one, other)) <= Each(Math.Min(one, other));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Sums_AreRoundedHalfAwayFromZero_AndAddUp() => Prop.ForAll(Gen.Zip(Gen.Choose(1, 1_000_000), Gen.Zip(Gen.Choose(0, 100_000_000), Gen.Choose(0, 100))).ToArbitrary(), given =>
    {
        var (quantity, price, rate) = (given.Item1 / 100m, given.Item2.Item1 / 1_000_000m, (decimal)given.Item2.Item2);
        var sums = LineSums.Of(quantity, price, rate, "EUR");
        return Math.Abs(sums.Net - quantity * price) <= 0.005m && sums.Net * 100 == Math.Truncate(sums.Net * 100) && sums.Gross == sums.Net + sums.Vat && Math.Abs(sums.Vat - sums.Net * rate / 100) <= 0.005m;
    }).QuickCheckThrowOnFailure();
}
