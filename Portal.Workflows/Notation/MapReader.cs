using System.Collections.Frozen;
using System.Xml.Linq;
using Portal.Workflows.Checks;
using Portal.Workflows.Expressions;

namespace Portal.Workflows.Notation;

/// <summary>Makes the typed map of a document. What cannot be read becomes a finding, never an exception.</summary>
internal static class MapReader
{
    public static RouteMap Read(MapDocument document, bool takesFormFields)
    {
        var root = document.Xml.Root!;
        var findings = new List<Finding>();
        var catalogue = new Catalogue(root);
        foreach (var twin in root.Descendants().Where(e => e.Name.Namespace == BpmnXml.Model && e.Text("id") is not null)
            .GroupBy(e => e.Text("id")).Where(g => g.Count() > 1))
            findings.Add(Finding.Of("map.duplicate-id", twin.Key, twin.Key!));
        foreach (var choreography in root.Elements(BpmnXml.Model + "choreography"))
            findings.Add(Unsupported(choreography, choreography.Text("id")));
        return new RouteMap
        {
            Id = root.Text("id") ?? "",
            Processes = [.. root.Elements(BpmnXml.Model + "process").Select(process => new ProcessReader(process, catalogue, findings, takesFormFields).Read())],
            Diagram = Diagram.Read(root),
            Findings = findings,
        };
    }

    public static Finding Unsupported(XElement element, string? id) =>
        Finding.Of("map.unsupported-element", id, element.Text("name") ?? id ?? element.Name.LocalName, element.Name.LocalName);
}

/// <summary>The messages, signals, errors and escalations a file declares, by id.</summary>
internal sealed class Catalogue(XElement definitions)
{
    private readonly Dictionary<(string Kind, string Id), XElement> declared = definitions.Elements()
        .Where(e => e.Name.Namespace == BpmnXml.Model && e.Text("id") is not null)
        .GroupBy(e => (e.Name.LocalName, e.Text("id")!)).ToDictionary(g => g.Key, g => g.First());

    /// <summary>The declared name or code; a reference to nothing stands for itself.</summary>
    public string? Resolve(XElement element, string reference, string kind, string attribute) =>
        element.Reference(reference) is { } id ? declared.GetValueOrDefault((kind, id))?.Text(attribute) ?? id : null;

    /// <summary>The fields that the declaration says come with it.</summary>
    public IReadOnlyList<FormField> Fields(XElement element, string reference, string kind) =>
        element.Reference(reference) is { } id && declared.TryGetValue((kind, id), out var found) ? Extensions.Form(found) : [];
}

/// <summary>Reads one process.</summary>
internal sealed class ProcessReader(XElement process, Catalogue catalogue, List<Finding> findings, bool takesFormFields)
{
    private readonly List<(XElement Element, string Id, string? Parent)> nodes = [];
    private readonly Dictionary<string, SequenceFlow> flows = [];

    public ProcessMap Read()
    {
        Gather(process, null);
        var ids = nodes.Select(n => n.Id).ToHashSet();
        foreach (var flow in flows.Values.Where(f => !ids.Contains(f.Source) || !ids.Contains(f.Target)).ToList())
        {
            findings.Add(Finding.Of("map.flow-broken", flow.Id, flow.Name?.Default ?? flow.Id));
            flows.Remove(flow.Id);
        }
        var outgoing = flows.Values.ToLookup(f => f.Source);
        var incoming = flows.Values.ToLookup(f => f.Target);
        var reader = new NodeReader(catalogue, findings);
        var read = new Dictionary<string, FlowNode>();
        foreach (var (index, (element, id, parent)) in nodes.Index())
        {
            var name = Extensions.Named(element) ?? id;
            read.TryAdd(id, reader.Read(element, new(
                id, element.Name.LocalName, name, parent, index, [.. incoming[id]], [.. outgoing[id]],
                element.Reference("default"), Extensions.Work(element))));
        }
        return new ProcessMap
        {
            Key = process.Text("id") ?? "",
            Name = Extensions.Named(process) ?? process.Text("id") ?? "",
            IsExecutable = process.Flag("isExecutable"),
            Owner = Extensions.Owner(process),
            Title = Extensions.Title(process),
            Lanes = [.. process.Descendants(BpmnXml.Model + "lane").Select(ReadLane)],
            Nodes = read.ToFrozenDictionary(),
            Flows = flows.ToFrozenDictionary(),
            TakesFormFields = takesFormFields,
            Data = [.. process.Descendants().Where(IsData).Select(e => new DataNeed(e.Text("id") ?? "", e.Text("name") ?? "", e.Name.LocalName == "dataStoreReference"))],
        };
    }

    private static bool IsData(XElement element) =>
        element.Name == BpmnXml.Model + "dataObjectReference" || element.Name == BpmnXml.Model + "dataStoreReference";

    private static Lane ReadLane(XElement lane) => new(
        lane.Text("id") ?? "",
        Extensions.Named(lane) ?? "",
        lane.Extension("role")?.Text("key") ?? lane.Text("name") ?? lane.Text("id") ?? "",
        [.. lane.Elements(BpmnXml.Model + "flowNodeRef").Select(reference => BpmnXml.Local(reference.Value))]);

    private void Gather(XElement container, string? parent)
    {
        foreach (var element in container.Elements().Where(e => e.Name.Namespace == BpmnXml.Model))
        {
            var kind = element.Name.LocalName;
            if (kind == "sequenceFlow") ReadFlow(element);
            else if (NodeReader.IsFlowNode(kind))
            {
                var id = element.Text("id") ?? $"{kind}-{nodes.Count + 1}";
                nodes.Add((element, id, parent));
                if (kind is "subProcess" or "transaction" or "adHocSubProcess") Gather(element, id);
            }
        }
    }

    private void ReadFlow(XElement element)
    {
        var (source, target) = (element.Reference("sourceRef") ?? "", element.Reference("targetRef") ?? "");
        // Flows without an id get one made of their ends, so that it stays the same from reading to reading.
        var id = element.Text("id") ?? Unused($"{source}→{target}");
        var condition = element.ChildText("conditionExpression") is { } text ? new Expression(text) : null;
        flows.TryAdd(id, new(id, Extensions.Named(element), source, target, condition));
    }

    private string Unused(string id)
    {
        var candidate = id;
        for (var n = 2; flows.ContainsKey(candidate); n++) candidate = $"{id}#{n}";
        return candidate;
    }
}
