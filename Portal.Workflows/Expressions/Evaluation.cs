using System.Collections.Immutable;
using Portal.Domain.Shared;

namespace Portal.Workflows.Expressions;

/// <summary>
/// One evaluation: the variables seen, the instant called now, and how much work is left.
/// An unknown variable is null; null goes through arithmetic and comparison; mixing other types is refused by position.
/// </summary>
public sealed class Evaluation(Func<string, Value?> variables, DateTimeOffset now, int steps = Evaluation.DefaultSteps)
{
    /// <summary>Steps an evaluation may take before it is stopped.</summary>
    public const int DefaultSteps = 100_000;

    // A left-deep chain of operators nests as deep as it is long; the stack must outlast it.
    private const int MaxDepth = 400;

    private Scope? scope;
    private int depth;

    /// <summary>An evaluation over the entries of one context.</summary>
    public Evaluation(ContextValue variables, DateTimeOffset now, int steps = DefaultSteps)
        : this(name => variables.Entries.GetValueOrDefault(name), now, steps) { }

    /// <summary>The instant called now, with the offset of the company's time zone.</summary>
    public DateTimeOffset Now { get; } = now;

    /// <summary>Takes steps from what is left.</summary>
    /// <exception cref="RuleBrokenException"><c>expression.limit</c></exception>
    internal void Spend(long work, int position)
    {
        Spent += work;
        if (Spent > steps) throw new RuleBrokenException("expression.limit", position);
    }

    /// <summary>Steps taken so far.</summary>
    internal long Spent { get; private set; }

    internal Value Of(Syntax syntax)
    {
        Spend(1, syntax.Position);
        if (depth == MaxDepth) throw new RuleBrokenException("expression.too-deep", syntax.Position, MaxDepth);
        depth++;
        try { return Dispatch(syntax); }
        finally { depth--; }
    }

    private Value Dispatch(Syntax syntax) => syntax switch
    {
        Literal literal => literal.Value,
        Variable variable => Lookup(variable.Name),
        Member member => Members.Of(Of(member.Of), member.Name, At(member)),
        Filter filter => Filtered(filter),
        Call call => Functions.Call(this, call),
        Negation negation => Operators.Negate(Of(negation.Operand), negation.Position),
        Arithmetic sum => Operators.Compute(sum.Operator, Of(sum.Left), Of(sum.Right), At(sum)),
        Comparison comparison => Compared(comparison.Operator, Of(comparison.Left), Of(comparison.Right), comparison),
        Logic logic => Of(logic),
        Conditional choice => Truth(Of(choice.If), choice.If.Position) == true ? Of(choice.Then) : Of(choice.Else),
        Loop loop => Looped(loop),
        Quantified quantified => Of(quantified),
        Membership membership => AnyPasses(membership.Tests, Of(membership.Operand)),
        ListOf list => At(list).Bounded(Value.List(list.Items.Select(Of))),
        ContextOf context => Of(context),
        Interval interval => At(interval).Bounded(new RangeValue(Of(interval.Low), interval.LowIncluded, Of(interval.High), interval.HighIncluded)),
        _ => throw new RuleBrokenException("expression.test-outside-table", syntax.Position),
    };

    private Maker At(Syntax syntax) => new(this, syntax.Position);

    private Value Lookup(string name)
    {
        for (var around = scope; around is not null; around = around.Outer)
            if (around.Find(name) is { } local) return local;
        return variables(name) ?? Value.Null;
    }

    private ContextValue Of(ContextOf context)
    {
        var entries = ContextValue.Empty.Entries.ToBuilder();
        foreach (var (name, value) in context.Entries) entries[name] = Of(value);
        return At(context).Bounded(new ContextValue(entries.ToImmutable()));
    }

    private Value Compared(string sign, Value left, Value right, Syntax at)
    {
        At(at).Walk(left.Weight < right.Weight ? left : right);
        return Operators.Compare(sign, left, right, at.Position);
    }

    /// <summary>Three-valued and/or: null is "not known", so <c>false and null</c> is false and <c>true and null</c> null.</summary>
    private Value Of(Logic logic)
    {
        var left = Truth(Of(logic.Left), logic.Left.Position);
        if (left == !logic.IsAnd) return Value.Of(left.Value);
        var right = Truth(Of(logic.Right), logic.Right.Position);
        if (right == !logic.IsAnd) return Value.Of(right.Value);
        return left is null || right is null ? Value.Null : Value.Of(logic.IsAnd);
    }

