using Portal.Domain.Sales;

namespace Portal.Web.Sales.Deals;

/// <summary>Where a deal is to go: to a stage, or to one of its ends.</summary>
public sealed record MoveTarget(StageId? Stage, DealState State);

/// <summary>Why a deal is lost.</summary>
public sealed record LossAnswer(LossReasonId Reason, string? Note);
