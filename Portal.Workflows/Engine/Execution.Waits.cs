using Portal.Domain.Shared;

namespace Portal.Workflows.Engine;

/// <summary>What the tokens wait for.</summary>
internal sealed partial class Execution
{
    private readonly List<Wait> waits;

    public IEnumerable<Wait> Waits => waits;

    public IEnumerable<Wait> WaitsOf(Token token) => waits.Where(w => w.Token == token.Id);

    public void Add(Wait wait) => waits.Add(wait);

    /// <summary>Takes a wait off the list without a word.</summary>
    public void Remove(Wait wait) => waits.Remove(wait);

    /// <summary>The wait of that id and one of the kinds.</summary>
    /// <exception cref="RuleBrokenException">the given code: it was met, cancelled, or never there</exception>
    public Wait Expect(Guid id, string code, params ReadOnlySpan<WaitKind> kinds)
    {
        foreach (var wait in waits)
            if (wait.Id == id && kinds.Contains(wait.Kind)) return wait;
        throw new RuleBrokenException(code, id);
    }

    /// <summary>True when the map has no node of the wait's id: the state was moved past the check of a migration.</summary>
    public bool IsLost(Wait wait) => wait.Node is { } node && !Map.Nodes.ContainsKey(node);

    /// <summary>Ends a wait and tells the runner.</summary>
    public void Drop(Wait wait)
    {
        waits.Remove(wait);
        Say(wait.Kind switch
        {
            WaitKind.Task => new CancelTask(wait.Id),
            WaitKind.Message or WaitKind.Signal => new Unsubscribe(wait.Id),
            WaitKind.Action => new CancelAction(wait.Id),
            WaitKind.Child => new CancelChild(wait.Id),
            WaitKind.Incident => new ResolveIncident(wait.Id),
            _ => new CancelJob(wait.Id),
        });
    }

    /// <summary>Ends everything that waits with a token: tasks, jobs, subscriptions, children and the scopes it hosts.</summary>
    public void Disarm(Token token)
    {
        foreach (var wait in WaitsOf(token).ToList()) Drop(wait);
        foreach (var scope in scopes.Values.Where(s => s.Host == token.Id).ToList())
            if (scopes.ContainsKey(scope.Id)) Close(scope);
    }
}
