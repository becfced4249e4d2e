using Portal.Domain.Shared;
using Portal.Workflows.Expressions;

namespace Portal.Workflows.Rules;

/// <summary>How many rules may speak: the first in order, exactly one, or all of them as a list.</summary>
public enum HitPolicy { First, Unique, Collect }

/// <summary>One row: a unary test per input, an expression per output.</summary>
public sealed record DecisionRule(IReadOnlyList<UnaryTests> When, IReadOnlyList<Expression> Then);

/// <summary>
/// A simple decision table (after DMN 1.4): inputs, named outputs, rules.
/// One output gives its value, several a context; no matching rule gives null, or an empty list when collecting.
/// </summary>
public sealed record DecisionTable(IReadOnlyList<Expression> Inputs, IReadOnlyList<string> Outputs, HitPolicy Policy, IReadOnlyList<DecisionRule> Rules)
{
    /// <summary>What the table decides.</summary>
    /// <exception cref="RuleBrokenException"><c>decision.not-unique</c> when two rules of a unique table match, or <c>expression.*</c></exception>
    public Value Decide(Evaluation evaluation)
    {
        var inputs = Inputs.Select(input => input.Evaluate(evaluation)).ToList();
        var hits = Rules.Where(rule => rule.When.Zip(inputs).All(pair => pair.First.Pass(pair.Second, evaluation)));
        switch (Policy)
        {
            case HitPolicy.Collect: return Value.List(hits.Select(rule => Output(rule, evaluation)));
            case HitPolicy.Unique when hits.Take(2).Count() == 2: throw new RuleBrokenException("decision.not-unique", string.Join(", ", hits.Select(Number)));
        }
        return hits.FirstOrDefault() is { } hit ? Output(hit, evaluation) : Value.Null;
    }

    private int Number(DecisionRule rule) => Rules.ToList().IndexOf(rule) + 1;

    private Value Output(DecisionRule rule, Evaluation evaluation) => Outputs.Count == 1
        ? rule.Then[0].Evaluate(evaluation)
        : ContextValue.Of(Outputs.Zip(rule.Then, (name, then) => (name, then.Evaluate(evaluation))));
}
