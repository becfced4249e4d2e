using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Shared;

namespace Portal.Tests.Clients.Segments;

/// <summary>Conditions survive being stored, and what is no condition is refused in words.</summary>
public sealed class ConditionJsonTests
{
    [Fact]
    public void Read_OfWhatWasWritten_IsTheSame() =>
        Prop.ForAll(Groups(3).ToArbitrary(), condition =>
            ConditionJson.Write(ConditionJson.Read(ConditionJson.Write(condition))) == ConditionJson.Write(condition)).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("7")]
    [InlineData("""{"all":{}}""")]
    [InlineData("""{"some":[]}""")]
    [InlineData("""{"all":[7]}""")]
    [InlineData("""{"all":[{"field":"town","is":"Resembles","values":[]}]}""")]
    [InlineData("""{"all":[{"field":"town","is":"Is","values":[{}]}]}""")]
    [InlineData("""{"field":"town","is":"Is","values":["Lviv"]}""")]
    public void Read_OfWhatIsNoCondition_IsRefused(string? json) =>
        Assert.Equal("segments.unreadable", Assert.Throws<RuleBrokenException>(() => ConditionJson.Read(json)).Code);

    [Fact]
    public void Read_OfGroupsWithinGroupsWithoutEnd_IsRefused()
    {
        var deep = string.Concat(Enumerable.Repeat("{\"all\":[", 7)) + string.Concat(Enumerable.Repeat("]}", 7));

        Assert.Equal("segments.too-deep", Assert.Throws<RuleBrokenException>(() => ConditionJson.Read(deep)).Code);
        Assert.Equal("segments.unreadable", Assert.Throws<RuleBrokenException>(() => ConditionJson.Read(string.Concat(Enumerable.Repeat("{\"all\":[", 5000)))).Code);
    }

    [Fact]
    public void Check_OfMoreTestsThanAnybodySurveys_IsRefused()
    {
        var test = new ConditionTest("town", ConditionOperator.Is, ["Lviv"]);

        ConditionJson.Check(new(ConditionJoin.Any, [.. Enumerable.Repeat(test, Condition.MostTests)]));
        Assert.Equal("segments.too-many-tests",
            Assert.Throws<RuleBrokenException>(() => ConditionJson.Check(new(ConditionJoin.Any, [.. Enumerable.Repeat(test, Condition.MostTests + 1)]))).Code);
    }

    private static Gen<Condition> Parts(int depth)
    {
        var test = from field in Gen.Elements("town", "kinds", "trips")
                   from asked in Gen.Elements(Enum.GetValues<ConditionOperator>())
                   from values in Gen.Elements("Lviv", "\"quoted\"", "Київ", "", "7").ArrayOf()
                   select (Condition)new ConditionTest(field, asked, [.. values.Take(3)]);
        return depth == 0 ? test : Gen.OneOf(test, Groups(depth - 1).Select(group => (Condition)group));
    }

    private static Gen<ConditionGroup> Groups(int depth) =>
        from joint in Gen.Elements(Enum.GetValues<ConditionJoin>())
        from parts in Parts(depth).ArrayOf()
        select new ConditionGroup(joint, [.. parts.Take(3)]);
}
