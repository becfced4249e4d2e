using Portal.Domain.Shared;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Checks;

/// <summary>
/// The check before a map is published: every element the engine refuses, and every rule of BPMN it relies on,
/// named by element. A map without refusals runs.
/// </summary>
public static class MapCheck
{
    /// <summary>Everything found, in the order of the file.</summary>
    /// <param name="map">the map</param>
    /// <param name="actions">names of the actions features offer; null when they are not known</param>
    public static IReadOnlyList<Finding> Of(RouteMap map, IReadOnlySet<string>? actions = null)
    {
        ProcessMap process;
        try { process = map.Process; }
        catch (RuleBrokenException e) { return [.. map.Findings, new Finding(e.Code, null, map.Id, [map.Id, .. e.Args])]; }
        var found = process.Nodes.Values.OrderBy(node => node.Order).SelectMany(node =>
            FlowCheck.Of(process, node)
                .Concat(EventCheck.Of(process, node))
                .Concat(ActivityCheck.Of(process, node, actions))
                .Concat(FormCheck.Of(node))
                .Concat(ExpressionCheck.Of(node)));
        return [.. map.Findings, .. ExpressionCheck.Of(process), .. LevelCheck.Of(process), .. found];
    }

    /// <summary>Refuses a map that is not fit to run.</summary>
    /// <exception cref="RuleBrokenException">the first finding's code, its element's name first</exception>
    public static void Require(RouteMap map, IReadOnlySet<string>? actions = null)
    {
        if (Of(map, actions).FirstOrDefault(finding => !finding.IsWarning) is { } finding)
            throw new RuleBrokenException(finding.Code, [.. finding.Args]);
    }

    internal static Finding About(FlowNode node, string code, params object?[] more) => Finding.Of(code, node.Id, node.Name.Default, more);
}
