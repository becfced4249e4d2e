using Portal.Domain.Clients.Segments;
using Portal.Infrastructure.Clients.Segments;

namespace Portal.Web.Clients.Segments;

/// <summary>A condition while it is being built.</summary>
public abstract class Draft
{
    /// <summary>What stands on the screen, as a condition.</summary>
    /// <param name="onlyWhole">leaves out questions whose values are not there yet</param>
    public abstract Condition? Read(bool onlyWhole);

    /// <summary>A stored condition, to be changed.</summary>
    public static Draft Of(Condition condition) => condition switch
    {
        ConditionGroup group => new DraftGroup { Join = group.Join, Parts = [.. group.Parts.Select(Of)] },
        ConditionTest test => new DraftTest(test.Field) { Operator = test.Operator, Values = [.. test.Values] },
        _ => throw new InvalidOperationException($"{condition.GetType()} is no condition."),
    };
}

/// <summary>A group while it is being built.</summary>
public sealed class DraftGroup : Draft
{
    /// <summary>How its parts are joined.</summary>
    public ConditionJoin Join { get; set; }
    /// <summary>What is joined.</summary>
    public List<Draft> Parts { get; init; } = [];

    /// <summary>What stands on the screen, as a group.</summary>
    public ConditionGroup ReadGroup(bool onlyWhole) => new(Join, [.. Parts.Select(part => part.Read(onlyWhole)).OfType<Condition>()]);

    /// <inheritdoc/>
    public override Condition? Read(bool onlyWhole) => ReadGroup(onlyWhole) is var group && onlyWhole && group.Parts.Count == 0 ? null : group;
}

/// <summary>A question while it is being built.</summary>
public sealed class DraftTest(string field) : Draft
{
    /// <summary>Code of the field that is asked.</summary>
    public string Field { get; private set; } = field;
    /// <summary>What is asked.</summary>
    public ConditionOperator Operator { get; set; }
    /// <summary>Values, as conditions write them.</summary>
    public List<string> Values { get; init; } = [];

    /// <summary>What is known of the field; null for one that a newer program stored.</summary>
    public SegmentField? Known => SegmentFields.All.FirstOrDefault(known => known.Code == Field);

    /// <summary>Whether nothing is asked beside the field itself.</summary>
    public bool AsksNoValue => Operator is ConditionOperator.IsFilled or ConditionOperator.IsEmpty or ConditionOperator.Yes or ConditionOperator.No;

    /// <summary>Whether the value is a day of the calendar.</summary>
    public bool AsksADay => Operator is ConditionOperator.Since or ConditionOperator.Before;

    /// <summary>Asks another field: what was asked of the last one has no meaning for it.</summary>
    public void Choose(string code)
    {
        Field = code;
        Operator = Known!.Operators.First();
        Values.Clear();
    }

    /// <summary>Asks something else; the values stay where they keep their meaning.</summary>
    public void Ask(ConditionOperator next)
    {
        var (day, none) = (AsksADay, AsksNoValue);
        Operator = next;
        if (day != AsksADay || none != AsksNoValue) Values.Clear();
    }

    /// <summary>The value at a place; empty where there is none yet.</summary>
    public string this[int place]
    {
        get => place < Values.Count ? Values[place] : "";
        set
        {
            while (Values.Count <= place) Values.Add("");
            Values[place] = value.Trim();
        }
    }

    /// <inheritdoc/>
    public override Condition? Read(bool onlyWhole) =>
        onlyWhole && !AsksNoValue && this[0].Length == 0 ? null : new ConditionTest(Field, Operator, AsksNoValue ? [] : [.. Values]);
}
