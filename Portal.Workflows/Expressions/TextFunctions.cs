using System.Globalization;

namespace Portal.Workflows.Expressions;

/// <summary>Functions over strings. Places count from 1, negative ones from the end; letters change case without culture.</summary>
internal static class TextFunctions
{
    public static readonly Dictionary<string, Functions.Function> All = new()
    {
        ["string"] = new(1, 1, (a, make) => a[0].IsNull ? Value.Null : make.Text(a[0].Pieces)),
        ["string length"] = new(1, 1, (a, _) => On(a, t => Value.Of(t.Length))),
        ["upper case"] = new(1, 1, (a, make) => On(a, t => make.Text(t.ToUpperInvariant()))),
        ["lower case"] = new(1, 1, (a, make) => On(a, t => make.Text(t.ToLowerInvariant()))),
        ["trim"] = new(1, 1, (a, make) => On(a, t => make.Text(t.Trim()))),
        ["contains"] = new(2, 2, (a, _) => On(a, (t, other) => Value.Of(t.Contains(other, StringComparison.Ordinal)))),
        ["starts with"] = new(2, 2, (a, _) => On(a, (t, other) => Value.Of(t.StartsWith(other, StringComparison.Ordinal)))),
        ["ends with"] = new(2, 2, (a, _) => On(a, (t, other) => Value.Of(t.EndsWith(other, StringComparison.Ordinal)))),
        ["split"] = new(2, 2, (a, make) => On(a, (t, by) => make.List(Parts(t, by).Select(part => make.Text(part))))),
        ["substring"] = new(2, 3, (a, make) => Substring(a, make)),
        ["string join"] = new(1, 2, (a, make) => Join(a, make)),
        ["number"] = new(1, 1, (a, _) => Number(a[0])),
    };

    private static Value? On(Value[] a, Func<string, Value> work) => a[0] switch
    {
        NullValue => Value.Null,
        TextValue text => work(text.Text),
        _ => null,
    };

    private static Value? On(Value[] a, Func<string, string, Value> work) => (a[0], a[1]) switch
    {
        (TextValue text, TextValue other) => work(text.Text, other.Text),
        (NullValue, _) or (_, NullValue) => Value.Null,
        _ => null,
    };

    private static Value? Substring(Value[] a, Maker make)
    {
        if (a[0].IsNull) return Value.Null;
        if (a[0] is not TextValue { Text: var text } || a[1] is not NumberValue start) return null;
        var from = (int)(start.Amount > 0 ? start.Amount - 1 : text.Length + start.Amount);
        if (start.Amount == 0 || from < 0 || from > text.Length) return Value.Null;
        var length = a.Length == 2 ? text.Length - from : a[2] is NumberValue n ? (int)Math.Clamp(n.Amount, 0, text.Length - from) : -1;
        return length < 0 ? null : make.Text(text.Substring(from, length));
    }

    private static Value? Join(Value[] a, Maker make) => (a[0], a.Length > 1 ? a[1] : Value.Of("")) switch
    {
        (NullValue, _) => Value.Null,
        (ListValue list, TextValue by) => make.Text(Joined(list.Items.Where(i => !i.IsNull), by.Text)),
        _ => null,
    };

    private static IEnumerable<string> Joined(IEnumerable<Value> items, string by) =>
        items.SelectMany((item, place) => place == 0 ? item.Pieces : item.Pieces.Prepend(by));

    // Part by part, so that a text of very many parts is refused before all of them are there.
    private static IEnumerable<string> Parts(string text, string by)
    {
        var start = 0;
        while (by != "" && text.IndexOf(by, start, StringComparison.Ordinal) is var end and >= 0)
        {
            yield return text[start..end];
            start = end + by.Length;
        }
        yield return text[start..];
    }

    private static Value? Number(Value value) => value switch
    {
        NullValue or NumberValue => value,
        TextValue text when decimal.TryParse(text.Text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) => Value.Of(n),
        TextValue => Value.Null,
        _ => null,
    };
}
