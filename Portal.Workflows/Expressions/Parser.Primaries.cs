using System.Globalization;
using Portal.Domain.Shared;

namespace Portal.Workflows.Expressions;

/// <summary>The innermost of the grammar: literals, names, calls, parentheses, lists, ranges, contexts.</summary>
internal sealed partial class Parser
{
    private Syntax Primary()
    {
        var word = Now;
        switch (word.Kind)
        {
            case LexemeKind.Number: Take(); return new Literal(Value.Of(decimal.Parse(word.Text, CultureInfo.InvariantCulture)), word.Position);
            case LexemeKind.Text: Take(); return new Literal(Value.Of(word.Text), word.Position);
            case LexemeKind.At:
                Take();
                return new Literal(Temporal.Parse(word.Text) ?? throw new RuleBrokenException("expression.not-a-date", word.Position, word.Text), word.Position);
            case LexemeKind.Name: return Named();
            case LexemeKind.Symbol when word.Text == "(": return Parenthesis();
            case LexemeKind.Symbol when word.Text == "[": return Bracket();
            case LexemeKind.Symbol when word.Text == "{": return Braces();
            case LexemeKind.Symbol when word.Text == "?": Take(); return new Variable("?", word.Position);
            default: throw Unexpected();
        }
    }

    private Syntax Named()
    {
        var first = Now;
        // Functions may have names of several words: "date and time", "string length".
        for (var words = 4; words >= 1; words--)
        {
            if (at + words >= lexemes.Count || !lexemes[at + words].Is("(")) continue;
            var run = lexemes.GetRange(at, words);
            if (run.Any(w => w.Kind != LexemeKind.Name)) continue;
            var name = string.Join(' ', run.Select(w => w.Text));
            if (!Functions.Known(name))
            {
                if (words > 1) continue;
                throw new RuleBrokenException("expression.unknown-function", first.Position, name);
            }
            at += words + 1;
            return new Call(name, Arguments(), first.Position);
        }
        Take();
        return first.Text switch
        {
            "true" => new Literal(Value.True, first.Position),
            "false" => new Literal(Value.False, first.Position),
            "null" => new Literal(Value.Null, first.Position),
            "and" or "or" or "then" or "else" or "in" or "between" or "return" or "satisfies" =>
                throw new RuleBrokenException("expression.unexpected", first.Position, first.Text),
            _ => new Variable(first.Text, first.Position),
        };
    }

    private List<Syntax> Arguments()
    {
        var arguments = new List<Syntax>();
        if (!Now.Is(")"))
        {
            arguments.Add(Expression());
            while (Now.Is(",")) { Take(); arguments.Add(Expression()); }
        }
        Expect(")");
        return arguments;
    }

    private Syntax Parenthesis()
    {
        var start = Take().Position;
        var inner = Expression();
        if (Now.Is("..")) return IntervalFrom(inner, false, start);
        Expect(")");
        return inner;
    }

    private Syntax Bracket()
    {
        var start = Take().Position;
        var items = new List<Syntax>();
        if (!Now.Is("]"))
        {
            items.Add(Expression());
            if (Now.Is("..")) return IntervalFrom(items[0], true, start);
            while (Now.Is(",")) { Take(); items.Add(Expression()); }
        }
        Expect("]");
        return new ListOf(items, start);
    }

    private Interval IntervalFrom(Syntax low, bool lowIncluded, int start)
    {
        Take();
        var high = Expression();
        var end = Take();
        if (!end.Is("]") && !end.Is(")")) throw new RuleBrokenException("expression.expected", end.Position, "]", Shown(end));
        return new Interval(low, lowIncluded, high, end.Text == "]", start);
    }

    private ContextOf Braces()
    {
        var start = Take().Position;
        var entries = new List<(string, Syntax)>();
        while (!Now.Is("}"))
        {
            if (entries.Count > 0) Expect(",");
            var name = Now.Kind is LexemeKind.Name or LexemeKind.Text ? Take().Text : throw Unexpected();
            Expect(":");
            entries.Add((name, Expression()));
        }
        Take();
        return new ContextOf(entries, start);
    }
}
