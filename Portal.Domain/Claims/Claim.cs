using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Documents;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;

namespace Portal.Domain.Claims;

/// <summary>Where a claim comes from, and who answers for it.</summary>
/// <param name="Day">on which it came, in the company's zone</param>
/// <param name="Currency">of the order it is about, else the company's</param>
/// <param name="External">what another program calls it</param>
public sealed record ClaimOrigin(ClaimChannel Channel, DateTimeOffset ReceivedAt, DateOnly Day, string Currency, Guid? Manager, BranchId? Branch, string? External = null);

/// <summary>
/// A client's complaint, from the day it came to what became of the client. It has its number from the beginning; it is looked at, explained, decided and made good, and the client says whether that will do. Who is not content has it looked at again.
/// </summary>
public sealed class Claim : ISearchable
{
    /// <summary>Characters of what a client says.</summary>
    public const int MostText = 4000;

    private Claim() { }

    /// <summary>Registers a claim.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c>, <c>number.out-of-range</c>, <c>clients.currency-unknown</c>, <c>claims.ahead</c></exception>
    public Claim(ClaimId id, CompanyId company, DocumentNumber number, ClaimOrigin origin, ClaimSubject subject, ClaimWords words, ClaimDeadlines deadlines, Actor author, DateTimeOffset now)
    {
        if (origin.ReceivedAt > now) throw new RuleBrokenException("claims.ahead");
        (Id, Company, Year, Sequence, CreatedAt, ByUser, ByName) = (id, company, number.Year, number.Sequence, now, author.UserId, author.Name);
        (Channel, ReceivedAt, Day, Manager, Branch, External) = (origin.Channel, origin.ReceivedAt, origin.Day, origin.Manager, origin.Branch, Required.Optional(origin.External, "claim.external", 60));
        (Currency, Partner) = (PriceNumbers.Currency(origin.Currency), subject.Partner);
        (ReactBy, DecideBy) = (deadlines.ReactBy, deadlines.DecideBy);
        Write(subject, words);
    }

