using Portal.Domain.Identity;

namespace Portal.Domain.Sales.Plans;

/// <summary>A day on which a branch does not work as on its weekday: a holiday, or a Saturday that is worked.</summary>
public sealed class CalendarDay
{
    private CalendarDay() { }

    /// <summary>Says so of a day.</summary>
    /// <param name="branch">null for all branches that say nothing of that day themselves</param>
    public CalendarDay(Guid id, BranchId? branch, DateOnly day, bool works) => (Id, Branch, Day, Works) = (id, branch, day, works);

    public Guid Id { get; private set; }
    public BranchId? Branch { get; private set; }
    public DateOnly Day { get; private set; }
    public bool Works { get; private set; }
}
