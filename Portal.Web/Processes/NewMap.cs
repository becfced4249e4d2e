using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Portal.Domain.Shared;
using Portal.Workflows.Notation;

namespace Portal.Web.Processes;

/// <summary>A map to begin with: one start event.</summary>
public static class NewMap
{
    /// <summary>The BPMN file of an empty map.</summary>
    /// <param name="name">what people call it</param>
    /// <param name="key">id of the process, under which it is started and called; empty makes one of the name</param>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c></exception>
    public static string Named(string? name, string? key)
    {
        var (process, diagram) = (string.IsNullOrWhiteSpace(key) ? KeyOf(name) : key.Trim(), BpmnXml.Diagram);
        var bpmn = BpmnXml.Model;
        return new XDocument(new XElement(bpmn + "definitions",
            new XAttribute(XNamespace.Xmlns + "bpmn", bpmn), new XAttribute(XNamespace.Xmlns + "bpmndi", diagram), new XAttribute(XNamespace.Xmlns + "dc", BpmnXml.Geometry),
            new XAttribute(XNamespace.Xmlns + "portal", BpmnXml.Portal), new XAttribute("id", $"{process}-file"), new XAttribute("targetNamespace", "urn:portal:maps"),
            new XElement(bpmn + "process", new XAttribute("id", process), new XAttribute("name", Required.Text(name, "map.name", 200)), new XAttribute("isExecutable", true),
                new XElement(bpmn + "startEvent", new XAttribute("id", "start"))),
            new XElement(diagram + "BPMNDiagram", new XAttribute("id", "diagram"),
                new XElement(diagram + "BPMNPlane", new XAttribute("id", "plane"), new XAttribute("bpmnElement", process),
                    new XElement(diagram + "BPMNShape", new XAttribute("id", "start-shape"), new XAttribute("bpmnElement", "start"),
                        new XElement(BpmnXml.Geometry + "Bounds", new XAttribute("x", 180), new XAttribute("y", 200), new XAttribute("width", 36), new XAttribute("height", 36))))))).ToString();
    }

    /// <summary>A key of the Latin letters and digits of a name, such as <c>order-of-paper</c>; where they make none, one that nothing else has.</summary>
    public static string KeyOf(string? name)
    {
        var plain = (name ?? "").Normalize(NormalizationForm.FormD).Where(c => CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark);
        var key = string.Join('-', string.Concat(plain.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : ' ')).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return key.Length is > 1 and <= 60 && char.IsAsciiLetter(key[0]) ? key : $"map-{Guid.CreateVersion7():N}"[..20];
    }
}
