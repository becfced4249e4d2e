using System.Collections.Immutable;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>
/// Repeated activities: a body scope that counts, and a scope per iteration. The body's counters are variables
/// (nrOfInstances, nrOfCompletedInstances, nrOfActiveInstances, for approvals nrOfApproved and nrOfRefused);
/// an iteration sees loopCounter, from 0, and its item.
/// </summary>
internal static class MultiInstances
{
    public static void Enter(Execution run, Token token, Activity node)
    {
        var repeats = node.Repeats!;
        var items = Items(run, token, node, repeats);
        if (items.Length > run.Limits.Iterations) throw Execution.Refusal("process.too-many-iterations", node, items.Length, run.Limits.Iterations);
        if (items.IsEmpty && repeats.Approval is not null) throw Execution.Refusal("process.nobody-to-approve", node);
        var host = run.Put(token with { Kind = TokenKind.Waiting });
        var body = run.Open(new Scope(
            run.NextNumber(), ScopeKind.Body, host.Scope, node.Id, host.Id, ContextValue.Empty, Progress: new Progress(items, 0, 0, 0, 0, [])));
        Boundaries.Arm(run, host);
        if (items.IsEmpty) Finish(run, body, node, null);
        else foreach (var _ in repeats.IsSequential ? items[..1] : items) body = Begin(run, body, node);
    }

    private static ImmutableArray<Value> Items(Execution run, Token token, Activity node, MultiInstance repeats)
    {
        if (repeats.Collection is { } collection)
            return run.Evaluate(node, collection, token.Scope) switch
            {
                ListValue list => list.Items,
                NullValue => [],
                var one => throw Execution.Refusal("process.not-a-list", node, collection.Text, one.TypeName),
            };
        if (repeats.Cardinality is null) throw Execution.Refusal("process.no-cardinality", node);
        var count = run.Evaluate(node, repeats.Cardinality, token.Scope);
        if (count is not NumberValue { Amount: >= 0 and var times } || times != decimal.Truncate(times))
            throw Execution.Refusal("process.not-a-count", node, repeats.Cardinality.Text, count.ToString());
        return times > run.Limits.Iterations
            ? throw Execution.Refusal("process.too-many-iterations", node, times, run.Limits.Iterations)
            : [.. Enumerable.Repeat(Value.Null, (int)times)];
    }

    /// <summary>Begins the next iteration.</summary>
    private static Scope Begin(Execution run, Scope body, Activity node)
    {
        var progress = body.Progress!;
        var index = progress.Begun;
        body = Count(run, body, progress with { Begun = index + 1 });
        var variables = ContextValue.Of(("loopCounter", Value.Of(index)));
        if (node.Repeats!.Item is { } item) variables = variables.With(item, progress.Items[index]);
        var inner = run.Open(new Scope(run.NextNumber(), ScopeKind.Iteration, body.Id, node.Id, body.Host, variables, index));
        run.Spawn(node.Id, inner.Id, run.Token(body.Host!.Value).Stage);
        return body;
    }

    private static Scope Count(Execution run, Scope body, Progress progress)
    {
        var variables = body.Variables
            .With("nrOfInstances", Value.Of(progress.Items.Length))
            .With("nrOfCompletedInstances", Value.Of(progress.Completed))
            .With("nrOfActiveInstances", Value.Of(progress.Begun - progress.Completed))
            .With("nrOfApproved", Value.Of(progress.Approved))
            .With("nrOfRefused", Value.Of(progress.Refused));
        return run.Open(body with { Progress = progress, Variables = variables });
    }

    /// <summary>An iteration's work is done: count it, look whether that is enough, begin the next.</summary>
    public static void IterationDone(Execution run, Token token)
    {
        var inner = run.Scope(token.Scope);
        var body = run.Scope(inner.Parent!.Value);
        var node = (Activity)run.Map.Node(token.Node);
        var repeats = node.Repeats!;
        var progress = body.Progress! with { Completed = body.Progress.Completed + 1 };
        if (repeats.Approval is { } vote)
        {
            var approved = inner.Variables[vote.Verdict] == Value.True;
            progress = approved ? progress with { Approved = progress.Approved + 1 } : progress with { Refused = progress.Refused + 1 };
        }
        if (repeats.Output is { } output) progress = progress with { Outputs = progress.Outputs.Add(run.Evaluate(node, output, inner.Id)) };
        body = Count(run, body, progress);
        var outcome = repeats.Approval is { } approval ? Votes.Outcome(approval, progress) : null;
        var enough = outcome is not null || repeats.CompletionCondition is { } condition && run.Holds(node, condition, inner.Id);
        run.Discard(token);
        if (enough || progress.Completed == progress.Items.Length) Finish(run, body, node, outcome);
        else if (repeats.IsSequential) Begin(run, body, node);
    }

    /// <summary>Ends the body: iterations still open are cancelled, results go to the scope around, the host goes on.</summary>
    private static void Finish(Execution run, Scope body, Activity node, bool? outcome)
    {
        var host = run.Token(body.Host!.Value);
        var repeats = node.Repeats!;
        run.Close(body);
        if (repeats.OutputList is { } list) run.SetVariable(host.Scope, list, new ListValue(body.Progress!.Outputs));
        if (repeats.Approval is { } approval && outcome is { } passed) run.SetVariable(host.Scope, approval.Result, Value.Of(passed));
        run.Leave(host, outcome);
    }

    /// <summary>One more item for a body at work; side by side it begins at once.</summary>
    public static void Extend(Execution run, Scope body, Value item)
    {
        var node = (Activity)run.Map.Node(body.Node!);
        var progress = body.Progress!;
        if (progress.Items.Length >= run.Limits.Iterations) throw Execution.Refusal("process.too-many-iterations", node, progress.Items.Length + 1, run.Limits.Iterations);
        body = Count(run, body, progress with { Items = progress.Items.Add(item) });
        if (!node.Repeats!.IsSequential) Begin(run, body, node);
    }
}
