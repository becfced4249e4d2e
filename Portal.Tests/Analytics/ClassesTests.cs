using Portal.Domain.Analytics;
using Portal.Domain.Shared;

namespace Portal.Tests.Analytics;

/// <summary>The classes as they are defined, at their boundaries too.</summary>
public sealed class ClassesTests
{
    private static readonly (int, decimal)[] Named = [(1, 500), (2, 200), (3, 200), (4, 60), (5, 40), (6, 0), (7, -30)];

    [Fact]
    public void Abc_OfTheDefinition_GoesByWhatStandsBefore()
    {
        var rows = Abc.Classify(Named, new());

        Assert.Equal([AbcClass.A, AbcClass.A, AbcClass.A, AbcClass.C, AbcClass.C, null, null], rows.Select(r => r.Class));
        Assert.Equal([0, 0.5m, 0.5m, 0.9m, 0.96m, null, null], rows.Select(r => r.Before));
        Assert.Equal([0.5m, 0.2m, 0.2m, 0.06m, 0.04m, null, null], rows.Select(r => r.Share));
    }

    [Fact]
    public void Abc_OfOneWithFourFifths_IsA() =>
        Assert.Equal([AbcClass.A, AbcClass.B, AbcClass.C], Abc.Classify([("small", 8m), ("large", 80m), ("middle", 12m)], new()).Select(r => r.Class));

    [Theory]
    [InlineData(70, AbcClass.B)]
    [InlineData(69.99, AbcClass.A)]
    [InlineData(90, AbcClass.C)]
    [InlineData(89.99, AbcClass.B)]
    public void Abc_AtABoundary_IsTheNextClass(decimal first, AbcClass second) =>
        Assert.Equal(second, Abc.Classify([(1, first), (2, 100 - first)], new()) is var rows && rows[0].Key == 1 ? rows[1].Class : rows[0].Class);

    [Fact]
    public void Abc_WhereNothingIsPositive_ClassifiesNobody() =>
        Assert.All(Abc.Classify([(1, 0m), (2, -5m)], new()), row => Assert.Equal((null, null, null), (row.Share, row.Before, row.Class)));

    [Theory]
    [InlineData(0, 0.2, AbcClass.B)]
    [InlineData(0, 0, AbcClass.C)]
    [InlineData(1, 0, AbcClass.A)]
    [InlineData(0, 1, AbcClass.B)]
    public void Abc_WithACutOfNothingOrAll_LeavesAClassEmpty(decimal a, decimal b, AbcClass first) => Assert.Equal(first, Abc.Classify([(1, 3m), (2, 1m)], new AbcCuts(a, b).Checked())[0].Class);

    [Fact]
    public void Cuts_ThatDivideNothing_AreRefused()
    {
        Assert.Equal("analytics.abc-cuts", Assert.Throws<RuleBrokenException>(() => new AbcCuts(0.9m, 0.2m).Checked()).Code);
        Assert.Equal("analytics.abc-cuts", Assert.Throws<RuleBrokenException>(() => new AbcCuts(-0.1m).Checked()).Code);
        Assert.Equal("analytics.xyz-cuts", Assert.Throws<RuleBrokenException>(() => new XyzCuts(0.3m, 0.2m).Checked()).Code);
        Assert.Equal("analytics.xyz-cuts", Assert.Throws<RuleBrokenException>(() => new XyzCuts(LostAfter: 0).Checked()).Code);
        Assert.Equal("analytics.bcg-cuts", Assert.Throws<RuleBrokenException>(() => new BcgCuts(0).Checked()).Code);
    }

    [Theory]
    [InlineData(new[] { 100.0, 110, 90, 100, 105, 95 }, 6.45, XyzClass.X)]
    [InlineData(new[] { 100.0, 140, 80, 120, 60, 100 }, 25.82, XyzClass.Z)]
    [InlineData(new[] { 75.0, 125, 75, 125 }, 25, XyzClass.Y)]
    [InlineData(new[] { 90.0, 110, 90, 110 }, 10, XyzClass.Y)]
    [InlineData(new[] { 100.0, 100, 100 }, 0, XyzClass.X)]
    public void Xyz_GoesByTheCoefficientOfVariation(double[] values, double percent, XyzClass expected)
    {
        var result = Xyz.Classify(Bought(values), new());

        Assert.Equal(expected, result.Class);
        Assert.Equal((decimal)percent, Math.Round(result.Variation!.Value * 100, 2));
    }

