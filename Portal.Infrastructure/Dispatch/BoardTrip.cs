using System.Collections.Immutable;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Dispatch;

/// <summary>How a trip stands to its promise: the vehicle at the pickup no later than the window's end.</summary>
public enum Punctuality
{
    /// <summary>Nothing to worry about, or kept already.</summary>
    Fine,
    /// <summary>Still waiting or held, and the promise runs out within the margin.</summary>
    Soon,
    /// <summary>The ETA is beyond the promise.</summary>
    AtRisk,
    /// <summary>Now is beyond the promise and the vehicle is not there.</summary>
    Late,
}

/// <summary>One trip as boards show it. Immutable: a change makes another row. Times are UTC.</summary>
public sealed record BoardTrip
{
    public required TripId Id { get; init; }
    public required long Number { get; init; }
    public required uint Version { get; init; }
    public required BranchId Branch { get; init; }
    public PartnerId? Customer { get; init; }
    /// <summary>The client's name, or the free caller's.</summary>
    public required string Who { get; init; }
    public required string CallerName { get; init; }
    public string? CallerPhone { get; init; }
    public required string From { get; init; }
    public GeoPoint? FromPoint { get; init; }
    public required string To { get; init; }
    public GeoPoint? ToPoint { get; init; }
    /// <summary>How many stops there are on the way to the drop-off.</summary>
    public int Via { get; init; }
    public required DateTimeOffset PickupFrom { get; init; }
    public required DateTimeOffset PickupUntil { get; init; }
    public required int Passengers { get; init; }
    public string? Cargo { get; init; }
    public required int Seats { get; init; }
    public required int PayloadKg { get; init; }
    public required bool HasNote { get; init; }
    public required TripState State { get; init; }
    public VehicleId? Vehicle { get; init; }
    public string? Plate { get; init; }
    public DriverId? Driver { get; init; }
    public string? DriverName { get; init; }
    public required DateTimeOffset RequestedAt { get; init; }
    public DateTimeOffset? DepartedAt { get; init; }
    public DateTimeOffset? ArrivedAt { get; init; }
    public DateTimeOffset? BoardedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public double? PlannedKm { get; init; }
    public int? PlannedSeconds { get; init; }
    /// <summary>A re-enactment asked for it: nobody waits.</summary>
    public bool IsReenacted { get; init; }
    /// <summary>Time from pickup to drop-off, as far as it is known.</summary>
    public TimeSpan Ride => PlannedSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : TripDemand.UnknownRide;
    /// <summary>When this row last came or changed on a board that was already open; boards mark it for a moment.</summary>
    public DateTimeOffset? ChangedAt { get; init; }
    /// <summary>When the vehicle is expected where it is needed next: at the pickup, or at the drop-off once on board.</summary>
    public DateTimeOffset? Eta { get; init; }
    /// <summary>How far past drives of that length came apart from <see cref="Eta"/>; nothing without an ETA.</summary>
    public EtaRange EtaRange { get; init; }
    /// <summary>When the vehicle is expected at the drop-off.</summary>
    public DateTimeOffset? EtaDropoff { get; init; }

    /// <summary>True until somebody or something is on board.</summary>
    public bool AwaitsPickup => State < TripState.Arrived;

    /// <summary>True while it needs a vehicle and nobody can say which is near: the pickup has no point.</summary>
    public bool IsOffMap => AwaitsPickup && FromPoint is null;

    /// <summary>True when it was changed again after that action. Versions are numbers of transactions: a later change has a later one, around the turn of the counter too.</summary>
    public bool IsLaterThan(TripStanding action) => unchecked((int)(Version - action.Version)) > 0;

    /// <summary>How it stands to its promise; <paramref name="margin"/> is how long before the promise a trip draws attention.</summary>
    public Punctuality Judge(DateTimeOffset now, TimeSpan margin)
    {
        if (!AwaitsPickup) return Punctuality.Fine;
        if (now > PickupUntil) return Punctuality.Late;
        if (Eta > PickupUntil) return Punctuality.AtRisk;
        return State == TripState.Requested && PickupUntil - now <= margin ? Punctuality.Soon : Punctuality.Fine;
    }

    /// <summary>Time the vehicle is taken by this trip: from setting out, or the pickup as it is expected now, to the drop-off.</summary>
    public Period Occupies
    {
        get
        {
            var pickup = AwaitsPickup && Eta > PickupFrom ? Eta.Value : PickupFrom;
            var from = DepartedAt ?? pickup;
            var to = EndedAt ?? EtaDropoff ?? pickup + Ride;
            return new(from, to > from ? to : from.AddMinutes(1));
        }
    }
}

/// <summary>A vehicle that works now: its driver has an open shift. <paramref name="IsReenacted"/> where that shift is played by a re-enactment: nobody sits in it.</summary>
public sealed record BoardVehicle(
    VehicleId Id, string Plate, string Class, BranchId Branch, int Seats, int PayloadKg, DriverId Driver, string DriverName, DateTimeOffset ShiftUntil, bool OnBreak, bool IsReenacted = false);
