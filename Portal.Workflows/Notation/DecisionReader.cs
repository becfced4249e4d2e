using System.Xml.Linq;
using Portal.Workflows.Expressions;
using Portal.Workflows.Rules;

namespace Portal.Workflows.Notation;

/// <summary>Reads the decision table of a business rule task: <c>input</c>, <c>output</c> and <c>rule</c> with <c>when</c> and <c>then</c>.</summary>
internal static class DecisionReader
{
    public static DecisionTable Read(XElement element) => new(
        [.. Own(element, "input").Select(input => new Expression(input.Text("expression") ?? "null"))],
        [.. Own(element, "output").Select(output => output.Text("name") ?? "")],
        Enum.TryParse<HitPolicy>(element.Text("policy"), ignoreCase: true, out var policy) ? policy : HitPolicy.First,
        [.. Own(element, "rule").Select(rule => new DecisionRule(
            [.. Own(rule, "when").Select(when => new UnaryTests(when.Value))],
            [.. Own(rule, "then").Select(then => new Expression(then.Value))]))]);

    private static IEnumerable<XElement> Own(XElement element, string name) => element.Elements(BpmnXml.Portal + name);
}
