using Portal.Domain.Shared;
using Portal.Workflows.Expressions;
using Portal.Workflows.Rules;

namespace Portal.Tests.Workflows.Expressions;

/// <summary>Decision tables and the unary tests in their cells.</summary>
public sealed class DecisionTableTests
{
    private static Evaluation With(params (string, Value)[] variables) => new(ContextValue.Of(variables), DateTimeOffset.UnixEpoch);

    private static DecisionRule Rule(string[] when, params string[] then) =>
        new([.. when.Select(w => new UnaryTests(w))], [.. then.Select(t => new Expression(t))]);

    private static DecisionTable Discounts(HitPolicy policy) => new([new("amount"), new("kind")], ["level"], policy,
        [Rule(["< 1000", "-"], "\"none\""), Rule([">= 1000", "\"new\""], "\"manager\""), Rule([">= 1000", "not(\"new\")"], "\"head\""), Rule([">= 5000", "-"], "\"director\"")]);

    [Theory]
    [InlineData(10, "new", "none")]
    [InlineData(1000, "new", "manager")]
    [InlineData(6000, "old", "head")]
    public void Decide_First_TakesTheFirstRule(int amount, string kind, string level) =>
        Assert.Equal(Value.Of(level), Discounts(HitPolicy.First).Decide(With(("amount", Value.Of(amount)), ("kind", Value.Of(kind)))));

    [Fact]
    public void Decide_Collect_TakesAll() =>
        Assert.Equal("[head, director]", Discounts(HitPolicy.Collect).Decide(With(("amount", Value.Of(6000)), ("kind", Value.Of("old")))).ToString());

    [Fact]
    public void Decide_Unique_RefusesTwo()
    {
        var refusal = Assert.Throws<RuleBrokenException>(() => Discounts(HitPolicy.Unique).Decide(With(("amount", Value.Of(6000)), ("kind", Value.Of("old")))));
        Assert.Equal(("decision.not-unique", (object?)"3, 4"), (refusal.Code, refusal.Args[0]));
    }

    [Fact]
    public void Decide_NoRule_GivesNull() =>
        Assert.Equal(Value.Null, Discounts(HitPolicy.First).Decide(With(("kind", Value.Of("new")))));

    [Fact]
    public void Decide_SeveralOutputs_GiveAContext()
    {
        var table = new DecisionTable([new("n")], ["a", "b"], HitPolicy.First, [Rule(["-"], "n + 1", "n * 2")]);
        Assert.Equal("{a: 6, b: 10}", table.Decide(With(("n", Value.Of(5)))).ToString());
    }

    [Theory]
    [InlineData("-", "x", true)]
    [InlineData("", "x", true)]
    [InlineData("\"x\", \"y\"", "y", true)]
    [InlineData("\"x\", \"y\"", "z", false)]
    [InlineData("not(\"x\")", "x", false)]
    [InlineData("[\"x\", \"y\"]", "x", true)]
    [InlineData("starts with(?, \"x\")", "xyz", true)]
    public void Tests_OfText_Pass(string cell, string input, bool expected) =>
        Assert.Equal(expected, new UnaryTests(cell).Pass(Value.Of(input), With()));

    [Theory]
    [InlineData("[1..5]", 5, true)]
    [InlineData("(1..5)", 5, false)]
    [InlineData("< 3, > 8", 9, true)]
    [InlineData("limit", 7, true)]
    [InlineData("? > limit - 1 and ? < 8", 7, true)]
    public void Tests_OfNumbers_Pass(string cell, int input, bool expected) =>
        Assert.Equal(expected, new UnaryTests(cell).Pass(Value.Of(input), With(("limit", Value.Of(7)))));
}
