using Portal.Domain.Shared;

namespace Portal.Domain.Work;

/// <summary>Id of a <see cref="StoredFile"/>.</summary>
public readonly record struct StoredFileId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static StoredFileId New() => new(Guid.CreateVersion7());
}

/// <summary>A file attached to an object. Its content lies in the data folder under its hash; equal contents lie there once.</summary>
public sealed class StoredFile
{
    /// <summary>Bytes of the largest file.</summary>
    public const int MostBytes = 25 * 1024 * 1024;

    /// <summary>Files one object holds at most; of the confidential ones each person adds as many of his own.</summary>
    public const int MostPerObject = 50;

    private StoredFile() { }

    /// <summary>Attaches a content that is stored already.</summary>
    /// <param name="name">as its sender calls it; folders in it are dropped</param>
    /// <param name="contentType">as its first bytes say</param>
    /// <param name="hash">SHA-256 of the content, 64 lower hexadecimal digits</param>
    /// <param name="confidential">see <see cref="Confidential"/></param>
    public StoredFile(StoredFileId id, ObjectRef about, string? name, string contentType, long bytes, string hash, DateTimeOffset now, Actor actor, bool confidential = false)
    {
        (Id, AboutKind, AboutId) = (id, about.Kind, about.Id);
        Name = Clean(name);
        (ContentType, Bytes, Hash) = (contentType, bytes, hash);
        (At, ByUser, ByName) = (now, actor.UserId, actor.Name);
        Confidential = confidential;
    }

    public StoredFileId Id { get; private set; }
    public ObjectKind AboutKind { get; private set; }
    public Guid AboutId { get; private set; }
    public string Name { get; private set; } = "";
    public string ContentType { get; private set; } = "";
    public long Bytes { get; private set; }
    public string Hash { get; private set; } = "";
    public DateTimeOffset At { get; private set; }
    public Guid ByUser { get; private set; }
    public string ByName { get; private set; } = "";
    /// <summary>No longer shown; the content stays.</summary>
    public bool Archived { get; private set; }

    public DateTimeOffset? ArchivedAt { get; private set; }
    public string? ArchivedByName { get; private set; }
    /// <summary>Only who attached it, who answers for its object and who holds the right to all confidential files may know that it is there.</summary>
    public bool Confidential { get; private set; }

    /// <summary>Says whether it is confidential. Whoever calls has seen that the actor may.</summary>
    public void Mark(bool confidential) => Confidential = confidential;

    /// <summary>Takes it out of the list; who attached it may.</summary>
    /// <exception cref="RuleBrokenException"><c>file.not-yours</c></exception>
    public void Archive(Actor actor, DateTimeOffset now)
    {
        if (actor.UserId != ByUser) throw new RuleBrokenException("file.not-yours");
        if (Archived) return;
        (Archived, ArchivedAt, ArchivedByName) = (true, now, actor.Name);
    }

    /// <summary>The last part of a path, without what could mislead whoever reads or saves it.</summary>
    public static string Clean(string? name)
    {
        var last = (name ?? "").Split('/', '\\')[^1];
        var text = new string([.. last.Where(c => !char.IsControl(c) && !IsDirection(c) && !"<>:\"|?*".Contains(c))]).Trim().TrimStart('.');
        return Required.Text(text.Length > 200 ? text[^200..] : text, "file.name", 200);
    }

    // Marks that turn the reading direction let "gpj.exe" read as "exe.jpg"; zero-width ones hide.
    private static bool IsDirection(char c) => c is >= '\u200b' and <= '\u200f' or >= '\u202a' and <= '\u202e' or >= '\u2060' and <= '\u2069' or '\ufeff';
}
