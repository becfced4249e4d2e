using Portal.Domain.Dispatch;

namespace Portal.Domain.Fleet;

/// <summary>What a vehicle is doing, as boards and the map show it. The map's markers hold the same order: never renumber.</summary>
public enum VehicleStatus : byte
{
    /// <summary>On shift without a trip.</summary>
    Free,
    /// <summary>Given a trip the driver has not answered.</summary>
    Assigned,
    /// <summary>The driver accepted the trip.</summary>
    Accepted,
    /// <summary>Driving to the pickup.</summary>
    OnTheWay,
    /// <summary>Waiting at the pickup.</summary>
    Arrived,
    /// <summary>Carrying.</summary>
    OnBoard,
    /// <summary>Nobody works on it now.</summary>
    OffShift,
}

/// <summary>How the status follows from trip and shift.</summary>
public static class VehicleStatuses
{
    /// <summary>The status of a vehicle with the given current trip (its furthest open one, if any) and shift.</summary>
    public static VehicleStatus Of(TripState? trip, bool onShift) => trip switch
    {
        TripState.Assigned => VehicleStatus.Assigned,
        TripState.Accepted => VehicleStatus.Accepted,
        TripState.OnTheWay => VehicleStatus.OnTheWay,
        TripState.Arrived => VehicleStatus.Arrived,
        TripState.OnBoard => VehicleStatus.OnBoard,
        _ => onShift ? VehicleStatus.Free : VehicleStatus.OffShift,
    };
}
