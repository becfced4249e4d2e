using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Fleet;
using Portal.Tests.Support;

namespace Portal.Tests.Browser;

/// <summary>The application with a few cars at work, places to go to and two dispatchers, <c>ida</c> and <c>tom</c>.</summary>
public sealed class BoardApp : PortalApp
{
    public static readonly GeoPoint Mill = new(47.02, 28.83), Harbour = new(47.05, 28.87);

    private static readonly Actor Arranger = Actor.System("test");
    private int plates;
    private BranchId branch;
    private VehicleClassId car;

    protected override IEnumerable<KeyValuePair<string, string?>> Settings => [new("Map:TileUrl", "")];

    public TripAssignment Assignment => Services.GetRequiredService<TripAssignment>();
    public LiveBoard Board => Services.GetRequiredService<LiveBoard>();

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        await using (var db = Open()) branch = await db.Set<Branch>().Select(b => b.Id).FirstAsync();
        var vehicleClass = new VehicleClass(VehicleClassId.New(), "Car", VehicleBody.Car);
        car = vehicleClass.Id;
        var client = new Partner(PartnerId.New(), "Bluebird Trading", PartnerKinds.Client);
        await SaveAsync(vehicleClass, client,
            Place.OfPartner(PlaceId.New(), client.Id, "Bluebird store", "Willow Street 5", Mill),
            Place.Free(PlaceId.New(), "Harbour station", "Quay Road 1", Harbour));
        await AddUserAsync("ida", StandardRoles.Dispatcher);
        await AddUserAsync("tom", StandardRoles.Dispatcher);
        for (var i = 0; i < 3; i++) await CarAsync(new(Mill.Latitude + 0.004 * (i + 1), Mill.Longitude));
        await Wait.UntilAsync(() => Board.Current.Vehicles.Length == 3, "three cars on the board");
    }

    /// <summary>A car with a driver at work, standing at a point; heard of now, or so long ago.</summary>
    public async Task<VehicleId> CarAsync(GeoPoint at, TimeSpan silent = default)
    {
        var number = Interlocked.Increment(ref plates);
        var person = new Person(PersonId.New(), $"Driver {number}", null, null);
        var employee = new Employee(EmployeeId.New(), person.Id, branch, null);
        var driver = new Driver(DriverId.New(), employee.Id, branch, person.Name, "+000 555 0200");
        var vehicle = new Vehicle(VehicleId.New(), $"CAR {number:00}", "Model", car, branch, new(4, 400, 1));
        var now = Now;
        var shift = new Shift(ShiftId.New(), driver.Id, vehicle.Id, branch, new(now.AddHours(-1), now.AddHours(8)));
        shift.Start(now.AddHours(-1));
        await SaveAsync(person, employee, driver, vehicle, shift);
        Services.GetRequiredService<LiveFleet>().Accept(new PositionReading { Vehicle = vehicle.Id, Time = now - silent, Received = now, Point = at });
        return vehicle.Id;
    }

    /// <summary>A waiting trip, on the board when this returns.</summary>
    public async Task<TripStanding> TripAsync(string caller = "Ada Quill", int passengers = 1, TimeSpan? inTime = null, bool offMap = false)
    {
        var from = Now + (inTime ?? TimeSpan.FromMinutes(5));
        var trip = await Services.GetRequiredService<TripRegistration>().RegisterAsync(TripId.New(), new TripOrder
        {
            CallerName = caller, Pickup = TripStop.At("Willow Street 5", offMap ? null : Mill), Dropoff = TripStop.At("Quay Road 1", Harbour),
            PickupFrom = from, PickupUntil = from.AddMinutes(15), Passengers = passengers,
        }, branch, Arranger);
        await Wait.UntilAsync(() => Board.Current.Find(trip.Id) is not null, "the trip on the board");
        return trip;
    }

    /// <summary>The trip as it stands on the board.</summary>
    public BoardTrip Seen(TripId id) => Board.Current.Find(id)!;

    /// <summary>Opens a window on the board.</summary>
    public async Task<BrowserWindow> OpenBoardAsync(string user, string query = "", BrowserNewContextOptions? settings = null)
    {
        var window = await OpenWindowAsync(user, settings);
        await window.GoToAsync("/board" + query);
        await window.Page.Locator(".board-page[data-ready]").WaitForAsync();
        return window;
    }

    /// <summary>A trip's row in a list.</summary>
    public static ILocator Row(BrowserWindow window, TripId trip) => window.Page.Locator($"#trip-{trip.Value}");

    /// <summary>Gives the trip to the car ranked first, by click and key.</summary>
    public async Task<VehicleId> FirstCarAsync(TripStanding trip, BrowserWindow window)
    {
        await Row(window, trip.Id).ClickAsync();
        await window.Page.Locator(".cars .car").First.WaitForAsync();
        await window.Page.Keyboard.PressAsync("1");
        await Wait.UntilAsync(() => Seen(trip.Id).Vehicle is not null, "the assignment");
        return Seen(trip.Id).Vehicle!.Value;
    }

    public PortalDb Open() => Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateFor(Arranger);

    public async Task SaveAsync(params object[] entities)
    {
        await using var db = Open();
        foreach (var entity in entities)
        {
            db.Add(entity);
            await db.SaveChangesAsync();
        }
    }
}