    public ClaimId Id { get; private set; }
    public CompanyId Company { get; private set; }
    public int Year { get; private set; }
    public int Sequence { get; private set; }
    public ClaimState State { get; private set; }
    public ClaimChannel Channel { get; private set; }
    /// <summary>Null where nobody wrote down who complained: only in what another program kept.</summary>
    public PartnerId? Partner { get; private set; }
    public PersonId? Person { get; private set; }
    public SalesOrderId? Order { get; private set; }
    /// <summary>Id of the order's line.</summary>
    public Guid? OrderLine { get; private set; }
    public ShipmentId? Shipment { get; private set; }
    public TripId? Trip { get; private set; }
    public ProductId? Product { get; private set; }
    public decimal? Quantity { get; private set; }
    public VehicleId? Vehicle { get; private set; }
    public DriverId? Driver { get; private set; }
    public WarehouseId? Warehouse { get; private set; }
    /// <summary>Which way the goods or the passenger went.</summary>
    public string? Route { get; private set; }
    public ClaimKind Kind { get; private set; }
    /// <summary>What is wrong, in the client's words.</summary>
    public string Text { get; private set; } = "";
    /// <summary>What he wants us to do.</summary>
    public string? Expects { get; private set; }
    public decimal? Claimed { get; private set; }
    public string Currency { get; private set; } = "";
    /// <summary>Our user who answers for it.</summary>
    public Guid? Manager { get; private set; }
    public BranchId? Branch { get; private set; }
    public DateTimeOffset ReceivedAt { get; private set; }
    /// <summary>The day on which it came, in the company's zone: figures count it on that day.</summary>
    public DateOnly Day { get; private set; }
    /// <summary>By when somebody is to look at it.</summary>
    public DateTimeOffset ReactBy { get; private set; }
    /// <summary>By when it is to be decided; it rests while the client is asked for something.</summary>
    public DateTimeOffset DecideBy { get; private set; }
    public DateTimeOffset? ReactedAt { get; private set; }
    /// <summary>Since when the client is asked for something.</summary>
    public DateTimeOffset? WaitsSince { get; private set; }
    public ClaimCauseId? Cause { get; private set; }
    /// <summary>Where it went wrong.</summary>
    public ClaimStepId? Step { get; private set; }
    /// <summary>What was found out.</summary>
    public string? Findings { get; private set; }
    public ClaimDecision? Decision { get; private set; }
    /// <summary>What the client is given, in the claim's currency.</summary>
    public decimal? Allowed { get; private set; }
    /// <summary>What it costs us, in the company's currency.</summary>
    public decimal? Cost { get; private set; }
    /// <summary>The goods come back to us.</summary>
    public bool TakesBack { get; private set; }
    /// <summary>Why it was decided so, and what is done.</summary>
    public string? Action { get; private set; }
    public DateTimeOffset? DecidedAt { get; private set; }
    public string? DecidedBy { get; private set; }
    public DateTimeOffset? InformedAt { get; private set; }
    /// <summary>What the client was told.</summary>
    public string? Answer { get; private set; }
    /// <summary>Whether the client is content; null until he says so.</summary>
    public bool? Satisfied { get; private set; }
    /// <summary>What he says to that.</summary>
    public string? ClientWords { get; private set; }
    public DateTimeOffset? ConfirmedAt { get; private set; }
    /// <summary>What changes so that it does not come again.</summary>
    public string? Measure { get; private set; }
    public ClaimResult? Result { get; private set; }
    public DateTimeOffset? ClosedAt { get; private set; }
    public string? ClosedBy { get; private set; }
    /// <summary>Why it was taken back.</summary>
    public string? Reason { get; private set; }
    /// <summary>What another program calls it.</summary>
    public string? External { get; private set; }
    /// <summary>Another program says that it was closed before it came.</summary>
    public bool ClosedBeforeOpened { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public Guid ByUser { get; private set; }
    public string ByName { get; private set; } = "";
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>Its number.</summary>
    public DocumentNumber Number => new(Year, Sequence);

    /// <summary>True until it is closed or taken back.</summary>
    public bool IsOpen => State is not (ClaimState.Closed or ClaimState.Withdrawn);

    /// <summary>What it is about.</summary>
    public ClaimSubject Subject => new(Partner, Person, Order, OrderLine, Shipment, Trip, Product, Quantity, Vehicle, Driver, Warehouse, Route);

    /// <summary>By when something is to be done by us; null where it is the client's turn, or nobody's.</summary>
    public DateTimeOffset? Due => State switch { ClaimState.Registered => ReactBy < DecideBy ? ReactBy : DecideBy, ClaimState.Examining => DecideBy, _ => null };

    /// <summary>Puts right what was written down, for the same client.</summary>
    /// <exception cref="RuleBrokenException"><c>claims.closed</c>, and as the registration</exception>
    public void Describe(ClaimSubject subject, ClaimWords words)
    {
        RequireOpen();
        Write(subject with { Partner = Partner }, words);
    }

    /// <summary>Gives it to whoever answers for it.</summary>
    /// <exception cref="RuleBrokenException"><c>claims.closed</c></exception>
    public void Give(Guid? manager)
    {
        RequireOpen();
        Manager = manager;
    }

    /// <summary>Somebody looks at it; who does so first answers for it where nobody does.</summary>
    /// <exception cref="RuleBrokenException"><c>claims.closed</c></exception>
    public void Examine(Actor by, DateTimeOffset now)
    {
        RequireOpen();
        if (State != ClaimState.Registered) return;
        (State, ReactedAt) = (ClaimState.Examining, now);
        if (!by.IsSystem) Manager ??= by.UserId;
    }

    /// <summary>The client is asked for something: until he answers, the time of the decision rests.</summary>
    /// <exception cref="RuleBrokenException"><c>claims.not-examined</c></exception>
    public void AskClient(DateTimeOffset now)
    {
        if (State is not (ClaimState.Registered or ClaimState.Examining)) throw new RuleBrokenException("claims.not-examined");
        (State, ReactedAt, WaitsSince) = (ClaimState.Waiting, ReactedAt ?? now, now);
    }

    /// <summary>The client has answered.</summary>
    /// <param name="decideBy">with as much working time left as there was when he was asked</param>
    /// <exception cref="RuleBrokenException"><c>claims.not-waiting</c></exception>
    public void Resume(DateTimeOffset decideBy)
    {
        if (State != ClaimState.Waiting) throw new RuleBrokenException("claims.not-waiting");
        (State, WaitsSince, DecideBy) = (ClaimState.Examining, null, decideBy);
    }

    /// <summary>Says why it came to the claim, and where it went wrong; what is null stays as it is known.</summary>
    /// <exception cref="RuleBrokenException"><c>claims.closed</c>, <c>text.too-long</c></exception>
    public void Find(ClaimFinding finding, Actor by, DateTimeOffset now)
    {
        Examine(by, now);
        (Cause, Step, Findings) = (finding.Cause ?? Cause, finding.Step ?? Step, Required.Optional(finding.Words, "claim.findings", MostText) ?? Findings);
    }

    /// <summary>Decides what is done. Until the client has been told it may be decided otherwise.</summary>
    /// <exception cref="RuleBrokenException"><c>claims.closed</c>, <c>claims.informed</c>, <c>claims.no-cause</c>, <c>claims.no-amount</c>, <c>text.required</c>, <c>text.too-long</c>, <c>number.out-of-range</c></exception>
    public void Decide(ClaimVerdict verdict, Actor by, DateTimeOffset now)
    {
        RequireOpen();
        if (State == ClaimState.Answered) throw new RuleBrokenException("claims.informed");
        if (verdict.Decision != ClaimDecision.Refuse && Cause is null) throw new RuleBrokenException("claims.no-cause");
        var (allowed, cost) = verdict.Decision == ClaimDecision.Refuse ? (null, verdict.Cost) : (verdict.Allowed, verdict.Cost);
        if (verdict.Decision == ClaimDecision.Refund && allowed is not > 0) throw new RuleBrokenException("claims.no-amount");
        // who is refused is told why
        var words = verdict.Decision == ClaimDecision.Refuse ? Required.Text(verdict.Words, "claim.action", MostText) : Required.Optional(verdict.Words, "claim.action", MostText);
        Examine(by, now);
        (State, Decision, Allowed, Cost, TakesBack, Action) = (ClaimState.Decided, verdict.Decision, Sum(allowed, "claim.allowed", Currency), cost is { } sum ? PriceNumbers.Price(sum, "claim.cost") : null, verdict.TakesBack && verdict.Decision != ClaimDecision.Refuse, words);
        (DecidedAt, DecidedBy, WaitsSince) = (now, by.Name, null);
    }

    /// <summary>The client is told what is done: now it is his turn.</summary>
    /// <exception cref="RuleBrokenException"><c>claims.not-decided</c>, <c>text.required</c>, <c>text.too-long</c></exception>
    public void Inform(string? words, DateTimeOffset now)
    {
        if (State is not (ClaimState.Decided or ClaimState.Answered)) throw new RuleBrokenException("claims.not-decided");
        (State, InformedAt, Answer) = (ClaimState.Answered, now, Required.Text(words, "claim.answer", MostText));
    }

    /// <summary>The client says whether that will do. Where it will not, the claim is examined again.</summary>
    /// <param name="decideBy">by when it is to be decided anew, should it come to that</param>
    /// <exception cref="RuleBrokenException"><c>claims.not-decided</c>, <c>claims.confirmed</c>, <c>text.too-long</c></exception>
    public void Confirm(bool satisfied, string? words, DateTimeOffset decideBy, DateTimeOffset now)
    {
        if (State is not (ClaimState.Decided or ClaimState.Answered)) throw new RuleBrokenException("claims.not-decided");
        if (Satisfied == true) throw new RuleBrokenException("claims.confirmed");
        (Satisfied, ClientWords, ConfirmedAt) = (satisfied, Required.Optional(words, "claim.client-words", MostText), now);
        (State, DecideBy) = satisfied ? (ClaimState.Answered, DecideBy) : (ClaimState.Examining, decideBy);
    }

    /// <summary>It is over.</summary>
    /// <param name="cost">what it cost us in the end; null leaves what was said when it was decided</param>
    /// <exception cref="RuleBrokenException"><c>claims.not-decided</c>, <c>text.too-long</c>, <c>number.out-of-range</c></exception>
    public void Close(ClaimResult result, decimal? cost, string? measure, Actor by, DateTimeOffset now)
    {
        if (State == ClaimState.Closed) return;
        if (State is not (ClaimState.Decided or ClaimState.Answered)) throw new RuleBrokenException("claims.not-decided");
        (Cost, Measure) = (cost is { } sum ? PriceNumbers.Price(sum, "claim.cost") : Cost, Required.Optional(measure, "claim.measure", MostText));
        (State, Result, ClosedAt, ClosedBy) = (ClaimState.Closed, result, now, by.Name);
    }

    /// <summary>What became of the client is known better by now: who was lost may be back.</summary>
    /// <exception cref="RuleBrokenException"><c>claims.not-closed</c></exception>
    public void Mark(ClaimResult result)
    {
        if (State != ClaimState.Closed) throw new RuleBrokenException("claims.not-closed");
        Result = result;
    }

    /// <summary>The client has taken it back, or it was none.</summary>
    /// <exception cref="RuleBrokenException"><c>claims.closed</c>, <c>text.required</c>, <c>text.too-long</c></exception>
    public void Withdraw(string? reason, Actor by, DateTimeOffset now)
    {
        RequireOpen();
        Reason = Required.Text(reason, "claim.reason", 1000);
        (State, WaitsSince, ClosedAt, ClosedBy) = (ClaimState.Withdrawn, null, now, by.Name);
    }

    /// <summary>A claim as another program kept it: what was found, and when it was over. One that was closed before it came is marked and kept.</summary>
    /// <param name="closedAt">null for what is still open</param>
    /// <param name="cost">what it cost us, in the company's currency</param>
    public void Remember(ClaimFinding finding, DateTimeOffset? closedAt, decimal? cost, Actor by)
    {
        Cost = cost;
        (Cause, Step, Findings) = (finding.Cause, finding.Step, Required.Optional(finding.Words, "claim.findings", MostText));
        if (closedAt is not { } end) return;
        ClosedBeforeOpened = end < ReceivedAt;
        (State, ClosedAt, ClosedBy) = (ClaimState.Closed, end, by.Name);
    }

    private void Write(ClaimSubject subject, ClaimWords words)
    {
        (Person, Order, OrderLine, Shipment, Trip, Product) = (subject.Person, subject.Order, subject.OrderLine, subject.Shipment, subject.Trip, subject.Product);
        (Vehicle, Driver, Warehouse, Route) = (subject.Vehicle, subject.Driver, subject.Warehouse, Required.Optional(subject.Route, "claim.route", 200));
        Quantity = subject.Quantity is { } quantity ? PriceNumbers.Quantity(quantity, "price.quantity") : null;
        (Kind, Text, Expects) = (words.Kind, Required.Text(words.Text, "claim.text", MostText), Required.Optional(words.Expects, "claim.expects", 1000));
        Claimed = Sum(words.Claimed, "claim.claimed", Currency);
    }

    private static decimal? Sum(decimal? sum, string field, string currency) => sum is { } amount ? Math.Round(PriceNumbers.Price(amount, field), LineSums.MinorDigits(currency), MidpointRounding.AwayFromZero) : null;

    private void RequireOpen()
    {
        if (!IsOpen) throw new RuleBrokenException("claims.closed");
    }

    /// <inheritdoc/>
    public SearchEntry Describe() => new(new(ObjectKind.Claim, Id.Value), Number.ToString(), $"{External} {(Text.Length <= 200 ? Text : Text[..200])}".Trim(), Partner?.Value);
}
