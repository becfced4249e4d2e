using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>AND join: fires when each way in holds a token of the scope, and takes exactly one from each.</summary>
internal static class ParallelJoin
{
    public static void Arrive(Execution run, Token token, FlowNode gateway)
    {
        token = run.Put(token with { Kind = TokenKind.Arrived });
        var waiting = run.TokensIn(token.Scope)
            .Where(t => t.Kind == TokenKind.Arrived && t.Node == gateway.Id && t.Flow is not null)
            .GroupBy(t => t.Flow).ToList();
        if (waiting.Count < gateway.Incoming.Count) return;
        Join.Merge(run, gateway, [.. waiting.Select(way => way.First())]);
    }
}

/// <summary>Several tokens become one.</summary>
internal static class Join
{
    /// <summary>The first token goes on with the furthest stage of all; the others end.</summary>
    public static void Merge(Execution run, FlowNode gateway, IReadOnlyList<Token> joined)
    {
        var kept = run.Put(joined[0] with { Kind = TokenKind.Waiting, Stage = Standing.Furthest(run.Map, joined.Select(t => t.Stage)) });
        foreach (var token in joined.Skip(1))
        {
            run.Disarm(token);
            run.Remove(token);
        }
        run.Write(HistoryKind.Entered, gateway.Id, kept);
        run.Leave(kept);
    }
}
