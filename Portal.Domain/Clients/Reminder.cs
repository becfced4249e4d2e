using Portal.Domain.Shared;

namespace Portal.Domain.Clients;

/// <summary>
/// Reminds one person of an interaction: of its beginning (<see cref="StartsAt"/>; made when it rings, once for each beginning),
/// or at a time and with words he set himself. It stays on his screen until he puts it away.
/// </summary>
public sealed class Reminder
{
    private Reminder() { }

    /// <summary>Sets one for oneself.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.remind-in-past</c>, or the text is too long</exception>
    public Reminder(InteractionId interaction, Guid user, DateTimeOffset at, string? text, DateTimeOffset now)
    {
        (Id, Interaction, User) = (Guid.CreateVersion7(), interaction, user);
        Text = Required.Optional(text, "reminder.text", 300);
        Wait(at, now);
    }

    public Guid Id { get; private set; }
    public InteractionId Interaction { get; private set; }
    public Guid User { get; private set; }
    /// <summary>What to think of; null for the beginning of the interaction.</summary>
    public string? Text { get; private set; }
    /// <summary>When it rings.</summary>
    public DateTimeOffset At { get; private set; }
    /// <summary>The beginning it reminds of.</summary>
    public DateTimeOffset? StartsAt { get; private set; }
    public DateTimeOffset? RungAt { get; private set; }
    public DateTimeOffset? DoneAt { get; private set; }

    /// <summary>It rings again, later.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.remind-in-past</c></exception>
    public void Wait(DateTimeOffset until, DateTimeOffset now)
    {
        if (until <= now) throw new RuleBrokenException("clients.remind-in-past");
        (At, RungAt, DoneAt) = (until, null, null);
    }

    /// <summary>Put away.</summary>
    public void Finish(DateTimeOffset now) => DoneAt ??= now;
}
