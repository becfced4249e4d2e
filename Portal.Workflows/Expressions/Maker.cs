using System.Collections.Immutable;
using System.Text;
using Portal.Domain.Shared;

namespace Portal.Workflows.Expressions;

/// <summary>
/// Makes the texts and lists of an evaluation, at one position of its expression. They are paid for in steps while they are made, so that
/// the limit of steps bounds the memory too; too large ones are refused by <c>expression.limit</c>.
/// </summary>
internal readonly record struct Maker(Evaluation Evaluation, int Position)
{
    /// <summary>Characters of text one step pays for.</summary>
    public const int CharactersPerStep = 100;

    /// <summary>Characters a text may have.</summary>
    public const int MaxText = 100_000;

    // A list may hold one item many times over at no cost, which whoever walks through it later would pay for.
    private const long MaxWeight = 10_000_000;

    /// <summary>The text put together from the pieces.</summary>
    public Value Text(params IEnumerable<string> pieces)
    {
        var text = new StringBuilder();
        foreach (var piece in pieces)
        {
            Evaluation.Spend(1 + piece.Length / CharactersPerStep, Position);
            if (text.Length + piece.Length > MaxText) throw TooMuch();
            text.Append(piece);
        }
        return Value.Of(text.ToString());
    }

    /// <summary>The list of the items.</summary>
    public ListValue List(IEnumerable<Value> items)
    {
        var made = ImmutableArray.CreateBuilder<Value>();
        foreach (var item in items)
        {
            Evaluation.Spend(1, Position);
            made.Add(item);
        }
        return Bounded(new ListValue(made.ToImmutable()));
    }

    /// <summary>The same list, context or range, whose parts are paid for already.</summary>
    public T Bounded<T>(T made) where T : Value => made.Weight <= MaxWeight ? made : throw TooMuch();

    /// <summary>Pays for going through a value to its innermost parts.</summary>
    public void Walk(Value value) => Evaluation.Spend(value.Weight / CharactersPerStep, Position);

    private RuleBrokenException TooMuch() => new("expression.limit", Position);
}
