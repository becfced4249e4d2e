using System.Globalization;
using System.Text;
using Portal.Domain.Shared;

namespace Portal.Workflows.Expressions;

internal enum LexemeKind { Number, Text, At, Name, Symbol, End }

/// <summary>One word of an expression; the position counts characters from 1.</summary>
internal readonly record struct Lexeme(LexemeKind Kind, string Text, int Position)
{
    public bool Is(string text) => Kind is LexemeKind.Symbol or LexemeKind.Name && Text == text;
}

/// <summary>Cuts an expression into its words.</summary>
internal static class Lexer
{
    private static readonly string[] LongSymbols = ["**", "<=", ">=", "!=", ".."];

    public static List<Lexeme> Cut(string source)
    {
        var lexemes = new List<Lexeme>();
        var at = 0;
        while (at < source.Length)
        {
            var c = source[at];
            if (char.IsWhiteSpace(c)) at++;
            else if (string.CompareOrdinal(source, at, "//", 0, 2) == 0) at = LineEnd(source, at);
            else if (char.IsAsciiDigit(c) || c == '.' && at + 1 < source.Length && char.IsAsciiDigit(source[at + 1])) at = Number(source, at, lexemes);
            else if (c == '"') at = Text(source, at, LexemeKind.Text, lexemes);
            else if (c == '@' && at + 1 < source.Length && source[at + 1] == '"') at = Text(source, at + 1, LexemeKind.At, lexemes);
            else if (char.IsLetter(c) || c is '_' or '$') at = Name(source, at, lexemes);
            else at = Symbol(source, at, lexemes);
        }
        lexemes.Add(new(LexemeKind.End, "", source.Length + 1));
        return lexemes;
    }

    private static int LineEnd(string source, int at) => source.IndexOf('\n', at) is var end and >= 0 ? end : source.Length;

    private static int Number(string source, int at, List<Lexeme> lexemes)
    {
        var end = at;
        while (end < source.Length && char.IsAsciiDigit(source[end])) end++;
        // "1..5" is a range, not a number with a point.
        if (end + 1 < source.Length && source[end] == '.' && char.IsAsciiDigit(source[end + 1]))
        {
            end++;
            while (end < source.Length && char.IsAsciiDigit(source[end])) end++;
        }
        var text = source[at..end];
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _))
            throw new RuleBrokenException("expression.number-too-large", at + 1, text);
        lexemes.Add(new(LexemeKind.Number, text, at + 1));
        return end;
    }

    private static int Text(string source, int quote, LexemeKind kind, List<Lexeme> lexemes)
    {
        var text = new StringBuilder();
        for (var at = quote + 1; at < source.Length; at++)
        {
            if (source[at] == '"')
            {
                lexemes.Add(new(kind, text.ToString(), kind == LexemeKind.At ? quote : quote + 1));
                return at + 1;
            }
            if (source[at] == '\\' && at + 1 < source.Length) text.Append(Escaped(source, ref at));
            else text.Append(source[at]);
        }
        throw new RuleBrokenException("expression.text-unclosed", quote + 1);
    }

    private static char Escaped(string source, ref int at)
    {
        at++;
        switch (source[at])
        {
            case 'n': return '\n';
            case 't': return '\t';
            case 'r': return '\r';
            case 'u' when at + 4 < source.Length && ushort.TryParse(source.AsSpan(at + 1, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var code):
                at += 4;
                return (char)code;
            default: return source[at];
        }
    }

    private static int Name(string source, int at, List<Lexeme> lexemes)
    {
        var end = at;
        while (end < source.Length && (char.IsLetterOrDigit(source[end]) || source[end] is '_' or '$')) end++;
        lexemes.Add(new(LexemeKind.Name, source[at..end], at + 1));
        return end;
    }

    private static int Symbol(string source, int at, List<Lexeme> lexemes)
    {
        var text = LongSymbols.FirstOrDefault(s => string.CompareOrdinal(source, at, s, 0, s.Length) == 0) ?? source[at].ToString();
        if (text.Length == 1 && !"+-*/=<>()[]{},:.?".Contains(text[0]))
            throw new RuleBrokenException("expression.unexpected", at + 1, text);
        lexemes.Add(new(LexemeKind.Symbol, text, at + 1));
        return at + text.Length;
    }
}
