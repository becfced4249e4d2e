using Portal.Domain.Clients;
using Portal.Infrastructure.Clients;
using Portal.Web.Shared;

namespace Portal.Web.Clients;

/// <summary>An interaction while somebody writes it: what stands in the fields, and who takes part.</summary>
public sealed class InteractionDraft
{
    /// <summary>Lead times of reminders that are offered, minutes.</summary>
    public static readonly IReadOnlyList<int> Leads = [5, 15, 30, 60, 120, 24 * 60];

    public InteractionKind Kind { get; set; } = InteractionKind.Note;
    public InteractionDirection Direction { get; set; }
    public string? Subject { get; set; }
    public string? Text { get; set; }
    public string? Stage { get; set; }
    /// <summary>On the writer's clock; null for now.</summary>
    public DateTime? At { get; set; }
    public int Minutes { get; set; }
    public int? Remind { get; set; }
    public Guid Responsible { get; set; }
    /// <summary>People of the client and users of ours who take part, by name.</summary>
    public List<Participant> With { get; } = [];
    /// <summary>People who are made with the interaction.</summary>
    public List<NewPerson> Newcomers { get; } = [];

    /// <summary>One that follows from another, with the same people.</summary>
    public static InteractionDraft After(InteractionRow before, Guid responsible)
    {
        var draft = new InteractionDraft { Kind = before.Kind == InteractionKind.Note ? InteractionKind.Call : before.Kind, Stage = before.Stage, Minutes = before.Minutes, Responsible = responsible };
        draft.With.AddRange(before.With);
        return draft;
    }

    /// <summary>One that is there, to be changed.</summary>
    public static InteractionDraft Of(InteractionRow row, LocalTime clock)
    {
        var draft = new InteractionDraft
        {
            Kind = row.Kind, Direction = row.Direction, Subject = row.Subject, Text = row.Text, Stage = row.Stage, At = clock.Of(row.At).DateTime, Minutes = row.Minutes, Remind = row.Remind,
            Responsible = row.ResponsibleId,
        };
        draft.With.AddRange(row.With);
        return draft;
    }

    /// <summary>True while it says nothing.</summary>
    public bool IsEmpty => string.IsNullOrWhiteSpace(Text) && (Kind == InteractionKind.Note || string.IsNullOrWhiteSpace(Subject));

    /// <summary>True where it lies ahead.</summary>
    public bool IsPlanned(LocalTime clock) => Kind != InteractionKind.Note && At is { } when && clock.ToUtc(when) > clock.Now;

    /// <summary>What is recorded or planned.</summary>
    public InteractionDetails Details(LocalTime clock) => Kind == InteractionKind.Note
        ? new(Kind, Direction, clock.Now, 0, null, Text, null)
        : new(Kind, Direction, At is { } when ? clock.ToUtc(when) : clock.Now, Kind is InteractionKind.Meeting or InteractionKind.Call ? Minutes : 0, Subject, Text, Stage, Remind);

    /// <summary>Who takes part; a note has nobody.</summary>
    public Participants Participants() => Kind == InteractionKind.Note
        ? Infrastructure.Clients.Participants.None
        : new([.. With.Select(p => p.Person).OfType<PersonId>()], [.. Newcomers], [.. With.Select(p => p.User).OfType<Guid>()]);
}
