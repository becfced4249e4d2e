namespace Portal.Domain.Dispatch;

/// <summary>Where a trip stands. The order of the members up to <see cref="Completed"/> is the order of a trip's life.</summary>
public enum TripState { Requested, Assigned, Accepted, OnTheWay, Arrived, OnBoard, Completed, Cancelled, NoShow, Failed }

/// <summary>Groups of states that boards and rules ask for.</summary>
public static class TripStates
{
    /// <summary>Not ended yet.</summary>
    public static readonly TripState[] Open = [TripState.Requested, TripState.Assigned, TripState.Accepted, TripState.OnTheWay, TripState.Arrived, TripState.OnBoard];

    /// <summary>Held by a vehicle and not ended.</summary>
    public static readonly TripState[] Held = [TripState.Assigned, TripState.Accepted, TripState.OnTheWay, TripState.Arrived, TripState.OnBoard];

    /// <summary>True once nothing more will happen.</summary>
    public static bool IsEnded(this TripState state) => state >= TripState.Completed;

    /// <summary>The action that brings a trip one step on into this state.</summary>
    public static TripAction Step(this TripState to) => to switch
    {
        TripState.Accepted => TripAction.Accepted,
        TripState.OnTheWay => TripAction.Departed,
        TripState.Arrived => TripAction.Arrived,
        TripState.OnBoard => TripAction.Boarded,
        _ => TripAction.Completed,
    };

    /// <summary>True for the states a driver brings about one after the other.</summary>
    public static bool IsUnderWay(this TripState state) => state is TripState.OnTheWay or TripState.Arrived or TripState.OnBoard;
}
