using System.Globalization;
using Portal.Domain.Shared;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Workflows.Expressions;

/// <summary>The expression language: values, nulls, refusals with position, limits.</summary>
public sealed class ExpressionTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 6, 15, 30, 0, TimeSpan.FromHours(2));

    private static readonly ContextValue Variables = ContextValue.Of(
        ("amount", Value.Of(1500)), ("client", ContextValue.Of(("name", Value.Of("Nova")), ("vip", Value.True))),
        ("lines", Value.List([Line("a", 10), Line("b", 25)])), ("nothing", Value.Null));

    private static Value Line(string item, int price) => ContextValue.Of(("item name", Value.Of(item)), ("price", Value.Of(price)));

    private static Value Of(string text) => new Expression(text).Evaluate(new Evaluation(Variables, Now));

    private static RuleBrokenException Refusal(string text) => Assert.Throws<RuleBrokenException>(() => Of(text));

    [Theory]
    [InlineData("1 + 2 * 3", "7")]
    [InlineData("(1 + 2) * 3", "9")]
    [InlineData("7 / 2", "3.5")]
    [InlineData("2 ** 10", "1024")]
    [InlineData("-2 ** 2", "4")]
    [InlineData("10 - 2 - 3", "5")]
    [InlineData("0.1 + 0.2", "0.3")]
    [InlineData("\"a\" + \"b\"", "ab")]
    [InlineData("amount >= 1000 and client.vip", "true")]
    [InlineData("if amount > 2000 then \"big\" else \"small\"", "small")]
    [InlineData("amount between 1000 and 2000", "true")]
    [InlineData("amount in (1500, 2000)", "true")]
    [InlineData("amount in [1000..1500]", "true")]
    [InlineData("amount in [1000..1500)", "false")]
    [InlineData("amount in (< 10, > 1400)", "true")]
    [InlineData("client.name in (\"Nova\", \"Terra\")", "true")]
    [InlineData("for x in 1..3 return x * x", "[1, 4, 9]")]
    [InlineData("for x in (1..3) return x", "[2]")]
    [InlineData("for x in (1.5..3.5) return x", "[2, 3]")]
    [InlineData("for x in 79228162514264337593543950334..79228162514264337593543950335 return x", "[79228162514264337593543950334, 79228162514264337593543950335]")]
    [InlineData("for x in (79228162514264337593543950335..79228162514264337593543950335] return x", "[]")]
    [InlineData("some l in lines satisfies l.price > 20", "true")]
    [InlineData("every l in lines satisfies l.price > 20", "false")]
    [InlineData("sum(lines.price)", "35")]
    [InlineData("lines[price > 20].price", "[25]")]
    [InlineData("lines[1].price", "10")]
    [InlineData("lines[-1].price", "25")]
    [InlineData("[1, 2, 3][item > 1]", "[2, 3]")]
    [InlineData("count([])", "0")]
    [InlineData("{a: 1, \"b c\": 2}.a", "1")]
    [InlineData("get value({\"b c\": 2}, \"b c\")", "2")]
    [InlineData("// why\n1 + 1", "2")]
    [InlineData("= amount + 1", "1501")]
    public void Evaluate_GivesTheValue(string text, string expected) => Assert.Equal(expected, Of(text).ToString());

    [Theory]
    [InlineData("upper case(\"straße\")", "STRASSE|STRAßE")]
    [InlineData("string length(\"мир\")", "3")]
    [InlineData("substring(\"foobar\", 3)", "obar")]
    [InlineData("substring(\"foobar\", -2, 1)", "a")]
    [InlineData("contains(\"foobar\", \"ob\")", "true")]
    [InlineData("starts with(\"foobar\", \"foo\") and ends with(\"foobar\", \"bar\")", "true")]
    [InlineData("split(\"a;b\", \";\")", "[a, b]")]
    [InlineData("string join([\"a\", \"b\"], \"-\")", "a-b")]
    [InlineData("number(\"1.50\") + 1", "2.5")]
    [InlineData("string(1.50)", "1.5")]
    [InlineData("round(2.5)", "3")]
    [InlineData("round(-2.345, 2)", "-2.35")]
    [InlineData("modulo(-7, 3)", "2")]
    [InlineData("floor(1.9) + ceiling(1.1) + abs(-1)", "4")]
    [InlineData("min(3, 1, 2) + max([4, 5])", "6")]
    [InlineData("mean([1, 2, 3])", "2")]
    [InlineData("list contains([1, 2], 2)", "true")]
    [InlineData("index of([1, 2, 1], 1)", "[1, 3]")]
    [InlineData("append([1], 2, 3)", "[1, 2, 3]")]
    [InlineData("concatenate([1], [2])", "[1, 2]")]
    [InlineData("distinct values([1, 1, 2])", "[1, 2]")]
    [InlineData("flatten([1, [2, [3]]])", "[1, 2, 3]")]
    [InlineData("reverse([1, 2])", "[2, 1]")]
    [InlineData("any([false, true]) and not(all([false, true]))", "true")]
    public void Functions_Compute(string text, string expected) => Assert.Contains(Of(text).ToString(), expected.Split('|'));

    [Theory]
    [InlineData("now()", "2026-03-06T15:30:00+02:00")]
    [InlineData("today()", "2026-03-06")]
    [InlineData("today() + duration(\"P3D\")", "2026-03-09")]
    [InlineData("now() + @\"PT36H\"", "2026-03-08T03:30:00+02:00")]
    [InlineData("date(\"2026-01-31\") + duration(\"P1M\")", "2026-02-28")]
    [InlineData("date(2026, 2, 28) - date(\"2026-02-01\")", "P27D")]
    [InlineData("date(\"2026-02-30\")", "")]
    [InlineData("(date(\"2026-03-01\") - date(\"2026-02-01\")).days", "28")]
    [InlineData("@\"2026-03-06\".weekday", "5")]
    [InlineData("add working days(today(), 1)", "2026-03-09")]
    [InlineData("add working days(@\"2026-03-09\", -1)", "2026-03-06")]
    [InlineData("date and time(\"2026-03-06T10:00:00Z\") < now()", "true")]
    [InlineData("date and time(\"2026-03-06T13:30:00Z\") = now()", "true")]
    [InlineData("duration(\"PT90M\") = duration(\"PT1H30M\")", "true")]
    [InlineData("duration(\"P1D\") / duration(\"PT6H\")", "4")]
    [InlineData("years and months duration(date(\"2025-01-15\"), today())", "P1Y1M")]
    [InlineData("time(\"14:30\").hour", "14")]
    public void Dates_Compute(string text, string expected) => Assert.Equal(expected, Of(text).ToString());

    [Theory]
    [InlineData("nothing + 1")]
    [InlineData("nothing > 1")]
    [InlineData("nothing.name.first")]
    [InlineData("unknown")]
    [InlineData("true and nothing")]
    [InlineData("false or nothing")]
    [InlineData("1 / 0")]
    [InlineData("\"1\" = 1")]
    [InlineData("upper case(nothing)")]
    [InlineData("[1][5]")]
    public void Null_GoesThrough(string text) => Assert.Equal(Value.Null, Of(text));

    [Theory]
    [InlineData("false and nothing", false)]
    [InlineData("nothing and false", false)]
    [InlineData("true or nothing", true)]
    [InlineData("nothing or true", true)]
    [InlineData("nothing = null", true)]
    [InlineData("1 != null", true)]
    public void Null_IsDecidedWhereTheOtherSideDecides(string text, bool expected) => Assert.Equal(Value.Of(expected), Of(text));

    [Theory]
    [InlineData("1 +", "expression.ends-early", 4)]
    [InlineData("1 + * 2", "expression.unexpected", 5)]
    [InlineData("(1 + 2", "expression.expected", 7)]
    [InlineData("amount > 5 foo", "expression.unexpected", 12)]
    [InlineData("\"open", "expression.text-unclosed", 1)]
    [InlineData("nosuch(1)", "expression.unknown-function", 1)]
    [InlineData("amount + \"x\"", "expression.types", 8)]
    [InlineData("amount < client", "expression.types", 8)]
    [InlineData("amount and true", "expression.not-boolean", 1)]
    [InlineData("amount.year", "expression.no-member", 7)]
    [InlineData("upper case(1)", "expression.argument-type", 1)]
    [InlineData("substring(\"a\")", "expression.arguments", 1)]
    [InlineData("99999999999999999999999999 * 99999999999999", "expression.overflow", 28)]
    [InlineData("99999999999999999999999999999999", "expression.number-too-large", 1)]
    [InlineData("@\"yesterday\"", "expression.not-a-date", 1)]
    [InlineData("1 # 2", "expression.unexpected", 3)]
    public void Mistakes_AreRefusedWithTheirPosition(string text, string code, int position)
    {
        var refusal = Refusal(text);
        Assert.Equal((code, (object?)position), (refusal.Code, refusal.Args[0]));
    }

    [Theory]
    [InlineData("for a in 1..100000 return for b in 1..100000 return a * b")]
    [InlineData("count(for a in 1..1000000000 return a)")]
    [InlineData("some a in 1..1000 satisfies some b in 1..1000 satisfies a + b < 0")]
    [InlineData("count(for a in 1..1000 return 1 ** 1000)")]
    [InlineData("count(for a in 1..100 return add working days(today(), 10000))")]
    public void Evaluate_ThatNeverEnds_IsStopped(string text) => Assert.Equal("expression.limit", Refusal(text).Code);

    [Fact]
    public void Evaluate_AfterAFailure_NestsAsDeepAsBefore()
    {
        var evaluation = new Evaluation(Variables, Now);
        var failing = new Expression(string.Concat(Enumerable.Repeat("(1 + ", 90)) + "amount.year" + new string(')', 90));
        for (var i = 0; i < 10; i++) Assert.Equal("expression.no-member", Assert.Throws<RuleBrokenException>(() => failing.Evaluate(evaluation)).Code);

        Assert.Equal("3", new Expression("1 + 2").Evaluate(evaluation).ToString());
    }

    [Fact]
    public void Parse_HostileText_IsRefusedWithoutHarm()
    {
        Assert.Equal("expression.too-deep", Refusal(new string('(', 5_000)).Code);
        Assert.Equal("expression.too-deep", Refusal(new string('-', 5_000) + "1").Code);
        Assert.Equal("expression.too-deep", Refusal(string.Join("+", Enumerable.Repeat("1", 4_000))).Code);
        Assert.Equal("expression.too-long", Refusal(new string('1', 20_000)).Code);
        Assert.Equal("expression.overflow", Refusal("duration(\"P9999999D\") * 99999999999999").Code);
    }

    [Theory]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    [InlineData("fa-IR")]
    public void Evaluate_DoesNotDependOnTheCulture(string culture)
    {
        var before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
        try
        {
            Assert.Equal("1.5", Of("string(3 / 2)").ToString());
            Assert.Equal("title I", Of("lower case(\"TITLE\") + \" \" + upper case(\"i\")").ToString());
            Assert.Equal("2026-03-06", Of("string(today())").ToString());
        }
        finally { CultureInfo.CurrentCulture = before; }
    }

    [Fact]
    public void Names_ListsAtLeastTwentyFunctions() => Assert.True(Functions.Names.Count >= 20);
}