    [Fact]
    public void Xyz_OfSumsWithFourteenDigits_IsThatOfSmallOnes() =>
        Assert.Equal(Xyz.Classify(Bought(75, 125, 75, 125), new()).Class, Xyz.Classify(Bought(75e14, 125e14, 75e14, 125e14), new()).Class);

    [Fact]
    public void Xyz_NamesWhatHasNoLetter_InTheOrderOfTheDefinition()
    {
        var cuts = new XyzCuts();
        Assert.Equal(XyzClass.New, Xyz.Classify(new([5, 0], 1, 5), cuts).Class);
        Assert.Equal(XyzClass.New, Xyz.Classify(new([], 0, 0), cuts).Class);
        Assert.Equal(XyzClass.OneOff, Xyz.Classify(new([5, 0, 0, 0], 1, 3), cuts).Class);
        Assert.Equal(XyzClass.Lost, Xyz.Classify(new([5, 5, 0, 0, 0], 2, 3), cuts).Class);
        Assert.NotEqual(XyzClass.Lost, Xyz.Classify(new([5, 5, 0, 0], 2, 2), cuts).Class);
        Assert.Null(Xyz.Classify(new([5, -10, 5], 2, 0), cuts).Class);
        Assert.Null(Xyz.Classify(new([5, -20, 5], 2, 0), cuts).Variation);
    }

    [Fact]
    public void Rfm_OfTheDefinition_ScoresByThoseStrictlyWorse()
    {
        var day = new DateOnly(2026, 3, 1);
        int[] orders = [.. Enumerable.Repeat(1, 27), .. Enumerable.Repeat(2, 10), .. Enumerable.Repeat(3, 8), .. Enumerable.Range(4, 5)];
        var rows = Rfm.Score([.. orders.Select((n, i) => new RfmInput<int>(i, day, n, n)), new RfmInput<int>(99, null, 0, 0)]);

        Assert.Equal([(1, 1, 27), (2, 3, 10), (3, 4, 8), (4, 5, 1), (5, 5, 1), (6, 5, 1), (7, 5, 1), (8, 5, 1)], rows.SkipLast(1).GroupBy(r => r.Of.Purchases).Select(g => (g.Key, g.Select(r => r.Frequency!.Value).Distinct().Single(), g.Count())));
        Assert.All(rows.SkipLast(1), r => Assert.Equal(1, r.Recency));
        Assert.Equal((null, null, null), (rows[^1].Recency, rows[^1].Frequency, rows[^1].Monetary));
    }

    [Fact]
    public void Rfm_OfWhoBoughtLately_IsHighest()
    {
        var rows = Rfm.Score([.. Enumerable.Range(0, 5).Select(i => new RfmInput<int>(i, new DateOnly(2026, 1, 1).AddDays(i), 1, -i))]);

        Assert.Equal([1, 2, 3, 4, 5], rows.Select(r => r.Recency));
        Assert.Equal([5, 4, 3, 2, 1], rows.Select(r => r.Monetary));
    }

    [Theory]
    [InlineData(110, 100, 110, BcgClass.Star)]
    [InlineData(109, 100, 109, BcgClass.CashCow)]
    [InlineData(110, 100, 111, BcgClass.QuestionMark)]
    [InlineData(50, 100, 51, BcgClass.Dog)]
    [InlineData(50, 0, 51, BcgClass.New)]
    [InlineData(50, -3, 51, BcgClass.New)]
    public void Bcg_CountsTheBoundaryAsHigh(decimal own, decimal last, decimal competitor, BcgClass expected) => Assert.Equal(expected, Bcg.Place([new BcgInput<int>(1, own, last, competitor)], new()).Single().Class);

    [Fact]
    public void Bcg_WithoutACompetitor_HasNoShare() => Assert.Equal((null, 1m, BcgClass.ShareUnknown), Bcg.Place([new BcgInput<int>(1, 100, 50, null)], new()).Select(r => (r.Share, r.Growth, r.Class)).Single());

    private static XyzSeries Bought(params double[] values) => new([.. values.Select(v => (decimal)v)], values.Length, 0);
}
