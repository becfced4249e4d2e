using System.Text.Json;
using Npgsql;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Mail;
using Portal.Infrastructure.Processes;

namespace Portal.Infrastructure.Clients;

/// <summary>A letter to a client, written out.</summary>
/// <param name="ByUser">our user who had it sent</param>
/// <param name="AnswersTo">address of ours that an answer goes to; null for the company's</param>
public sealed record ClientLetter(Guid Partner, string To, string Subject, string Text, Guid ByUser, string ByName, string? AnswersTo = null);

/// <summary>Sends letters to clients from the outbox; a letter that went out stands in the client's history.</summary>
public sealed class ClientLetters(MailDelivery mailer, NpgsqlDataSource database, LiveChanges live, TimeProvider time)
{
    internal const string Kind = "client.letter";

    /// <summary>What the history says of a letter that went out.</summary>
    internal const string Told = "mail.sent";

    private const string To = " → ";

    /// <summary>Words of the history without the address.</summary>
    internal static string? WithoutAddress(string? words) => words?.LastIndexOf(To, StringComparison.Ordinal) is >= 0 and var at ? words[..at] : words;

    /// <summary>The entry for a letter; under the same key it is sent once.</summary>
    internal static OutboxEntry Entry(string key, ClientLetter letter) => new(key, Kind, JsonSerializer.SerializeToUtf8Bytes(letter));

    /// <summary>The outbox's handler.</summary>
    public OutboxHandler Handler => new(Kind, SendAsync);

    private async Task SendAsync(OutboxMessage entry, CancellationToken ct)
    {
        var letter = JsonSerializer.Deserialize<ClientLetter>(entry.Body)!;
        await mailer.SendAsync(new(letter.To, letter.Subject, letter.Text) { AnswersTo = letter.AnswersTo }, entry.Key, ct);
        await using var command = database.CreateCommand("""
            insert into clients.timeline_entry (id, partner, what, about_kind, about_id, words, at, by_user, by_name)
                values ($1, $2, $7, 'Partner', $2, $3, $4, $5, $6) on conflict (id) do nothing
            """);
        foreach (var value in new object[] { KeyedId.Of(entry.Key), letter.Partner, $"{letter.Subject}{To}{letter.To}", time.GetUtcNow(), letter.ByUser, letter.ByName, Told })
            command.Parameters.Add(new() { Value = value });
        await command.ExecuteNonQueryAsync(ct);
        live.Publish([new LiveChange(new(ObjectKind.Partner, letter.Partner), null, letter.ByUser, letter.ByName)]);
    }
}
