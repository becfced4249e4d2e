using System.Collections.Frozen;
using Portal.Domain.Shared;

namespace Portal.Workflows.Expressions;

/// <summary>The functions an expression may call, by name: text, number, list and date functions.</summary>
public static class Functions
{
    internal delegate Value? Body(Value[] arguments, Maker make);

    internal readonly record struct Function(int Least, int Most, Body Body);

    private static readonly FrozenDictionary<string, Function> All = new[]
        { TextFunctions.All, NumberFunctions.All, ListFunctions.All, DateFunctions.All }
        .SelectMany(family => family).ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Names of all functions, for an editor's list.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Keys.Order(StringComparer.Ordinal)];

    internal static bool Known(string name) => All.ContainsKey(name);

    internal static Value Call(Evaluation evaluation, Call call)
    {
        var function = All[call.Function];
        if (call.Arguments.Count < function.Least || call.Arguments.Count > function.Most)
            throw new RuleBrokenException("expression.arguments", call.Position, call.Function, function.Least, call.Arguments.Count);
        var arguments = call.Arguments.Select(evaluation.Of).ToArray();
        evaluation.Spend(arguments.Sum(Weight), call.Position);
        try
        {
            return function.Body(arguments, new Maker(evaluation, call.Position))
                ?? throw new RuleBrokenException("expression.argument-type", call.Position, call.Function, string.Join(", ", arguments.Select(a => a.TypeName)));
        }
        catch (Exception e) when (e is OverflowException or ArgumentOutOfRangeException)
        {
            throw new RuleBrokenException("expression.overflow", call.Position, call.Function);
        }
    }

    // Long lists and texts cost what they weigh, so that a small expression cannot hide much work.
    private static int Weight(Value value) => value switch
    {
        ListValue list => list.Items.Length,
        TextValue text => text.Text.Length / Maker.CharactersPerStep,
        _ => 0,
    };
}
