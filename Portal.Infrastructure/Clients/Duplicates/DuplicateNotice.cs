using System.Text.Json;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Duplicates;

/// <summary>A letter to be written: a planned search has found pairs that no search found before.</summary>
public sealed record DuplicateNotice(Guid Run, Guid User)
{
    /// <summary>Kind of the outbox's entries.</summary>
    public const string MailKind = "clients.duplicates";

    /// <summary>The entry; a search is told of once.</summary>
    internal OutboxEntry Entry() => new($"{MailKind}:{Run}", MailKind, JsonSerializer.SerializeToUtf8Bytes(this));

    /// <summary>What an entry says.</summary>
    public static DuplicateNotice Read(string body) => JsonSerializer.Deserialize<DuplicateNotice>(body)!;
}
