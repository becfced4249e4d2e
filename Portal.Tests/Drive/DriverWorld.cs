using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales.Orders;
using Portal.Infrastructure.Stock;
using Portal.Tests.Dispatch;
using Portal.Tests.Sales.Offers;
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

    /// <summary>A trip that brings three doors and a frame to each of the addresses, given to a vehicle whose driver is on shift; its shipments in the order of the stops.</summary>
    public async Task<(TripId Trip, IReadOnlyList<ShipmentId> Shipments)> DeliveryAsync(Vehicle vehicle, params string[] addresses)
    {
        var system = Actor.System("test");
        var (desk, cards, shipping) = (Services.GetRequiredService<OrderDesk>(), Services.GetRequiredService<OrderQuery>(), Services.GetRequiredService<ShipmentDesk>());
        var hall = await Services.GetRequiredService<WarehouseRegistry>().OpenAsync($"Hall {Guid.NewGuid():n}", StockModel.Batch, Branch, system, default);
        var client = await Services.GetRequiredService<PartnerRegistry>().AddAsync(new("Lantern Works", PartnerKinds.Client), system, default);
        var depot = Place.OfOurs(PlaceId.New(), Branch, "Depot", "1 Dock Road", new(50.40, 30.50));
        await using var db = Open();
        db.Add(depot);
        await db.SaveChangesAsync();
        List<ShipmentId> shipments = [];
        foreach (var (i, address) in addresses.Index())
        {
            var place = Place.OfPartner(PlaceId.New(), client, address, address, new(50.41 + i * 0.02, 30.50));
            place.DescribeAccess($"{i + 3}", "Ring twice", null);
            db.Add(place);
            await db.SaveChangesAsync();
            var (order, shipment) = (SalesOrderId.New(), ShipmentId.New());
            await desk.AddAsync(order, client, system, default);
            var sheet = (await cards.FindAsync(order, system, default))!;
            var written = await desk.WriteAsync(order, sheet.Head with { Warehouse = hall, Place = place.Id }, sheet.Written.Content with { Lines = [OfferOffice.FreeLine("Oak door", 90) with { Quantity = 3 }, OfferOffice.FreeLine("Frame", 20)] }, [], sheet.Version, system, default);
            await Services.GetRequiredService<OrderFulfilment>().PlaceAsync(order, written.Version, system, default);
            await shipping.BeginAsync(shipment, order, system, default);
            await shipping.PostAsync(shipment, (await Services.GetRequiredService<ShipmentQuery>().FindAsync(shipment, system, default))!.Version, system, default);
            shipments.Add(shipment);
        }
        var (trip, from) = (TripId.New(), TimeProvider.System.GetUtcNow().AddMinutes(5));
        await Services.GetRequiredService<ShipmentDelivery>().OrderAsync(trip, shipments, new(depot.Id, from, from.AddHours(1)), (numbers, _) => string.Join(", ", numbers), system, default);
        await Services.GetRequiredService<TripAssignment>().AssignAsync(trip, vehicle.Id, Dispatcher);
        return (trip, shipments);
    }

    /// <summary>A shipment as its page shows it.</summary>
    public async Task<ShipmentSheet> ShipmentAsync(ShipmentId id) => (await Services.GetRequiredService<ShipmentQuery>().FindAsync(id, Actor.System("test"), default))!;

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
