using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;

namespace Portal.Tests.Sales.Offers;

/// <summary>What holds for every offer, whatever stands in it.</summary>
public sealed class OfferLaws
{
    private static readonly Gen<decimal> Amount = Gen.Choose(0, 3_000_000).Select(n => n / 1000m);

    private static readonly Gen<OfferLine> Line =
        from kind in Gen.Elements(OfferLineKind.Section, OfferLineKind.Product, OfferLineKind.Free, OfferLineKind.Composition, OfferLineKind.Delivery)
        from price in Amount
        from quantity in Gen.Choose(1, 400_000)
        from discount in Gen.Choose(0, 10_000)
        from vat in Gen.Elements(0m, 5m, 9m, 19m, 20m)
        from option in Gen.Elements(true, false, false)
        from cost in Amount
        from costed in Gen.Elements(true, false)
        select new OfferLine(Guid.NewGuid(), kind, "Line")
        {
            Price = price, Asked = price, Quantity = quantity / 1000m, Discount = discount / 100m, VatRate = vat, IsOption = option, Cost = costed ? cost : null,
        };

    private static readonly Gen<OfferContent> Content =
        from count in Gen.Choose(0, 12)
        from lines in Line.ArrayOf(count)
        from discount in Gen.Choose(0, 10_000)
        from currency in Gen.Elements("EUR", "JPY", "KWD")
        select new OfferContent(currency, "en", new(2026, 6, 1)) { Lines = lines, Discount = discount / 100m };

    private static readonly Gen<PaymentPart[]> Parts =
        from count in Gen.Choose(1, 6)
        from percents in Gen.Choose(0, 10_000 / 6).Select(n => n / 100m).ArrayOf(count)
        select percents.Select((percent, i) => new PaymentPart(PaymentEvent.Invoice, i, percent)).ToArray();

    [Fact]
    public void Totals_AreTheSumsOfTheRoundedLinesThatCount() => Prop.ForAll(Content.ToArbitrary(), content =>
    {
        var totals = OfferTotals.Of(content);
        var counted = content.Lines.Where(l => l is { IsSold: true, IsOption: false }).Select(l => l.Sums(content.Discount, content.Currency)).ToList();
        var digits = LineSums.MinorDigits(content.Currency);
        return totals.Net == counted.Sum(s => s.Net) && totals.Vat == counted.Sum(s => s.Vat) && totals.Gross == totals.Net + totals.Vat
            && totals.Net == totals.Rates.Sum(r => r.Net) && totals.Vat == totals.Rates.Sum(r => r.Vat)
            && counted.All(s => s.Net == Math.Round(s.Net, digits) && s.Vat == Math.Round(s.Vat, digits));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Totals_WithAnOptionChosen_GrowByItsLine() => Prop.ForAll(Content.ToArbitrary(), content => content.Options.ToList() is not [var option, ..]
        || OfferTotals.Of(content, new HashSet<Guid> { option }).Net == OfferTotals.Of(content).Net + content.Lines.First(l => l.Id == option).Sums(content.Discount, content.Currency).Net).QuickCheckThrowOnFailure();

    [Fact]
    public void Payments_AreTheSum_WhateverTheirShares() => Prop.ForAll(Parts.ToArbitrary(), Amount.ToArbitrary(), (parts, sum) =>
    {
        var whole = Math.Round(sum, 2);
        var dues = PaymentSchedule.Split(whole, PaymentSchedule.Checked(parts), "EUR");
        return dues.Sum(d => d.Amount) == whole && dues.All(d => d.Amount >= 0 && d.Amount == Math.Round(d.Amount, 2)) && dues.Count == parts.Length;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Comparison_OfAVersionWithItself_FindsNothing() => Prop.ForAll(Content.ToArbitrary(), content => OfferComparison.Of(content, content).Count == 0).QuickCheckThrowOnFailure();

    [Fact]
    public void Comparison_OfReorderedLines_SaysOnlyThatTheyMoved() => Prop.ForAll(Content.ToArbitrary(), content =>
        OfferComparison.Of(content, content with { Lines = [.. content.Lines.Reverse()] }).All(c => c.Code == OfferChangeCode.Moved)).QuickCheckThrowOnFailure();
}