    internal static bool? Truth(Value value, int position) => value switch
    {
        BooleanValue flag => flag.Is,
        NullValue => null,
        _ => throw new RuleBrokenException("expression.not-boolean", position, value.TypeName),
    };

    private Value Filtered(Filter filter)
    {
        var list = Of(filter.List);
        if (list.IsNull) return Value.Null;
        var items = list is ListValue many ? many.Items : [list];
        // A number picks by place, counted from 1 or, when negative, from the end; anything else is a condition on "item".
        if (filter.By is Literal { Value: NumberValue } or Negation { Operand: Literal } or Variable or Arithmetic)
        {
            if (Of(filter.By) is NumberValue place) return Picked(items, place.Amount);
        }
        var kept = ImmutableArray.CreateBuilder<Value>();
        foreach (var item in items)
            if (Within(new Scope("item", item, scope) { ShowsEntries = true }, () => Truth(Of(filter.By), filter.By.Position)) == true) kept.Add(item);
        return At(filter).Bounded(new ListValue(kept.ToImmutable()));
    }

    private static Value Picked(ImmutableArray<Value> items, decimal place)
    {
        var index = place > 0 ? place - 1 : items.Length + place;
        return place != 0 && index >= 0 && index < items.Length ? items[(int)index] : Value.Null;
    }

    private T With<T>(string name, Value value, Func<T> inner) => Within(new Scope(name, value, scope), inner);

    private T Within<T>(Scope inside, Func<T> inner)
    {
        scope = inside;
        try { return inner(); }
        finally { scope = inside.Outer; }
    }

    private Value Looped(Loop loop)
    {
        var results = ImmutableArray.CreateBuilder<Value>();
        foreach (var item in Items(Of(loop.Over), loop.Over.Position)) results.Add(With(loop.Name, item, () => Of(loop.Body)));
        return At(loop).Bounded(new ListValue(results.ToImmutable()));
    }

    private Value Of(Quantified quantified)
    {
        var unknown = false;
        foreach (var item in Items(Of(quantified.Over), quantified.Over.Position))
        {
            var truth = With(quantified.Name, item, () => Truth(Of(quantified.Condition), quantified.Condition.Position));
            if (truth == !quantified.Every) return Value.Of(!quantified.Every);
            unknown |= truth is null;
        }
        return unknown ? Value.Null : Value.Of(quantified.Every);
    }

    /// <summary>What a loop runs over: a list, the whole numbers of a range, or one value.</summary>
    private IEnumerable<Value> Items(Value over, int position)
    {
        switch (over)
        {
            case NullValue: return [];
            case ListValue list: return list.Items;
            case RangeValue { Low: NumberValue low, High: NumberValue high } range:
                return Whole(low.Amount, high.Amount, position).Where(n => (range.LowIncluded || n != low.Amount) && (range.HighIncluded || n != high.Amount)).Select(Value.Of);
            default: return [over];
        }
    }

    private IEnumerable<decimal> Whole(decimal from, decimal to, int position)
    {
        var last = decimal.Floor(to);
        for (var number = decimal.Ceiling(from); number <= last; number++)
        {
            Spend(1, position);
            yield return number;
            // the largest number there is has none after it
            if (number == last) yield break;
        }
    }

    /// <summary>True when the input passes one of the unary tests.</summary>
    internal Value AnyPasses(IReadOnlyList<Syntax> tests, Value input) =>
        Value.Of(tests.Any(test => With("?", input, () => Passes(test, input))));

    private bool Passes(Syntax test, Value input)
    {
        Spend(1, test.Position);
        switch (test)
        {
            case AnyTest: return true;
            case NotTest not: return AnyPasses(not.Tests, input) == Value.False;
            case ComparisonTest comparison: return Compared(comparison.Operator, input, Of(comparison.Operand), comparison) == Value.True;
        }
        var passing = Of(test);
        At(test).Walk(passing);
        return passing switch
        {
            RangeValue range => Operators.InRange(input, range, test.Position),
            ListValue list when input is not ListValue => list.Items.Contains(input),
            BooleanValue truth when input is not BooleanValue => truth.Is,
            var value => Operators.Compare("=", input, value, test.Position) == Value.True,
        };
    }

    /// <summary>A name bound while something is computed, within the names bound around it.</summary>
    private sealed record Scope(string Name, Value Value, Scope? Outer)
    {
        /// <summary>True when entries of a context are seen by their own names, as in <c>lines[price > 10]</c>.</summary>
        public bool ShowsEntries { get; init; }

        public Value? Find(string name) =>
            name == Name ? Value : ShowsEntries && Value is ContextValue context ? context.Entries.GetValueOrDefault(name) : null;
    }
}
