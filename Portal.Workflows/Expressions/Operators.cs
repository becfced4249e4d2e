using Portal.Domain.Shared;

namespace Portal.Workflows.Expressions;

/// <summary>Arithmetic and comparison. Null in, null out; types that do not fit are refused with the position of the sign.</summary>
internal static class Operators
{
    public static Value Negate(Value operand, int position) => operand switch
    {
        NullValue => Value.Null,
        NumberValue n => Value.Of(-n.Amount),
        DurationValue d => new DurationValue(-d.Length),
        MonthsValue m => new MonthsValue(-m.Months),
        _ => throw new RuleBrokenException("expression.type", position, "-", operand.TypeName),
    };

    public static Value Compute(string sign, Value left, Value right, Maker make)
    {
        if (left.IsNull || right.IsNull) return Value.Null;
        try
        {
            return (left, right) switch
            {
                (NumberValue a, NumberValue b) => Numbers(sign, a.Amount, b.Amount, make),
                (TextValue a, TextValue b) when sign == "+" => make.Text(a.Text, b.Text),
                _ => Times(sign, left, right),
            } ?? throw new RuleBrokenException("expression.types", make.Position, sign, left.TypeName, right.TypeName);
        }
        catch (Exception e) when (e is OverflowException or ArgumentOutOfRangeException)
        {
            throw new RuleBrokenException("expression.overflow", make.Position, sign);
        }
    }

    private static Value? Numbers(string sign, decimal a, decimal b, Maker make) => sign switch
    {
        "+" => Value.Of(a + b),
        "-" => Value.Of(a - b),
        "*" => Value.Of(a * b),
        "/" => b == 0 ? Value.Null : Value.Of(a / b),
        _ => Power(a, b, make),
    };

    private static Value Power(decimal a, decimal b, Maker make)
    {
        if (b != decimal.Truncate(b) || Math.Abs(b) > 1000)
        {
            var power = Math.Pow((double)a, (double)b);
            return double.IsNaN(power) ? Value.Null : Value.Of((decimal)power);
        }
        make.Evaluation.Spend((long)Math.Abs(b), make.Position);
        var result = 1m;
        for (var i = 0; i < Math.Abs(b); i++) result *= a;
        return b >= 0 ? Value.Of(result) : result == 0 ? Value.Null : Value.Of(1 / result);
    }

    private static Value? Times(string sign, Value left, Value right) => (sign, left, right) switch
    {
        ("+", DateTimeValue at, DurationValue d) => new DateTimeValue(at.Instant + d.Length),
        ("+", DurationValue d, DateTimeValue at) => new DateTimeValue(at.Instant + d.Length),
        ("-", DateTimeValue at, DurationValue d) => new DateTimeValue(at.Instant - d.Length),
        ("-", DateTimeValue a, DateTimeValue b) => new DurationValue(a.Instant - b.Instant),
        ("+", DateTimeValue at, MonthsValue m) => new DateTimeValue(at.Instant.AddMonths(m.Months)),
        ("-", DateTimeValue at, MonthsValue m) => new DateTimeValue(at.Instant.AddMonths(-m.Months)),
        ("+", DateValue day, DurationValue d) => new DateValue(day.Date.AddDays(d.Length.Days)),
        ("+", DurationValue d, DateValue day) => new DateValue(day.Date.AddDays(d.Length.Days)),
        ("-", DateValue day, DurationValue d) => new DateValue(day.Date.AddDays(-d.Length.Days)),
        ("-", DateValue a, DateValue b) => new DurationValue(TimeSpan.FromDays(a.Date.DayNumber - b.Date.DayNumber)),
        ("+", DateValue day, MonthsValue m) => new DateValue(day.Date.AddMonths(m.Months)),
        ("-", DateValue day, MonthsValue m) => new DateValue(day.Date.AddMonths(-m.Months)),
        ("+", TimeValue time, DurationValue d) => new TimeValue(time.Time.Add(d.Length)),
        ("-", TimeValue time, DurationValue d) => new TimeValue(time.Time.Add(-d.Length)),
        ("-", TimeValue a, TimeValue b) => new DurationValue(a.Time.ToTimeSpan() - b.Time.ToTimeSpan()),
        ("+", DurationValue a, DurationValue b) => new DurationValue(a.Length + b.Length),
        ("-", DurationValue a, DurationValue b) => new DurationValue(a.Length - b.Length),
        ("*", DurationValue d, NumberValue n) => new DurationValue(TimeSpan.FromTicks((long)(d.Length.Ticks * n.Amount))),
        ("*", NumberValue n, DurationValue d) => new DurationValue(TimeSpan.FromTicks((long)(d.Length.Ticks * n.Amount))),
        ("/", DurationValue d, NumberValue n) => n.Amount == 0 ? Value.Null : new DurationValue(TimeSpan.FromTicks((long)(d.Length.Ticks / n.Amount))),
        ("/", DurationValue a, DurationValue b) => b.Length == TimeSpan.Zero ? Value.Null : Value.Of((decimal)a.Length.Ticks / b.Length.Ticks),
        ("+", MonthsValue a, MonthsValue b) => new MonthsValue(checked(a.Months + b.Months)),
        ("-", MonthsValue a, MonthsValue b) => new MonthsValue(checked(a.Months - b.Months)),
        ("*", MonthsValue m, NumberValue n) => new MonthsValue((int)(m.Months * n.Amount)),
        _ => null,
    };

    /// <summary>Comparison: equality answers for null too, order is null when a side is null.</summary>
    public static Value Compare(string sign, Value left, Value right, int position)
    {
        if (sign is "=" or "!=")
        {
            if (!left.IsNull && !right.IsNull && left.GetType() != right.GetType()) return Value.Null;
            return Value.Of(Same(left, right) == (sign == "="));
        }
        if (left.IsNull || right.IsNull) return Value.Null;
        var order = Order(left, right) ?? throw new RuleBrokenException("expression.types", position, sign, left.TypeName, right.TypeName);
        return Value.Of(sign switch { "<" => order < 0, "<=" => order <= 0, ">" => order > 0, _ => order >= 0 });
    }

    // Two offsets may name one instant, which record equality of DateTimeOffset honours as well.
    private static bool Same(Value left, Value right) => left.Equals(right);

    /// <summary>Order of two values of one type, or null where the types have none in common.</summary>
    public static int? Order(Value left, Value right) => (left, right) switch
    {
        (NumberValue a, NumberValue b) => a.Amount.CompareTo(b.Amount),
        (TextValue a, TextValue b) => string.CompareOrdinal(a.Text, b.Text),
        (DateValue a, DateValue b) => a.Date.CompareTo(b.Date),
        (TimeValue a, TimeValue b) => a.Time.CompareTo(b.Time),
        (DateTimeValue a, DateTimeValue b) => a.Instant.CompareTo(b.Instant),
        (DurationValue a, DurationValue b) => a.Length.CompareTo(b.Length),
        (MonthsValue a, MonthsValue b) => a.Months.CompareTo(b.Months),
        _ => null,
    };

    /// <summary>True when the value lies in the interval; null lies in none.</summary>
    public static bool InRange(Value value, RangeValue range, int position)
    {
        var low = range.Low.IsNull ? Value.True : Compare(range.LowIncluded ? ">=" : ">", value, range.Low, position);
        var high = range.High.IsNull ? Value.True : Compare(range.HighIncluded ? "<=" : "<", value, range.High, position);
        return low == Value.True && high == Value.True;
    }
}
