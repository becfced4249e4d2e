using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Calendar;

/// <summary>A letter to be written about a reminder that rang.</summary>
public sealed record ReminderNotice(Guid Reminder, Guid User);

/// <summary>
/// Lets reminders ring when their time comes: on the screens of their people and by letter. What is due stands in the database, so a restart loses
/// nothing; a unique row for each interaction, person and beginning makes every reminder ring once, on however many nodes.
/// </summary>
public sealed class ReminderRounds(NpgsqlDataSource database, LiveChanges live, WorkHints hints, TimeProvider time, ILogger<ReminderRounds> log) : BackgroundService
{
    /// <summary>Kind of the outbox's entries.</summary>
    public const string MailKind = "clients.reminder";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    // after a long standstill nobody wants to hear of what began the day before
    private static readonly TimeSpan Stale = TimeSpan.FromHours(12);

    private const string Ring = """
        with due as (
            select i.id, people."user", i.remind_at, i.at from clients.interaction i
            cross join lateral (
                select i.responsible as "user"
                union select p."user" from clients.interaction_participant p where p.interaction = i.id and p."user" is not null) people
            join identity.portal_user u on u.id = people."user" and not u.blocked and u.partner is null
            where i.state = 'Planned' and i.remind_at <= $1 and i.at > $2),
        started as (
            insert into clients.reminder (id, interaction, "user", at, starts_at, rung_at)
            select gen_random_uuid(), id, "user", remind_at, at, $1 from due
            on conflict (interaction, "user", starts_at) where starts_at is not null do nothing
            returning id, "user", at),
        waited as (
            update clients.reminder r set rung_at = $1 where r.rung_at is null and r.done_at is null and r.at <= $1 returning r.id, r."user", r.at),
        rung as (select * from started union all select * from waited),
        letters as (
            insert into core.outbox (key, kind, body, created_at, due_at)
            select 'reminder:' || id || ':' || extract(epoch from at), 'clients.reminder', jsonb_build_object('Reminder', id, 'User', "user"), $1, $1 from rung
            on conflict (key) do nothing)
        select distinct "user" from rung
        """;

    /// <summary>Lets ring what is due; how many people that concerns.</summary>
    public async Task<int> RingAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow().ToUniversalTime();
        await using var command = database.CreateCommand(Ring);
        foreach (var at in new[] { now, now - Stale }) command.Parameters.Add(new() { Value = at, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        var people = new List<Guid>();
        await using (var rows = await command.ExecuteReaderAsync(ct))
            while (await rows.ReadAsync(ct)) people.Add(rows.GetGuid(0));
        if (people.Count == 0) return 0;
        live.Publish([.. people.Select(user => new LiveChange(new(ObjectKind.Reminder, user), null, Guid.Empty, ""))]);
        hints.Poke();
        return people.Count;
    }

    /// <summary>Reads the order of a letter.</summary>
    public static ReminderNotice Read(string body) => JsonSerializer.Deserialize<ReminderNotice>(body)!;

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stopping) =>
        DatabaseRounds.RunAsync(Interval, time, RingAsync, away => log.LogWarning(away, "Reminders wait for the database"), stopping, atOnce: true);
}
