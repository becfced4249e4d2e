using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Fleet;

namespace Portal.Infrastructure.Dispatch;

/// <summary>Reads what <see cref="LiveBoard"/> keeps. Plain SQL: this runs after every commit that touches a trip.</summary>
internal sealed class BoardRows(NpgsqlDataSource database)
{
    /// <summary>More trips that ended today than this nobody scrolls on a board; the history page has them all.</summary>
    private const int EndedAtMost = 2000;

    private const string Columns = $"""
        select t.id, t.number, t.xmin, t.branch, t.customer, coalesce(p.name, t.caller_name), t.caller_name, t.caller_phone,
               t.pickup_address, t.pickup_latitude, t.pickup_longitude, t.dropoff_address, t.dropoff_latitude, t.dropoff_longitude,
               t.pickup_from, t.pickup_until, t.passengers, t.cargo, greatest(t.needs_seats, t.passengers), t.needs_payload_kg, t.note is not null,
               t.state, t.vehicle, v.plate, t.driver, d.name, t.requested_at, t.departed_at, t.arrived_at, t.boarded_at, t.ended_at,
               t.planned_km, t.planned_seconds, coalesce(t.source like '{Reenacted.SourcePrefix}%', false), jsonb_array_length(t.via)
        from dispatch.trip t
        left join clients.partner p on p.id = t.customer
        left join fleet.vehicle v on v.id = t.vehicle
        left join fleet.driver d on d.id = t.driver
        """;

    /// <summary>All open trips, and the newest of those that ended since <paramref name="endedSince"/>.</summary>
    public async Task<List<BoardTrip>> AllAsync(DateTimeOffset endedSince, CancellationToken ct)
    {
        var trips = await ReadAsync($"{Columns} where t.state in ('Requested', 'Assigned', 'Accepted', 'OnTheWay', 'Arrived', 'OnBoard')", [], ct);
        trips.AddRange(await ReadAsync($"{Columns} where t.ended_at >= $1 order by t.ended_at desc limit {EndedAtMost}", [new() { Value = endedSince }], ct));
        return trips;
    }

    /// <summary>The trips named; those that do not exist are left out.</summary>
    public Task<List<BoardTrip>> SomeAsync(IEnumerable<Guid> ids, CancellationToken ct) =>
        ReadAsync($"{Columns} where t.id = any($1)", [new() { Value = ids.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Uuid }], ct);

    /// <summary>Vehicles whose driver has an open shift, by plate.</summary>
    public async Task<List<BoardVehicle>> VehiclesAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand($"""
            select v.id, v.plate, c.name, v.branch, v.seats, v.payload_kg, d.id, d.name, s.planned_to,
                   exists (select from fleet.shift_break b where b.shift = s.id and b."to" is null), coalesce(s.source like '{Reenacted.SourcePrefix}%', false)
            from fleet.shift s
            join fleet.vehicle v on v.id = s.vehicle
            join fleet.vehicle_class c on c.id = v.class
            join fleet.driver d on d.id = s.driver
            where s.started_at is not null and s.ended_at is null and not v.archived
            order by v.plate
            """);
        var vehicles = new List<BoardVehicle>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            vehicles.Add(new(
                new(reader.GetGuid(0)), reader.GetString(1), reader.GetString(2), new(reader.GetGuid(3)), reader.GetInt32(4), reader.GetInt32(5),
                new(reader.GetGuid(6)), reader.GetString(7), reader.GetFieldValue<DateTimeOffset>(8), reader.GetBoolean(9), reader.GetBoolean(10)));
        return vehicles;
    }

    private async Task<List<BoardTrip>> ReadAsync(string sql, NpgsqlParameter[] parameters, CancellationToken ct)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        var trips = new List<BoardTrip>();
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct)) trips.Add(Trip(reader));
        return trips;
    }

    private static BoardTrip Trip(NpgsqlDataReader r) => new()
    {
        Id = new(r.GetGuid(0)),
        Number = r.GetInt64(1),
        Version = r.GetFieldValue<uint>(2),
        Branch = new(r.GetGuid(3)),
        Customer = Value<Guid>(r, 4) is { } customer ? new PartnerId(customer) : null,
        Who = r.GetString(5),
        CallerName = r.GetString(6),
        CallerPhone = Text(r, 7),
        From = r.GetString(8),
        FromPoint = Point(r, 9),
        To = r.GetString(11),
        ToPoint = Point(r, 12),
        PickupFrom = r.GetFieldValue<DateTimeOffset>(14),
        PickupUntil = r.GetFieldValue<DateTimeOffset>(15),
        Passengers = r.GetInt32(16),
        Cargo = Text(r, 17),
        Seats = r.GetInt32(18),
        PayloadKg = r.GetInt32(19),
        HasNote = r.GetBoolean(20),
        State = Enum.Parse<TripState>(r.GetString(21)),
        Vehicle = Value<Guid>(r, 22) is { } vehicle ? new VehicleId(vehicle) : null,
        Plate = Text(r, 23),
        Driver = Value<Guid>(r, 24) is { } driver ? new DriverId(driver) : null,
        DriverName = Text(r, 25),
        RequestedAt = r.GetFieldValue<DateTimeOffset>(26),
        DepartedAt = Value<DateTimeOffset>(r, 27),
        ArrivedAt = Value<DateTimeOffset>(r, 28),
        BoardedAt = Value<DateTimeOffset>(r, 29),
        EndedAt = Value<DateTimeOffset>(r, 30),
        PlannedKm = Value<double>(r, 31),
        PlannedSeconds = Value<int>(r, 32),
        IsReenacted = r.GetBoolean(33),
        Via = r.GetInt32(34),
    };

    private static string? Text(NpgsqlDataReader r, int column) => r.IsDBNull(column) ? null : r.GetString(column);

    private static T? Value<T>(NpgsqlDataReader r, int column) where T : struct => r.IsDBNull(column) ? null : r.GetFieldValue<T>(column);

    private static GeoPoint? Point(NpgsqlDataReader r, int column) =>
        r.IsDBNull(column) || r.IsDBNull(column + 1) ? null : new(r.GetDouble(column), r.GetDouble(column + 1));
}
