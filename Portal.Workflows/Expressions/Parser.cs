using Portal.Domain.Shared;

namespace Portal.Workflows.Expressions;

/// <summary>
/// Recursive descent over the FEEL grammar, loosest binding first:
/// if/for/some, or, and, comparison, sum, product, power, minus, postfix, primary.
/// </summary>
internal sealed partial class Parser
{
    private const int MaxNesting = 100;
    private const int MaxLength = 10_000;

    private readonly List<Lexeme> lexemes;
    private int at;
    private int nesting;

    private Parser(string source)
    {
        if (source.Length > MaxLength) throw new RuleBrokenException("expression.too-long", source.Length, MaxLength);
        lexemes = Lexer.Cut(source);
    }

    public static Syntax Parse(string source)
    {
        var parser = new Parser(source);
        var syntax = parser.Expression();
        parser.ExpectEnd();
        return syntax;
    }

    /// <summary>Reads the cell of a decision table: <c>-</c>, or tests separated by commas.</summary>
    public static IReadOnlyList<Syntax> ParseTests(string source)
    {
        var parser = new Parser(source);
        if (parser.Now.Kind == LexemeKind.End || parser.Now.Is("-") && parser.lexemes[1].Kind == LexemeKind.End) return [new AnyTest(1)];
        var tests = parser.Tests();
        parser.ExpectEnd();
        return tests;
    }

    private Lexeme Now => lexemes[at];

    private Syntax Expression()
    {
        if (++nesting > MaxNesting) throw new RuleBrokenException("expression.too-deep", Now.Position, MaxNesting);
        var syntax = Now switch
        {
            { Kind: LexemeKind.Name, Text: "if" } => If(),
            { Kind: LexemeKind.Name, Text: "for" } => For(),
            { Kind: LexemeKind.Name, Text: "some" or "every" } => Quantifier(),
            _ => Or(),
        };
        nesting--;
        return syntax;
    }

    private Conditional If()
    {
        var start = Take().Position;
        var condition = Expression();
        Expect("then");
        var then = Expression();
        Expect("else");
        return new Conditional(condition, then, Expression(), start);
    }

    private Loop For()
    {
        var start = Take().Position;
        var (name, over) = Binding();
        Expect("return");
        return new Loop(name, over, Expression(), start);
    }

    private Quantified Quantifier()
    {
        var word = Take();
        var (name, over) = Binding();
        Expect("satisfies");
        return new Quantified(word.Text == "every", name, over, Expression(), word.Position);
    }

    private (string Name, Syntax Over) Binding()
    {
        var name = ExpectKind(LexemeKind.Name).Text;
        Expect("in");
        var over = Expression();
        if (!Now.Is("..")) return (name, over);
        // A loop's range may stand without brackets: 1..3.
        var points = Take().Position;
        return (name, new Interval(over, true, Expression(), true, points));
    }

    private Syntax Or()
    {
        var left = And();
        while (Now.Is("or")) left = new Logic(false, left, After(And), Now.Position);
        return left;
    }

    private Syntax And()
    {
        var left = Compared();
        while (Now.Is("and")) left = new Logic(true, left, After(Compared), Now.Position);
        return left;
    }

    private Syntax Compared()
    {
        var left = Sum();
        if (Now is { Kind: LexemeKind.Symbol, Text: "=" or "!=" or "<" or "<=" or ">" or ">=" })
        {
            var sign = Take();
            return new Comparison(sign.Text, left, Sum(), sign.Position);
        }
        if (Now.Is("between"))
        {
            var word = Take();
            var low = Sum();
            Expect("and");
            return new Membership(left, [new Interval(low, true, Sum(), true, word.Position)], word.Position);
        }
        if (Now.Is("in"))
        {
            var word = Take();
            return new Membership(left, MembershipTests(), word.Position);
        }
        return left;
    }

    private IReadOnlyList<Syntax> MembershipTests()
    {
        if (!Now.Is("(")) return [Test()];
        // "(1..5)" is an interval, "(1, 5)" a list of tests: only the inside tells. It is read once, or nested ones would be read 2, 4, 8 … times.
        var start = Take().Position;
        var tests = Tests();
        if (Now.Is("..") && tests is [not (ComparisonTest or NotTest) and var low]) return [IntervalFrom(low, false, start)];
        Expect(")");
        return tests;
    }

    private List<Syntax> Tests()
    {
        var tests = new List<Syntax> { Test() };
        while (Now.Is(",")) { Take(); tests.Add(Test()); }
        return tests;
    }

    private Syntax Test()
    {
        if (Now is { Kind: LexemeKind.Symbol, Text: "<" or "<=" or ">" or ">=" or "=" or "!=" })
        {
            var sign = Take();
            return new ComparisonTest(sign.Text, Sum(), sign.Position);
        }
        if (Now.Is("not") && lexemes[at + 1].Is("("))
        {
            var start = Take().Position;
            Take();
            var tests = Tests();
            Expect(")");
            return new NotTest(tests, start);
        }
        return Expression();
    }

    private Syntax Sum()
    {
        var left = Product();
        while (Now.Kind == LexemeKind.Symbol && Now.Text is "+" or "-")
        {
            var sign = Take();
            left = new Arithmetic(sign.Text, left, Product(), sign.Position);
        }
        return left;
    }

    private Syntax Product()
    {
        var left = Power();
        while (Now.Kind == LexemeKind.Symbol && Now.Text is "*" or "/")
        {
            var sign = Take();
            left = new Arithmetic(sign.Text, left, Power(), sign.Position);
        }
        return left;
    }

    private Syntax Power()
    {
        var left = Minus();
        while (Now.Is("**"))
        {
            var sign = Take();
            left = new Arithmetic(sign.Text, left, Minus(), sign.Position);
        }
        return left;
    }

    private Syntax Minus()
    {
        if (!Now.Is("-")) return Postfix();
        if (++nesting > MaxNesting) throw new RuleBrokenException("expression.too-deep", Now.Position, MaxNesting);
        var sign = Take();
        var negation = new Negation(Minus(), sign.Position);
        nesting--;
        return negation;
    }

    private Syntax Postfix()
    {
        var syntax = Primary();
        while (true)
        {
            if (Now.Is("."))
            {
                var point = Take();
                syntax = new Member(syntax, ExpectKind(LexemeKind.Name).Text, point.Position);
            }
            else if (Now.Is("["))
            {
                var bracket = Take();
                syntax = new Filter(syntax, Expression(), bracket.Position);
                Expect("]");
            }
            else return syntax;
        }
    }

    private Syntax After(Func<Syntax> operand)
    {
        Take();
        return operand();
    }

    private Lexeme Take() => Now.Kind == LexemeKind.End ? Now : lexemes[at++];

    private Lexeme ExpectKind(LexemeKind kind) => Now.Kind == kind ? Take() : throw Unexpected();

    private void Expect(string text)
    {
        if (!Now.Is(text)) throw new RuleBrokenException("expression.expected", Now.Position, text, Shown(Now));
        Take();
    }

    private void ExpectEnd()
    {
        if (Now.Kind != LexemeKind.End) throw Unexpected();
    }

    private RuleBrokenException Unexpected() => Now.Kind == LexemeKind.End
        ? new("expression.ends-early", Now.Position)
        : new("expression.unexpected", Now.Position, Shown(Now));

    private static string Shown(Lexeme lexeme) => lexeme.Kind == LexemeKind.End ? "…" : lexeme.Text;
}
