using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Fleet;

/// <summary>A device as its list shows it, with what it was heard and refused, and its readings that were set apart.</summary>
public sealed record DeviceRow
{
    public required DeviceId Id { get; init; }
    public required string Key { get; init; }
    public required string Name { get; init; }
    public required SpeedUnit SpeedUnit { get; init; }
    public required VehicleId? Vehicle { get; init; }
    public required string? Plate { get; init; }
    public required DateTimeOffset? RevokedAt { get; init; }
    public required DateTimeOffset? LastMessageAt { get; init; }
    public required long Refused { get; init; }
    public required DateTimeOffset? LastRefusedAt { get; init; }
    /// <summary>Kept readings at 0,0.</summary>
    public required long NullIsland { get; init; }
    /// <summary>Kept readings that were jumps.</summary>
    public required long Jumps { get; init; }
    /// <summary>Kept readings without a fix.</summary>
    public required long NoFix { get; init; }
    /// <summary>Readings in quarantine.</summary>
    public required long Quarantined { get; init; }
    public required uint Version { get; init; }
}

/// <summary>The list of devices, searched and paged in SQL. The counters are counted, for the shown rows only, so they always agree with what is stored.</summary>
public sealed class DeviceListQuery(NpgsqlDataSource database)
{
    /// <summary>Rows of one page.</summary>
    public const int PageSize = 50;

    // what a re-enactment plays comes after the devices that somebody carries
    private const string Order = $"d.key like '{ReenactmentCast.KeyPrefix}%', lower(d.name), d.id";

    private const string Reached = """
        from fleet.device d left join fleet.vehicle v on v.id = d.vehicle
        where ($1::text is null or d.name ilike $1 or d.key ilike $1 or v.plate ilike $1)
          and ($2::uuid is null or coalesce(v.branch, d.branch) = $2)
        """;

    /// <summary>Devices whose name, key or vehicle's plate contains the text, within the actor's reach.</summary>
    public async Task<PageOf<DeviceRow>> ListAsync(string? text, int page, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.DevicesManage);
        await using var count = Command($"select count(*)::int {Reached}", text, actor);
        var total = (int)(await count.ExecuteScalarAsync(ct))!;
        var from = (long)Math.Max(0, page) * PageSize;
        return new(await ReadAsync(Command(Rows($"{Reached} order by {Order} limit {PageSize} offset {from}"), text, actor), ct), total);
    }

    /// <summary>One device, or null.</summary>
    public async Task<DeviceRow?> FindAsync(DeviceId id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.DevicesManage);
        var command = Command(Rows($"{Reached} and d.id = $3"), null, actor);
        command.Parameters.Add(new() { Value = id.Value });
        return (await ReadAsync(command, ct)).FirstOrDefault();
    }

    /// <summary>Plates of vehicles that contain the text, at most twenty, for choosing.</summary>
    public async Task<IReadOnlyList<string>> PlatesAsync(string? text, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.DevicesManage);
        await using var command = Command("""
            select v.plate from fleet.vehicle v
            where not v.archived and ($1::text is null or v.plate ilike $1) and ($2::uuid is null or v.branch = $2) order by v.plate limit 20
            """, text, actor);
        await using var rows = await command.ExecuteReaderAsync(ct);
        var plates = new List<string>();
        while (await rows.ReadAsync(ct)) plates.Add(rows.GetString(0));
        return plates;
    }

    private static string Rows(string chosen) => $"""
        with chosen as (select d.*, d.xmin as version, v.plate {chosen})
        select d.id, d.key, d.name, d.speed_unit, d.vehicle, d.plate, d.revoked_at, a.last_message_at, coalesce(a.refused, 0), a.last_refused_at,
               dirt.null_island, dirt.jumps, dirt.no_fix, quarantine.count, d.version
        from chosen d
        left join fleet.device_activity a on a.device = d.id
        cross join lateral (
            select count(*) filter (where p.flags & {(short)PositionFlags.NullIsland} <> 0) as null_island,
                   count(*) filter (where p.flags & {(short)PositionFlags.Jump} <> 0) as jumps,
                   count(*) filter (where p.flags & {(short)PositionFlags.NoFix} <> 0) as no_fix
            from fleet.position p where p.device = d.id and p.flags <> 0) dirt
        cross join lateral (select count(*) from fleet.quarantined_position q where q.device = d.id) quarantine
        order by {Order}
        """;

    private NpgsqlCommand Command(string sql, string? text, Actor actor)
    {
        var command = database.CreateCommand(sql);
        command.Parameters.Add(new() { Value = string.IsNullOrWhiteSpace(text) ? DBNull.Value : LikePattern.Containing(text), NpgsqlDbType = NpgsqlDbType.Text });
        command.Parameters.AddBranchReach(actor);
        return command;
    }

    private static async Task<IReadOnlyList<DeviceRow>> ReadAsync(NpgsqlCommand command, CancellationToken ct)
    {
        await using var owned = command;
        await using var rows = await command.ExecuteReaderAsync(ct);
        var devices = new List<DeviceRow>();
        while (await rows.ReadAsync(ct))
            devices.Add(new DeviceRow
            {
                Id = new DeviceId(rows.GetGuid(0)), Key = rows.GetString(1), Name = rows.GetString(2), SpeedUnit = Enum.Parse<SpeedUnit>(rows.GetString(3)),
                Vehicle = rows.IsDBNull(4) ? null : new VehicleId(rows.GetGuid(4)), Plate = rows.IsDBNull(5) ? null : rows.GetString(5),
                RevokedAt = Moment(rows, 6), LastMessageAt = Moment(rows, 7), Refused = rows.GetInt64(8), LastRefusedAt = Moment(rows, 9),
                NullIsland = rows.GetInt64(10), Jumps = rows.GetInt64(11), NoFix = rows.GetInt64(12), Quarantined = rows.GetInt64(13),
                Version = rows.GetFieldValue<uint>(14),
            });
        return devices;
    }

    private static DateTimeOffset? Moment(NpgsqlDataReader rows, int column) => rows.IsDBNull(column) ? null : rows.GetFieldValue<DateTimeOffset>(column);
}
