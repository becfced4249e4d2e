using Portal.Infrastructure.Processes;
using Portal.Web.Shared;
using Portal.Workflows.Notation;

namespace Portal.Web.Processes;

/// <summary>What a node is called where people read of it: its name, or the word for what it is where nobody named it.</summary>
internal static class NodeWords
{
    /// <summary>The words; null for no node.</summary>
    /// <param name="node">id in the file</param>
    /// <param name="name">its name; the id where it has none</param>
    /// <param name="element">the BPMN element, such as <c>userTask</c></param>
    public static string? Show(string? node, LocalText? name, string? element, Texts t) =>
        node is null ? null : IsNamed(node, name) ? name!.In(t.Language) : Word(element, t);

    /// <summary>The words; null for no node.</summary>
    public static string? Show(FlowNode? node, Texts t) => node is null ? null : Show(node.Id, node.Name, node.Element, t);

    /// <inheritdoc cref="Show(FlowNode, Texts)"/>
    public static string Show(NodeName node, Texts t) => Show(node.Id, node.Name, node.Element, t)!;

    /// <summary>The word for an element of a file that nobody named; null where there is none.</summary>
    /// <param name="element">the BPMN element, such as <c>sequenceFlow</c></param>
    public static string? Kind(string element, Texts t) => t.Has(Key(element)) || element.EndsWith("Event", StringComparison.Ordinal) ? Word(element, t) : null;

    /// <summary>True for a gateway that only leads tokens on and has no name.</summary>
    public static bool IsNamelessGateway(string? node, LocalText? name, string? element) =>
        node is not null && !IsNamed(node, name) && element?.EndsWith("Gateway", StringComparison.Ordinal) == true;

    private static bool IsNamed(string node, LocalText? name) => name is not null && (name.Default != node || name.ByLanguage.Count > 0);

    private static string Word(string? element, Texts t)
    {
        var key = Key(element ?? "");
        return t.Has(key) ? t[key] : t["bpmn.create-intermediate-boundary-event"];
    }

    private static string Key(string element) => $"bpmn.{string.Concat(element.Select(c => char.IsUpper(c) ? $"-{char.ToLowerInvariant(c)}" : $"{c}"))}";
}
