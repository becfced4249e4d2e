using Portal.Domain.Shared;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Workflows.Expressions;

/// <summary>However short an expression is, the memory it takes is bounded.</summary>
public sealed class ExpressionMemoryTests
{
    private const long MostBytes = 100_000_000;

    private static readonly Value Big = Value.Of(new string('b', 60_000));
    private static readonly Value Many = Value.List(Enumerable.Range(1, 10_000).Select(i => Value.Of(i)));
    private static readonly Value Wide = ContextValue.Of(Enumerable.Range(1, 2_000).Select(i => ($"entry{i}", Value.Of(i))));

    private static readonly ContextValue Variables = ContextValue.Of(("big", Big), ("many", Many), ("wide", Wide), ("huge", Value.Of(new string(',', 2_000_000))),
        ("lines", Value.List(Enumerable.Range(1, 5_000).Select(i => ContextValue.Of(("item", Value.Of($"item {i}")), ("price", Value.Of(i)))))));

    private static Value Of(string text) => new Expression(text).Evaluate(new Evaluation(Variables, DateTimeOffset.UnixEpoch));

    private static string Often(string body) => $"count(for i in 1..30000 return {body})";

    /// <summary>A list of two lists of two lists …, which are one and the same list each.</summary>
    private static string Doubled(int times) => string.Concat(Enumerable.Range(0, times).Select(i => $"(for v{i + 1} in [[v{i}, v{i}]] return ")) + $"v{times}" + new string(')', times);

    private static string Nested(int times) => $"(for v0 in [[1]] return {Doubled(times)})";

    private static void IsRefusedInLittleMemory(string text)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var refusal = Assert.Throws<RuleBrokenException>(() => Of(text));
        var taken = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal("expression.limit", refusal.Code);
        Assert.InRange(taken, 0, MostBytes);
    }

    [Theory]
    [InlineData("count(for i in 1..30000 return big + \"x\")")]
    [InlineData("string length(string join(for i in 1..18000 return big))")]
    [InlineData("string length(string join(many, big))")]
    [InlineData("string(for i in 1..18000 return big)")]
    [InlineData("string([[[[[[[[[[[[[[[[big, big]]]]]]]]]]]]]]]])")]
    [InlineData("string({a: big, b: {c: big}})")]
    [InlineData("string([big..big])")]
    [InlineData("big + big")]
    [InlineData("upper case(huge)")]
    [InlineData("count(split(huge, \",\"))")]
    [InlineData("split(huge, \";\")")]
    [InlineData("substring(huge, 1)")]
    [InlineData("for a in many return for b in many return b")]
    public void Evaluate_OfTooMuchAtOnce_IsRefused(string text) => IsRefusedInLittleMemory(text);

    [Theory]
    [InlineData("upper case(big)")]
    [InlineData("lower case(big)")]
    [InlineData("trim(big + \" \")")]
    [InlineData("substring(big, 2)")]
    [InlineData("split(big, \"b\")")]
    [InlineData("split(big, \"\")")]
    [InlineData("string(big)")]
    [InlineData("string(lines)")]
    [InlineData("string(wide)")]
    [InlineData("string join(many)")]
    [InlineData("string join([big, \"x\"], \"-\")")]
    [InlineData("append(many, 1)")]
    [InlineData("concatenate(many, many)")]
    [InlineData("distinct values(many)")]
    [InlineData("flatten([many, many])")]
    [InlineData("reverse(many)")]
    [InlineData("index of(many, 3)")]
    [InlineData("list contains([wide], wide)")]
    [InlineData("wide = context put(wide, \"a\", 1)")]
    [InlineData("wide in (context put(wide, \"a\", 1))")]
    [InlineData("lines.price")]
    [InlineData("[wide, wide, wide].entry1")]
    [InlineData("lines[price > 4999]")]
    [InlineData("[wide][entry1 > 0]")]
    [InlineData("for a in many return a")]
    [InlineData("for a in 1..100 return [a, a, a]")]
    [InlineData("some a in lines satisfies a.price < 0")]
    [InlineData("{a: i, b: i, c: i, d: i, e: {f: i}}")]
    [InlineData("context put(wide, string(i), i)")]
    [InlineData("[[i..i]..[i..i]]")]
    [InlineData("sum(many) + mean(many) + min(many)")]
    [InlineData("string(i) + \"x\" + string(i * 2) + string(now())")]
    [InlineData("string(duration(\"P1DT2H\"))")]
    [InlineData("date(\"nothing\")")]
    public void Evaluate_OfMuchVeryOften_IsRefused(string body) => IsRefusedInLittleMemory(Often(body));

    [Theory]
    [InlineData("string({0})")]
    [InlineData("{0} = {0}")]
    [InlineData("flatten({0})")]
    [InlineData("distinct values([{0}, {0}])")]
    [InlineData("{0}")]
    public void Evaluate_OfAListThatDoublesItself_IsRefused(string text) => IsRefusedInLittleMemory(text.Replace("{0}", Nested(40)));

    [Fact]
    public void Parse_OfIntervalsWithinIntervals_ReadsEachOnce()
    {
        var nested = string.Concat(Enumerable.Repeat("1 in (", 40)) + "1" + string.Concat(Enumerable.Repeat("..2)", 40));
        var before = GC.GetAllocatedBytesForCurrentThread();
        new Expression(nested).Checked();
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostBytes);
    }

    [Theory]
    [InlineData("string length(big + substring(big, 1, 40000))", "100000")]
    [InlineData("string length(string join(many, \", \"))", "58892")]
    [InlineData("count(split(substring(big, 1, 20000), \"b\"))", "20001")]
    [InlineData("count(lines[price > 10])", "4990")]
    [InlineData("sum(lines.price)", "12502500")]
    [InlineData("count(distinct values(many))", "10000")]
    [InlineData("count(flatten([many, [many]]))", "20000")]
    [InlineData("count(for i in 1..30000 return i)", "30000")]
    public void Evaluate_OfWhatWorkNeeds_GoesThrough(string text, string expected) => Assert.Equal(expected, Of(text).ToString());
}
