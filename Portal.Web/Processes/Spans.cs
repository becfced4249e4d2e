using Portal.Web.Shared;

namespace Portal.Web.Processes;

/// <summary>Lengths of time as people say them: one unit, rounded.</summary>
internal static class Spans
{
    public static string Show(TimeSpan length, Texts texts) => length switch
    {
        { TotalMinutes: < 1 } => texts["span.now"],
        { TotalMinutes: < 90 } => texts["span.minutes", Math.Round(length.TotalMinutes)],
        { TotalHours: < 36 } => texts["span.hours", Math.Round(length.TotalHours)],
        _ => texts["span.days", Math.Round(length.TotalDays)],
    };
}
