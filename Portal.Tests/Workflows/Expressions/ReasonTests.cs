using System.Globalization;
using Portal.Domain.Shared;
using Portal.Tests.Architecture;
using Portal.Tests.Support;
using Portal.Web.Shared;
using static Portal.Tests.Dispatch.Orders;

namespace Portal.Tests.Workflows.Expressions;

/// <summary>Whoever reads that an expression cannot be computed also reads why.</summary>
public sealed class ReasonTests
{
    [Fact]
    public void Refusals_OfExpressions_HaveTheirReasonInWords()
    {
        var keys = TextFile.All.SelectMany(file => file.Keys).ToHashSet();
        var refusals = keys.Where(key => key.StartsWith("rule.expression.", StringComparison.Ordinal)).ToList();

        Assert.NotEmpty(refusals);
        Check.None(refusals.Select(key => "field" + key["rule".Length..]).Except(keys));
    }

    [Theory]
    [InlineData("en", "Count: the expression cannot be computed, position 59: too much work.")]
    [InlineData("ru", "Count: выражение не вычисляется, позиция 59: слишком много работы.")]
    [InlineData("uk", "Count: вираз не обчислюється, позиція 59: забагато роботи.")]
    [InlineData("ro", "Count: expresia nu poate fi calculată, poziția 59: prea mult lucru.")]
    [InlineData("id", "Count: ekspresi tidak dapat dihitung, posisi 59: terlalu berat.")]
    public void Words_OfAFailedExpression_SayWhy(string language, string words)
    {
        var before = CultureInfo.CurrentUICulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        try { Assert.Equal(words, Words.Of(new RuleBrokenException("process.expression-failed", "Count", 59, "expression.limit"))); }
        finally { CultureInfo.CurrentUICulture = before; }
    }

    private static Texts Words { get; } = new(new TextCatalog(typeof(Texts).Assembly), LocalTime.For(Dispatcher("Ida Marsh"), TimeProvider.System));
}
