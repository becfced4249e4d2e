using Portal.Domain.Shared;

namespace Portal.Domain.Claims;

/// <summary>What holds for all claims of the company.</summary>
/// <param name="ReactHours">working hours within which somebody looks at a claim</param>
/// <param name="DecideHours">working hours within which it is decided</param>
/// <param name="WorkFrom">hour at which a working day begins</param>
/// <param name="WorkUntil">hour at which it ends</param>
/// <param name="RepeatCount">claims of one cause about one product, driver, warehouse or route that make an incident</param>
/// <param name="RepeatDays">within so many days</param>
public sealed record ClaimRules(int ReactHours = 4, int DecideHours = 27, int WorkFrom = 9, int WorkUntil = 18, int RepeatCount = 3, int RepeatDays = 30)
{
    /// <summary>The rules, when they can be.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c>, <c>leads.hours</c></exception>
    public ClaimRules Checked()
    {
        var rules = new ClaimRules(
            Required.Number(ReactHours, "claims.react-hours", 1, 400), Required.Number(DecideHours, "claims.decide-hours", 1, 2000), Required.Number(WorkFrom, "leads.work-from", 0, 23), Required.Number(WorkUntil, "leads.work-until", 1, 24),
            Required.Number(RepeatCount, "claims.repeat-count", 2, 100), Required.Number(RepeatDays, "claims.repeat-days", 1, 366));
        return rules.WorkFrom < rules.WorkUntil ? rules : throw new RuleBrokenException("leads.hours");
    }
}
