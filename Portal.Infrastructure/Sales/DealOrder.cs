using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Sales;

/// <summary>What people say of a deal. <paramref name="Currency"/> null is the company's own; <paramref name="Rate"/> is the worth of one unit of another currency in it.</summary>
/// <param name="Probability">chance of winning, percent; null goes by the stage</param>
/// <param name="Product">the product it is mainly about</param>
public sealed record DealDetails(
    string Title, PartnerId? Partner = null, PersonId? Contact = null, decimal Amount = 0, string? Currency = null, decimal? Rate = null, Guid? Manager = null, BranchId? Branch = null,
    LeadSourceId? Source = null, DateOnly? ExpectedClose = null, decimal? Probability = null, Guid? Product = null);

/// <summary>A deal to be opened.</summary>
/// <param name="Pipeline">null takes the first one</param>
/// <param name="Stage">null takes the first one of the pipeline</param>
/// <param name="NextStep">what is to be done next</param>
/// <param name="Lead">the lead it comes from</param>
public sealed record DealOrder(
    DealDetails Details, PipelineId? Pipeline = null, StageId? Stage = null, string? NextStep = null, DateOnly? NextStepOn = null, Guid? Lead = null);
