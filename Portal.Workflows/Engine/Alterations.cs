using Portal.Domain.Shared;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>What people change by hand: withdraw, send back, add a signer, move, skip, retry, edit variables.</summary>
public static class Alterations
{
    /// <summary>The node that a token standing at another may be put on by hand: a step of its own level or of one around it. Asked before a person is asked for his reasons.</summary>
    /// <exception cref="RuleBrokenException"><c>process.no-node</c>, <c>process.target-not-allowed</c>, <c>process.target-inside</c></exception>
    public static FlowNode Target(ProcessMap map, string from, string to)
    {
        var target = Target(map, to);
        var level = map.Node(from).Parent;
        while (level != target.Parent) level = level is null ? throw Execution.Refusal("process.target-inside", target) : map.Node(level).Parent;
        return target;
    }

    internal static void Take(Execution run, Stimulus stimulus)
    {
        switch (stimulus)
        {
            case Cancel cancel: run.Finish(InstanceStatus.Cancelled, message: cancel.Reason); break;
            case SendBack back: SendBack(run, back); break;
            case AddSigner signer: AddSigner(run, signer); break;
            case MoveToken move: Move(run, Token(run, move.Token, move.Node), move.ToNode, move.Reason); break;
            case SkipNode skip: Skip(run, Token(run, skip.Token, skip.Node), skip.Reason); break;
            case RetryIncident retry: Retry(run, run.Expect(retry.Incident, "process.incident-gone", WaitKind.Incident), retry.Reason); break;
            case EditVariables edit: Edit(run, edit); break;
            default: throw new RuleBrokenException("process.unknown-stimulus", stimulus.GetType().Name);
        }
    }

    /// <summary>A token keeps its number on its way, so the number alone does not tell what was meant.</summary>
    private static Token Token(Execution run, int id, string seenAt)
    {
        var token = run.TokenOrNone(id);
        if (token?.Node == seenAt) return token;
        var now = token is null ? run.Tokens.Select(t => t.Node).Distinct() : [token.Node];
        throw new RuleBrokenException("process.token-elsewhere", Name(seenAt), string.Join(", ", now.Select(Name)));

        string Name(string node) => run.Map.Nodes.TryGetValue(node, out var found) ? found.Name.Default : node;
    }

    private static void Retry(Execution run, Wait incident, string reason)
    {
        run.Write(HistoryKind.Altered, incident.Node, incident.Token is { } id ? run.TokenOrNone(id) : null, reason);
        Incidents.Retry(run, incident);
    }

    private static void SendBack(Execution run, SendBack back)
    {
        var wait = run.Expect(back.Task, "process.task-closed", WaitKind.Task);
        var target = Target(run.Map, back.ToNode);
        if (!run.Visited.Contains(target.Id)) throw Execution.Refusal("process.not-visited", target);
        var token = Move(run, run.Token(wait.Token!.Value), target.Id, back.Reason);
        // What lies ahead of the node will come again from it; left alone, it would come twice.
        var ahead = run.Map.Reachability.Ahead(target.Id);
        foreach (var other in run.TokensIn(token.Scope).Where(t => t.Id != token.Id && ahead.Contains(CameFrom(run, t))).ToList()) run.Cancel(other);
    }

    /// <summary>A token before a join counts as where it came from: the join lies ahead of every branch.</summary>
    private static string CameFrom(Execution run, Token token) =>
        token is { Kind: TokenKind.Arrived, Flow: { } flow } ? run.Map.Flow(flow).Source : token.Node;

    /// <summary>Puts a token on a node of its own level or one around it; leaving a level cancels what runs there.</summary>
    private static Token Move(Execution run, Token token, string to, string reason)
    {
        var target = Target(run.Map, token.Node, to);
        var at = token;
        while (run.Map.Node(at.Node).Parent != target.Parent || run.IsIteration(at)) at = run.Token(run.Scope(at.Scope).Host!.Value);
        run.Disarm(at);
        run.Write(HistoryKind.Altered, to, at, reason);
        return run.Put(at with { Node = target.Id, Kind = TokenKind.Active, Flow = null });
    }

    private static FlowNode Target(ProcessMap map, string id)
    {
        if (!map.Nodes.TryGetValue(id, out var node)) throw new RuleBrokenException("process.no-node", id);
        return node is Activity or CatchEvent or ThrowEvent or EndEvent ? node : throw Execution.Refusal("process.target-not-allowed", node);
    }

    private static void AddSigner(Execution run, AddSigner signer)
    {
        var wait = run.Expect(signer.Task, "process.task-closed", WaitKind.Task);
        var scope = run.Scope(run.Token(wait.Token!.Value).Scope);
        if (scope.Kind != ScopeKind.Iteration || run.Scope(scope.Parent!.Value) is not { Progress: not null } body)
            throw Execution.Refusal("process.not-repeated", run.Map.Node(wait.Node!));
        run.Write(HistoryKind.Altered, wait.Node, run.Token(wait.Token.Value), signer.Item.ToString());
        MultiInstances.Extend(run, body, signer.Item);
    }

    private static void Skip(Execution run, Token token, string reason)
    {
        run.Write(HistoryKind.Altered, token.Node, token, reason);
        run.Disarm(token);
        run.Leave(token);
    }

    private static void Edit(Execution run, EditVariables edit)
    {
        var scope = edit.Scope ?? run.RootScope;
        if (!run.HasScope(scope)) throw new RuleBrokenException("process.no-scope", scope);
        var variables = run.Scope(scope).Variables;
        string[] names = [.. edit.Set.Entries.Keys, .. edit.Remove];
        if (names.FirstOrDefault(name => variables[name] != edit.Seen[name]) is { } changed)
            throw new RuleBrokenException("process.variable-changed", changed, variables[changed].ToString());
        variables = variables.With(edit.Set);
        foreach (var name in edit.Remove) variables = variables.Without(name);
        run.SetIn(scope, variables);
        run.Write(HistoryKind.Altered, null, null, $"{string.Join(", ", names)}: {edit.Reason}");
    }
}
