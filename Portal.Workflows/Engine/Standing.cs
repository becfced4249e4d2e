using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>Where an instance stands in the funnel.</summary>
public static class Standing
{
    /// <summary>The furthest funnel stage of the instance's tokens; null before the first.</summary>
    public static Stage? StageOf(ProcessMap map, InstanceState state) =>
        Stages(map).LastOrDefault(stage => state.Tokens.Any(token => token.Stage == stage.Key));

    /// <summary>The stages of a map in order of the funnel, each once.</summary>
    public static IReadOnlyList<Stage> Stages(ProcessMap map) =>
        [.. map.Nodes.Values.OrderBy(n => n.Order).Select(n => n.Work.Stage).OfType<Stage>().DistinctBy(s => s.Key).OrderBy(s => s.Order)];

    internal static string? Furthest(ProcessMap map, IEnumerable<string?> keys)
    {
        var held = keys.Where(key => key is not null).ToHashSet();
        return held.Count switch { 0 => null, 1 => held.First(), _ => Stages(map).Last(stage => held.Contains(stage.Key)).Key };
    }
}
