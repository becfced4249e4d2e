using System.Xml.Linq;

namespace Portal.Workflows.Notation;

/// <summary>The XML namespaces a map is written in.</summary>
public static class BpmnXml
{
    /// <summary>BPMN 2.0 semantic model.</summary>
    public static readonly XNamespace Model = "http://www.omg.org/spec/BPMN/20100524/MODEL";
    /// <summary>BPMN 2.0 diagram interchange.</summary>
    public static readonly XNamespace Diagram = "http://www.omg.org/spec/BPMN/20100524/DI";
    /// <summary>Bounds and points of diagram interchange.</summary>
    public static readonly XNamespace Geometry = "http://www.omg.org/spec/DD/20100524/DC";
    /// <summary>Edges of diagram interchange.</summary>
    public static readonly XNamespace Edges = "http://www.omg.org/spec/DD/20100524/DI";
    /// <summary>Portal's own extension elements and attributes.</summary>
    public static readonly XNamespace Portal = "urn:portal:bpmn:1";

    /// <summary>Portal's extension elements as a bpmn-moddle descriptor (JSON), which teaches them to bpmn-js.</summary>
    public static string ModdleDescriptor()
    {
        using var stream = typeof(BpmnXml).Assembly.GetManifestResourceStream("portal.moddle.json")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    internal static string? Text(this XElement element, string attribute) =>
        element.Attribute(attribute)?.Value is { Length: > 0 } text ? text : null;

    internal static bool Flag(this XElement element, string attribute, bool otherwise = false) =>
        element.Attribute(attribute)?.Value.Trim() switch { "true" or "1" => true, "false" or "0" => false, _ => otherwise };

    internal static XElement? Child(this XElement element, string name) => element.Element(Model + name);

    internal static string? ChildText(this XElement element, string name) =>
        element.Child(name)?.Value.Trim() is { Length: > 0 } text ? text : null;

    /// <summary>Portal's extension element of that name, directly under <c>extensionElements</c>.</summary>
    internal static XElement? Extension(this XElement element, string name) => element.Extensions(name).FirstOrDefault();

    internal static IEnumerable<XElement> Extensions(this XElement element, string name) =>
        element.Child("extensionElements")?.Elements(Portal + name) ?? [];

    /// <summary>The local part of a reference, which may be a qualified name.</summary>
    internal static string? Reference(this XElement element, string attribute) => element.Text(attribute) is { } name ? Local(name) : null;

    internal static string Local(string qualified) => qualified.Trim() is var name && name.LastIndexOf(':') is >= 0 and var colon ? name[(colon + 1)..] : name;
}
