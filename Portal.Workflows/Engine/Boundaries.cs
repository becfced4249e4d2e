using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>Boundary events: armed with their host, they end it (interrupting) or send a token of their own beside it.</summary>
internal static class Boundaries
{
    /// <summary>Arms the events on an activity whose token now waits. An iteration has none: its body's token carries them once.</summary>
    public static void Arm(Execution run, Token host)
    {
        if (run.IsIteration(host)) return;
        foreach (var boundary in run.Map.BoundariesOf(host.Node)) CatchEvents.Arm(run, host, boundary);
    }

    public static void Fire(Execution run, Token host, BoundaryEvent boundary, Wait wait, ContextValue payload)
    {
        run.SetVariables(host.Scope, payload);
        if (boundary.Interrupting)
        {
            Interrupt(run, host, boundary);
            return;
        }
        // A subscription stays as long as its host; a timer is armed again while its cycle lasts.
        if (boundary.Trigger is TimerTrigger) Timers.Rearm(run, wait);
        Branch(run, host, boundary);
    }

    /// <summary>Ends the host with all that belongs to it; its token goes on from the event.</summary>
    public static void Interrupt(Execution run, Token host, BoundaryEvent boundary)
    {
        run.Disarm(host);
        run.Write(HistoryKind.Cancelled, host.Node, host);
        var token = run.Put(host with { Node = boundary.Id, Kind = TokenKind.Waiting });
        run.Write(HistoryKind.Entered, boundary.Id, token);
        run.Leave(token);
    }

    /// <summary>A new token leaves the event while the host stays.</summary>
    public static void Branch(Execution run, Token host, BoundaryEvent boundary)
    {
        var token = run.Put(new Token(run.NextNumber(), boundary.Id, host.Scope, TokenKind.Waiting, Stage: host.Stage));
        run.Write(HistoryKind.Entered, boundary.Id, token);
        run.Leave(token);
    }
}
