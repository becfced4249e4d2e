using System.Collections.Immutable;

namespace Portal.Workflows.Expressions;

/// <summary>Functions over lists, booleans and contexts. Places count from 1. Those that sum up also take their values one by one.</summary>
internal static class ListFunctions
{
    public static readonly Dictionary<string, Functions.Function> All = new()
    {
        ["not"] = new(1, 1, (a, _) => a[0] switch { BooleanValue b => Value.Of(!b.Is), NullValue => Value.Null, _ => null }),
        ["count"] = new(1, 1, (a, _) => On(a, items => Value.Of(items.Length))),
        ["sum"] = new(1, 99, (a, _) => Numbers(a, n => n.Count == 0 ? Value.Null : Value.Of(n.Sum()))),
        ["mean"] = new(1, 99, (a, _) => Numbers(a, n => n.Count == 0 ? Value.Null : Value.Of(n.Average()))),
        ["min"] = new(1, 99, (a, _) => Extreme(a, -1)),
        ["max"] = new(1, 99, (a, _) => Extreme(a, 1)),
        ["all"] = new(1, 99, (a, _) => Truths(a, every: true)),
        ["any"] = new(1, 99, (a, _) => Truths(a, every: false)),
        ["list contains"] = new(2, 2, (a, make) => On(a, items => Value.Of(Walked(a, items, make).Contains(a[1])))),
        ["index of"] = new(2, 2, (a, make) => On(a, items => make.List(Walked(a, items, make).Index().Where(i => i.Item.Equals(a[1])).Select(i => Value.Of(i.Index + 1))))),
        ["append"] = new(2, 99, (a, make) => On(a, items => make.List(items.Concat(a.Skip(1))))),
        ["concatenate"] = new(1, 99, (a, make) => a.All(v => v is ListValue) ? make.List(a.SelectMany(v => ((ListValue)v).Items)) : null),
        ["distinct values"] = new(1, 1, (a, make) => On(a, items => make.List(Walked(a, items, make).Distinct()))),
        ["flatten"] = new(1, 1, (a, make) => On(a, items => make.List(Flat(Walked(a, items, make))))),
        ["reverse"] = new(1, 1, (a, make) => On(a, items => make.List(items.Reverse()))),
        ["get value"] = new(2, 2, (a, _) => (a[0], a[1]) switch { (NullValue, _) => Value.Null, (ContextValue c, TextValue t) => c[t.Text], _ => null }),
        ["context put"] = new(3, 3, (a, make) => (a[0], a[1]) switch { (ContextValue c, TextValue t) => Put(c, t.Text, a[2], make), _ => null }),
    };

    private static Value? On(Value[] a, Func<ImmutableArray<Value>, Value> work) => a[0] switch
    {
        NullValue => Value.Null,
        ListValue list => work(list.Items),
        _ => null,
    };

    // Where items are compared or opened, what they hold counts too.
    private static ImmutableArray<Value> Walked(Value[] a, ImmutableArray<Value> items, Maker make)
    {
        foreach (var value in a) make.Walk(value);
        return items;
    }

    private static ContextValue Put(ContextValue context, string name, Value value, Maker make)
    {
        make.Walk(context);
        return make.Bounded(context.With(name, value));
    }

    private static ImmutableArray<Value> Gathered(Value[] a) => a is [ListValue list] ? list.Items : [.. a];

    private static Value? Numbers(Value[] a, Func<List<decimal>, Value> work)
    {
        var items = Gathered(a);
        if (items.Any(i => i.IsNull)) return Value.Null;
        return items.All(i => i is NumberValue) ? work([.. items.Select(i => ((NumberValue)i).Amount)]) : null;
    }

    private static Value? Extreme(Value[] a, int direction)
    {
        var items = Gathered(a);
        if (items.IsEmpty || items.Any(i => i.IsNull)) return Value.Null;
        var best = items[0];
        foreach (var item in items)
        {
            if (Operators.Order(item, best) is not { } order) return null;
            if (order * direction > 0) best = item;
        }
        return best;
    }

    private static Value? Truths(Value[] a, bool every)
    {
        var items = Gathered(a);
        if (items.Any(i => i is not (BooleanValue or NullValue))) return null;
        if (items.Contains(Value.Of(!every))) return Value.Of(!every);
        return items.Any(i => i.IsNull) ? Value.Null : Value.Of(every);
    }

    private static IEnumerable<Value> Flat(IEnumerable<Value> items) =>
        items.SelectMany(item => item is ListValue inner ? Flat(inner.Items) : [item]);
}
