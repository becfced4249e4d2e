using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Identity;
using Portal.Tests.Dispatch;
using Portal.Tests.Support;

namespace Portal.Tests.Drive;

/// <summary>The running application with drivers who sign in, and a dispatcher who gives them trips.</summary>
public sealed class DriverWorld : PortalApp
{
    private int people;
    private VehicleClassId car;

    public Actor Dispatcher { get; } = Orders.Dispatcher("Ida Marsh");
    public BranchId Branch { get; private set; }

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await using var db = Open();
        Branch = await db.Set<Branch>().Select(b => b.Id).FirstAsync();
        var found = new VehicleClass(VehicleClassId.New(), "Car", VehicleBody.Car);
        car = found.Id;
        db.Add(found);
        await db.SaveChangesAsync();
    }

    /// <summary>A context for arranging and looking.</summary>
    public PortalDb Open() => Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateFor(Actor.System("test"));

    /// <summary>A driver with a vehicle of his own and a sign-in of the given name.</summary>
    public async Task<(Driver Driver, Vehicle Vehicle)> DriverAsync(string user, string language = "en")
    {
        await AddUserAsync(user, StandardRoles.Driver, language);
        await using var db = Open();
        var vehicle = new Vehicle(VehicleId.New(), $"D {Interlocked.Increment(ref people):000}", "Model", car, Branch, new(4, 400, 1));
        var person = new Person(PersonId.New(), $"Driver {user}", null, null);
        var employee = new Employee(EmployeeId.New(), person.Id, Branch, null);
        employee.LinkUser(await db.Set<PortalUser>().Where(u => u.UserName == user).Select(u => u.Id).SingleAsync());
        var driver = new Driver(DriverId.New(), employee.Id, Branch, person.Name, null);
        driver.Equip("B", vehicle.Id);
        foreach (var entity in new object[] { vehicle, person, employee, driver })
        {
            db.Add(entity);
            await db.SaveChangesAsync();
        }
        Services.GetRequiredService<UserRights>().Forget();
        return (driver, vehicle);
    }

    /// <summary>A trip from the mill to the harbour for now, given to a vehicle whose driver is on shift.</summary>
    public async Task<TripId> TripAsync(Vehicle vehicle, int inMinutes = 10)
    {
        var order = Orders.Simple(TimeProvider.System.GetUtcNow().AddMinutes(inMinutes));
        order = order with
        {
            Pickup = order.Pickup with { Door = "3", AccessNote = "Ring twice; the yard gate is on the left.", Contact = "Bela Quay", Phone = "+000 555 0102" },
            Note = "Two boxes, keep upright.",
        };
        var trip = await Services.GetRequiredService<TripRegistration>().RegisterAsync(TripId.New(), order, Branch, Dispatcher);
        await Services.GetRequiredService<TripAssignment>().AssignAsync(trip.Id, vehicle.Id, Dispatcher);
        return trip.Id;
    }

    /// <summary>The trip as it stands in the database.</summary>
    public async Task<Trip> LoadAsync(TripId id)
    {
        await using var db = Open();
        return await db.Set<Trip>().Include(t => t.Events).AsNoTracking().SingleAsync(t => t.Id == id);
    }

    /// <summary>The driver's shifts, oldest first.</summary>
    public async Task<IReadOnlyList<Shift>> ShiftsAsync(DriverId driver)
    {
        await using var db = Open();
        return await db.Set<Shift>().AsNoTracking().Where(s => s.Driver == driver).OrderBy(s => s.PlannedFrom).ToListAsync();
    }
}
