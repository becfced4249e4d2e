using Portal.Domain.Shared;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>Incidents: the token stays where it is until a person retries, skips or moves it.</summary>
internal static class Incidents
{
    public static void Raise(Execution run, Token? token, string code, string message, WaitKind? of, string? node = null)
    {
        // A token before a join stays there: the others may still come, by an alteration.
        if (token is { Kind: not TokenKind.Arrived }) run.Put(token with { Kind = TokenKind.Waiting });
        var wait = new Wait(run.NextId(), WaitKind.Incident, token?.Id, node ?? token?.Node, Of: of);
        run.Add(wait);
        run.Write(HistoryKind.Incident, wait.Node, token, message);
        run.Say(new RaiseIncident(wait.Id, wait.Node, token?.Id, code, message));
    }

    /// <summary>A job or action that failed for the last time leaves an incident in its place.</summary>
    public static void Exhausted(Execution run, Wait failed, string message)
    {
        run.Drop(failed);
        var token = failed.Token is { } id ? run.Token(id) : null;
        Raise(run, token, "process.failed", message, failed.Kind, failed.Node);
    }

    /// <summary>Only joins are left that wait for tokens which no longer exist: the map is at fault, and somebody must know.</summary>
    public static void JoinStarved(Execution run)
    {
        var token = run.Tokens.First();
        Raise(run, token, "process.join-starved", run.Map.Node(token.Node).Name.Default, null);
    }

    /// <summary>Too many continuations in a row: the instance turns in a circle.</summary>
    public static void EndlessLoop(Execution run)
    {
        var token = run.Tokens.First(t => t.Kind == TokenKind.Active);
        Raise(run, null, "process.endless-loop", run.Map.Node(token.Node).Name.Default, WaitKind.Continuation, token.Node);
    }

    /// <summary>Does again what failed: a timer's job is due at once, anything else enters its node again.</summary>
    public static void Retry(Execution run, Wait incident)
    {
        if (incident.Of == WaitKind.Timer && run.IsLost(incident))
        {
            EventGateways.Forget(run, incident);
            return;
        }
        run.Drop(incident);
        switch (incident.Of)
        {
            case WaitKind.Continuation: run.Resume(); break;
            case WaitKind.Timer: Jobs.Schedule(run, new Wait(run.NextId(), WaitKind.Timer, incident.Token, incident.Node, run.Now, 1)); break;
            case WaitKind.Escalation: break; // the task is late already, and shown so
            default:
                var token = run.Token(incident.Token ?? throw new RuleBrokenException("process.no-token", incident.Id));
                run.Disarm(token);
                run.Put(token with { Kind = TokenKind.Active });
                break;
        }
    }
}
