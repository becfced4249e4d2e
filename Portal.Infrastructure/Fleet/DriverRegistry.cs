using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Fleet;

/// <summary>What people say of a driver.</summary>
public sealed record DriverDetails(string Name, string? Phone, string? JobTitle, BranchId Branch, string? LicenceCategories, VehicleId? UsualVehicle);

/// <summary>Keeps the list of drivers with the employees and persons behind them. Needs <see cref="Permissions.DriversManage"/>.</summary>
public sealed class DriverRegistry(IDbContextFactory<PortalDb> contexts, UserAccounts accounts, UserRights rights)
{
    /// <summary>Takes a driver on: person, employee and driver in one step, and with a <paramref name="userName"/> his sign-in, as <see cref="OpenAccountAsync"/> gives it; all or nothing.</summary>
    /// <returns>his id, and the one-time password of the sign-in</returns>
    /// <exception cref="RuleBrokenException"><c>fleet.vehicle-unknown</c>, <c>identity.branch-unknown</c>, <c>text.required</c>, <c>text.too-long</c>, what <see cref="PhoneNumber"/> finds wrong; <c>identity.user-name-taken</c></exception>
    public async Task<(DriverId Id, string? Password)> TakeOnAsync(DriverDetails details, string? userName, string culture, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.DriversManage);
        actor.RequireReach(details.Branch);
        await using var db = contexts.CreateFor(actor);
        await BranchRegistry.RequireOpenAsync(db, details.Branch, ct);
        RequirePhone(details.Phone);
        var person = new Person(PersonId.New(), details.Name, details.Phone, null);
        var employee = new Employee(EmployeeId.New(), person.Id, details.Branch, details.JobTitle);
        var driver = new Driver(DriverId.New(), employee.Id, details.Branch, details.Name, details.Phone);
        await EquipAsync(db, driver, details, ct);
        db.AddRange(person, employee, driver);
        var password = string.IsNullOrWhiteSpace(userName) ? null : await LinkUserAsync(db, driver, employee, userName, culture, actor, ct);
        await db.SaveChangesAsync(ct);
        rights.Forget();
        return (driver.Id, password);
    }

    /// <summary>Changes a driver that the user saw in version <paramref name="seen"/>, and the person and employee with him. One who is on shift or holds trips stays in his branch.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="TakeOnAsync"/>, and <c>shared.changed-by</c>, <c>fleet.driver-unknown</c>, <c>fleet.driver-in-use</c></exception>
    public async Task ChangeAsync(DriverId id, DriverDetails details, uint seen, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.DriversManage);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await HoldAsync(db, [id], ct);
        var driver = await FindAsync(db, id, actor, ct);
        var employee = await db.Set<Employee>().FirstAsync(e => e.Id == driver.Employee, ct);
        var person = await db.Set<Person>().FirstAsync(p => p.Id == employee.Person, ct);
        db.ExpectVersion(driver, seen);
        if (details.Branch != driver.Branch)
        {
            actor.RequireReach(details.Branch);
            await BranchRegistry.RequireOpenAsync(db, details.Branch, ct);
            await RequireIdleAsync(db, [id], ct);
            driver.MoveTo(details.Branch);
            employee.MoveTo(details.Branch);
        }
        if (details.Phone != driver.Phone) RequirePhone(details.Phone);
        driver.Rename(details.Name, details.Phone);
        person.Describe(driver.Name, driver.Phone, person.Email);
        employee.Employ(details.JobTitle);
        await EquipAsync(db, driver, details, ct);
        await db.SaveOrExplainAsync(new(ObjectKind.Driver, id.Value), ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Stops drivers driving, all or none; one who is on shift or holds trips stays.</summary>
    /// <exception cref="RuleBrokenException"><c>fleet.driver-in-use</c> with the names</exception>
    public async Task ArchiveAsync(IReadOnlyCollection<DriverId> ids, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await HoldAsync(db, ids, ct);
        var drivers = await FindAsync(db, ids, actor, ct);
        await RequireIdleAsync(db, ids, ct);
        foreach (var driver in drivers) driver.Archive();
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        rights.Forget();
    }

    /// <summary>Lets drivers drive again, all or none.</summary>
    public async Task RestoreAsync(IReadOnlyCollection<DriverId> ids, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        foreach (var driver in await FindAsync(db, ids, actor, ct)) driver.Restore();
        await db.SaveChangesAsync(ct);
        rights.Forget();
    }

    /// <summary>Makes imported drivers our own.</summary>
    public async Task AdoptAsync(IReadOnlyCollection<DriverId> ids, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        foreach (var driver in await FindAsync(db, ids, actor, ct)) driver.Adopt();
        await db.SaveChangesAsync(ct);
    }

    /// <summary>
    /// Gives the driver a sign-in with the standard driver's role and a one-time password, returned once.
    /// Needs <see cref="Permissions.UsersManage"/> beside the right over drivers.
    /// </summary>
    /// <exception cref="RuleBrokenException"><c>fleet.driver-has-user</c>, <c>identity.user-name-taken</c></exception>
    public async Task<string> OpenAccountAsync(DriverId id, string userName, string culture, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.DriversManage);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // held, so that of two people who open an account at once the second is told
        await HoldAsync(db, [id], ct);
        var driver = await FindAsync(db, id, actor, ct);
        var employee = await db.Set<Employee>().FirstAsync(e => e.Id == driver.Employee, ct);
        if (employee.User is not null) throw new RuleBrokenException("fleet.driver-has-user", driver.Name);
        var password = await LinkUserAsync(db, driver, employee, userName, culture, actor, ct);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        rights.Forget();
        return password;
    }

    private async Task<string> LinkUserAsync(PortalDb db, Driver driver, Employee employee, string userName, string culture, Actor actor, CancellationToken ct)
    {
        var role = await db.Set<Role>().Where(r => r.Code == StandardRoles.Driver).Select(r => r.Id).FirstAsync(ct);
        var zone = await db.Set<Branch>().Where(b => b.Id == driver.Branch).Select(b => b.TimeZone).FirstAsync(ct);
        var (user, password) = await accounts.AddAsync(db, new(userName, driver.Name, null, culture, zone, driver.Branch, [role]), actor, ct);
        employee.LinkUser(user);
        return password;
    }

    // No shift starts for a driver who is held, and without an open shift nobody gives him a trip: who is idle now stays so until the transaction ends.
    private static Task HoldAsync(PortalDb db, IEnumerable<DriverId> ids, CancellationToken ct)
    {
        var keys = ids.Select(id => id.Value).ToArray();
        return db.Database.ExecuteSqlAsync($"select from fleet.driver where id = any({keys}) order by id for no key update", ct);
    }

    private static void RequirePhone(string? phone)
    {
        if (!string.IsNullOrWhiteSpace(phone) && PhoneNumber.Of(phone, null).Fault is { } fault) throw new RuleBrokenException(fault, phone.Trim());
    }

    private static async Task RequireIdleAsync(PortalDb db, IReadOnlyCollection<DriverId> ids, CancellationToken ct)
    {
        var busy = await db.Set<Driver>().Where(d => ids.Contains(d.Id))
            .Where(d => db.Set<Shift>().Any(s => s.Driver == d.Id && s.StartedAt != null && s.EndedAt == null)
                || db.Set<Trip>().Any(t => t.Driver == d.Id && TripStates.Held.Contains(t.State)))
            .OrderBy(d => d.Name).Select(d => d.Name).ToListAsync(ct);
        if (busy.Count > 0) throw new RuleBrokenException("fleet.driver-in-use", string.Join(", ", busy));
    }

    private static async Task EquipAsync(PortalDb db, Driver driver, DriverDetails details, CancellationToken ct)
    {
        if (details.UsualVehicle is { } vehicle && !await db.Set<Vehicle>().AnyAsync(v => v.Id == vehicle, ct))
            throw new RuleBrokenException("fleet.vehicle-unknown");
        driver.Equip(details.LicenceCategories, details.UsualVehicle);
    }

    private static async Task<Driver> FindAsync(PortalDb db, DriverId id, Actor actor, CancellationToken ct) => (await FindAsync(db, [id], actor, ct))[0];

    private static async Task<List<Driver>> FindAsync(PortalDb db, IReadOnlyCollection<DriverId> ids, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.DriversManage);
        var drivers = await db.Set<Driver>().Where(d => ids.Contains(d.Id)).ToListAsync(ct);
        if (drivers.Count != ids.Distinct().Count()) throw new RuleBrokenException("fleet.driver-unknown");
        foreach (var driver in drivers) actor.RequireReach(driver.Branch);
        return drivers;
    }
}
