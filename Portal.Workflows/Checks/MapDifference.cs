using System.Xml.Linq;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Checks;

/// <summary>What happened to an element between two versions.</summary>
public enum Change { Added, Removed, Changed }

/// <summary>One element that differs.</summary>
/// <param name="Id">id of the element</param>
/// <param name="Name">its name, in the newer version where it has one there</param>
/// <param name="Element">BPMN element, such as <c>userTask</c> or <c>sequenceFlow</c></param>
/// <param name="Change">added, removed or changed</param>
/// <param name="Properties">attributes and child elements that changed, such as <c>name</c> or <c>instruction</c></param>
public sealed record Difference(string Id, string Name, string Element, Change Change, IReadOnlyList<string> Properties);

/// <summary>Compares two versions of a map: nodes, flows and lanes, by id. The drawing is left out.</summary>
public static class MapDifference
{
    // Which arrows touch a node is told by the arrows themselves; what lies in a sub-process or lane by its own elements.
    private static readonly HashSet<string> LeftOut = ["incoming", "outgoing"];

    /// <summary>The differences, in the order of the newer map, removed ones last.</summary>
    public static IReadOnlyList<Difference> Between(MapDocument older, MapDocument newer)
    {
        var (before, after) = (Elements(older), Elements(newer));
        var differences = new List<Difference>();
        foreach (var (id, element) in after)
        {
            if (!before.TryGetValue(id, out var old)) differences.Add(Of(id, element, Change.Added));
            else if (Changed(old, element) is { Count: > 0 } properties) differences.Add(Of(id, element, Change.Changed, properties));
        }
        differences.AddRange(before.Where(e => !after.ContainsKey(e.Key)).Select(e => Of(e.Key, e.Value, Change.Removed)));
        return differences;
    }

    private static Difference Of(string id, XElement element, Change change, IReadOnlyList<string>? properties = null) =>
        new(id, element.Text("name") ?? id, element.Name.LocalName, change, properties ?? []);

    private static Dictionary<string, XElement> Elements(MapDocument document) => document.Xml.Root!
        .Elements(BpmnXml.Model + "process").SelectMany(process => process.Descendants())
        .Where(IsCompared).Where(e => e.Text("id") is not null)
        .GroupBy(e => e.Text("id")!).ToDictionary(g => g.Key, g => g.First());

    private static bool IsCompared(XElement element) => element.Name.Namespace == BpmnXml.Model
        && (element.Name.LocalName is "sequenceFlow" or "lane" || NodeReader.IsFlowNode(element.Name.LocalName));

    private static List<string> Changed(XElement old, XElement now)
    {
        var (before, after) = (Properties(old), Properties(now));
        return [.. before.Keys.Union(after.Keys).Where(name => before.GetValueOrDefault(name) != after.GetValueOrDefault(name)).Order(StringComparer.Ordinal)];
    }

    private static Dictionary<string, string> Properties(XElement element)
    {
        var properties = new Dictionary<string, string> { ["element"] = element.Name.LocalName };
        foreach (var attribute in element.Attributes().Where(a => !a.IsNamespaceDeclaration)) properties[attribute.Name.LocalName] = attribute.Value;
        foreach (var child in Children(element).Where(c => !LeftOut.Contains(c.Name.LocalName) && !IsCompared(c)))
            properties[child.Name.LocalName] = properties.GetValueOrDefault(child.Name.LocalName) + CanonicalXml.Of(child);
        return properties;
    }

    private static IEnumerable<XElement> Children(XElement element) =>
        element.Elements().SelectMany(child => child.Name == BpmnXml.Model + "extensionElements" ? child.Elements() : [child]);
}
