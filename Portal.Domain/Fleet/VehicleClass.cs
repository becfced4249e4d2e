using Portal.Domain.Shared;

namespace Portal.Domain.Fleet;

/// <summary>Id of a <see cref="VehicleClass"/>.</summary>
public readonly record struct VehicleClassId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static VehicleClassId New() => new(Guid.CreateVersion7());
}

/// <summary>What a vehicle is built for; decides its icon on the map.</summary>
public enum VehicleBody { Car, Minibus, Van, Truck }

/// <summary>A class of vehicles a trip may ask for, such as "business car" or "van with a lift".</summary>
public sealed class VehicleClass
{
    private VehicleClass() { }

    /// <summary>Adds a class.</summary>
    public VehicleClass(VehicleClassId id, string name, VehicleBody body)
    {
        Id = id;
        Describe(name, body);
    }

    public VehicleClassId Id { get; private set; }
    public string Name { get; private set; } = "";
    public VehicleBody Body { get; private set; }
    public bool Archived { get; private set; }

    /// <summary>Sets its name and what it is built for.</summary>
    public void Describe(string name, VehicleBody body)
    {
        Name = Required.Text(name, "vehicle-class.name", 80);
        Body = body;
    }

    /// <summary>Trips ask for it no more; vehicles keep it.</summary>
    public void Archive() => Archived = true;

    /// <summary>Trips may ask for it again.</summary>
    public void Restore() => Archived = false;
}
