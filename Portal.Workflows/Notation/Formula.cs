using Portal.Workflows.Expressions;

namespace Portal.Workflows.Notation;

/// <summary>A setting of the map that is either a plain text or, after <c>=</c>, an expression.</summary>
public sealed class Formula
{
    private readonly string text;

    /// <summary>Reads a setting.</summary>
    public Formula(string text)
    {
        this.text = text.Trim();
        if (this.text.StartsWith('=')) Expression = new Expression(this.text);
    }

    /// <summary>The expression, when it is one.</summary>
    public Expression? Expression { get; }

    /// <summary>The value: the expression's, or the text itself.</summary>
    public Value Evaluate(Evaluation evaluation) => Expression?.Evaluate(evaluation) ?? Value.Of(text);

    /// <summary>The names it yields: a list's items, or the parts of a text between commas.</summary>
    public IReadOnlyList<string> Names(Evaluation evaluation) => Evaluate(evaluation) switch
    {
        NullValue => [],
        ListValue list => [.. list.Items.Where(item => !item.IsNull).Select(item => item.ToString()!)],
        var value => value.ToString()!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
    };

    /// <summary>The text as written.</summary>
    public override string ToString() => text;
}
