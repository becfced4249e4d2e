using Portal.Domain.Shared;

namespace Portal.Domain.Work;

/// <summary>A word somebody put on an object to find it by.</summary>
public sealed class ObjectTag
{
    /// <summary>Words one object carries at most.</summary>
    public const int MostPerObject = 30;

    private ObjectTag() { }

    /// <summary>Puts the word on the object.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c></exception>
    public ObjectTag(ObjectRef about, string? word) =>
        (Id, AboutKind, AboutId, Word) = (Guid.CreateVersion7(), about.Kind, about.Id, Clean(word));

    public Guid Id { get; private set; }
    public ObjectKind AboutKind { get; private set; }
    public Guid AboutId { get; private set; }
    public string Word { get; private set; } = "";

    /// <summary>The word as it is kept: without a leading #, blanks inside as one.</summary>
    public static string Clean(string? word) =>
        Required.Text(string.Join(' ', (word ?? "").TrimStart('#', ' ').Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), "tag", 40);
}
