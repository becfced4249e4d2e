namespace Portal.Workflows.Expressions;

/// <summary>Functions over dates, times and durations. "Now" is the engine's clock, never the machine's.</summary>
internal static class DateFunctions
{
    public static readonly Dictionary<string, Functions.Function> All = new()
    {
        ["now"] = new(0, 0, (_, make) => Value.Of(make.Evaluation.Now)),
        ["today"] = new(0, 0, (_, make) => new DateValue(DateOnly.FromDateTime(make.Evaluation.Now.DateTime))),
        ["date"] = new(1, 3, (a, _) => a.Length == 1 ? ToDate(a[0]) : FromParts(a)),
        ["time"] = new(1, 1, (a, _) => ToTime(a[0])),
        ["date and time"] = new(1, 2, (a, make) => a.Length == 1 ? ToInstant(a[0], make.Evaluation) : Combined(a, make.Evaluation)),
        ["duration"] = new(1, 1, (a, _) => a[0] switch
        {
            NullValue => Value.Null,
            TextValue text => Temporal.ParseDuration(text.Text) ?? Value.Null,
            DurationValue or MonthsValue => a[0],
            _ => null,
        }),
        ["years and months duration"] = new(2, 2, (a, _) => MonthsBetween(a)),
        ["day of week"] = new(1, 1, (a, make) => Members.Of(a[0], "weekday", make)),
        ["add working days"] = new(2, 2, WorkingDays),
    };

    private static Value? ToDate(Value value) => value switch
    {
        NullValue or DateValue => value,
        TextValue text => Temporal.Parse(text.Text) is { } parsed and not TextValue ? ToDate(parsed) : Value.Null,
        DateTimeValue at => new DateValue(DateOnly.FromDateTime(at.Instant.DateTime)),
        _ => null,
    };

    private static Value? FromParts(Value[] a) =>
        a is [NumberValue y, NumberValue m, NumberValue d] ? new DateValue(new DateOnly((int)y.Amount, (int)m.Amount, (int)d.Amount)) : null;

    private static Value? ToTime(Value value) => value switch
    {
        NullValue or TimeValue => value,
        TextValue text => Temporal.Parse(text.Text) is TimeValue time ? time : Value.Null,
        DateTimeValue at => new TimeValue(TimeOnly.FromDateTime(at.Instant.DateTime)),
        _ => null,
    };

    private static Value? ToInstant(Value value, Evaluation evaluation) => value switch
    {
        NullValue or DateTimeValue => value,
        TextValue text => Temporal.Parse(text.Text) switch { DateTimeValue at => at, DateValue day => ToInstant(day, evaluation), _ => Value.Null },
        DateValue day => Value.Of(new DateTimeOffset(day.Date, TimeOnly.MinValue, evaluation.Now.Offset)),
        _ => null,
    };

    private static Value? Combined(Value[] a, Evaluation evaluation) => (a[0], a[1]) switch
    {
        (NullValue, _) or (_, NullValue) => Value.Null,
        (DateValue day, TimeValue time) => Value.Of(new DateTimeOffset(day.Date, time.Time, evaluation.Now.Offset)),
        _ => null,
    };

    private static Value? MonthsBetween(Value[] a)
    {
        if (ToDate(a[0]) is not DateValue { Date: var from } || ToDate(a[1]) is not DateValue { Date: var to }) return Value.Null;
        var months = (to.Year - from.Year) * 12 + to.Month - from.Month;
        if (months > 0 && to.Day < from.Day) months--;
        if (months < 0 && to.Day > from.Day) months++;
        return new MonthsValue(months);
    }

    /// <summary>Moves a date or instant by whole working days; Saturday and Sunday do not count, holidays are not known here.</summary>
    private static Value? WorkingDays(Value[] a, Maker make)
    {
        if (a[0].IsNull || a[1].IsNull) return Value.Null;
        if (a[1] is not NumberValue { Amount: var amount } || Math.Abs(amount) > 10_000) return null;
        make.Evaluation.Spend((long)Math.Abs(amount), make.Position);
        var (left, step) = ((int)Math.Abs(amount), Math.Sign(amount));
        DateOnly Moved(DateOnly day)
        {
            while (left > 0)
            {
                day = day.AddDays(step);
                if (day.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)) left--;
            }
            return day;
        }
        return a[0] switch
        {
            DateValue day => new DateValue(Moved(day.Date)),
            DateTimeValue { Instant: var at } => Value.Of(new DateTimeOffset(Moved(DateOnly.FromDateTime(at.DateTime)), TimeOnly.FromDateTime(at.DateTime), at.Offset)),
            _ => null,
        };
    }
}
