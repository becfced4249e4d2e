using Portal.Workflows.Notation;

namespace Portal.Tests.Workflows.Engine;

/// <summary>Small maps for tests, written as the inside of a process.</summary>
internal static class Bpmn
{
    /// <summary>A file with one executable process; <paramref name="beside"/> holds messages, signals, errors.</summary>
    public static string File(string body, string key = "p", string beside = "") => $"""
        <definitions id="d" targetNamespace="test" xmlns="{BpmnXml.Model}" xmlns:portal="{BpmnXml.Portal}">
          {beside}
          <process id="{key}" isExecutable="true">{body}</process>
        </definitions>
        """;

    /// <summary>The extension that makes a task, a message or a signal ask for fields written as <c>amount:number! note:text</c>; <c>!</c> is required.</summary>
    public static string Form(string fields) => $"<extensionElements>{Fields(fields)}</extensionElements>";

    /// <summary>The form alone, to stand beside other extensions.</summary>
    public static string Fields(string fields) => "<portal:form>" + string.Concat(fields.Split(' ').Select(field => field.TrimEnd('!').Split(':') is var parts
        ? $"""<portal:field key="{parts[0]}" type="{parts[1]}" required="{(field.EndsWith('!') ? "true" : "false")}"/>""" : "")) + "</portal:form>";

    /// <summary>The typed process.</summary>
    public static ProcessMap Process(string body, string key = "p", string beside = "") =>
        MapDocument.Parse(File(body, key, beside)).ToMap().Process;

    /// <summary>Flows written as <c>a-b b-c</c>; <c>a-b[x &gt; 1]</c> carries a condition. Ids are the text before the bracket.</summary>
    public static string Flows(string text)
    {
        var flows = new List<string>();
        foreach (var part in text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var bracket = part.IndexOf('[');
            var ends = (bracket < 0 ? part : part[..bracket]).Trim();
            var (source, target) = (ends.Split('-')[0].Trim(), ends.Split('-')[1].Trim());
            var condition = bracket < 0 ? "" : $"<conditionExpression>{System.Security.SecurityElement.Escape(part[(bracket + 1)..^1])}</conditionExpression>";
            flows.Add($"""<sequenceFlow id="{source}-{target}" sourceRef="{source}" targetRef="{target}">{condition}</sequenceFlow>""");
        }
        return string.Concat(flows);
    }
}
