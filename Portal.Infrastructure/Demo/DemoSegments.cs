using Portal.Domain.Clients.Completeness;
using Portal.Domain.Clients.Segments;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Demo;

/// <summary>Segments that a seller of the demo company shares with his colleagues, and what counts for the key accounts.</summary>
internal static class DemoSegments
{
    public static void Add(PortalDb db, Guid owner)
    {
        var key = Shared(owner, "Key accounts", "Looked after every month", All(Test("tag", ConditionOperator.Is, "key account")));
        db.AddRange(key,
            Shared(owner, "Active, silent for two months", "Call them before somebody else does",
                All(Test("standing", ConditionOperator.Is, "Active"), Test("kinds", ConditionOperator.Is, "Client"), Test("silent", ConditionOperator.AtLeast, "60"))),
            Shared(owner, "Contract ends within a month", "Time to talk about the next one", All(Test("agreement-until", ConditionOperator.InNextDays, "30"))),
            Shared(owner, "Prospects or lost ones to win", null,
                All(new ConditionGroup(ConditionJoin.Any, [Test("standing", ConditionOperator.Is, "Prospect"), Test("standing", ConditionOperator.Is, "Lost")]), new ConditionGroup(ConditionJoin.None, [Test("kinds", ConditionOperator.Is, "Competitor")]))));
        db.Add(new CompletenessRule(CompletenessRuleId.New(), key.Id, new Dictionary<string, int>(CompletenessRule.Usual) { ["has-agreement"] = 5, ["has-note"] = 2 }));
    }

    private static Segment Shared(Guid owner, string name, string? note, ConditionGroup condition) => new(SegmentId.New(), owner, name, note, condition, shared: true);

    private static ConditionGroup All(params Condition[] parts) => new(ConditionJoin.All, parts);

    private static ConditionTest Test(string field, ConditionOperator asked, params string[] values) => new(field, asked, values);
}
