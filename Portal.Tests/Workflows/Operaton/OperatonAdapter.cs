using System.Text.RegularExpressions;
using System.Xml.Linq;
using Portal.Workflows.Notation;

namespace Portal.Tests.Workflows.Operaton;

/// <summary>
/// Turns Operaton's dialect into Portal's: <c>${…}</c> to expressions, its attributes to extension elements,
/// one Groovy script and one cron cycle to what they mean. The engine itself knows none of this.
/// </summary>
internal static partial class OperatonAdapter
{
    private static readonly XNamespace Model = BpmnXml.Model;
    private static readonly XNamespace Portal = BpmnXml.Portal;
    private static readonly XNamespace Operaton = "http://operaton.org/schema/1.0/bpmn";
    private static readonly XNamespace Fox = "http://www.operaton.com/fox";

    [GeneratedRegex(@"\$\{([^}]*)\}")]
    private static partial Regex Juel();

    public static MapDocument Read(string path)
    {
        using var stream = File.OpenRead(path);
        var document = MapDocument.Read(stream);
        foreach (var element in document.Xml.Root!.Descendants().Where(e => e.Name.Namespace == Model).ToList()) Adapt(element);
        return document;
    }

    private static void Adapt(XElement element)
    {
        switch (element.Name.LocalName)
        {
            case "conditionExpression" or "completionCondition" or "loopCardinality": element.Value = Expression(element.Value); break;
            case "timeCycle" when element.Value.Trim() == "0 0/5 * * * ?": element.Value = "R/PT5M"; break;
            case "script" when element.Value.Contains("sum + 1"):
                element.Value = "counter + 1";
                element.Parent!.SetAttributeValue("scriptFormat", "feel");
                Extend(element.Parent!, new XElement(Portal + "result", new XAttribute("variable", "counter")));
                break;
            case "userTask": AdaptTask(element); break;
            case "serviceTask": AdaptService(element); break;
            case "callActivity": AdaptCall(element); break;
        }
    }

    /// <summary>What the scenarios set when they complete a task; Portal's tasks take only fields they ask.</summary>
    private static readonly Dictionary<string, (string Key, string Type)> Completed = new() { ["userTask1"] = ("x", "number") };

    private static void AdaptTask(XElement task)
    {
        if (Completed.TryGetValue(task.Attribute("id")!.Value, out var set))
            Extend(task, new XElement(Portal + "form", new XElement(Portal + "field", new XAttribute("key", set.Key), new XAttribute("type", set.Type))));
        var assignment = new XElement(Portal + "assignment");
        if (task.Attribute("name") is { } name && Juel().IsMatch(name.Value)) assignment.SetAttributeValue("title", "=" + Template(name.Value));
        if (task.Attribute(Operaton + "assignee") is { } assignee)
            assignment.SetAttributeValue("assignee", Juel().IsMatch(assignee.Value) ? "=" + Template(assignee.Value) : assignee.Value);
        if (assignment.HasAttributes) Extend(task, assignment);
        if (task.Attribute(Operaton + "dueDate") is { } due) Extend(task, new XElement(Portal + "schedule", new XAttribute("due", Expression(due.Value))));
    }

    private static void AdaptService(XElement task)
    {
        if (task.Attribute(Operaton + "class") is { } type) Extend(task, new XElement(Portal + "action", new XAttribute("name", type.Value)));
        if (task.Attribute(Operaton + "async") is { Value: "true" }) task.SetAttributeValue(Portal + "async", "true");
        if (task.Descendants(Fox + "failedJobRetryTimeCycle").FirstOrDefault() is { } retry)
            Extend(task, new XElement(Portal + "retry", new XAttribute("cycle", retry.Value)));
    }

    private static void AdaptCall(XElement call)
    {
        var mapping = new XElement(Portal + "call");
        foreach (var way in call.Descendants().Where(e => e.Name == Operaton + "in" || e.Name == Operaton + "out"))
        {
            var source = way.Attribute("source")?.Value ?? Expression(way.Attribute("sourceExpression")!.Value);
            mapping.Add(new XElement(Portal + way.Name.LocalName, new XAttribute("source", source), new XAttribute("target", way.Attribute("target")!.Value)));
        }
        if (mapping.HasElements) Extend(call, mapping);
    }

    private static void Extend(XElement element, XElement extension)
    {
        if (element.Element(Model + "extensionElements") is { } holder) holder.Add(extension);
        else element.AddFirst(new XElement(Model + "extensionElements", extension));
    }

    /// <summary><c>${a == 1}</c> is <c>a = 1</c>.</summary>
    private static string Expression(string juel) => Juel().Replace(juel.Trim(), "$1").Replace("==", "=");

    /// <summary><c>kermit_${n}</c> is <c>"kermit_" + string(n)</c>.</summary>
    private static string Template(string text)
    {
        var parts = new List<string>();
        var at = 0;
        foreach (Match match in Juel().Matches(text))
        {
            if (match.Index > at) parts.Add($"\"{text[at..match.Index]}\"");
            parts.Add($"string({match.Groups[1].Value})");
            at = match.Index + match.Length;
        }
        if (at < text.Length) parts.Add($"\"{text[at..]}\"");
        return string.Join(" + ", parts);
    }
}
