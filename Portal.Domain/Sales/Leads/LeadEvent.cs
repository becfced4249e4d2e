using Portal.Domain.Clients;
using Portal.Domain.Shared;

namespace Portal.Domain.Sales.Leads;

/// <summary>What happened to a lead.</summary>
public enum LeadEventKind { Came, AskedAgain, Given, Taken, Talked, Rated, Qualified, Disqualified, Reopened, Converted, Trusted }

/// <summary>Something that happened to a lead, written in the transaction in which it happened; never changed.</summary>
public sealed class LeadEvent
{
    private LeadEvent() { }

    /// <summary>Remembers what happened.</summary>
    /// <param name="words">the appeal, what was said, the reason: in people's words</param>
    public LeadEvent(LeadId lead, LeadEventKind kind, string? words, DateTimeOffset at, Actor actor) =>
        (Id, Lead, Kind, Words, At, ByUser, ByName) = (Guid.CreateVersion7(), lead, kind, words, at, actor.UserId, actor.Name);

    public Guid Id { get; private set; }
    public LeadId Lead { get; private set; }
    public LeadEventKind Kind { get; private set; }
    public string? Words { get; private set; }
    /// <summary>What who asked again said of himself and the lead does not have: words of his, nothing that letters go by.</summary>
    public string? Contact { get; private set; }
    /// <summary>By which way an appeal came.</summary>
    public LeadChannel? Channel { get; private set; }
    /// <summary>How we talked.</summary>
    public InteractionKind? Talk { get; private set; }
    /// <summary>Whom it was given to.</summary>
    public Guid? Heir { get; private set; }
    /// <summary>Why it went there.</summary>
    public LeadRoute? Route { get; private set; }
    public LeadInterest? Interest { get; private set; }
    public DateTimeOffset At { get; private set; }
    public Guid ByUser { get; private set; }
    public string ByName { get; private set; } = "";

    /// <summary>An appeal came.</summary>
    /// <param name="contact">as <see cref="LeadContact.Beyond"/> tells it</param>
    public static LeadEvent Came(LeadId lead, LeadEventKind kind, LeadAppeal appeal, LeadChannel channel, DateTimeOffset at, Actor actor, string? contact = null) =>
        new(lead, kind, appeal.Text is { } text && text != appeal.Subject ? $"{appeal.Subject}\n{text}" : appeal.Subject, at, actor) { Channel = channel, Contact = contact };

    /// <summary>Somebody got it, or nobody has it any more.</summary>
    public static LeadEvent Given(LeadId lead, Guid? heir, LeadRoute route, string? words, DateTimeOffset at, Actor actor) => new(lead, LeadEventKind.Given, words, at, actor) { Heir = heir, Route = route };

    /// <summary>We talked to the client.</summary>
    /// <exception cref="RuleBrokenException"><c>text.too-long</c></exception>
    public static LeadEvent Talked(LeadId lead, InteractionKind how, string? words, DateTimeOffset at, Actor actor) =>
        new(lead, LeadEventKind.Talked, Required.Optional(words, "lead.talk", 4000), at, actor) { Talk = how };

    /// <summary>Somebody said how much the client wants it.</summary>
    public static LeadEvent Rated(LeadId lead, LeadInterest interest, DateTimeOffset at, Actor actor) => new(lead, LeadEventKind.Rated, null, at, actor) { Interest = interest };
}
