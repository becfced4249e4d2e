namespace Portal.Workflows.Expressions;

/// <summary>Functions over numbers. Rounding is half away from zero.</summary>
internal static class NumberFunctions
{
    public static readonly Dictionary<string, Functions.Function> All = new()
    {
        ["abs"] = new(1, 1, (a, _) => a[0] is DurationValue d ? new DurationValue(d.Length.Duration()) : On(a, Math.Abs)),
        ["floor"] = new(1, 1, (a, _) => On(a, decimal.Floor)),
        ["ceiling"] = new(1, 1, (a, _) => On(a, decimal.Ceiling)),
        ["round"] = new(1, 2, (a, _) => a.Length == 1
            ? On(a, n => Math.Round(n, MidpointRounding.AwayFromZero))
            : On(a, (n, digits) => Value.Of(Math.Round(n, (int)digits, MidpointRounding.AwayFromZero)))),
        // The remainder takes the sign of the divisor, as DMN says.
        ["modulo"] = new(2, 2, (a, _) => On(a, (n, by) => by == 0 ? Value.Null : Value.Of(n - by * decimal.Floor(n / by)))),
    };

    private static Value? On(Value[] a, Func<decimal, decimal> work) => a[0] switch
    {
        NullValue => Value.Null,
        NumberValue n => Value.Of(work(n.Amount)),
        _ => null,
    };

    private static Value? On(Value[] a, Func<decimal, decimal, Value> work) => (a[0], a[1]) switch
    {
        (NumberValue x, NumberValue y) => work(x.Amount, y.Amount),
        (NullValue, _) or (_, NullValue) => Value.Null,
        _ => null,
    };
}
