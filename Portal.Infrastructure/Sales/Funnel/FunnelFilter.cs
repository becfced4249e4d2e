using Portal.Domain.Identity;
using Portal.Domain.Sales;

namespace Portal.Infrastructure.Sales.Funnel;

/// <summary>Which deals the funnel counts; what is null does not narrow.</summary>
/// <param name="Pipeline">null takes the first one that has deals</param>
/// <param name="From">first day of the period; null from the first deal on</param>
/// <param name="Until">last day of the period; null until today</param>
/// <param name="Nobody">only deals without a manager</param>
/// <param name="Product">the product a deal is mainly about</param>
public sealed record FunnelFilter(
    PipelineId? Pipeline = null, DateOnly? From = null, DateOnly? Until = null, Guid? Manager = null, bool Nobody = false, TeamId? Team = null, LeadSourceId? Source = null, Guid? Product = null, BranchId? Branch = null);

/// <summary>What deals stand behind a number of the funnel: open on a stage, come to it or further, lost after it, won, lost, expected to be decided, or the whole cohort.</summary>
public enum FunnelPart { Open, Reached, LostAfter, Won, Lost, Expected, Cohort }

/// <summary>A number of the funnel.</summary>
/// <param name="Position">the stage, where the part asks for one; behind the last stands the win</param>
/// <param name="From">first day of the cohort, or of the month of the expected close</param>
/// <param name="Until">last day of the same</param>
/// <param name="Reason">only deals lost for this reason</param>
/// <param name="Competitor">only deals which this competitor wanted too</param>
public sealed record FunnelNumber(FunnelPart Part, int? Position = null, DateOnly? From = null, DateOnly? Until = null, Guid? Reason = null, string? Competitor = null);
