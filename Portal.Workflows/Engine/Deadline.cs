using Portal.Workflows.Expressions;

namespace Portal.Workflows.Engine;

/// <summary>
/// An instant written as ISO 8601 date, instant or duration from now, or as an expression giving one of them. A date alone is a day of the
/// company's calendar, and what of it counts is the caller's to say: who must be ready by a day has all of it.
/// </summary>
public static class Deadline
{
    /// <summary>The last moment to be in time, of a day its last second; null when the text gives none.</summary>
    public static DateTimeOffset? Of(string text, Evaluation evaluation) => At(text, evaluation, day => day.AddDays(1).AddSeconds(-1));

    /// <summary>The instant; null when the text gives none.</summary>
    /// <param name="ofDay">the moment meant by a day, from its first</param>
    internal static DateTimeOffset? At(string text, Evaluation evaluation, Func<DateTimeOffset, DateTimeOffset> ofDay)
    {
        try { return From(Temporal.Parse(text.Trim()) ?? new Expression(text).Evaluate(evaluation), evaluation, ofDay); }
        catch (ArgumentOutOfRangeException) { return null; } // beyond the calendar
    }

    private static DateTimeOffset? From(Value value, Evaluation evaluation, Func<DateTimeOffset, DateTimeOffset> ofDay) => value switch
    {
        DateTimeValue at => at.Instant,
        DateValue day => ofDay(new DateTimeOffset(day.Date, TimeOnly.MinValue, evaluation.Now.Offset)),
        DurationValue wait => evaluation.Now + wait.Length,
        MonthsValue wait => evaluation.Now.AddMonths(wait.Months),
        TextValue text when Temporal.Parse(text.Text) is { } parsed and not TextValue => From(parsed, evaluation, ofDay),
        _ => null,
    };
}
