using Portal.Domain.Shared;

namespace Portal.Domain.Dispatch;

/// <summary>
/// A trip that a vehicle holds, as far as a forecast needs it. <paramref name="Carry"/> is the planned time from pickup to drop-off,
/// <paramref name="StopsUntil"/> when one that stops on the way is at its drop-off by that plan, once it is loaded.
/// </summary>
public readonly record struct HeldTrip(
    TripId Id, TripState State, GeoPoint? Pickup, GeoPoint? Dropoff, DateTimeOffset PickupFrom, DateTimeOffset PickupUntil, TimeSpan Carry, DateTimeOffset? StopsUntil = null);

/// <summary>When a vehicle is expected at a trip's pickup (null once it was there, or while its place is unknown) and at its drop-off, and the range of past error at the first of them.</summary>
public readonly record struct TripEta(TripId Id, DateTimeOffset? Pickup, DateTimeOffset? Dropoff, EtaRange Range);

/// <summary>What the vehicles' days look like from now: ETA of every trip held, and when and where the vehicle is free.</summary>
/// <param name="Etas">One per trip, in the order of driving.</param>
/// <param name="FreeAt">When the last trip ends, or now.</param>
/// <param name="FreeWhere">Where it ends, or where the vehicle is; null when unknown.</param>
public sealed record VehicleForecast(IReadOnlyList<TripEta> Etas, DateTimeOffset FreeAt, GeoPoint? FreeWhere)
{
    /// <summary>The order in which a vehicle does the trips it holds: what is under way first, the furthest before the rest, then by the begin of the window.</summary>
    public static readonly IComparer<HeldTrip> DrivingOrder = Comparer<HeldTrip>.Create((a, b) =>
        (Step(b), a.PickupFrom, a.Id.Value).CompareTo((Step(a), b.PickupFrom, b.Id.Value)));

    /// <summary>
    /// ETA = now + travel time + planned stops before, in <see cref="DrivingOrder"/>; a vehicle does not leave a pickup before the window begins, and every pickup takes <paramref name="boarding"/>.
    /// </summary>
    /// <param name="now">The moment of the forecast.</param>
    /// <param name="position">Where the vehicle is; null while unknown, then a trip under way has no ETA.</param>
    /// <param name="trips">Trips held, in any order.</param>
    /// <param name="travel">Travel time between two points, with the range of past error.</param>
    /// <param name="boarding">Time to get in or load.</param>
    public static VehicleForecast Of(
        DateTimeOffset now, GeoPoint? position, IEnumerable<HeldTrip> trips, Func<GeoPoint, GeoPoint, LegTime> travel, TimeSpan boarding)
    {
        var etas = new List<TripEta>();
        var (at, where, range) = (now, position, default(EtaRange));
        foreach (var trip in trips.Order(DrivingOrder))
        {
            DateTimeOffset? pickup = null;
            DateTimeOffset? dropoff;
            if (trip.State == TripState.OnBoard)
            {
                dropoff = Reach(at, where, trip.Dropoff);
                // the straight way passes its stops by
                if (dropoff < trip.StopsUntil) dropoff = trip.StopsUntil;
            }
            else
            {
                if (trip.State < TripState.Arrived) pickup = Reach(at, where, trip.Pickup);
                var leaves = (pickup is { } there && there > trip.PickupFrom ? there : at > trip.PickupFrom ? at : trip.PickupFrom) + boarding;
                dropoff = leaves + trip.Carry;
            }
            etas.Add(new(trip.Id, pickup, dropoff, range));
            at = dropoff ?? at + trip.Carry;
            where = trip.Dropoff ?? where;
        }
        return new(etas, at, where);

        DateTimeOffset? Reach(DateTimeOffset from, GeoPoint? a, GeoPoint? b)
        {
            if (a is not { } start || b is not { } end) return null;
            var leg = travel(start, end);
            range = range.After(leg.Range);
            return from + leg.Expected;
        }
    }

    private static TripState Step(HeldTrip trip) => trip.State.IsUnderWay() ? trip.State : TripState.Requested;
}
