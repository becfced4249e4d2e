using Portal.Domain.Shared;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>Expressions of the map, computed over the variables a scope sees. A failure names the element.</summary>
internal sealed partial class Execution
{
    public Evaluation Evaluation(int scope) => new(name => Lookup(scope, name), Now);

    public Value Evaluate(FlowNode node, Expression expression, int scope) => Named(node, () => expression.Evaluate(Evaluation(scope)));

    /// <summary>True when a condition holds; null is not true, any other type is refused.</summary>
    public bool Holds(FlowNode node, Expression condition, int scope) => Evaluate(node, condition, scope) switch
    {
        BooleanValue truth => truth.Is,
        NullValue => false,
        var other => throw Refusal("process.not-a-condition", node, condition.Text, other.TypeName),
    };

    public ContextValue Mapped(FlowNode node, IEnumerable<Mapping> mappings, Evaluation evaluation) =>
        Named(node, () => ContextValue.Of(mappings.Select(m => (m.Target, m.Source.Evaluate(evaluation)))));

    /// <summary>Does something with expressions; a refusal becomes one that names the element.</summary>
    public static T Named<T>(FlowNode node, Func<T> work)
    {
        try { return work(); }
        catch (RuleBrokenException e) when (e.Code.StartsWith("expression.", StringComparison.Ordinal) || e.Code.StartsWith("decision.", StringComparison.Ordinal))
        {
            throw new RuleBrokenException("process.expression-failed", [node.Name.Default, e.Args[0], e.Code, .. e.Args.Skip(1)]);
        }
    }
}
