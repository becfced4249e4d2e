using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Clients;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Imports;

/// <summary>
/// The vehicles and drivers that imported rows name, found by plate and by name whatever the case; those missing are created
/// on request and marked by their source.
/// </summary>
public sealed class ImportedFleet(IDbContextFactory<PortalDb> contexts)
{
    private static readonly VehicleCapacity Ordinary = new(4, 400, 0.5m);

    /// <summary>Plate → vehicle: of the present fleet, else what the source brought before and somebody archived. That is the same car, and stays archived.</summary>
    public static Task<Dictionary<string, Guid>> VehiclesAsync(string source, NpgsqlConnection connection, CancellationToken ct) =>
        ReadAsync("select plate, id from fleet.vehicle where not archived or source = $1 order by archived, id desc", source, connection, ct);

    /// <summary>Name → driver, in the same way; of drivers with the same name the first.</summary>
    public static Task<Dictionary<string, Guid>> DriversAsync(string source, NpgsqlConnection connection, CancellationToken ct) =>
        ReadAsync("select name, id from fleet.driver where not archived or source = $1 order by archived, id", source, connection, ct);

    /// <summary>Vehicle → the driver who usually takes it, in the same way.</summary>
    public static async Task<Dictionary<Guid, Guid>> UsualDriversAsync(string source, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            "select usual_vehicle, id from fleet.driver where (not archived or source = $1) and usual_vehicle is not null order by archived, id", connection) { Parameters = { new() { Value = source } } };
        await using var rows = await command.ExecuteReaderAsync(ct);
        var found = new Dictionary<Guid, Guid>();
        while (await rows.ReadAsync(ct)) found.TryAdd(rows.GetGuid(0), rows.GetGuid(1));
        return found;
    }

    /// <summary>
    /// Creates ordinary cars with these plates in one transaction, each with a driver of its own who is called like the car.
    /// </summary>
    /// <returns>The new vehicles with their drivers, in the order of <paramref name="plates"/>.</returns>
    public async Task<List<(string Plate, VehicleId Vehicle, DriverId Driver)>> CreateVehiclesAsync(IReadOnlyCollection<string> plates, string source, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var branch = await BranchAsync(db, actor, ct);
        var classId = await ClassAsync(db, source, ct);
        var created = new List<(string, VehicleId, DriverId)>();
        foreach (var plate in plates)
        {
            var vehicle = new Vehicle(VehicleId.New(), plate, source, classId, branch, Ordinary);
            vehicle.MarkSource(source);
            db.Add(vehicle);
            created.Add((plate, vehicle.Id, AddDriver(db, plate, branch, vehicle.Id, source)));
        }
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return created;
    }

    /// <summary>Creates drivers with these names.</summary>
    public async Task<List<(string Name, DriverId Driver)>> CreateDriversAsync(IReadOnlyCollection<string> names, string source, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        var branch = await BranchAsync(db, actor, ct);
        var created = names.Select(name => (name, AddDriver(db, name, branch, null, source))).ToList();
        await db.SaveChangesAsync(ct);
        return created;
    }

    /// <summary>The branch that imported things belong to: the actor's, else the first.</summary>
    /// <exception cref="RuleBrokenException"><c>import.no-branch</c></exception>
    internal static async Task<BranchId> BranchAsync(PortalDb db, Actor actor, CancellationToken ct) =>
        actor.BranchId is { } own ? new BranchId(own)
            : (await db.Set<Branch>().Where(b => !b.Archived).OrderBy(b => b.Id).FirstOrDefaultAsync(ct) ?? throw new RuleBrokenException("import.no-branch")).Id;

    /// <summary>Adds a person who drives, with the vehicle he usually takes; not saved yet.</summary>
    internal static DriverId AddDriver(PortalDb db, string name, BranchId branch, VehicleId? usualVehicle, string source)
    {
        var person = new Person(PersonId.New(), name, null, null);
        var employee = new Employee(EmployeeId.New(), person.Id, branch, null);
        var driver = new Driver(DriverId.New(), employee.Id, branch, name, null);
        driver.Equip(null, usualVehicle);
        driver.MarkSource(source);
        db.AddRange(person, employee, driver);
        return driver.Id;
    }

    private static async Task<VehicleClassId> ClassAsync(PortalDb db, string source, CancellationToken ct)
    {
        if (await db.Set<VehicleClass>().Where(c => !c.Archived).OrderBy(c => c.Body != VehicleBody.Car).ThenBy(c => c.Id).FirstOrDefaultAsync(ct) is { } known) return known.Id;
        var added = new VehicleClass(VehicleClassId.New(), source, VehicleBody.Car);
        db.Add(added);
        return added.Id;
    }

    private static async Task<Dictionary<string, Guid>> ReadAsync(string sql, string source, NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = source } } };
        await using var rows = await command.ExecuteReaderAsync(ct);
        var found = new Dictionary<string, Guid>(StringComparer.OrdinalIgnoreCase);
        while (await rows.ReadAsync(ct)) found.TryAdd(rows.GetString(0), rows.GetGuid(1));
        return found;
    }
}
