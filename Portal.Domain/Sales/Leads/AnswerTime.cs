using Portal.Domain.Sales.Plans;

namespace Portal.Domain.Sales.Leads;

/// <summary>By when somebody who appealed is to hear from us.</summary>
public static class AnswerTime
{
    /// <summary>The moment by which so many working hours have passed.</summary>
    /// <param name="from">when the appeal came</param>
    public static DateTimeOffset Due(DateTimeOffset from, LeadRules rules, WorkingDays days, TimeZoneInfo zone) =>
        new WorkingTime(days, rules.WorkFrom, rules.WorkUntil, zone).After(from, TimeSpan.FromHours(rules.AnswerHours));
}
