using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Sales;

namespace Portal.Infrastructure.Sales;

/// <summary>What of the next step a list asks for.</summary>
public enum StepFilter { Overdue, Today, Missing }

/// <summary>The day of a deal that lies in a period.</summary>
public enum DealDay { Opened, Expected, Closed }

/// <summary>
/// Which deals to list; what is null does not narrow. <paramref name="Text"/> is looked for in the title, number and client; <paramref name="Nobody"/> those without a manager;
/// <paramref name="From"/> and <paramref name="Until"/>, both included, bound the day named by <paramref name="Day"/>.
/// </summary>
public sealed record DealFilter(
    string? Text = null, PipelineId? Pipeline = null, StageId? Stage = null, DealState? State = null, Guid? Manager = null, bool Nobody = false, TeamId? Team = null, LeadSourceId? Source = null,
    LossReasonId? LossReason = null, StepFilter? Step = null, DealDay Day = DealDay.Opened, DateOnly? From = null, DateOnly? Until = null, PartnerId? Partner = null, bool Archived = false);

/// <summary>A column the list of deals sorts by.</summary>
public enum DealSort { Opened, Title, Amount, NextStep, Expected, Age }
