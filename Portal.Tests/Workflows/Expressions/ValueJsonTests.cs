using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Portal.Workflows.Expressions;

namespace Portal.Tests.Workflows.Expressions;

/// <summary>Values survive JSON, whatever they are.</summary>
public sealed class ValueJsonTests
{
    private static readonly Gen<Value> Leaf = Gen.OneOf(
        Gen.Constant(Value.Null), Gen.Elements(Value.True, Value.False),
        Gen.Choose(-1_000_000, 1_000_000).Select(n => Value.Of(n / 100m)),
        Gen.Elements("", "a", "\"", "@date", "мир", "\u0001").Select(Value.Of),
        Gen.Choose(1, 700_000).Select(d => (Value)new DateValue(DateOnly.FromDayNumber(d))),
        Gen.Choose(0, 86_399).Select(s => (Value)new TimeValue(new TimeOnly(s * TimeSpan.TicksPerSecond))),
        Gen.Choose(0, int.MaxValue).Select(s => Value.Of(DateTimeOffset.UnixEpoch.AddSeconds(s).ToOffset(TimeSpan.FromMinutes(s % 13 * 60)))),
        Gen.Choose(-100_000, 100_000).Select(s => (Value)new DurationValue(TimeSpan.FromSeconds(s))),
        Gen.Choose(-500, 500).Select(m => (Value)new MonthsValue(m)));

    private static Gen<Value> Any(int depth) => depth == 0 ? Leaf : Gen.OneOf(
        Leaf,
        Any(depth - 1).ListOf(3).Select(items => (Value)Value.List(items)),
        Gen.Zip(Gen.Elements("a", "b", "@date", "@context", ""), Any(depth - 1)).ListOf(2).Select(entries => (Value)ContextValue.Of(entries)),
        Gen.Zip(Leaf, Leaf).Select(ends => (Value)new RangeValue(ends.Item1, true, ends.Item2, false)));

    [Fact]
    public void RoundTrip_KeepsEveryValue() => Prop.ForAll(Any(3).ToArbitrary(), value =>
    {
        var back = JsonSerializer.Deserialize<Value>(JsonSerializer.Serialize(value));
        return back!.Equals(value);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("null", "")]
    [InlineData("12.50", "12.5")]
    [InlineData("[1,\"a\",true]", "[1, a, true]")]
    [InlineData("{\"@date\":\"2026-03-01\"}", "2026-03-01")]
    [InlineData("{\"name\":{\"first\":\"A\"}}", "{name: {first: A}}")]
    [InlineData("{\"@type\":\"x\"}", "{@type: x}")]
    public void Read_PlainJson_GivesValues(string json, string expected) =>
        Assert.Equal(expected, JsonSerializer.Deserialize<Value>(json)!.ToString());

    [Fact]
    public void Read_NoSuchDate_IsRefused() =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Value>("{\"@date\":\"2026-02-30\"}"));
}
