using Portal.Domain.Shared;

namespace Portal.Domain.Work;

/// <summary>What somebody said about an object; never changed.</summary>
public sealed class Comment
{
    /// <summary>Longest text.</summary>
    public const int MostCharacters = 4000;

    private Comment() { }

    /// <summary>Says something about an object.</summary>
    public Comment(ObjectRef about, string? text, DateTimeOffset now, Actor actor) =>
        (Id, AboutKind, AboutId, Text, At, ByUser, ByName) =
        (Guid.CreateVersion7(), about.Kind, about.Id, Required.Text(text, "comment.text", MostCharacters), now, actor.UserId, actor.Name);

    public Guid Id { get; private set; }
    public ObjectKind AboutKind { get; private set; }
    public Guid AboutId { get; private set; }
    public string Text { get; private set; } = "";
    public DateTimeOffset At { get; private set; }
    public Guid ByUser { get; private set; }
    public string ByName { get; private set; } = "";
}
