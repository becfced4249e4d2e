using Portal.Domain.Shared;

namespace Portal.Domain.Clients;

/// <summary>Id of an <see cref="Interaction"/>.</summary>
public readonly record struct InteractionId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static InteractionId New() => new(Guid.CreateVersion7());
}

/// <summary>How we met.</summary>
public enum InteractionKind { Meeting, Call, Letter, Sms, Note }

/// <summary>Who began it.</summary>
public enum InteractionDirection { Outgoing, Incoming }

/// <summary>Whether it is still ahead.</summary>
public enum InteractionState { Planned, Held, Cancelled }

/// <summary>What an interaction is about and when.</summary>
/// <param name="At">when it was or will be, UTC</param>
/// <param name="Minutes">how long; 0 where that says nothing, as for a letter</param>
/// <param name="Stage">how far the talks are, in the company's words</param>
/// <param name="Remind">minutes before the beginning at which its people are reminded; null for never</param>
public sealed record InteractionDetails(
    InteractionKind Kind, InteractionDirection Direction, DateTimeOffset At, int Minutes, string? Subject, string? Text, string? Stage, int? Remind = null);

/// <summary>A meeting, call, letter, SMS or note with a partner: past or planned, one following from another.</summary>
public sealed class Interaction
{
    /// <summary>Longest meeting, minutes.</summary>
    public const int MostMinutes = 24 * 60;

    /// <summary>Earliest reminder, minutes before the beginning: two weeks.</summary>
    public const int MostRemind = 14 * 24 * 60;

    /// <summary>Years ahead that can be planned.</summary>
    public const int MostYearsAhead = 10;

    /// <summary>Years back that can be recorded; a plan lies one year back at most.</summary>
    public const int MostYearsBack = 50;

    private Interaction() { }

    /// <summary>Plans or records one. Only what is not over yet can be planned.</summary>
    /// <param name="responsible">our user whose work it is</param>
    /// <param name="after">the interaction it follows from</param>
    /// <exception cref="RuleBrokenException"><c>clients.note-planned</c>, <c>clients.held-in-future</c>, <c>clients.too-far-ahead</c>, <c>clients.too-long-ago</c>, <c>clients.plan-too-old</c>, <c>text.required</c>, <c>number.out-of-range</c></exception>
    public Interaction(InteractionId id, PartnerId partner, InteractionDetails details, InteractionState state, Guid responsible, InteractionId? after, DateTimeOffset now, Actor actor)
    {
        if (state == InteractionState.Cancelled) throw new RuleBrokenException("clients.interaction-over");
        (Id, Partner, Responsible, After) = (id, partner, responsible, after);
        (CreatedAt, ByUser, ByName) = (now, actor.UserId, actor.Name);
        State = state;
        Describe(details, now);
        (ChangedAt, Revision) = (now, 0);
    }

    public InteractionId Id { get; private set; }
    public PartnerId Partner { get; private set; }
    public InteractionKind Kind { get; private set; }
    public InteractionDirection Direction { get; private set; }
    public InteractionState State { get; private set; }
    public DateTimeOffset At { get; private set; }
    public int Minutes { get; private set; }
    public string Subject { get; private set; } = "";
    public string? Text { get; private set; }
    public string? Stage { get; private set; }
    /// <summary>What came of it.</summary>
    public string? Outcome { get; private set; }
    /// <summary>Minutes before the beginning at which its people are reminded.</summary>
    public int? Remind { get; private set; }
    /// <summary>When they are reminded: while it is planned, and wanted.</summary>
    public DateTimeOffset? RemindAt { get; private set; }
    public Guid Responsible { get; private set; }
    public InteractionId? After { get; private set; }
    public DateTimeOffset CreatedAt { get; private set; }
    public Guid ByUser { get; private set; }
    public string ByName { get; private set; } = "";
    /// <summary>When it was changed last.</summary>
    public DateTimeOffset ChangedAt { get; private set; }
    /// <summary>How often it was changed: calendars elsewhere tell by it which of two copies is newer.</summary>
    public int Revision { get; private set; }
    /// <summary>Changes with every save.</summary>
    public uint Version { get; private set; }

    /// <summary>Changes one that is ahead or says better what was.</summary>
    /// <exception cref="RuleBrokenException">as the constructor, and <c>clients.interaction-over</c></exception>
    public void Change(InteractionDetails details, DateTimeOffset now)
    {
        if (State == InteractionState.Cancelled) throw new RuleBrokenException("clients.interaction-over");
        Describe(details, now);
    }

