using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Fleet;

/// <summary>The UTC days of which positions are stored. A day of positions is a partition, so they are found without reading any.</summary>
internal static class TrackedDays
{
    /// <summary>The days that hold positions of vehicles within the actor's reach, newest first.</summary>
    public static async Task<List<DateOnly>> ReadAsync(NpgsqlDataSource data, Actor actor, DateOnly? before, int most, CancellationToken ct)
    {
        // offset 0: each day asks its index for each vehicle and stops at the first, where a join would read all positions there are
        await using var command = data.CreateCommand($"""
            select d.day from (
                select to_date(right(c.relname, 8), 'YYYYMMDD') as day from pg_inherits i join pg_class c on c.oid = i.inhrelid
                where i.inhparent = 'fleet.position'::regclass and pg_relation_size(c.oid) > 0
            ) d
            where ($2::date is null or d.day < $2) and ($1::uuid is null or exists (
                select from fleet.vehicle v where v.branch = $1 and exists (
                    select from fleet.position p where p.vehicle = v.id
                        and p.time >= d.day::timestamp at time zone 'UTC' and p.time < (d.day + 1)::timestamp at time zone 'UTC' offset 0) offset 0))
            order by d.day desc limit {most}
            """);
        command.Parameters.AddBranchReach(actor);
        command.Parameters.Add(new() { Value = before ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Date });
        var days = new List<DateOnly>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct)) days.Add(rows.GetFieldValue<DateOnly>(0));
        return days;
    }
}
