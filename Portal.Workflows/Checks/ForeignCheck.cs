using System.Xml.Linq;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Checks;

/// <summary>What another modeler wrote into a file for its own engine. It is kept and does nothing here, so its author is told.</summary>
public static class ForeignCheck
{
    private const int MostNamed = 8;

    private static readonly XNamespace Instance = "http://www.w3.org/2001/XMLSchema-instance";

    /// <summary>At most one warning, with the names of the foreign attributes and extension elements of the process, the most frequent first.</summary>
    public static IEnumerable<Finding> Of(MapDocument document, ProcessMap process)
    {
        var names = document.Element(process.Key).DescendantsAndSelf().Where(e => e.Name.Namespace == BpmnXml.Model)
            .SelectMany(e => e.Attributes().Where(a => !a.IsNamespaceDeclaration && IsForeign(a.Name.Namespace)).Select(a => Named(e, a.Name))
                .Concat(e.Name.LocalName == "extensionElements" ? e.Elements().Where(x => IsForeign(x.Name.Namespace)).Select(x => Named(x, x.Name)) : []))
            .GroupBy(name => name).OrderByDescending(g => g.Count()).ThenBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Key).ToList();
        if (names.Count == 0) yield break;
        var told = string.Join(", ", names.Take(MostNamed)) + (names.Count > MostNamed ? ", …" : "");
        yield return Finding.Of("map.foreign-extensions", process.Key, process.Name.Default, told) with { IsWarning = true };
    }

    private static bool IsForeign(XNamespace space) => space != XNamespace.None && space != XNamespace.Xml && space != BpmnXml.Model && space != BpmnXml.Portal && space != Instance;

    private static string Named(XElement at, XName name) => at.GetPrefixOfNamespace(name.Namespace) is { } prefix ? $"{prefix}:{name.LocalName}" : name.LocalName;
}