    /// <summary>Moves or stretches one that is ahead.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.interaction-over</c>, <c>clients.too-far-ahead</c>, <c>clients.plan-too-old</c>, <c>number.out-of-range</c></exception>
    public void Move(DateTimeOffset to, int minutes, DateTimeOffset now)
    {
        if (State != InteractionState.Planned) throw new RuleBrokenException("clients.interaction-over");
        (At, Minutes) = (Moment(to, now), Required.Number(minutes, "interaction.minutes", 0, MostMinutes));
        Touch(now);
    }

    /// <summary>It took place, with this result.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.interaction-over</c></exception>
    public void Hold(string? outcome, DateTimeOffset now)
    {
        if (State != InteractionState.Planned) throw new RuleBrokenException("clients.interaction-over");
        State = InteractionState.Held;
        if (At > now) At = now;
        Outcome = Required.Optional(outcome, "interaction.outcome", 2000);
        Touch(now);
    }

    /// <summary>It will not take place.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.interaction-over</c></exception>
    public void Cancel(string? why, DateTimeOffset now)
    {
        if (State != InteractionState.Planned) throw new RuleBrokenException("clients.interaction-over");
        State = InteractionState.Cancelled;
        Outcome = Required.Optional(why, "interaction.outcome", 2000);
        Touch(now);
    }

    /// <summary>Gives it to another user of ours.</summary>
    public void HandTo(Guid responsible) => Responsible = responsible;

    /// <summary>Who takes part has changed.</summary>
    public void Touch(DateTimeOffset now)
    {
        (ChangedAt, Revision) = (now, Revision + 1);
        RemindAt = State == InteractionState.Planned && Remind is { } before ? At.AddMinutes(-before) : null;
    }

    private void Describe(InteractionDetails details, DateTimeOffset now)
    {
        if (details.Kind == InteractionKind.Note && State == InteractionState.Planned) throw new RuleBrokenException("clients.note-planned");
        if (State == InteractionState.Held && details.At > now.AddMinutes(5)) throw new RuleBrokenException("clients.held-in-future");
        (Kind, Direction, At) = (details.Kind, details.Direction, Moment(details.At, now));
        Minutes = Required.Number(details.Minutes, "interaction.minutes", 0, MostMinutes);
        Text = Required.Optional(details.Text, "interaction.text", 8000);
        Stage = Required.Optional(details.Stage, "interaction.stage", 80);
        Subject = Required.Text(string.IsNullOrWhiteSpace(details.Subject) ? FirstLine(Text) : details.Subject, "interaction.subject", 200);
        Remind = details.Remind is { } before ? Required.Number(before, "interaction.remind", 0, MostRemind) : null;
        Touch(now);
    }

    private DateTimeOffset Moment(DateTimeOffset at, DateTimeOffset now)
    {
        // one that has been open for years can still be changed where it is
        if (at == At) return at;
        if (at > now.AddYears(MostYearsAhead)) throw new RuleBrokenException("clients.too-far-ahead", MostYearsAhead);
        if (State == InteractionState.Planned && at < now.AddYears(-1)) throw new RuleBrokenException("clients.plan-too-old");
        if (at < now.AddYears(-MostYearsBack)) throw new RuleBrokenException("clients.too-long-ago", MostYearsBack);
        return at;
    }

    private static string? FirstLine(string? text)
    {
        var line = text?.Split('\n')[0].Trim();
        return line?.Length > 120 ? line[..119] + "…" : line;
    }
}

/// <summary>Who took or takes part in an interaction: a person of the client or anybody else, or one of us.</summary>
public sealed class InteractionParticipant
{
    private InteractionParticipant() { }

    /// <summary>A person takes part.</summary>
    public InteractionParticipant(InteractionId interaction, PersonId person) => (Id, Interaction, Person) = (Guid.CreateVersion7(), interaction, person);

    /// <summary>A user of ours takes part.</summary>
    public InteractionParticipant(InteractionId interaction, Guid user) => (Id, Interaction, User) = (Guid.CreateVersion7(), interaction, user);

    public Guid Id { get; private set; }
    public InteractionId Interaction { get; private set; }
    public PersonId? Person { get; private set; }
    public Guid? User { get; private set; }
}
