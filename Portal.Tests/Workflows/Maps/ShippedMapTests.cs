using System.Xml.Linq;
using Portal.Tests.Support;
using Portal.Workflows.Checks;
using Portal.Workflows.Engine;
using Portal.Workflows.Maps;
using Portal.Workflows.Notation;

namespace Portal.Tests.Workflows.Maps;

/// <summary>What every map that comes with the product must have.</summary>
public sealed class ShippedMapTests
{
    private static readonly string[] Languages = ["ru", "uk", "ro", "id"];

    private static IEnumerable<RouteMap> Maps => ShippedMaps.All.Select(m => m.ToMap());

    [Fact]
    public void Maps_PassThePublishCheckWithoutAWarning() =>
        Check.None(Maps.SelectMany(m => MapCheck.Of(m)).Select(f => $"{f.Code}: {string.Join(", ", f.Args)}"));

    [Fact]
    public void Maps_AreDrawnWhole() => Assert.All(Maps, map =>
    {
        Assert.All(map.Process.Nodes.Keys, id => Assert.True(map.Diagram.Shapes.ContainsKey(id), id));
        Assert.All(map.Process.Flows.Keys, id => Assert.True(map.Diagram.Edges[id].Count >= 2, id));
        Assert.All(map.Process.Lanes, lane => Assert.True(map.Diagram.Shapes.ContainsKey(lane.Id), lane.Id));
    });

    [Fact]
    public void Maps_LieInTheirLanes_WithoutOverlap() => Assert.All(Maps, map =>
    {
        var shapes = map.Process.Nodes.Values.Where(n => n is not BoundaryEvent).Select(n => (n.Id, Box: map.Diagram.Shapes[n.Id])).ToList();
        Assert.All(map.Process.Lanes, lane => Assert.All(lane.Nodes, id =>
        {
            var (outer, inner) = (map.Diagram.Shapes[lane.Id], map.Diagram.Shapes[id]);
            Assert.True(inner.Y >= outer.Y && inner.Y + inner.Height <= outer.Y + outer.Height, id);
        }));
        bool Holds(string box, string id) => map.Process.Nodes[id].Parent is { } parent && (parent == box || Holds(box, parent));
        Assert.All(map.Process.Nodes.Values.Where(n => n is not BoundaryEvent && n.Parent is not null), n => Assert.True(Within(map.Diagram.Shapes[n.Id], map.Diagram.Shapes[n.Parent!]), n.Id));
        Assert.Empty(shapes.SelectMany(a => shapes.Where(b => string.CompareOrdinal(a.Id, b.Id) < 0 && !Holds(a.Id, b.Id) && !Holds(b.Id, a.Id) && Overlap(a.Box, b.Box)).Select(b => $"{a.Id} {b.Id}")));
    });

    private static bool Within(Bounds inner, Bounds outer) =>
        inner.X >= outer.X && inner.Y >= outer.Y && inner.X + inner.Width <= outer.X + outer.Width && inner.Y + inner.Height <= outer.Y + outer.Height;

    private static bool Overlap(Bounds a, Bounds b) => a.X < b.X + b.Width && b.X < a.X + a.Width && a.Y < b.Y + b.Height && b.Y < a.Y + a.Height;

    [Fact]
    public void Maps_SpeakFiveLanguages() => Check.None(ShippedMaps.All.SelectMany(map => map.Xml.Descendants().SelectMany(Untranslated)));

    private static IEnumerable<string> Untranslated(XElement element)
    {
        var shown = element.Attribute(element.Name.Namespace == BpmnXml.Portal && element.Name.LocalName != "stage" ? "label" : "name")?.Value;
        if (element.Name.Namespace == BpmnXml.Model && element.Name.LocalName is not ("message" or "signal" or "error" or "participant") && shown is not null)
            return Missing(shown, element.Element(BpmnXml.Model + "extensionElements")?.Elements(BpmnXml.Portal + "name"));
        if (element.Name.Namespace == BpmnXml.Portal && element.Name.LocalName is "field" or "option" or "stage")
            return Missing(shown ?? element.ToString(), element.Elements(BpmnXml.Portal + "label"));
        return element.Name == BpmnXml.Portal + "instruction" && element.Attribute("lang") is null
            ? Missing(element.Value, element.Parent!.Elements(element.Name))
            : [];
    }

    private static IEnumerable<string> Missing(string shown, IEnumerable<XElement>? translations) =>
        Languages.Where(language => translations?.Any(t => t.Attribute("lang")?.Value == language && t.Value.Trim() != "") != true).Select(language => $"{language}: {shown}");

    [Fact]
    public void Maps_GiveEveryTaskAnInstructionADeadlineAStageAndARole() => Assert.All(Maps, map =>
        Assert.All(map.Process.Nodes.Values.OfType<UserTask>().Where(t => t.Id is not "warn"), task =>
        {
            Assert.NotNull(task.Work.Instruction);
            Assert.NotNull(task.Work.Due);
            Assert.NotNull(task.Work.Stage);
            Assert.NotEmpty(map.Process.LaneOf(task)!.Role);
        }));

    [Fact]
    public void Descriptor_DeclaresEveryExtensionAndAttributeTheMapsUse()
    {
        using var descriptor = System.Text.Json.JsonDocument.Parse(BpmnXml.ModdleDescriptor());
        var declared = descriptor.RootElement.GetProperty("types").EnumerateArray().ToDictionary(
            type => char.ToLowerInvariant(type.GetProperty("name").GetString()![0]) + type.GetProperty("name").GetString()![1..],
            type => type.GetProperty("properties").EnumerateArray().Select(p => p.GetProperty("name").GetString()).ToHashSet());
        Check.None(ShippedMaps.All.SelectMany(map => map.Xml.Descendants()).Where(e => e.Name.Namespace == BpmnXml.Portal).SelectMany(e => e.Attributes()
            .Where(a => !declared.TryGetValue(e.Name.LocalName, out var known) || !known.Contains(a.Name.LocalName)).Select(a => $"{e.Name.LocalName} {a.Name}")));
    }

    [Fact]
    public void Maps_NameEachStageOnce_InOrder() => Assert.All(Maps, map =>
    {
        var stages = Standing.Stages(map.Process);
        Assert.Equal(Enumerable.Range(1, stages.Count), stages.Select(s => s.Order));
        Assert.All(map.Process.Nodes.Values.Select(n => n.Work.Stage).OfType<Stage>(), stage =>
            Assert.Equal((stage.Order, stage.Probability), stages.Where(s => s.Key == stage.Key).Select(s => (s.Order, s.Probability)).Single()));
    });
}
