using Npgsql;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Fleet;

/// <summary>A vehicle as boards and maps name it: who drives it now and what it is doing.</summary>
/// <param name="Plate">Plate.</param>
/// <param name="Model">Make and model.</param>
/// <param name="Driver">Name of the driver whose shift is open, or null.</param>
/// <param name="DriverPhone">His phone.</param>
/// <param name="Status">What the vehicle is doing.</param>
/// <param name="Trip">Its furthest open trip, or null.</param>
/// <param name="TripNumber">Number of that trip.</param>
/// <param name="IsReenacted">Whether it is only played by a re-enactment.</param>
public sealed record RosterVehicle(
    string Plate, string Model, string? Driver, string? DriverPhone, VehicleStatus Status, TripId? Trip, long? TripNumber, bool IsReenacted = false)
{
    /// <summary>The plate, with a sign where it is only played.</summary>
    public string Name => IsReenacted ? $"↻ {Plate}" : Plate;
}

/// <summary>All vehicles of the fleet with driver and status.</summary>
public sealed class FleetRosterQuery(NpgsqlDataSource database)
{
    private const string Sql = $"""
        select v.id, v.plate, v.model, d.name, d.phone, t.id, t.number, t.state, coalesce(s.source like '{Reenacted.SourcePrefix}%', false)
        from fleet.vehicle v
        left join fleet.shift s on s.vehicle = v.id and s.started_at is not null and s.ended_at is null
        left join fleet.driver d on d.id = s.driver
        left join (
            select distinct on (vehicle) vehicle, id, number, state
            from dispatch.trip
            where state in ('Assigned', 'Accepted', 'OnTheWay', 'Arrived', 'OnBoard')
            order by vehicle, array_position(array['OnBoard', 'Arrived', 'OnTheWay', 'Accepted', 'Assigned'], state), pickup_from
        ) t on t.vehicle = v.id
        where not v.archived and ($1::uuid is null or v.branch = $1)
        """;

    /// <summary>The roster now.</summary>
    public async Task<IReadOnlyDictionary<VehicleId, RosterVehicle>> AllAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.FleetRead);
        await using var command = database.CreateCommand(Sql);
        command.Parameters.AddBranchReach(actor);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var roster = new Dictionary<VehicleId, RosterVehicle>();
        while (await reader.ReadAsync(ct))
        {
            var driver = reader.IsDBNull(3) ? null : reader.GetString(3);
            TripState? state = reader.IsDBNull(7) ? null : Enum.Parse<TripState>(reader.GetString(7));
            roster.Add(new(reader.GetGuid(0)), new(
                reader.GetString(1), reader.GetString(2), driver, reader.IsDBNull(4) ? null : reader.GetString(4),
                VehicleStatuses.Of(state, onShift: driver is not null),
                state is null ? null : new TripId(reader.GetGuid(5)), state is null ? null : reader.GetInt64(6), reader.GetBoolean(8)));
        }
        return roster;
    }
}
