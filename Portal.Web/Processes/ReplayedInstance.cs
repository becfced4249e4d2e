using Portal.Infrastructure.Processes;
using Portal.Workflows.Engine;
using Portal.Workflows.Notation;

namespace Portal.Web.Processes;

/// <summary>Where the tokens of an instance stood at each moment of its history, played again from the lines.</summary>
public sealed class ReplayedInstance
{
    private readonly List<(DateTimeOffset At, IReadOnlyDictionary<int, string> Places)> moments = [];
    private readonly ProcessMap map;

    /// <summary>Plays a history.</summary>
    /// <param name="map">the map it was written of</param>
    /// <param name="newestFirst">the lines as they are read; older ones may be missing</param>
    /// <param name="now">where the tokens stand now</param>
    public ReplayedInstance(ProcessMap map, IReadOnlyList<HistoryLine> newestFirst, IReadOnlyList<TokenPlace> now)
    {
        this.map = map;
        var begins = newestFirst.Count == 0 ? DateTimeOffset.MaxValue : newestFirst[^1].At;
        var places = now.Where(t => t.Since < begins).ToDictionary(t => t.Id, t => t.Node);
        foreach (var step in newestFirst.Reverse().ChunkBy(line => line.At))
        {
            foreach (var line in step) Play(places, line);
            moments.Add((step[0].At, new Dictionary<int, string>(places)));
        }
    }

    /// <summary>How many moments there are.</summary>
    public int Count => moments.Count;

    /// <summary>When a moment was.</summary>
    public DateTimeOffset At(int moment) => moments[moment].At;

    /// <summary>Where tokens stood then: node and number of tokens. What holds a repeated activity or a sub-process as a whole is at work nowhere.</summary>
    public IEnumerable<(string Node, int Count)> Standing(int moment) => moments[moment].Places.Values.GroupBy(node => node)
        .Where(g => map.Nodes.GetValueOrDefault(g.Key) is not SubProcess)
        .Select(g => (g.Key, map.Nodes.GetValueOrDefault(g.Key) is Activity { Repeats: not null } ? Math.Max(1, g.Count() - 1) : g.Count()));

    private static void Play(Dictionary<int, string> places, HistoryLine line)
    {
        if (line.Kind == HistoryKind.Ended) places.Clear();
        else if (line is { Token: { } token, Node: { } node })
        {
            if (line.Kind is HistoryKind.Entered or HistoryKind.Altered or HistoryKind.Incident) places[token] = node;
            else if (line.Kind is HistoryKind.Left or HistoryKind.Cancelled && places.GetValueOrDefault(token) == node) places.Remove(token);
        }
    }
}

internal static class Chunks
{
    /// <summary>Neighbours with the same key, together.</summary>
    public static IEnumerable<IReadOnlyList<T>> ChunkBy<T, TKey>(this IEnumerable<T> items, Func<T, TKey> key)
    {
        var chunk = new List<T>();
        foreach (var item in items)
        {
            if (chunk.Count > 0 && !Equals(key(chunk[0]), key(item)))
            {
                yield return chunk;
                chunk = [];
            }
            chunk.Add(item);
        }
        if (chunk.Count > 0) yield return chunk;
    }
}
