using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Work;

/// <summary>A letter to be written about a person's news of a stretch of time: the words are found when it is sent.</summary>
/// <param name="From">not included</param>
/// <param name="Until">included</param>
public sealed record WorkNotice(Guid User, DateTimeOffset From, DateTimeOffset Until);

/// <summary>
/// Orders letters about work: one for each person with news, and the next not before <see cref="Pause"/> has passed, with all that came
/// meanwhile. So nobody is flooded, however many tasks his role is offered.
/// </summary>
public sealed class WorkNotices(NpgsqlDataSource database, WorkHints hints, TimeProvider time, ILogger<WorkNotices> log) : BackgroundService
{
    /// <summary>Kind of the outbox's entries.</summary>
    public const string MailKind = "work.mail";

    /// <summary>At least so long between two letters to one person.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(10);

    /// <summary>News are told when they are so old: what was written then is committed by now, and what is taken at once needs no letter.</summary>
    public static readonly TimeSpan Settling = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(1);

    private const string Gather = $"""
        insert into work.mail_turn as turn ("user", since) select reader, $4 from ({WorkNews.ReadersWithNews}) found
        on conflict ("user") do update set since = coalesce(turn.since, excluded.since)
        """;

    private const string Order = """
        with due as (
            select "user", since from work.mail_turn where since is not null and (written_at is null or written_at <= $2) for update),
        turned as (
            update work.mail_turn turn set since = null, written_at = $1 from due where turn."user" = due."user")
        insert into core.outbox (key, kind, body, created_at, due_at)
        select 'mail:' || "user" || ':' || to_char($3 at time zone 'UTC', 'YYYYMMDDHH24MISSUS'), 'work.mail', jsonb_build_object('User', "user", 'From', since, 'Until', $3), $1, $1 from due
        on conflict (key) do nothing
        """;

    /// <summary>Gathers the news since the last round and orders the letters that may go; how many letters that is.</summary>
    public async Task<int> OrderAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // one node at a time; the others find it done in their next round
        await using var mark = new NpgsqlCommand("select greatest(until, $1) from work.mail_mark for update skip locked", connection);
        var now = time.GetUtcNow();
        mark.Parameters.Add(new() { Value = now - Oldest });
        if (await mark.ExecuteScalarAsync(ct) is not DateTime gathered) return 0;
        var (from, until) = (new DateTimeOffset(gathered), now - Settling);
        if (until > from)
        {
            await using var gather = new NpgsqlCommand(Gather, connection);
            WorkNews.Fill(gather, from, until, now);
            gather.Parameters.Add(new() { Value = from });
            await gather.ExecuteNonQueryAsync(ct);
            await using var move = new NpgsqlCommand("update work.mail_mark set until = $1", connection) { Parameters = { new() { Value = until } } };
            await move.ExecuteNonQueryAsync(ct);
        }
        await using var order = new NpgsqlCommand(Order, connection);
        foreach (var at in new[] { now, now - Pause, until > from ? until : from }) order.Parameters.Add(new() { Value = at, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        var ordered = await order.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        if (ordered > 0) hints.Poke();
        return ordered;
    }

    /// <summary>Reads the order of a letter.</summary>
    public static WorkNotice Read(string body) => JsonSerializer.Deserialize<WorkNotice>(body)!;

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stopping) =>
        DatabaseRounds.RunAsync(Interval, time, OrderAsync, away => log.LogWarning(away, "Letters about work wait for the database"), stopping);
}
