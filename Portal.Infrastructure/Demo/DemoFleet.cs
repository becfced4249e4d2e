using Portal.Domain.Clients;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Demo;

/// <summary>Vehicles, drivers, devices and shifts of the demo company.</summary>
internal sealed record DemoFleet(IReadOnlyList<Vehicle> Vehicles, IReadOnlyList<Driver> Drivers, IReadOnlyList<Shift> Shifts)
{
    /// <summary>How many drivers there are.</summary>
    public const int DriverCount = 80;
    /// <summary>Shifts open at any time; the vehicles without one stand in their depots.</summary>
    public const int OnShift = 54;
    /// <summary>Key of a demo device: this and the vehicle's plate.</summary>
    public const string DevicePrefix = "demo-";

    private static readonly (string Name, VehicleBody Body, string Model, VehicleCapacity Capacity, string[] Equipment, int Share)[] Classes =
    [
        ("City car", VehicleBody.Car, "Finch 1.2", new(4, 350, 0.4m), [], 26),
        ("Business car", VehicleBody.Car, "Heron GT", new(4, 400, 0.5m), ["child-seat"], 12),
        ("Minibus", VehicleBody.Minibus, "Pelican 9", new(8, 900, 2), ["wheelchair-ramp"], 8),
        ("Van", VehicleBody.Van, "Badger L2", new(2, 1200, 9), ["tail-lift"], 9),
        ("Truck", VehicleBody.Truck, "Aurochs 5t", new(2, 5000, 28), ["tail-lift", "cooling"], 5),
    ];

    /// <summary>Takes everything into the context; nothing is saved yet.</summary>
    public static DemoFleet Add(PortalDb db, BranchId branch, IReadOnlyList<Place> depots, Random random, DateTimeOffset now)
    {
        var vehicles = new List<Vehicle>();
        foreach (var (name, body, model, capacity, equipment, share) in Classes)
        {
            var kind = new VehicleClass(VehicleClassId.New(), name, body);
            db.Add(kind);
            for (var i = 0; i < share; i++)
            {
                var vehicle = new Vehicle(VehicleId.New(), DemoNames.Plate(vehicles.Count), model, kind.Id, branch, capacity);
                vehicle.Equip(equipment);
                vehicle.StationAt(depots[vehicles.Count % depots.Count].Id);
                vehicles.Add(vehicle);
            }
        }
        db.AddRange(vehicles);
        foreach (var vehicle in vehicles)
        {
            // nobody knows this secret: the simulation gives each device a new one when it starts
            var device = new Device(DeviceId.New(), DevicePrefix + vehicle.Plate, $"Tracker {vehicle.Plate}", SpeedUnit.KilometresPerHour, DeviceSecret.Hash(DeviceSecret.New()), now);
            device.AssignTo(vehicle.Id);
            db.Add(device);
        }
        var drivers = Enumerable.Range(0, DriverCount).Select(i => Hire(db, branch, i, i < vehicles.Count ? vehicles[i].Id : null)).ToList();
        var shifts = new List<Shift>();
        for (var i = 0; i < OnShift; i++)
        {
            var started = now.AddMinutes(-random.Next(20, 240));
            var shift = new Shift(ShiftId.New(), drivers[i].Id, vehicles[i].Id, branch, new Period(started, started.AddHours(10)));
            shift.Start(started);
            shifts.Add(shift);
        }
        db.AddRange(shifts);
        return new DemoFleet(vehicles, drivers, shifts);
    }

    private static Driver Hire(PortalDb db, BranchId branch, int number, VehicleId? usual)
    {
        var person = new Person(PersonId.New(), DemoNames.Person(number), DemoNames.Phone(number), null);
        var employee = new Employee(EmployeeId.New(), person.Id, branch, "Driver");
        var driver = new Driver(DriverId.New(), employee.Id, branch, person.Name, person.Phone);
        driver.Equip(number % 3 == 0 ? "B C D" : "B", usual);
        db.Add(person);
        db.Add(employee);
        db.Add(driver);
        return driver;
    }
}
