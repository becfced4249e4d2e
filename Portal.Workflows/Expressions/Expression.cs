using Portal.Domain.Shared;

namespace Portal.Workflows.Expressions;

/// <summary>
/// An expression of the FEEL subset: comparison, three-valued and/or, arithmetic, dates, lists, contexts, if, for,
/// some/every and the functions of <see cref="Functions"/>. Parsed once; evaluation has no side effect and always ends.
/// </summary>
public sealed class Expression
{
    private readonly Lazy<Syntax> syntax;

    /// <summary>An expression not parsed yet; a leading <c>=</c> is left out.</summary>
    public Expression(string text)
    {
        Text = text.Trim();
        if (Text.StartsWith('=')) Text = Text[1..].TrimStart();
        syntax = new Lazy<Syntax>(() => Parser.Parse(Text));
    }

    /// <summary>The text as written.</summary>
    public string Text { get; }

    /// <summary>Parses the text, so that a mistake shows before the first evaluation.</summary>
    /// <exception cref="RuleBrokenException"><c>expression.*</c> with the position (from 1) as first argument</exception>
    public Expression Checked()
    {
        _ = syntax.Value;
        return this;
    }

    /// <summary>Written as a context, <c>{a: 1, b: 2}</c>, whichever way an <c>if</c> goes, so its value names what it gives.</summary>
    /// <exception cref="RuleBrokenException"><c>expression.*</c> where it does not parse</exception>
    public bool IsContext => Names(syntax.Value);

    private static bool Names(Syntax syntax) => syntax is ContextOf || syntax is Conditional choice && Names(choice.Then) && Names(choice.Else);

    /// <summary>The value under the given variables and clock.</summary>
    /// <exception cref="RuleBrokenException"><c>expression.*</c> with the position (from 1) as first argument</exception>
    public Value Evaluate(Evaluation evaluation) => evaluation.Of(syntax.Value);

    /// <inheritdoc/>
    public override string ToString() => Text;
}
