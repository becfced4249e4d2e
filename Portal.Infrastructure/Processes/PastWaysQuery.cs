using Npgsql;
using Portal.Workflows.Engine;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Processes;

/// <summary>Reads from the history which ways the latest processes of a map went.</summary>
public sealed class PastWaysQuery(NpgsqlDataSource database)
{
    /// <summary>How many processes are looked at, those started last.</summary>
    public const int Instances = 200;

    /// <summary>The ways out of the map's decisions, of all its versions.</summary>
    public async Task<PastWays> OfAsync(ProcessMap map, CancellationToken ct)
    {
        var decisions = map.Nodes.Values.Where(Planning.IsDecision).Select(n => n.Id).ToArray();
        if (decisions.Length == 0) return PastWays.None;
        // a token goes on under its number; what an inclusive gateway sends out besides are new tokens, which begin behind it
        await using var command = database.CreateCommand($"""
            with steps as (
                select h.kind, h.node, lag(h.node) over token as came, lead(h.node) over token as went
                from (select id from process.instance where key = $1 order by started_at desc limit {Instances}) i
                join process.history h on h.instance = i.id and h.kind in ('Entered', 'Left') and h.token is not null
                window token as (partition by h.instance, h.token order by h.ordinal))
            select node, null, count(*)::int from steps where kind = 'Left' and node = any($2) group by node
            union all
            select node, went, count(*)::int from steps where kind = 'Left' and node = any($2) and went is not null group by node, went
            union all
            select null, node, count(*)::int from steps where kind = 'Entered' and came is null group by node
            """);
        command.Parameters.Add(new() { Value = map.Key });
        command.Parameters.Add(new() { Value = decisions });
        var (left, taken, begun) = (new Dictionary<string, int>(), new Dictionary<(string, string), int>(), new Dictionary<string, int>());
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
            if (rows.IsDBNull(0)) begun[rows.GetString(1)] = rows.GetInt32(2);
            else if (rows.IsDBNull(1)) left[rows.GetString(0)] = rows.GetInt32(2);
            else taken[(rows.GetString(0), rows.GetString(1))] = rows.GetInt32(2);
        foreach (var flow in map.Nodes.Values.OfType<InclusiveGateway>().SelectMany(gateway => gateway.Outgoing))
            if (map.Node(flow.Target).Incoming.Count == 1) taken[(flow.Source, flow.Target)] = taken.GetValueOrDefault((flow.Source, flow.Target)) + begun.GetValueOrDefault(flow.Target);
        return new(left, taken);
    }
}
