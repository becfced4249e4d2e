using System.Collections.Immutable;
using Portal.Workflows.Expressions;

namespace Portal.Workflows.Engine;

/// <summary>How an instance stands.</summary>
public enum InstanceStatus
{
    /// <summary>Made, not started.</summary>
    New,
    /// <summary>At work or waiting.</summary>
    Running,
    /// <summary>Came to its end.</summary>
    Completed,
    /// <summary>Withdrawn by a person or by the process that called it.</summary>
    Cancelled,
    /// <summary>Ended by an error nobody caught, handed to the process that called it.</summary>
    Failed,
}

/// <summary>Whether a token moves, waits at its node, or stands before a join.</summary>
public enum TokenKind { Active, Waiting, Arrived }

/// <summary>A place where the instance is.</summary>
/// <param name="Id">number within the instance</param>
/// <param name="Node">the node it is on</param>
/// <param name="Scope">the scope it lives in</param>
/// <param name="Kind">moving, waiting or arrived</param>
/// <param name="Flow">the flow it came by; null after a start or an alteration</param>
/// <param name="Stage">the last funnel stage it reached</param>
public sealed record Token(int Id, string Node, int Scope, TokenKind Kind, string? Flow = null, string? Stage = null);

/// <summary>What a scope was opened for.</summary>
public enum ScopeKind
{
    /// <summary>The instance itself.</summary>
    Process,
    /// <summary>One run of an embedded sub-process.</summary>
    SubProcess,
    /// <summary>The body around all iterations of a repeated activity.</summary>
    Body,
    /// <summary>One iteration.</summary>
    Iteration,
}

/// <summary>Variables and tokens that live and end together.</summary>
/// <param name="Id">number within the instance</param>
/// <param name="Kind">what it was opened for</param>
/// <param name="Parent">the scope around it</param>
/// <param name="Node">the activity it belongs to</param>
/// <param name="Host">the token that waits for its end</param>
/// <param name="Variables">its own variables</param>
/// <param name="Index">number of the iteration, from 0</param>
/// <param name="Progress">how far the repetition is, for a body</param>
public sealed record Scope(
    int Id, ScopeKind Kind, int? Parent, string? Node, int? Host, ContextValue Variables, int? Index = null, Progress? Progress = null);

/// <summary>How far a repetition is.</summary>
/// <param name="Items">what it runs over, taken at entry</param>
/// <param name="Begun">iterations begun</param>
/// <param name="Completed">iterations completed</param>
/// <param name="Approved">votes for</param>
/// <param name="Refused">votes against</param>
/// <param name="Outputs">what the completed iterations left</param>
public sealed record Progress(ImmutableArray<Value> Items, int Begun, int Completed, int Approved, int Refused, ImmutableArray<Value> Outputs);

/// <summary>What an instance waits for.</summary>
public enum WaitKind
{
    /// <summary>A person's task.</summary>
    Task,
    /// <summary>A timer's job.</summary>
    Timer,
    /// <summary>The job in which a node marked asynchronous begins.</summary>
    Async,
    /// <summary>The job that goes on after the step budget was used up.</summary>
    Continuation,
    /// <summary>The job that escalates a task at its deadline.</summary>
    Escalation,
    /// <summary>A message.</summary>
    Message,
    /// <summary>A signal.</summary>
    Signal,
    /// <summary>An action of a feature.</summary>
    Action,
    /// <summary>A called process.</summary>
    Child,
    /// <summary>A person's help.</summary>
    Incident,
}

/// <summary>One thing an instance waits for; the row of a task, job, subscription or incident has the same id.</summary>
/// <param name="Id">derived from the instance's id, the same on every replay</param>
/// <param name="Kind">what is waited for</param>
/// <param name="Token">the token that waits; null for a continuation</param>
/// <param name="Node">the node that asked: the token's own, a boundary event on it, or an event behind its event gateway</param>
/// <param name="Due">when a job is due</param>
/// <param name="Remaining">firings left of a cycle, this one included; null without limit</param>
/// <param name="Interval">time between two firings, ISO 8601; null when it fires once</param>
/// <param name="Of">for an incident, what failed; for an escalation nothing</param>
/// <param name="Target">for an escalation, who is told</param>
public sealed record Wait(
    Guid Id, WaitKind Kind, int? Token, string? Node,
    DateTimeOffset? Due = null, int? Remaining = null, string? Interval = null, WaitKind? Of = null, string? Target = null);

/// <summary>The call activity an instance was started by.</summary>
public sealed record ParentCall(Guid Instance, Guid Call);

/// <summary>The whole truth about a running process: immutable, and the same after a round trip through JSON.</summary>
public sealed record InstanceState
{
    /// <summary>Id of the instance.</summary>
    public required Guid Id { get; init; }
    /// <summary>Key of the process.</summary>
    public required string Process { get; init; }
    /// <summary>The object the instance is about, such as <c>deal:…</c>.</summary>
    public string? BusinessKey { get; init; }
    /// <summary>Who called it.</summary>
    public ParentCall? Parent { get; init; }
    /// <summary>How many calls lie above it.</summary>
    public int Depth { get; init; }
    /// <summary>How it stands.</summary>
    public InstanceStatus Status { get; init; }
    /// <summary>Last number given to a token, scope or wait.</summary>
    public int Counter { get; init; }
    /// <summary>Continuations in a row without anything from outside.</summary>
    public int Continuations { get; init; }
    /// <summary>Tokens by id.</summary>
    public ImmutableArray<Token> Tokens { get; init; } = [];
    /// <summary>Scopes by id.</summary>
    public ImmutableArray<Scope> Scopes { get; init; } = [];
    /// <summary>What it waits for, oldest first.</summary>
    public ImmutableArray<Wait> Waits { get; init; } = [];
    /// <summary>Nodes some token has left, in ordinal order.</summary>
    public ImmutableArray<string> Visited { get; init; } = [];

    /// <summary>An instance about to start.</summary>
    public static InstanceState New(Guid id, string process, string? businessKey = null, ParentCall? parent = null, int depth = 0) =>
        new() { Id = id, Process = process, BusinessKey = businessKey, Parent = parent, Depth = depth };

    /// <summary>Variables of the instance itself.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public ContextValue Variables => Scopes.FirstOrDefault(s => s.Kind == ScopeKind.Process)?.Variables ?? ContextValue.Empty;

    /// <summary>Numbers of the tokens that only hold what runs inside their activity: its repetitions, or the inside of a sub-process.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public IReadOnlySet<int> Hosts => Scopes.Where(s => s.Host is not null).Select(s => s.Host!.Value).ToHashSet();

    /// <summary>The tokens at which somebody or something is at work: all but the hosts.</summary>
    [System.Text.Json.Serialization.JsonIgnore]
    public IReadOnlyList<Token> Places
    {
        get
        {
            var hosts = Hosts;
            return [.. Tokens.Where(token => !hosts.Contains(token.Id))];
        }
    }

    /// <summary>True when the token stands for one iteration of the repeated activity it is on.</summary>
    public bool IsRepetition(Token token) => Scopes.First(s => s.Id == token.Scope) is { Kind: ScopeKind.Iteration } scope && scope.Node == token.Node;

    /// <summary>Variables seen from a scope: its own over those around it.</summary>
    public ContextValue VariablesOf(int scope)
    {
        var found = Scopes.First(s => s.Id == scope);
        return found.Parent is { } parent ? VariablesOf(parent).With(found.Variables) : found.Variables;
    }
}
