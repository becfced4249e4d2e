using Portal.Domain.Shared;

namespace Portal.Domain.Sales.Plans;

/// <summary>Id of a <see cref="SalesPlan"/>.</summary>
public readonly record struct SalesPlanId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static SalesPlanId New() => new(Guid.CreateVersion7());
}

/// <summary>
/// What somebody is to sell in a month in a pipeline, in the company's currency, as it was planned from a day on. Planned anew on another day it is another version;
/// the versions before stay, for history is measured by the one then in force.
/// </summary>
public sealed class SalesPlan
{
    private SalesPlan() { }

    /// <summary>Plans.</summary>
    /// <param name="month">its first day</param>
    /// <param name="manager">our user; null for what nobody has taken on yet</param>
    /// <param name="since">the company's day from which it is in force</param>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c></exception>
    public SalesPlan(SalesPlanId id, DateOnly month, PipelineId pipeline, Guid? manager, decimal amount, DateOnly since)
    {
        (Id, Month, Pipeline, Manager, Since) = (id, new(month.Year, month.Month, 1), pipeline, manager, since);
        Correct(amount);
    }

    public SalesPlanId Id { get; private set; }
    /// <summary>First day of the month.</summary>
    public DateOnly Month { get; private set; }
    public PipelineId Pipeline { get; private set; }
    /// <summary>Whose plan it is; null for what nobody has taken on yet.</summary>
    public Guid? Manager { get; private set; }
    /// <summary>In the company's currency.</summary>
    public decimal Amount { get; private set; }
    /// <summary>The day from which it is in force.</summary>
    public DateOnly Since { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>Plans another amount on the same day.</summary>
    /// <exception cref="RuleBrokenException"><c>number.out-of-range</c></exception>
    public void Correct(decimal amount) => Amount = DealMoney.Sum(amount, "plan.amount");

    /// <summary>
    /// The version of one cell that is in force on a day: the latest that began by then, and by the end of the month. The first version counts from the beginning of the month,
    /// whenever it was written down.
    /// </summary>
    /// <param name="versions">all of one month, pipeline and manager</param>
    public static SalesPlan? InForce(IEnumerable<SalesPlan> versions, DateOnly on)
    {
        var sorted = versions.OrderBy(v => v.Since).ToList();
        if (sorted.Count == 0) return null;
        var (end, day) = (sorted[0].Month.AddMonths(1).AddDays(-1), on);
        if (day > end) day = end;
        return sorted.LastOrDefault(v => v.Since <= day) ?? sorted[0];
    }
}
