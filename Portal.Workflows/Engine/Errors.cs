using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>Business errors: the nearest boundary catches them, up the scopes and across calls; uncaught they become an incident.</summary>
internal static class Errors
{
    public static void Throw(Execution run, Token token, string code, string message)
    {
        foreach (var host in Hosts.Above(run, token))
        {
            if (Catcher(run, host, code) is not { } boundary) continue;
            Boundaries.Interrupt(run, host, boundary);
            return;
        }
        if (run.Parent is not null) run.Finish(InstanceStatus.Failed, code, message);
        else Incidents.Raise(run, token, "process.error-uncaught", message is "" ? code : $"{code}: {message}", null);
    }

    /// <summary>A boundary for this very code goes before one for any.</summary>
    private static BoundaryEvent? Catcher(Execution run, Token host, string code)
    {
        var catchers = run.Map.BoundariesOf(host.Node).Where(b => b.Trigger is ErrorTrigger).ToList();
        return catchers.Find(b => ((ErrorTrigger)b.Trigger!).Code == code) ?? catchers.Find(b => ((ErrorTrigger)b.Trigger!).Code is null);
    }
}

/// <summary>Escalations: caught like errors, but nobody has to, and the thrower goes on unless it is interrupted.</summary>
internal static class Escalations
{
    public static void Throw(Execution run, Token token, string code)
    {
        foreach (var host in Hosts.Above(run, token))
        {
            if (Catcher(run, host, code) is not { } boundary) continue;
            if (boundary.Interrupting) Boundaries.Interrupt(run, host, boundary);
            else Boundaries.Branch(run, host, boundary);
            return;
        }
        if (run.Parent is { } parent) run.Say(new EscalateParent(parent, code));
    }

    private static BoundaryEvent? Catcher(Execution run, Token host, string code)
    {
        var catchers = run.Map.BoundariesOf(host.Node).Where(b => b.Trigger is EscalationTrigger).ToList();
        return catchers.Find(b => ((EscalationTrigger)b.Trigger!).Code == code) ?? catchers.Find(b => ((EscalationTrigger)b.Trigger!).Code is null);
    }
}

/// <summary>The tokens whose boundary events may catch something.</summary>
internal static class Hosts
{
    /// <summary>The token itself, then the hosts of the scopes around it; an iteration leaves the word to its body's host.</summary>
    public static IEnumerable<Token> Above(Execution run, Token token)
    {
        for (var at = token; ;)
        {
            if (!run.IsIteration(at)) yield return at;
            if (run.Scope(at.Scope).Host is not { } host) yield break;
            at = run.Token(host);
        }
    }
}
