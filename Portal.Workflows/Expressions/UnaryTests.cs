using Portal.Domain.Shared;

namespace Portal.Workflows.Expressions;

/// <summary>A cell of a decision table: <c>-</c>, <c>&lt; 10</c>, <c>[1..5]</c>, <c>"a", "b"</c>, <c>not("c")</c>.</summary>
public sealed class UnaryTests(string text)
{
    private readonly Lazy<IReadOnlyList<Syntax>> tests = new(() => Parser.ParseTests(text));

    /// <summary>The text as written.</summary>
    public string Text { get; } = text;

    /// <summary>Parses the text, so that a mistake shows before the first use.</summary>
    /// <exception cref="RuleBrokenException"><c>expression.*</c></exception>
    public UnaryTests Checked()
    {
        _ = tests.Value;
        return this;
    }

    /// <summary>True when the input passes one of the tests.</summary>
    /// <exception cref="RuleBrokenException"><c>expression.*</c></exception>
    public bool Pass(Value input, Evaluation evaluation) => evaluation.AnyPasses(tests.Value, input) == Value.True;
}
