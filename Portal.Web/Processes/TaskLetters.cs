using System.Globalization;
using Npgsql;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Mail;
using Portal.Infrastructure.Processes;
using Portal.Web.Shared;

namespace Portal.Web.Processes;

/// <summary>Writes letters about tasks, each in its reader's language and time: new work for a person, and a deadline that passed.</summary>
public sealed class TaskLetters(TaskRecipients recipients, TextCatalog catalog, NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>The outbox's handler of deadlines that passed.</summary>
    public OutboxHandler Escalations => new(OutboxKinds.EscalationKind, async (entry, ct) =>
    {
        var order = OutboxKinds.Read<EscalationOrder>(entry.Body);
        await WriteAsync(entry.Key, order.Task, order.To, "late", ct);
    });

    /// <summary>The outbox's handler of tasks given to a person by the map.</summary>
    public OutboxHandler Assignments => new(OutboxKinds.AssignmentKind, async (entry, ct) =>
    {
        var order = OutboxKinds.Read<AssignmentOrder>(entry.Body);
        await WriteAsync(entry.Key, order.Task, order.To, "new", ct);
    });

    private async Task WriteAsync(string key, Guid task, string to, string what, CancellationToken ct)
    {
        if (await recipients.NewsAsync(task, ct) is not { } news) return;
        foreach (var reader in await recipients.FindAsync(to, ct))
        {
            // the key makes a letter that is written twice one
            await using var command = database.CreateCommand(OutboxEntry.InsertSql);
            command.Parameters.AddRange(Compose(news, reader, what).Entry($"{key}:{reader.User}").Parameters(time.GetUtcNow()));
            await command.ExecuteNonQueryAsync(ct);
        }
    }

    /// <summary>The letter as its reader gets it.</summary>
    internal Letter Compose(TaskNews news, TaskRecipient reader, string what)
    {
        var culture = CultureInfo.GetCultureInfo(reader.Culture);
        var due = news.Due is { } at ? TimeZoneInfo.ConvertTime(at, TimeZoneInfo.FindSystemTimeZoneById(reader.TimeZone)).ToString("g", culture) : "–";
        object[] facts = [news.Title.In(reader.Culture), news.AboutTitle ?? "–", due, news.AssigneeName ?? "–"];
        return new(reader.Email, Say($"letter.{what}.subject"), Say($"letter.{what}.text").Replace("\\n", "\n"));

        string Say(string key) => string.Format(culture, catalog.Find(key, reader.Culture) ?? key, facts);
    }
}

/// <summary>Registers the letters.</summary>
internal static class TaskLetterRegistration
{
    public static IServiceCollection AddTaskLetters(this IServiceCollection services)
    {
        services.AddSingleton<TaskLetters>();
        services.AddSingleton(provider => provider.GetRequiredService<TaskLetters>().Escalations);
        services.AddSingleton(provider => provider.GetRequiredService<TaskLetters>().Assignments);
        return services;
    }
}
