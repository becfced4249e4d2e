using Portal.Domain.Fleet;
using Portal.Domain.Shared;

namespace Portal.Domain.Dispatch;

/// <summary>
/// What was done to a trip. <see cref="Untaken"/> is what a driver told after the trip was no longer his: it changed nothing,
/// and its reason begins with the name of the action he told.
/// </summary>
public enum TripAction { Registered, Edited, Assigned, Reassigned, Released, Accepted, Departed, Arrived, Boarded, Completed, Cancelled, NoShow, Failed, Reverted, Noted, Untaken }

/// <summary>One line of a trip's life: what was done, by whom, when (UTC), and where it stood after.</summary>
public sealed class TripEvent
{
    private TripEvent() { }

    internal TripEvent(TripAction action, Trip after, int ordinal, DateTimeOffset at, Actor actor, string? reason)
    {
        Id = Guid.CreateVersion7();
        Ordinal = ordinal;
        Action = action;
        State = after.State;
        Vehicle = after.Vehicle;
        Driver = after.Driver;
        At = at;
        ByUser = actor.UserId;
        ByName = actor.Name;
        Reason = reason;
    }

    public Guid Id { get; private set; }
    /// <summary>Place in the trip's life, from 1; two events may share a moment.</summary>
    public int Ordinal { get; private set; }
    public TripAction Action { get; private set; }
    /// <summary>State after the action.</summary>
    public TripState State { get; private set; }
    /// <summary>Vehicle after the action.</summary>
    public VehicleId? Vehicle { get; private set; }
    /// <summary>Driver after the action.</summary>
    public DriverId? Driver { get; private set; }
    public DateTimeOffset At { get; private set; }
    public Guid ByUser { get; private set; }
    public string ByName { get; private set; } = "";
    public string? Reason { get; private set; }
}
