using Portal.Domain.Shared;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Workflows.Engine;

/// <summary>Expressions of the map, computed over the variables a scope sees. A failure names the element.</summary>
internal sealed partial class Execution
{
    public Evaluation Evaluation(int scope) => new(name => Lookup(scope, name), Now);

    // Much work in expressions uses up the step's budget as many nodes would.
    private const int ExpressionStepsPerNode = 1_000;

    public Value Evaluate(FlowNode node, Expression expression, int scope) => Compute(node, scope, expression.Evaluate);

    /// <summary>Computes something over a scope's variables, at the cost of the step's budget.</summary>
    public Value Compute(FlowNode node, int scope, Func<Evaluation, Value> work)
    {
        var evaluation = Evaluation(scope);
        var value = Named(node, () => work(evaluation));
        steps += (int)(evaluation.Spent / ExpressionStepsPerNode);
        return value;
    }

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
        catch (RuleBrokenException e) when (e.Code.StartsWith("expression.", StringComparison.Ordinal))
        {
            throw new RuleBrokenException("process.expression-failed", [node.Name.Default, e.Args[0], e.Code, .. e.Args.Skip(1)]);
        }
        catch (RuleBrokenException e) when (e.Code == "decision.not-unique")
        {
            throw new RuleBrokenException("process.decision-not-unique", node.Name.Default, e.Args[0]);
        }
    }
}
