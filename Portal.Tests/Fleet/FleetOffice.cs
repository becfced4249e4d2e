using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Fleet;
using Portal.Infrastructure.Identity;
using Portal.Tests.Dispatch;
using Portal.Tests.Support;

namespace Portal.Tests.Fleet;

/// <summary>
/// The fleet's office over a database of its own: a branch, a class, a dispatcher and a fleet manager.
/// The clock stands still until a test moves it.
/// </summary>
public sealed class FleetOffice : IAsyncLifetime
{
    private readonly PortalDatabase database = new();
    private int people;
    private long numbers;

    public StillClock Clock { get; } = new(new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero));
    public ServiceProvider Services { get; private set; } = null!;
    public CompanyId Company { get; } = CompanyId.New();
    public BranchId Branch { get; } = BranchId.New();
    public VehicleClassId Car { get; } = VehicleClassId.New();
    public Actor Dispatcher { get; } = Orders.Dispatcher("Ida Marsh");
    public Actor Chief { get; } = Orders.Person("Vera Stone", [.. StandardRoles.Grants[StandardRoles.FleetManager], Permissions.UsersManage, Permissions.DriveOwn]);
    public DateTimeOffset Now => Clock.GetUtcNow();

    public ShiftClock Shifts => Services.GetRequiredService<ShiftClock>();
    public ShiftPlanning Planning => Services.GetRequiredService<ShiftPlanning>();

    public async Task InitializeAsync()
    {
        await database.InitializeAsync();
        Services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(database.DataSource)
            .AddSingleton<TimeProvider>(Clock)
            .AddPortalDb()
            .AddIdentityFeature()
            .AddFleet()
            .BuildServiceProvider();
        await SaveAsync(
            new Company(Company, "Quill & Marsh", "EUR", "UTC"), new Branch(Branch, Company, "Harbour", "UTC"), new VehicleClass(Car, "Car", VehicleBody.Car),
            new Role { Code = StandardRoles.Driver, Name = "driver", Permissions = [Permissions.DriveOwn], Scope = ActorScope.Own });
    }

    public async Task DisposeAsync()
    {
        await Services.DisposeAsync();
        await database.DisposeAsync();
    }

    /// <summary>Saves what a test arranges, past the rights.</summary>
    public async Task SaveAsync(params object[] entities)
    {
        await using var db = Open();
        foreach (var entity in entities)
        {
            db.Add(entity);
            await db.SaveChangesAsync();
        }
    }

    /// <summary>A context for arranging and looking.</summary>
    public PortalDb Open() => Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateFor(Actor.System("test"));

    /// <summary>Runs SQL that the application may not.</summary>
    public async Task ExecuteAsOwnerAsync(string sql)
    {
        await using var command = database.Owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>A vehicle of the fleet.</summary>
    public async Task<Vehicle> VehicleAsync(string? plate = null, BranchId? branch = null)
    {
        var vehicle = new Vehicle(VehicleId.New(), plate ?? $"K {Interlocked.Increment(ref people):000}", "Model", Car, branch ?? Branch, new(4, 400, 1));
        await SaveAsync(vehicle);
        return vehicle;
    }

    /// <summary>A driver, and the driver as he signs in.</summary>
    public async Task<(Driver Driver, Actor Actor)> DriverAsync(string? name = null, VehicleId? usual = null, BranchId? branch = null)
    {
        var person = new Person(PersonId.New(), name ?? $"Driver {Interlocked.Increment(ref people):000}", "+000 555 0100", null);
        var employee = new Employee(EmployeeId.New(), person.Id, branch ?? Branch, null);
        var driver = new Driver(DriverId.New(), employee.Id, branch ?? Branch, person.Name, person.Phone);
        driver.Equip("B", usual);
        await SaveAsync(person, employee, driver);
        return (driver, Orders.Driver(driver.Name, driver.Id) with { Scope = ActorScope.Own, BranchId = Branch.Value });
    }

    /// <summary>A trip given to a driver, moved on as far as asked, its steps a minute apart.</summary>
    public async Task<Trip> TripAsync(DriverId driver, VehicleId vehicle, TripState state = TripState.Assigned, DateTimeOffset? pickup = null, double? km = null)
    {
        var at = pickup ?? Now;
        var trip = Trip.Register(TripId.New(), Interlocked.Increment(ref numbers), Branch, Orders.Simple(at), at, Dispatcher);
        if (km is { } length) trip.Estimate(length, 600);
        if (state >= TripState.Assigned) trip.Assign(vehicle, driver, at, Dispatcher);
        for (var step = TripState.Accepted; step <= state; step++) trip.Advance(step, at = at.AddMinutes(1), Dispatcher);
        await SaveAsync(trip);
        return trip;
    }

    /// <summary>The shift as it stands in the database.</summary>
    public async Task<Shift> LoadAsync(ShiftId id)
    {
        await using var db = Open();
        return await db.Set<Shift>().AsNoTracking().SingleAsync(s => s.Id == id);
    }
}
