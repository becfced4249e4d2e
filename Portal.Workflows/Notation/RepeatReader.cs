using System.Globalization;
using System.Xml.Linq;
using Portal.Workflows.Expressions;

namespace Portal.Workflows.Notation;

/// <summary>Reads how an activity repeats. Portal's <c>loop</c> and <c>approval</c> elements stand inside the BPMN one.</summary>
internal static class RepeatReader
{
    public static MultiInstance Read(XElement element)
    {
        var own = element.Extension("loop");
        return new MultiInstance
        {
            IsSequential = element.Flag("isSequential"),
            Cardinality = Optional(element.ChildText("loopCardinality")),
            Collection = Optional(own?.Text("collection") ?? element.ChildText("loopDataInputRef")),
            Item = own?.Text("item") ?? element.Child("inputDataItem")?.Text("name") ?? element.Child("inputDataItem")?.Text("id"),
            CompletionCondition = Optional(element.ChildText("completionCondition")),
            Output = Optional(own?.Text("output")),
            OutputList = own?.Text("outputList"),
            Approval = element.Extension("approval") is { } approval ? ReadApproval(approval) : null,
        };
    }

    private static Expression? Optional(string? text) => text is null ? null : new Expression(text);

    private static Approval ReadApproval(XElement element) => new(
        Enum.TryParse<ApprovalMode>(element.Text("mode"), ignoreCase: true, out var mode) ? mode : ApprovalMode.All,
        decimal.TryParse(element.Text("percent"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) ? percent : 50,
        element.Text("verdict") ?? "approved",
        element.Text("result") ?? "approved");
}
