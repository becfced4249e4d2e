using Portal.Domain.Fleet;

namespace Portal.Web.Fleet;

/// <summary>The short numbers under which one map knows vehicles; 1 and up, 0 is nobody.</summary>
internal sealed class VehicleHandles
{
    private readonly Dictionary<VehicleId, uint> handles = [];
    private readonly List<VehicleId> vehicles = [];

    /// <summary>The vehicle's number; a new one gets the next.</summary>
    public uint Of(VehicleId vehicle)
    {
        if (handles.TryGetValue(vehicle, out var handle)) return handle;
        vehicles.Add(vehicle);
        handles.Add(vehicle, handle = (uint)vehicles.Count);
        return handle;
    }

    /// <summary>The vehicle under a number, or null.</summary>
    public VehicleId? Find(uint handle) => handle > 0 && handle <= vehicles.Count ? vehicles[(int)handle - 1] : null;
}
