namespace Portal.Domain.Clients.Segments;

/// <summary>How the parts of a group are joined: all hold, at least one holds, not one holds.</summary>
public enum ConditionJoin { All, Any, None }

/// <summary>What is asked of a field. The negative ones also hold for a client of whom nothing is known.</summary>
public enum ConditionOperator
{
    Is, IsNot, Contains, NotContains, StartsWith, IsFilled, IsEmpty, AtLeast, AtMost, Since, Before, InLastDays, NotInLastDays, InNextDays, Yes, No,
}

/// <summary>Which clients are meant: a group of conditions, or one question to one field.</summary>
public abstract record Condition
{
    /// <summary>Groups within groups at most.</summary>
    public const int Deepest = 6;

    /// <summary>Questions in one condition at most.</summary>
    public const int MostTests = 60;

    /// <summary>Values of one question at most.</summary>
    public const int MostValues = 50;

    /// <summary>All questions in it, in order.</summary>
    public IEnumerable<ConditionTest> Tests => this switch
    {
        ConditionTest test => [test],
        ConditionGroup group => group.Parts.SelectMany(part => part.Tests),
        _ => [],
    };
}

/// <summary>Conditions joined. An empty group asks nothing: everybody is in it.</summary>
public sealed record ConditionGroup(ConditionJoin Join, IReadOnlyList<Condition> Parts) : Condition
{
    /// <summary>Asks nothing.</summary>
    public static readonly ConditionGroup Everybody = new(ConditionJoin.All, []);
}

/// <summary>One question: a field by its code, what is asked of it, and the values, written as JSON writes them whatever the reader's language.</summary>
public sealed record ConditionTest(string Field, ConditionOperator Operator, IReadOnlyList<string> Values) : Condition;
