using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Fleet;
using Portal.Tests.Support;

namespace Portal.Tests.Dispatch;

/// <summary>
/// A small company over a database of its own: one branch, a class of cars, dispatchers, and cars whose drivers are at work.
/// The clock stands still until a test moves it.
/// </summary>
public sealed class DispatchYard : IAsyncLifetime
{
    private readonly PortalDatabase database = new();
    private int plates;

    public StillClock Clock { get; } = new(Orders.Now);
    public ServiceProvider Services { get; private set; } = null!;
    public BranchId Branch { get; } = BranchId.New();
    public VehicleClassId Car { get; } = VehicleClassId.New();
    public Actor Ida { get; } = Orders.Dispatcher("Ida Marsh");
    public Actor Tom { get; } = Orders.Dispatcher("Tom Field");

    public TripRegistration Registration => Services.GetRequiredService<TripRegistration>();
    public TripAssignment Assignment => Services.GetRequiredService<TripAssignment>();
    public TripProgress Progress => Services.GetRequiredService<TripProgress>();
    public LiveBoard Board => Services.GetRequiredService<LiveBoard>();
    public LiveFleet Fleet => Services.GetRequiredService<LiveFleet>();

    public async Task InitializeAsync()
    {
        await database.InitializeAsync();
        Services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(database.DataSource)
            .AddSingleton<TimeProvider>(Clock)
            .AddSingleton<LiveFleet>()
            .AddPortalDb()
            .AddDispatch()
            .BuildServiceProvider();
        var company = new Company(CompanyId.New(), "Quill & Marsh", "EUR", "UTC");
        await SaveAsync(company, new Branch(Branch, company.Id, "Harbour", "UTC"), new VehicleClass(Car, "Car", VehicleBody.Car));
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

    /// <summary>A car with a driver; at work unless told otherwise.</summary>
    public async Task<(Vehicle Vehicle, Driver Driver, Shift Shift)> CarAsync(bool atWork = true, int seats = 4, BranchId? branch = null)
    {
        var home = branch ?? Branch;
        var plate = $"T {Interlocked.Increment(ref plates):000}";
        var person = new Person(PersonId.New(), $"Driver of {plate}", null, null);
        var employee = new Employee(EmployeeId.New(), person.Id, home, null);
        var driver = new Driver(DriverId.New(), employee.Id, home, person.Name, null);
        var vehicle = new Vehicle(VehicleId.New(), plate, "Model", Car, home, new(seats, 400, 1));
        var shift = new Shift(ShiftId.New(), driver.Id, vehicle.Id, home, new(Clock.GetUtcNow().AddHours(-1), Clock.GetUtcNow().AddHours(8)));
        if (atWork) shift.Start(Clock.GetUtcNow().AddHours(-1));
        await SaveAsync(person, employee, driver, vehicle, shift);
        return (vehicle, driver, shift);
    }

    /// <summary>From now on a re-enactment plays the shift.</summary>
    public async Task PlayAsync(ShiftId shift)
    {
        await using var db = Open();
        (await db.Set<Shift>().SingleAsync(s => s.Id == shift)).MarkSource($"{Reenacted.SourcePrefix} of a day");
        await db.SaveChangesAsync();
    }

    /// <summary>Another branch of the same company.</summary>
    public async Task<BranchId> OtherBranchAsync(string zone = "UTC")
    {
        await using var db = Open();
        var other = new Branch(BranchId.New(), (await db.Set<Company>().SingleAsync()).Id, "Inland", zone);
        await SaveAsync(other);
        return other.Id;
    }

    /// <summary>A waiting trip.</summary>
    public Task<TripStanding> TripAsync(TripOrder? order = null) =>
        Registration.RegisterAsync(TripId.New(), order ?? Orders.Simple(Clock.GetUtcNow()), Branch, Ida);

    /// <summary>The trip as it stands in the database.</summary>
    public async Task<Trip> LoadAsync(TripId id)
    {
        await using var db = Open();
        return await db.Set<Trip>().Include(t => t.Events).AsNoTracking().SingleAsync(t => t.Id == id);
    }
}

/// <summary>A clock that a test moves.</summary>
public sealed class StillClock(DateTimeOffset now) : TimeProvider
{
    private DateTimeOffset now = now;

    public override DateTimeOffset GetUtcNow() => now;

    /// <summary>Moves the clock on.</summary>
    public void Advance(TimeSpan by) => now += by;
}
