using Portal.Domain.Shared;

namespace Portal.Workflows.Expressions;

/// <summary>What a point reaches: entries of contexts, parts of dates and durations, and through a list those of each item.</summary>
internal static class Members
{
    public static Value Of(Value value, string name, Maker make) => value switch
    {
        NullValue => Value.Null,
        ContextValue context => context[name],
        ListValue list => make.List(list.Items.Select(item => Of(item, name, make))),
        _ => Part(value, name) ?? throw new RuleBrokenException("expression.no-member", make.Position, value.TypeName, name),
    };

    private static Value? Part(Value value, string name) => (value, name) switch
    {
        (DateValue d, "year") => Value.Of(d.Date.Year),
        (DateValue d, "month") => Value.Of(d.Date.Month),
        (DateValue d, "day") => Value.Of(d.Date.Day),
        (DateValue d, "weekday") => Value.Of(Weekday(d.Date.DayOfWeek)),
        (DateTimeValue d, "year") => Value.Of(d.Instant.Year),
        (DateTimeValue d, "month") => Value.Of(d.Instant.Month),
        (DateTimeValue d, "day") => Value.Of(d.Instant.Day),
        (DateTimeValue d, "weekday") => Value.Of(Weekday(d.Instant.DayOfWeek)),
        (DateTimeValue d, "hour") => Value.Of(d.Instant.Hour),
        (DateTimeValue d, "minute") => Value.Of(d.Instant.Minute),
        (DateTimeValue d, "second") => Value.Of(d.Instant.Second),
        (TimeValue t, "hour") => Value.Of(t.Time.Hour),
        (TimeValue t, "minute") => Value.Of(t.Time.Minute),
        (TimeValue t, "second") => Value.Of(t.Time.Second),
        (DurationValue d, "days") => Value.Of(d.Length.Days),
        (DurationValue d, "hours") => Value.Of(d.Length.Hours),
        (DurationValue d, "minutes") => Value.Of(d.Length.Minutes),
        (DurationValue d, "seconds") => Value.Of(d.Length.Seconds),
        (MonthsValue m, "years") => Value.Of(m.Months / 12),
        (MonthsValue m, "months") => Value.Of(m.Months % 12),
        _ => null,
    };

    /// <summary>Monday is 1, Sunday 7 (ISO 8601).</summary>
    public static int Weekday(DayOfWeek day) => day == DayOfWeek.Sunday ? 7 : (int)day;
}
