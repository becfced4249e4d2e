using Npgsql;
using Portal.Domain.Fleet;

namespace Portal.Tests.Support;

/// <summary>A registered device in a vehicle of its own, with its secret.</summary>
public sealed record TestDevice(DeviceId Id, string Key, string Secret, VehicleId Vehicle)
{
    /// <summary>Adds so many devices, each with a vehicle.</summary>
    public static async Task<IReadOnlyList<TestDevice>> AddAsync(NpgsqlDataSource database, int count)
    {
        var devices = Enumerable.Range(0, count)
            .Select(_ => DeviceId.New()).Select(id => new TestDevice(id, $"unit-{id.Value:n}", DeviceSecret.New(), VehicleId.New())).ToList();
        await using var command = database.CreateCommand("""
            with company as (insert into identity.company values (gen_random_uuid(), 'Example Freight', 'EUR', 'UTC', null) returning id),
                branch as (insert into identity.branch select gen_random_uuid(), id, 'Main', 'UTC' from company returning id),
                class as (insert into fleet.vehicle_class values (gen_random_uuid(), 'Van', 'Van', false) returning id),
                vehicle as (
                    insert into fleet.vehicle (id, plate, model, class, branch, seats, payload_kg, volume_m3, equipment, archived)
                    select v, 'T' || left(md5(v::text), 12), 'Test', class.id, branch.id, 3, 800, 5, '{}', false
                    from unnest($1) as v, class, branch returning id)
            insert into fleet.device (id, key, name, secret_hash, speed_unit, vehicle, registered_at)
            select d.id, d.key, 'Tracker ' || d.key, d.secret_hash, 'Knots', vehicle.id, now()
            from unnest($2, $3, $4, $1) as d (id, key, secret_hash, vehicle) join vehicle on vehicle.id = d.vehicle
            """);
        command.Parameters.Add(new() { Value = devices.ConvertAll(d => d.Vehicle.Value) });
        command.Parameters.Add(new() { Value = devices.ConvertAll(d => d.Id.Value) });
        command.Parameters.Add(new() { Value = devices.ConvertAll(d => d.Key) });
        command.Parameters.Add(new() { Value = devices.ConvertAll(d => DeviceSecret.Hash(d.Secret)) });
        await command.ExecuteNonQueryAsync();
        return devices;
    }
}
