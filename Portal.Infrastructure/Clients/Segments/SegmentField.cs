using System.Linq.Expressions;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Clients.Segments;

/// <summary>What a field holds, which decides what can be asked of it and how its values are chosen.</summary>
public enum SegmentFieldType
{
    Text, Number,
    /// <summary>How often something happened: the number, and in how many last days; without days ever.</summary>
    Times,
    Date, YesNo,
    /// <summary>One of a closed list, named in <see cref="SegmentField.Options"/>.</summary>
    Choice,
    /// <summary>A user of ours.</summary>
    User,
    /// <summary>A branch of ours.</summary>
    Branch,
    /// <summary>Another segment.</summary>
    Segment,
}

/// <summary>What a translation needs to know: the database, the moment it is asked, the company's zone, and the tests of the segments it refers to.</summary>
internal sealed record SegmentScope(PortalDb Db, DateTimeOffset Now, TimeZoneInfo Zone, Func<SegmentId, Expression<Func<Partner, bool>>> OfSegment)
{
    /// <summary>Today in the company's zone.</summary>
    public DateOnly Today => Zone.DayOf(Now);

    /// <summary>The beginning of a day in the company's zone, UTC.</summary>
    public DateTimeOffset Begin(DateOnly day) => Zone.BeginOf(day);
}

/// <summary>A field that conditions ask about; its text is the key <c>field.segment.&lt;code&gt;</c>.</summary>
public sealed record SegmentField
{
    private readonly Func<SegmentScope, ConditionTest, Expression<Func<Partner, bool>>> translate;

    internal SegmentField(string code, SegmentFieldType type, Func<SegmentScope, ConditionTest, Expression<Func<Partner, bool>>> translate) =>
        (Code, Type, this.translate) = (code, type, translate);

    /// <summary>Stable, as it stands in stored conditions.</summary>
    public string Code { get; }

    /// <summary>What it holds.</summary>
    public SegmentFieldType Type { get; }

    /// <summary>Values of a choice.</summary>
    public IReadOnlyList<Enum> Options { get; init; } = [];

    /// <summary>False where it always has a value, so that nobody asks whether it is empty.</summary>
    public bool MayBeEmpty { get; init; }

    /// <summary>What can be asked of it.</summary>
    public IEnumerable<ConditionOperator> Operators => Type switch
    {
        SegmentFieldType.Text => [ConditionOperator.Is, ConditionOperator.IsNot, ConditionOperator.Contains, ConditionOperator.NotContains, ConditionOperator.StartsWith, .. Emptiness],
        SegmentFieldType.Number or SegmentFieldType.Times => [ConditionOperator.AtLeast, ConditionOperator.AtMost],
        SegmentFieldType.Date => [ConditionOperator.InLastDays, ConditionOperator.NotInLastDays, ConditionOperator.InNextDays, ConditionOperator.Since, ConditionOperator.Before, .. Emptiness],
        SegmentFieldType.YesNo => [ConditionOperator.Yes, ConditionOperator.No],
        _ => [ConditionOperator.Is, ConditionOperator.IsNot, .. Emptiness],
    };

    private IEnumerable<ConditionOperator> Emptiness => MayBeEmpty ? [ConditionOperator.IsFilled, ConditionOperator.IsEmpty] : [];

    /// <summary>The question in SQL, once it is seen that it can be asked of this field.</summary>
    /// <exception cref="RuleBrokenException"><c>segments.operator-unknown</c>, <c>segments.value-unreadable</c></exception>
    internal Expression<Func<Partner, bool>> Ask(SegmentScope scope, ConditionTest test) =>
        Operators.Contains(test.Operator) ? translate(scope, test) : throw new RuleBrokenException("segments.operator-unknown", $"segment.{test.Field}", test.Operator);
}
