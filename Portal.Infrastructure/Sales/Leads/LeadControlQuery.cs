using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Sales.Leads;

/// <summary>What the control of leads is told by.</summary>
public enum LeadControlBy { Manager, Source, Stream, Channel }

/// <summary>The leads of a manager, source, stream or channel that came in a period, and what became of them.</summary>
/// <param name="Key">id of the manager, source or stream, name of the channel; null for those without</param>
/// <param name="Name">of the manager; null for all others, which are named where sources, streams and channels are</param>
/// <param name="Untouched">open ones with whose clients nobody has talked</param>
/// <param name="Overdue">open ones whose next step is late</param>
/// <param name="ToContact">median time from the appeal to the first talk</param>
public sealed record LeadControlRow(string? Key, string? Name, int Came, int Open, int Untouched, int Overdue, int Qualified, int Converted, int Disqualified, TimeSpan? ToContact)
{
    /// <summary>Converted of those that came; null where none came.</summary>
    public double? Share => Came == 0 ? null : (double)Converted / Came;
}

/// <summary>The control of leads.</summary>
/// <param name="All">all together</param>
public sealed record LeadControl(IReadOnlyList<LeadControlRow> Rows, LeadControlRow All);

/// <summary>What becomes of leads, by manager or by where they came from: those within the actor's reach that came in a period. Needs <see cref="Permissions.LeadsRead"/>.</summary>
public sealed class LeadControlQuery(IDbContextFactory<PortalDb> contexts, NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>The figures; those with most leads first. What is doubted or archived does not count.</summary>
    /// <param name="from">the first day; both are included</param>
    public async Task<LeadControl> ReadAsync(LeadControlBy by, DateOnly from, DateOnly until, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.LeadsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var zone = await db.CompanyZoneAsync(ct);
        var column = by switch { LeadControlBy.Manager => "manager", LeadControlBy.Source => "source", LeadControlBy.Stream => "stream", _ => "channel" };
        await using var command = database.CreateCommand($"""
            select key::text, u.display_name, came, open, untouched, overdue, qualified, converted, disqualified, to_contact, whole from (
                select l.{column} as key, grouping(l.{column}) = 1 as whole, count(*)::int as came,
                    (count(*) filter (where closed_at is null))::int as open,
                    (count(*) filter (where closed_at is null and first_contact_at is null))::int as untouched,
                    (count(*) filter (where next_step_at < @now))::int as overdue,
                    (count(*) filter (where state in ('Qualified', 'Converted')))::int as qualified,
                    (count(*) filter (where state = 'Converted'))::int as converted,
                    (count(*) filter (where state = 'Disqualified'))::int as disqualified,
                    percentile_cont(0.5) within group (order by extract(epoch from first_contact_at - created_at)::float8) as to_contact
                from sales.lead l
                where l.created_at >= @from and l.created_at < @until and l.suspicion is null and not l.archived and {LeadReach.Sql}
                group by grouping sets ((l.{column}), ())) figures
            left join identity.portal_user u on u.id::text = figures.key::text
            order by whole, came desc, u.display_name, key
            """);
        command.Parameters.AddRange((NpgsqlParameter[])[new("from", zone.BeginOf(from)), new("until", zone.BeginOf(until.AddDays(1))), new("now", time.GetUtcNow()), .. LeadReach.Values(actor)]);
        var rows = new List<LeadControlRow>();
        var all = new LeadControlRow(null, null, 0, 0, 0, 0, 0, 0, 0, null);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var row = new LeadControlRow(
                reader.IsDBNull(0) ? null : reader.GetString(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetInt32(4), reader.GetInt32(5), reader.GetInt32(6), reader.GetInt32(7),
                reader.GetInt32(8), reader.IsDBNull(9) ? null : TimeSpan.FromSeconds(reader.GetDouble(9)));
            if (reader.GetBoolean(10)) all = row;
            else rows.Add(row);
        }
        return new(rows, all);
    }
}
