using Portal.Domain.Fleet;
using Portal.Domain.Shared;

namespace Portal.Domain.Dispatch;

/// <summary>What stands against giving a trip to a vehicle, whoever asks and however urgent it is.</summary>
public static class AssignmentRules
{
    /// <summary>
    /// The first rule that giving <paramref name="trip"/> to <paramref name="vehicle"/> would break, or null when nothing stands against it.
    /// <paramref name="shift"/> is the vehicle's open shift, if there is one.
    /// Codes: <c>dispatch.vehicle-archived</c>, <c>dispatch.driver-off-shift</c>, <c>dispatch.reenacted</c>, <c>dispatch.shift-expired</c>, <c>dispatch.shift-ends-before-pickup</c>,
    /// <c>dispatch.class-missing</c>, <c>dispatch.seats-missing</c>, <c>dispatch.payload-missing</c>, <c>dispatch.volume-missing</c>, <c>dispatch.equipment-missing</c>.
    /// </summary>
    public static RuleBrokenException? Against(Trip trip, Vehicle vehicle, Shift? shift, DateTimeOffset now)
    {
        var plate = vehicle.Plate;
        if (vehicle.Archived) return new("dispatch.vehicle-archived", plate);
        if (shift is not { IsOpen: true }) return new("dispatch.driver-off-shift", plate);
        if (Reenacted.Is(trip.Source) != Reenacted.Is(shift.Source)) return new("dispatch.reenacted", plate);
        if (shift.PlannedTo <= now) return new("dispatch.shift-expired", plate, shift.PlannedTo);
        if (shift.PlannedTo <= trip.PickupFrom) return new("dispatch.shift-ends-before-pickup", plate, shift.PlannedTo);
        return Lack(trip.Needs, trip.Passengers, vehicle);
    }

    /// <summary>
    /// The first rule that <paramref name="trip"/>, given back to the vehicle and driver who had it, would break. Under way it needs its driver
    /// at work and nothing else: a slip of the thumb after the planned end of the shift can be taken back.
    /// </summary>
    /// <inheritdoc cref="Against"/>
    public static RuleBrokenException? AgainstReturn(Trip trip, Vehicle vehicle, Shift? shift, DateTimeOffset now) =>
        shift is not { IsOpen: true } || shift.Driver != trip.Driver ? new("dispatch.driver-off-shift", vehicle.Plate)
        : trip.State.IsUnderWay() ? null
        : Against(trip, vehicle, shift, now);

    /// <summary>The first rule that <paramref name="trip"/>, as it is asked for, breaks in the vehicle that holds it.</summary>
    /// <inheritdoc cref="Against"/>
    public static RuleBrokenException? AgainstKeeping(Trip trip, Vehicle vehicle, Shift? shift) =>
        shift is { IsOpen: true } && !trip.State.IsUnderWay() && shift.PlannedTo <= trip.PickupFrom ? new("dispatch.shift-ends-before-pickup", vehicle.Plate, shift.PlannedTo)
        : Lack(trip.Needs, trip.Passengers, vehicle);

    private static RuleBrokenException? Lack(TripNeeds needs, int passengers, Vehicle vehicle)
    {
        var (plate, seats) = (vehicle.Plate, Math.Max(needs.Seats, passengers));
        var lack = VehicleFitness.Lack(needs, seats, vehicle.Class, new(vehicle.Seats, vehicle.PayloadKg, vehicle.VolumeM3), vehicle.Equipment);
        return lack?.Code switch
        {
            null => null,
            RankingCode.WrongClass => new("dispatch.class-missing", plate),
            RankingCode.TooFewSeats => new("dispatch.seats-missing", plate, seats, vehicle.Seats),
            RankingCode.TooLittlePayload => new("dispatch.payload-missing", plate, needs.PayloadKg, vehicle.PayloadKg),
            RankingCode.TooLittleVolume => new("dispatch.volume-missing", plate, needs.VolumeM3, vehicle.VolumeM3),
            _ => new("dispatch.equipment-missing", plate, lack.Args[0]),
        };
    }
}
