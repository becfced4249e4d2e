using System.Globalization;
using System.Xml.Linq;

namespace Portal.Workflows.Notation;

/// <summary>A rectangle of the drawing, in the units of BPMN diagram interchange (pixels at 100 %).</summary>
public readonly record struct Bounds(double X, double Y, double Width, double Height);

/// <summary>A corner of an edge.</summary>
public readonly record struct Waypoint(double X, double Y);

/// <summary>Where the elements of a map are drawn. Empty when the file has no diagram.</summary>
public sealed record Diagram(IReadOnlyDictionary<string, Bounds> Shapes, IReadOnlyDictionary<string, IReadOnlyList<Waypoint>> Edges)
{
    /// <summary>True when nothing is drawn, so that the map must be laid out first.</summary>
    public bool IsEmpty => Shapes.Count == 0;

    internal static Diagram Read(XElement definitions)
    {
        var shapes = new Dictionary<string, Bounds>();
        var edges = new Dictionary<string, IReadOnlyList<Waypoint>>();
        foreach (var plane in definitions.Elements(BpmnXml.Diagram + "BPMNDiagram").Elements(BpmnXml.Diagram + "BPMNPlane"))
        {
            foreach (var shape in plane.Elements(BpmnXml.Diagram + "BPMNShape"))
                if (shape.Reference("bpmnElement") is { } id && shape.Element(BpmnXml.Geometry + "Bounds") is { } bounds)
                    shapes[id] = new(Number(bounds, "x"), Number(bounds, "y"), Number(bounds, "width"), Number(bounds, "height"));
            foreach (var edge in plane.Elements(BpmnXml.Diagram + "BPMNEdge"))
                if (edge.Reference("bpmnElement") is { } id)
                    edges[id] = [.. edge.Elements(BpmnXml.Edges + "waypoint").Select(point => new Waypoint(Number(point, "x"), Number(point, "y")))];
        }
        return new Diagram(shapes, edges);
    }

    private static double Number(XElement element, string attribute) =>
        double.TryParse(element.Attribute(attribute)?.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : 0;
}
