using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Analytics;

namespace Portal.Tests.Analytics;

/// <summary>What holds of classes whatever was sold.</summary>
public sealed class ClassLawTests
{
    private static readonly Gen<decimal> Money = Gen.Frequency((1, Gen.Constant(0m)), (2, Gen.Choose(-500, 0).Select(v => v / 100m)), (6, Gen.Choose(1, 400).Select(v => v / 4m)), (1, Gen.Choose(1, 1_000_000).Select(v => v * 1_000m)));

    private static readonly Arbitrary<(int Key, decimal Value)[]> Items = Money.ArrayOf().Select(values => values.Select((value, i) => (i, value)).ToArray()).ToArbitrary();

    private static readonly Arbitrary<(decimal[] Values, int Factor)> Series = (from values in Money.ArrayOf() from factor in Gen.Choose(1, 1_000) select (values, factor)).ToArbitrary();

    [Fact]
    public void Abc_SharesSumToOne_AndClassesAreMonotone() => Prop.ForAll(Items, items =>
    {
        var rows = Abc.Classify(items, new());
        var classified = rows.Where(r => r.Class is not null).ToList();

        return rows.Count == items.Length && rows.Where(r => r.Value > 0).Count() == classified.Count
            && (classified.Count == 0 || Math.Abs(classified.Sum(r => r.Share!.Value) - 1) < 1e-20m)
            && classified.Zip(classified.Skip(1)).All(p => p.First.Value >= p.Second.Value && p.First.Class <= p.Second.Class && (p.First.Value != p.Second.Value || p.First.Class == p.Second.Class))
            && (classified.Count == 0 || classified[0].Class == AbcClass.A);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Abc_DoesNotCareForTheOrderGiven() => Prop.ForAll(Items, items =>
        Abc.Classify(items, new()).OrderBy(r => r.Key).SequenceEqual(Abc.Classify(items.Reverse(), new()).OrderBy(r => r.Key))).QuickCheckThrowOnFailure();

    [Fact]
    public void Xyz_DoesNotCareForTheUnit() => Prop.ForAll(Series, series =>
        Xyz.Classify(new(series.Values, 9, 0), new()).Class == Xyz.Classify(new([.. series.Values.Select(v => v * series.Factor)], 9, 0), new()).Class).QuickCheckThrowOnFailure();

    [Fact]
    public void Xyz_VariesByTheRootOfTheMeanSquare() => Prop.ForAll(Series, series =>
    {
        var (mean, variation, _) = Xyz.Classify(new(series.Values, 9, 0), new());
        if (mean is not > 0) return variation is null;
        var (average, values) = (series.Values.Average(v => (double)v), series.Values.Select(v => (double)v));
        var expected = Math.Sqrt(values.Sum(v => (v - average) * (v - average)) / series.Values.Length) / average;

        return Math.Abs((double)variation!.Value - expected) < 1e-6 * Math.Max(1, expected);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Rfm_IsMonotone_AndDoesNotCareForTheOrderGiven() => Prop.ForAll(Items, items =>
    {
        RfmInput<int>[] clients = [.. items.Select(i => new RfmInput<int>(i.Key, new DateOnly(2026, 1, 1).AddDays((int)(i.Value % 300)), 1 + (int)(Math.Abs(i.Value) % 7), i.Value))];
        var rows = Rfm.Score(clients);

        return rows.All(r => r is { Recency: >= 1 and <= 5, Frequency: >= 1 and <= 5, Monetary: >= 1 and <= 5 })
            && rows.OrderBy(r => r.Of.Money).Select(r => r.Monetary).SequenceEqual(rows.Select(r => r.Monetary).Order())
            && rows.OrderBy(r => r.Of.Last).Select(r => r.Recency).SequenceEqual(rows.Select(r => r.Recency).Order())
            && Rfm.Score([.. clients.Reverse()]).OrderBy(r => r.Of.Key).SequenceEqual(rows);
    }).QuickCheckThrowOnFailure();
}
