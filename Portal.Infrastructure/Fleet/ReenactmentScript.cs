using Npgsql;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Fleet;

/// <summary>A stored position to be sent again.</summary>
internal sealed record PastPosition(Guid Vehicle, DateTimeOffset Time, GeoPoint Point, double? SpeedKmh, double? HeadingDeg);

/// <summary>A past trip to be asked for again.</summary>
internal sealed record PastRequest(DateTimeOffset Pickup, BranchId Branch, string Caller, string? Phone, TripStop From, TripStop To, int Passengers);

/// <summary>Reads from the database what a window of the past holds.</summary>
public sealed class ReenactmentScript(NpgsqlDataSource data)
{
    /// <summary>Most requests and vehicles of one re-enactment.</summary>
    internal const int MostRequests = 20_000, MostVehicles = 2_000;

    // What a re-enactment made is not played again.
    private const string PastTrips = $"t.state = 'Completed' and t.source is not null and t.source not like '{Reenacted.SourcePrefix}%' and t.pickup_from >= $1 and t.pickup_from < $2 and ($3::uuid is null or t.branch = $3)";

    private const string PastPositions = "p.time >= $1 and p.time < $2 and p.flags = 0 and ($3::uuid is null or p.vehicle in (select id from fleet.vehicle where branch = $3))";

    /// <summary>Counts what the window holds within the actor's reach.</summary>
    public async Task<ReenactmentScene> SceneAsync(Period window, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.Reenact);
        await using var command = Command($"""
            select (select count(distinct p.vehicle) from fleet.position p where {PastPositions})::int,
                   (select count(*) from fleet.position p where {PastPositions})::int,
                   (select count(*) from dispatch.trip t where {PastTrips})::int
            """, window);
        command.Parameters.AddBranchReach(actor);
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return new ReenactmentScene(row.GetInt32(0), row.GetInt32(1), row.GetInt32(2));
    }

    /// <summary>The latest UTC day that holds positions within the actor's reach, or null.</summary>
    public async Task<DateOnly?> LatestPastDayAsync(DateOnly before, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.Reenact);
        return await TrackedDays.ReadAsync(data, actor, before, 1, ct) is [var day] ? day : null;
    }

    /// <summary>The vehicles within the actor's reach that have clean positions in the window: id and plate.</summary>
    internal async Task<List<(Guid Id, string Plate)>> VehiclesAsync(Period window, Actor actor, CancellationToken ct)
    {
        await using var command = Command($"""
            select v.id, v.plate from fleet.vehicle v
            where ($3::uuid is null or v.branch = $3) and exists (select from fleet.position p where p.vehicle = v.id and p.time >= $1 and p.time < $2 and p.flags = 0)
            order by v.plate limit {MostVehicles}
            """, window);
        command.Parameters.AddBranchReach(actor);
        var vehicles = new List<(Guid, string)>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct)) vehicles.Add((rows.GetGuid(0), rows.GetString(1)));
        return vehicles;
    }

    /// <summary>Clean positions of some vehicles in a slice of time, in order of time.</summary>
    internal async Task<List<PastPosition>> PositionsAsync(Period slice, Guid[] vehicles, CancellationToken ct)
    {
        await using var command = Command("""
            select vehicle, time, latitude, longitude, speed_kmh, heading_deg from fleet.position
            where vehicle = any($3) and time >= $1 and time < $2 and flags = 0 and latitude is not null order by time, vehicle
            """, slice);
        command.Parameters.Add(new() { Value = vehicles });
        var positions = new List<PastPosition>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
            positions.Add(new(rows.GetGuid(0), rows.GetFieldValue<DateTimeOffset>(1), new(rows.GetDouble(2), rows.GetDouble(3)),
                rows.IsDBNull(4) ? null : rows.GetFloat(4), rows.IsDBNull(5) ? null : rows.GetFloat(5)));
        return positions;
    }

    /// <summary>The trips within the actor's reach whose pickup lies in the window, in order of pickup.</summary>
    internal async Task<List<PastRequest>> RequestsAsync(Period window, Actor actor, CancellationToken ct)
    {
        await using var command = Command($"""
            select t.pickup_from, t.branch, t.caller_name, t.caller_phone, t.pickup_address, t.pickup_latitude, t.pickup_longitude,
                   t.dropoff_address, t.dropoff_latitude, t.dropoff_longitude, t.passengers
            from dispatch.trip t where {PastTrips} order by t.pickup_from, t.id limit {MostRequests}
            """, window);
        command.Parameters.AddBranchReach(actor);
        var requests = new List<PastRequest>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
            requests.Add(new(rows.GetFieldValue<DateTimeOffset>(0), new(rows.GetGuid(1)), rows.GetString(2), rows.IsDBNull(3) ? null : rows.GetString(3),
                TripStop.At(rows.GetString(4), Point(rows, 5)), TripStop.At(rows.GetString(7), Point(rows, 8)), rows.GetInt32(10)));
        return requests;
    }

    private static GeoPoint? Point(NpgsqlDataReader rows, int at) => rows.IsDBNull(at) || rows.IsDBNull(at + 1) ? null : new(rows.GetDouble(at), rows.GetDouble(at + 1));

    private NpgsqlCommand Command(string sql, Period window)
    {
        var command = data.CreateCommand(sql);
        command.CommandTimeout = 60;
        command.Parameters.Add(new() { Value = window.From });
        command.Parameters.Add(new() { Value = window.To });
        return command;
    }
}
