using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Stock;

namespace Portal.Domain.Claims;

/// <summary>Where a claim stands: nobody has looked at it; it is examined; the client is asked for something; it is decided and made good; the client is told and asked whether he is satisfied; it is over; he has taken it back.</summary>
public enum ClaimState { Registered, Examining, Waiting, Decided, Answered, Closed, Withdrawn }

/// <summary>How a client complained. <see cref="Card"/> is a paper or a talk that somebody of ours wrote down, <see cref="File"/> the file of another program.</summary>
public enum ClaimChannel { Cabinet, Mail, Call, Card, File }

/// <summary>What a client complains about, in his own words' sense: what he knows when he complains.</summary>
public enum ClaimKind { Quality, Quantity, Damage, Delay, Documents, Service, Other }

/// <summary>What we do about a claim.</summary>
public enum ClaimDecision { Replace, Refund, Repair, Refuse }

/// <summary>What became of the client: he stays, he has gone, or he had gone and is back.</summary>
public enum ClaimResult { Kept, Lost, Returned }

/// <summary>What a claim is about; whatever of it is known.</summary>
/// <param name="Person">who complains</param>
/// <param name="OrderLine">id of the order's line</param>
/// <param name="Quantity">how many are complained about, in the line's unit</param>
/// <param name="Route">which way the goods or the passenger went, in words that are the same for the same way</param>
public sealed record ClaimSubject(
    PartnerId? Partner, PersonId? Person = null, SalesOrderId? Order = null, Guid? OrderLine = null, ShipmentId? Shipment = null, TripId? Trip = null, ProductId? Product = null, decimal? Quantity = null,
    VehicleId? Vehicle = null, DriverId? Driver = null, WarehouseId? Warehouse = null, string? Route = null);

/// <summary>What a client says.</summary>
/// <param name="Text">what is wrong</param>
/// <param name="Expects">what he wants us to do</param>
/// <param name="Claimed">what he asks for, in the claim's currency</param>
public sealed record ClaimWords(ClaimKind Kind, string Text, string? Expects = null, decimal? Claimed = null);

/// <summary>By when somebody looks at a claim, and by when it is decided.</summary>
public sealed record ClaimDeadlines(DateTimeOffset ReactBy, DateTimeOffset DecideBy);

/// <summary>What was found out: why, where it went wrong, and what was seen.</summary>
public sealed record ClaimFinding(ClaimCauseId? Cause, ClaimStepId? Step, string? Words);

/// <summary>What is done about a claim.</summary>
/// <param name="Allowed">what the client is given, in the claim's currency: of a refund the money, else what the goods are worth</param>
/// <param name="Cost">what it costs us, in the company's currency</param>
/// <param name="TakesBack">the goods come back to us</param>
/// <param name="Words">why, and what is done</param>
public sealed record ClaimVerdict(ClaimDecision Decision, decimal? Allowed, decimal? Cost, bool TakesBack, string? Words);
