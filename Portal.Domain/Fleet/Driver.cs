using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Domain.Fleet;

/// <summary>The driving role of an employee.</summary>
public sealed class Driver : ISearchable
{
    private Driver() { }

    /// <summary>Lets an employee drive. The name is kept here so that boards read one row.</summary>
    public Driver(DriverId id, EmployeeId employee, BranchId branch, string name, string? phone)
    {
        Id = id;
        Employee = employee;
        Branch = branch;
        Rename(name, phone);
    }

    public DriverId Id { get; private set; }
    public EmployeeId Employee { get; private set; }
    public BranchId Branch { get; private set; }
    public string Name { get; private set; } = "";
    public string? Phone { get; private set; }
    /// <summary>Categories of the licence, such as <c>B C</c>.</summary>
    public string? LicenceCategories { get; private set; }
    /// <summary>The vehicle this driver takes when nothing else is said.</summary>
    public VehicleId? UsualVehicle { get; private set; }
    /// <summary>Name of the import or re-enactment that created the record.</summary>
    public string? Source { get; private set; }
    public bool Archived { get; private set; }
    public uint Version { get; private set; }

    /// <summary>Sets how people call him.</summary>
    public void Rename(string name, string? phone)
    {
        Name = Required.Text(name, "driver.name", 200);
        Phone = Required.Optional(phone, "driver.phone", 40);
    }

    /// <summary>Sets licence categories and the usual vehicle.</summary>
    public void Equip(string? licenceCategories, VehicleId? usualVehicle)
    {
        LicenceCategories = Required.Optional(licenceCategories, "driver.licence", 40);
        UsualVehicle = usualVehicle;
    }

    /// <summary>Lets him drive for another branch.</summary>
    public void MoveTo(BranchId branch) => Branch = branch;

    /// <summary>Marks the record as created by an import or a re-enactment.</summary>
    public void MarkSource(string source) => Source = Required.Text(source, "driver.source", 80);

    /// <summary>Makes him one of our own: he is offered for work like any other.</summary>
    public void Adopt() => Source = null;

    /// <summary>Stops him driving; the history stays.</summary>
    public void Archive() => Archived = true;

    /// <summary>Lets him drive again.</summary>
    public void Restore() => Archived = false;

    /// <inheritdoc/>
    public SearchEntry Describe() => new(new(ObjectKind.Driver, Id.Value), Name, Phone ?? "");
}
