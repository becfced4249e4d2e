using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Domain.Sales.Leads;

/// <summary>What holds for all leads of the company.</summary>
/// <param name="AnswerHours">working hours within which somebody gets in touch</param>
/// <param name="WorkFrom">hour at which a working day begins</param>
/// <param name="WorkUntil">hour at which it ends</param>
/// <param name="CoolingDays">days without a talk after which a lead cools</param>
/// <param name="ReadyContacts">talks and appeals within <paramref name="ReadyDays"/> that tell of readiness</param>
/// <param name="Team">who shares what nothing else decides; null is everybody who may work on leads</param>
public sealed record LeadRules(int AnswerHours = 4, int WorkFrom = 9, int WorkUntil = 18, int CoolingDays = 7, int ReadyContacts = 3, int ReadyDays = 7, TeamId? Team = null)
{
    /// <summary>The ways of finding a manager, in the order in which they are asked.</summary>
    public IReadOnlyList<LeadRoute> Order { get; init; } = Ways;

    /// <summary>All ways of finding a manager, as a company begins with them.</summary>
    public static readonly IReadOnlyList<LeadRoute> Ways = [LeadRoute.Choice, LeadRoute.Partner, LeadRoute.Territory, LeadRoute.Load];

    /// <summary>The rules, when they can be.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c>, <c>leads.hours</c></exception>
    public LeadRules Checked()
    {
        var rules = this with
        {
            AnswerHours = Required.Number(AnswerHours, "leads.answer-hours", 1, 240), WorkFrom = Required.Number(WorkFrom, "leads.work-from", 0, 23), WorkUntil = Required.Number(WorkUntil, "leads.work-until", 1, 24),
            CoolingDays = Required.Number(CoolingDays, "leads.cooling-days", 1, 365), ReadyContacts = Required.Number(ReadyContacts, "leads.ready-contacts", 2, 50), ReadyDays = Required.Number(ReadyDays, "leads.ready-days", 1, 90),
            Order = [.. Order.Where(Ways.Contains).Distinct()],
        };
        return rules.WorkFrom < rules.WorkUntil ? rules : throw new RuleBrokenException("leads.hours");
    }
}
