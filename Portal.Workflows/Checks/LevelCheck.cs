using Portal.Workflows.Notation;

namespace Portal.Workflows.Checks;

/// <summary>What the process and each sub-process need: one way to begin, and nothing that cannot be reached.</summary>
internal static class LevelCheck
{
    public static IEnumerable<Finding> Of(ProcessMap map)
    {
        if (map.Key == "") yield return Finding.Of(map.Name.Default == "" ? "map.no-key-no-name" : "map.no-key", null, map.Name.Default);
        foreach (var finding in Level(map, null, map.Key, map.Name.Default)) yield return finding;
        foreach (var part in map.Nodes.Values.OfType<SubProcess>().OrderBy(p => p.Order))
            foreach (var finding in Level(map, part.Id, part.Id, part.Name.Default)) yield return finding;
    }

    private static IEnumerable<Finding> Level(ProcessMap map, string? parent, string id, string name)
    {
        var starts = map.In(parent).OfType<StartEvent>().ToList();
        if (starts.Count == 0) yield return Finding.Of("map.no-start", id, name);
        if (starts.Count(s => s.Trigger is null) > 1 || parent is not null && starts.Count > 1) yield return Finding.Of("map.several-starts", id, name);
        foreach (var group in map.In(parent).OfType<CatchEvent>().Where(c => c.Trigger is LinkTrigger).GroupBy(c => ((LinkTrigger)c.Trigger!).Name).Where(g => g.Count() > 1))
            yield return MapCheck.About(group.Last(), "map.link-several", group.Key);
        if (starts.Count == 0) yield break;
        var reached = starts.SelectMany(start => map.Reachability.Ahead(start.Id)).ToHashSet();
        foreach (var node in map.In(parent).Where(node => !reached.Contains(node.Id) && node is not SubProcess { IsEventTriggered: true }))
            yield return MapCheck.About(node, "map.unreachable");
    }
}
