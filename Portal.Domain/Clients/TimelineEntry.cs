using Portal.Domain.Shared;

namespace Portal.Domain.Clients;

/// <summary>Something that happened with a partner, written in the transaction in which it happened; never changed.</summary>
public sealed class TimelineEntry
{
    private TimelineEntry() { }

    /// <summary>Remembers what happened.</summary>
    /// <param name="what">code of what happened, a key of texts under <c>timeline.</c></param>
    /// <param name="about">the object it happened to; what the reader may know of it is asked there</param>
    /// <param name="words">a short text for the line, such as a subject or a number</param>
    public TimelineEntry(PartnerId partner, string what, ObjectRef about, string? words, DateTimeOffset at, Actor actor) =>
        (Id, Partner, What, AboutKind, AboutId, Words, At, ByUser, ByName) =
        (Guid.CreateVersion7(), partner, what, about.Kind, about.Id, words, at, actor.UserId, actor.Name);

    public Guid Id { get; private set; }
    public PartnerId Partner { get; private set; }
    public string What { get; private set; } = "";
    public ObjectKind AboutKind { get; private set; }
    public Guid AboutId { get; private set; }
    public string? Words { get; private set; }
    public DateTimeOffset At { get; private set; }
    public Guid ByUser { get; private set; }
    public string ByName { get; private set; } = "";
}
