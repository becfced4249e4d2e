using System.Collections.Immutable;
using Portal.Domain.Shared;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>
/// The working copy of a state during one step: tokens, scopes and waits that the elements' behaviours change,
/// and the commands they say. Lives as long as the step.
/// </summary>
internal sealed partial class Execution
{
    private readonly InstanceState before;
    private readonly string? by;
    private readonly List<Command> commands = [];
    private readonly Queue<int> ready = new();
    private readonly SortedSet<string> visited;
    private int counter;
    private int steps;

    public Execution(ProcessMap map, InstanceState state, string? by, DateTimeOffset now, EngineLimits limits)
    {
        (before, this.by, Map, Now, Limits) = (state, by, map, now, limits);
        (Status, counter, Continuations) = (state.Status, state.Counter, state.Continuations);
        tokens = new(state.Tokens.ToDictionary(t => t.Id));
        scopes = new(state.Scopes.ToDictionary(s => s.Id));
        waits = [.. state.Waits];
        visited = new(state.Visited, StringComparer.Ordinal);
    }

    public ProcessMap Map { get; }
    public DateTimeOffset Now { get; }
    public EngineLimits Limits { get; }
    public InstanceStatus Status { get; set; }
    public int Continuations { get; set; }
    public Guid InstanceId => before.Id;
    public string? BusinessKey => before.BusinessKey;
    public ParentCall? Parent => before.Parent;
    public int Depth => before.Depth;
    public IReadOnlySet<string> Visited => visited;

    /// <summary>The next number for a token or scope.</summary>
    public int NextNumber() => ++counter;

    /// <summary>The next id for a wait or message.</summary>
    public Guid NextId() => DerivedId.Of(InstanceId, ++counter);

    public void Say(Command command) => commands.Add(command);

    public void Write(HistoryKind kind, string? node, Token? token, string? detail = null, bool? success = null) =>
        Say(new WriteHistory(kind, Now, node, token?.Id, detail, success, by));

    /// <summary>Lets active tokens enter their nodes until none is active, then OR joins fire, then again.</summary>
    public void RunToQuiescence()
    {
        do
        {
            while (ready.TryDequeue(out var id))
            {
                if (!tokens.TryGetValue(id, out var token) || token.Kind != TokenKind.Active) continue;
                if (steps++ >= Limits.NodeSteps)
                {
                    Jobs.ContinueLater(this);
                    return;
                }
                Nodes.Enter(this, token);
            }
        }
        while (Status == InstanceStatus.Running && InclusiveJoin.FireOne(this));
        if (Status == InstanceStatus.Running && waits.Count == 0) Incidents.JoinStarved(this);
    }

    /// <summary>Puts every active token to work again, after a continuation.</summary>
    public void Resume()
    {
        foreach (var token in tokens.Values.Where(t => t.Kind == TokenKind.Active)) ready.Enqueue(token.Id);
    }

    public StepResult Result() => new(
        before with
        {
            Status = Status,
            Counter = counter,
            Continuations = Continuations,
            Tokens = [.. tokens.Values],
            Scopes = [.. scopes.Values],
            Waits = [.. waits],
            Visited = [.. visited],
        },
        commands);

    public static RuleBrokenException Refusal(string code, FlowNode node, params object?[] more) => new(code, [node.Name.Default, .. more]);
}
