using Portal.Domain.Shared;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>Tokens and the scopes they live in.</summary>
internal sealed partial class Execution
{
    private readonly SortedDictionary<int, Token> tokens;
    private readonly SortedDictionary<int, Scope> scopes;

    public IEnumerable<Token> Tokens => tokens.Values;

    public Token? TokenOrNone(int id) => tokens.GetValueOrDefault(id);

    public Token Token(int id) => tokens[id];

    public Scope Scope(int id) => scopes[id];

    public bool HasScope(int id) => scopes.ContainsKey(id);

    /// <summary>The scope of the instance itself.</summary>
    public int RootScope => scopes.Values.First(s => s.Kind == ScopeKind.Process).Id;

    public IEnumerable<Token> TokensIn(int scope) => tokens.Values.Where(t => t.Scope == scope);

    /// <summary>Makes a token or changes it; an active one will enter its node.</summary>
    public Token Put(Token token)
    {
        tokens[token.Id] = token;
        if (token.Kind == TokenKind.Active) ready.Enqueue(token.Id);
        if (tokens.Count > Limits.Tokens) throw Refusal("process.too-many-tokens", Map.Node(token.Node), Limits.Tokens);
        return token;
    }

    /// <summary>A new token on a node.</summary>
    public Token Spawn(string node, int scope, string? stage) => Put(new Token(NextNumber(), node, scope, TokenKind.Active, Stage: stage));

    public Scope Open(Scope scope) => scopes[scope.Id] = scope;

    /// <summary>True when the token stands for one iteration of the repeated activity it is on.</summary>
    public bool IsIteration(Token token) => Scope(token.Scope) is { Kind: ScopeKind.Iteration } scope && scope.Node == token.Node;

    /// <summary>The work of the node is done: what waited with it ends, and the token goes on.</summary>
    public void Leave(Token token, bool? success = null)
    {
        var node = Map.Node(token.Node);
        Disarm(token);
        visited.Add(node.Id);
        if (node is not EventNode { Trigger: LinkTrigger }) Write(HistoryKind.Left, node.Id, token, success: success);
        if (IsIteration(token)) MultiInstances.IterationDone(this, token);
        else Take(token, OutgoingFlows.Of(this, node, token));
    }

    /// <summary>Sends a token along flows, splitting it when there are several; without any it ends.</summary>
    private void Take(Token token, IReadOnlyList<SequenceFlow> flows)
    {
        if (flows.Count == 0)
        {
            Remove(token);
            return;
        }
        foreach (var (index, flow) in flows.Index())
            Put(new Token(index == 0 ? token.Id : NextNumber(), flow.Target, token.Scope, TokenKind.Active, flow.Id, token.Stage));
    }

    /// <summary>Ends a token; with the last one its scope ends.</summary>
    public void Remove(Token token)
    {
        tokens.Remove(token.Id);
        if (!TokensIn(token.Scope).Any()) End(Scope(token.Scope));
    }

    /// <summary>Ends a scope that came to its end: its host goes on, or the instance is over.</summary>
    public void End(Scope scope)
    {
        if (scope.Kind == ScopeKind.Process)
        {
            Finish(InstanceStatus.Completed);
            return;
        }
        scopes.Remove(scope.Id);
        Leave(Token(scope.Host!.Value));
    }

    /// <summary>Ends a token with the iteration it stood for; the body stays.</summary>
    public void Discard(Token token)
    {
        tokens.Remove(token.Id);
        scopes.Remove(token.Scope);
    }

    /// <summary>Takes a token away with everything that waits with it; its scope stays open.</summary>
    public void Cancel(Token token)
    {
        Disarm(token);
        tokens.Remove(token.Id);
        Write(HistoryKind.Cancelled, token.Node, token);
    }

    /// <summary>Closes a scope with all its tokens, without letting its host go on.</summary>
    public void Close(Scope scope)
    {
        foreach (var token in TokensIn(scope.Id).ToList()) Cancel(token);
        foreach (var inner in scopes.Values.Where(s => s.Parent == scope.Id).ToList()) Close(inner);
        scopes.Remove(scope.Id);
    }

    /// <summary>Ends the instance: whatever is left is cancelled.</summary>
    public void Finish(InstanceStatus status, string? errorCode = null, string? message = null)
    {
        var root = scopes.Values.First(s => s.Kind == ScopeKind.Process);
        Close(root);
        foreach (var wait in waits.ToList()) Drop(wait);
        Status = status;
        scopes[root.Id] = root;
        Write(HistoryKind.Ended, null, null, message ?? status.ToString());
        Say(new InstanceEnded(status, root.Variables, Parent, errorCode, message));
    }

    /// <summary>Sets a variable where it already is; a new one goes to the iteration around, or else to the instance.</summary>
    public void SetVariable(int scope, string name, Value value)
    {
        var at = Scope(scope);
        while (at.Kind != ScopeKind.Iteration && !at.Variables.Entries.ContainsKey(name) && at.Parent is { } parent) at = Scope(parent);
        SetIn(at.Id, at.Variables.With(name, value));
    }

    public void SetVariables(int scope, ContextValue values)
    {
        foreach (var (name, value) in values.Entries) SetVariable(scope, name, value);
    }

    /// <summary>Replaces a scope's variables, within the limits of size.</summary>
    public void SetIn(int scope, ContextValue variables)
    {
        if (ValueSize.Of(variables) > Limits.VariableSize) throw new RuleBrokenException("process.variables-too-large", Limits.VariableSize);
        scopes[scope] = Scope(scope) with { Variables = variables };
    }

    /// <summary>All variables a scope sees.</summary>
    public ContextValue VariablesSeen(int scope) =>
        Scope(scope) is { Parent: { } parent } inner ? VariablesSeen(parent).With(inner.Variables) : Scope(scope).Variables;

    public Value? Lookup(int scope, string name)
    {
        for (int? at = scope; at is { } id; at = Scope(id).Parent)
            if (Scope(id).Variables.Entries.TryGetValue(name, out var value)) return value;
        return null;
    }
}
