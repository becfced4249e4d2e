namespace Portal.Domain.Fleet;

/// <summary>Id of a <see cref="Vehicle"/>.</summary>
public readonly record struct VehicleId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static VehicleId New() => new(Guid.CreateVersion7());
}

/// <summary>Id of a device (tracker).</summary>
public readonly record struct DeviceId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static DeviceId New() => new(Guid.CreateVersion7());
}

/// <summary>Id of a <see cref="Driver"/>.</summary>
public readonly record struct DriverId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static DriverId New() => new(Guid.CreateVersion7());
}

/// <summary>Id of a <see cref="Shift"/>.</summary>
public readonly record struct ShiftId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static ShiftId New() => new(Guid.CreateVersion7());
}
