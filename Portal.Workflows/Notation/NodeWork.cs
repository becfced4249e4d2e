using Portal.Workflows.Expressions;

namespace Portal.Workflows.Notation;

/// <summary>Portal's settings of a node, read from its extension elements.</summary>
public sealed class NodeWork
{
    /// <summary>No settings.</summary>
    public static readonly NodeWork None = new();

    /// <summary>What the performer must do and how.</summary>
    public LocalText? Instruction { get; init; }
    /// <summary>Title of the task where it differs from the node's name.</summary>
    public Formula? Title { get; init; }
    /// <summary>The one person.</summary>
    public Formula? Assignee { get; init; }
    /// <summary>People who may take it.</summary>
    public Formula? CandidateUsers { get; init; }
    /// <summary>Roles whose holders may take it; the lane's role where none is given.</summary>
    public Formula? CandidateRoles { get; init; }
    /// <summary>User tasks of the map whose doers may not do this one: four eyes.</summary>
    public IReadOnlyList<string> NotBy { get; init; } = [];
    /// <summary>Given to whose process it is, where he holds one of the roles; else it is offered to them.</summary>
    public bool ToOwner { get; init; }
    /// <summary>Deadline: ISO 8601 duration, instant or date (until the end of that day), or an expression giving one.</summary>
    public string? Due { get; init; }
    /// <summary>0–100, more is more important; 50 where not said.</summary>
    public Formula? Priority { get; init; }
    /// <summary>Role or user told when the deadline passes.</summary>
    public Formula? EscalateTo { get; init; }
    /// <summary>Fields the performer of a task fills in, or, on a plain start event, whoever starts the process.</summary>
    public IReadOnlyList<FormField> Form { get; init; } = [];
    /// <summary>Funnel stage a token reaches here.</summary>
    public Stage? Stage { get; init; }
    /// <summary>The feature's action a service task calls.</summary>
    public ActionCall? Action { get; init; }
    /// <summary>True when the work of the node succeeded.</summary>
    public Expression? Success { get; init; }
    /// <summary>Retries of a failed job, as <c>R5/PT5M</c>.</summary>
    public string? Retry { get; init; }
    /// <summary>The node begins in a job of its own.</summary>
    public bool IsAsync { get; init; }
}

/// <summary>A stage of the funnel.</summary>
/// <param name="Key">stable name</param>
/// <param name="Name">shown name</param>
/// <param name="Order">place in the funnel, from 1</param>
/// <param name="Probability">chance of winning from here, percent</param>
public sealed record Stage(string Key, LocalText Name, int Order, decimal Probability);

/// <summary>A named action of a feature with its inputs, and where its outputs go.</summary>
/// <param name="Name">such as <c>orders.shipment.start</c></param>
/// <param name="IsExternal">runs outside the transaction, through the outbox</param>
/// <param name="Inputs">arguments</param>
/// <param name="Outputs">variables set from what the action answers; none takes every answer under its own name</param>
public sealed record ActionCall(string Name, bool IsExternal, IReadOnlyList<ActionInput> Inputs, IReadOnlyList<Mapping> Outputs);

/// <summary>An argument of an action; the type is checked before the action is called.</summary>
public sealed record ActionInput(string Name, FieldType? Type, Formula Value);

/// <summary>What a form field or an action's argument holds.</summary>
public enum FieldType { Text, LongText, Number, Boolean, Date, DateTime, Choice, List }

/// <summary>A field of the form of a task or a start event.</summary>
/// <param name="Key">the variable that takes the answer</param>
/// <param name="Label">what is asked</param>
/// <param name="Type">what it holds</param>
/// <param name="IsRequired">an answer must be given</param>
/// <param name="IsReadOnly">only shown</param>
/// <param name="Default">what it shows at first</param>
/// <param name="Options">answers of a choice, or of a list of choices</param>
/// <param name="RequiredWhen">an answer must be given where this holds over the answers; with <paramref name="IsRequired"/> always</param>
/// <param name="Items">what each row of a list holds; null where the map does not say: rows are texts, but other things pass</param>
/// <param name="Min">the least a number or a date may be, in the form HTML takes: <c>0</c>, <c>2026-12-31</c>; of a list, each of its rows</param>
/// <param name="Max">the most it may be</param>
public sealed record FormField(
    string Key, LocalText Label, FieldType Type, bool IsRequired, bool IsReadOnly, Formula? Default, IReadOnlyList<FieldOption> Options, FieldType? Items = null,
    Expression? RequiredWhen = null, string? Min = null, string? Max = null)
{
    /// <summary>One row of a list as a field of its own.</summary>
    public FormField Item => this with { Type = Items ?? FieldType.Text, Items = null, IsRequired = false, RequiredWhen = null };
}

/// <summary>An answer of a choice.</summary>
public sealed record FieldOption(string Value, LocalText Label);
