using Portal.Workflows.Expressions;

namespace Portal.Workflows.Engine;

/// <summary>An instant written as ISO 8601 date, instant or duration from now, or as an expression giving one of them.</summary>
public static class Deadline
{
    /// <summary>The instant; null when the text gives none.</summary>
    public static DateTimeOffset? Of(string text, Evaluation evaluation)
    {
        try { return From(Temporal.Parse(text.Trim()) ?? new Expression(text).Evaluate(evaluation), evaluation); }
        catch (ArgumentOutOfRangeException) { return null; } // beyond the calendar
    }

    private static DateTimeOffset? From(Value value, Evaluation evaluation) => value switch
    {
        DateTimeValue at => at.Instant,
        DateValue day => new DateTimeOffset(day.Date, TimeOnly.MinValue, evaluation.Now.Offset),
        DurationValue wait => evaluation.Now + wait.Length,
        MonthsValue wait => evaluation.Now.AddMonths(wait.Months),
        TextValue text when Temporal.Parse(text.Text) is { } parsed and not TextValue => From(parsed, evaluation),
        _ => null,
    };
}
