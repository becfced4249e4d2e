using Portal.Workflows.Expressions;
using Portal.Workflows.Rules;

namespace Portal.Workflows.Notation;

/// <summary>Work with a beginning and an end; may repeat and may carry boundary events.</summary>
public abstract class Activity(NodeFacts facts) : FlowNode(facts)
{
    /// <summary>How it repeats; null when it does not.</summary>
    public MultiInstance? Repeats { get; init; }
}

/// <summary>Done by a person, who gets a task.</summary>
public sealed class UserTask(NodeFacts facts) : Activity(facts);

/// <summary>An action of a feature, inside the transaction or outside.</summary>
public sealed class ServiceTask(NodeFacts facts) : Activity(facts);

/// <summary>An expression whose value becomes a variable, or, for a context, several.</summary>
public sealed class ScriptTask(NodeFacts facts) : Activity(facts)
{
    /// <summary>The language named in the file.</summary>
    public required string? Format { get; init; }
    /// <summary>The expression.</summary>
    public required Expression? Script { get; init; }
    /// <summary>The variable that takes the value; null merges a context's entries.</summary>
    public required string? Result { get; init; }
}

/// <summary>A decision table whose outcome becomes a variable.</summary>
public sealed class BusinessRuleTask(NodeFacts facts) : Activity(facts)
{
    /// <summary>The table.</summary>
    public required DecisionTable? Decision { get; init; }
    /// <summary>The variable that takes the outcome; null merges a context's entries.</summary>
    public required string? Result { get; init; }
}

/// <summary>Sends a message and goes on.</summary>
public sealed class SendTask(NodeFacts facts) : Activity(facts)
{
    /// <summary>What is sent.</summary>
    public required MessageTrigger Message { get; init; }
}

/// <summary>Waits for a message.</summary>
public sealed class ReceiveTask(NodeFacts facts) : Activity(facts)
{
    /// <summary>What is waited for.</summary>
    public required MessageTrigger Message { get; init; }
}

/// <summary>Done outside the product (manual task), or not said how (plain task): the token passes.</summary>
public sealed class ManualTask(NodeFacts facts) : Activity(facts);

/// <summary>A part of the process drawn inside it, with variables of its own below those around.</summary>
public sealed class SubProcess(NodeFacts facts) : Activity(facts)
{
    /// <summary>True for an event sub-process, which is refused.</summary>
    public required bool IsEventTriggered { get; init; }
}

/// <summary>Starts another process and waits for its end.</summary>
public sealed class CallActivity(NodeFacts facts) : Activity(facts)
{
    /// <summary>Key of the called process.</summary>
    public required string? Called { get; init; }
    /// <summary>All variables go in and all come back.</summary>
    public required bool PassesAll { get; init; }
    /// <summary>What the child gets.</summary>
    public required IReadOnlyList<Mapping> In { get; init; }
    /// <summary>What comes back, computed over the child's variables.</summary>
    public required IReadOnlyList<Mapping> Out { get; init; }
}

/// <summary>A value and the name it is put under.</summary>
public sealed record Mapping(Expression Source, string Target);

/// <summary>How an activity repeats: a number of times or once per item; side by side or one after another.</summary>
public sealed class MultiInstance
{
    /// <summary>One after another.</summary>
    public required bool IsSequential { get; init; }
    /// <summary>Number of times.</summary>
    public required Expression? Cardinality { get; init; }
    /// <summary>Items to repeat over, taken at entry.</summary>
    public required Expression? Collection { get; init; }
    /// <summary>The variable an iteration finds its item under.</summary>
    public required string? Item { get; init; }
    /// <summary>Ends the repetition early when true after an iteration.</summary>
    public required Expression? CompletionCondition { get; init; }
    /// <summary>What each iteration leaves in the list <see cref="OutputList"/>.</summary>
    public required Expression? Output { get; init; }
    /// <summary>The variable that gathers the outputs.</summary>
    public required string? OutputList { get; init; }
    /// <summary>Votes instead of a completion condition.</summary>
    public required Approval? Approval { get; init; }
}

/// <summary>When a vote is decided.</summary>
public enum ApprovalMode
{
    /// <summary>Everybody votes; passes when all approve.</summary>
    All,
    /// <summary>The first approval passes it; fails when nobody approves.</summary>
    Any,
    /// <summary>Passes when a share approves, fails as soon as the share is out of reach.</summary>
    Quorum,
    /// <summary>The first refusal fails it; passes when nobody refuses.</summary>
    Veto,
}

/// <summary>An approval by several people.</summary>
/// <param name="Mode">when it is decided</param>
/// <param name="Percent">share of approvals a quorum needs, 1–100</param>
/// <param name="Verdict">the variable in which a vote stands as true or false</param>
/// <param name="Result">the variable that takes the outcome</param>
public sealed record Approval(ApprovalMode Mode, decimal Percent, string Verdict, string Result);
