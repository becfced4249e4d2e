using System.Xml.Linq;
using Portal.Tests.Support;
using Portal.Workflows.Notation;

namespace Portal.Tests.Workflows.Notation;

/// <summary>The 21 reference models of the BPMN Model Interchange Working Group.</summary>
public sealed class MiwgTests
{
    private const string Folder = "bpmn/miwg";

    private static IEnumerable<string> Files => Directory.GetFiles(SharedData.File(Folder), "*.bpmn").Order(StringComparer.Ordinal);

    private static MapDocument Read(string path)
    {
        using var stream = File.OpenRead(path);
        return MapDocument.Read(stream);
    }

    [SharedDataFact(Folder)]
    public void RoundTrip_OfAll21_IsLossFree()
    {
        var files = Files.ToList();
        Assert.Equal(21, files.Count);
        Assert.All(files, path =>
        {
            // The other side is read by plain XML, so that the product does not judge itself.
            var original = CanonicalXml.Of(XDocument.Load(path).Root!);
            var document = Read(path);
            document.ToMap();
            var written = new MemoryStream();
            document.Write(written);
            Assert.Equal(original, CanonicalXml.Of(XDocument.Load(new MemoryStream(written.ToArray())).Root!));
        });
    }

    [SharedDataFact(Folder)]
    public void Edit_AndUndoOfAnExtension_LeavesTheFileAsItWas() => Assert.All(Files, path =>
    {
        var document = Read(path);
        var before = document.Hash();
        var node = document.ToMap().Processes.SelectMany(p => p.Nodes.Values).First(n => n.Element.EndsWith("ask", StringComparison.Ordinal) || n.Element.EndsWith("vent", StringComparison.Ordinal)).Id;
        document.SetExtension(node, "instruction", new XElement(BpmnXml.Portal + "instruction", "Call the client first."));
        Assert.NotEqual(before, document.Hash());
        document.SetExtension(node, "instruction", null);
        Assert.Equal(before, document.Hash());
    });

    [SharedDataFact(Folder)]
    public void Read_FindsEveryFlowNodeAndItsPlace() => Assert.All(Files, path =>
    {
        var document = Read(path);
        var map = document.ToMap();
        var nodes = map.Processes.SelectMany(p => p.Nodes.Values).ToList();
        var flows = document.Xml.Descendants(BpmnXml.Model + "sequenceFlow").Count();
        Assert.NotEmpty(nodes);
        Assert.Equal(flows, map.Processes.Sum(p => p.Flows.Count) + map.Findings.Count(f => f.Code == "map.flow-broken"));
        var drawn = document.Xml.Descendants(BpmnXml.Diagram + "BPMNShape").Select(s => s.Attribute("bpmnElement")!.Value).ToHashSet();
        Assert.All(nodes.Where(n => drawn.Contains(n.Id)), node => Assert.True(map.Diagram.Shapes[node.Id].Width > 0));
        Assert.Equal(nodes.Count(n => drawn.Contains(n.Id)), nodes.Count(n => map.Diagram.Shapes.ContainsKey(n.Id)));
    });
}
