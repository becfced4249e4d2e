using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Infrastructure.Fleet;

namespace Portal.Infrastructure.Dispatch;

/// <summary>
/// ETAs of all trips held, from live positions and the travel-time estimator. A vehicle's way to its next stop is estimated again
/// when it has moved or the estimate has aged, ways between planned stops once: a quiet fleet costs nothing.
/// </summary>
internal sealed class BoardForecast(LiveFleet fleet, Roads roads, DispatchSettingsStore settings)
{
    private const double MovedM = 150;
    private static readonly TimeSpan LegKeeps = TimeSpan.FromMinutes(1);

    private Dictionary<VehicleId, Leg> firstLegs = [];
    private Dictionary<(GeoPoint From, GeoPoint To), LegTime> plannedLegs = [];

    /// <summary>ETA of every trip held on the board.</summary>
    public async Task<IReadOnlyList<TripEta>> EtasAsync(BoardSnapshot board, DateTimeOffset now, CancellationToken ct)
    {
        var rules = await settings.ReadAsync(ct);
        var estimator = roads.Estimator;
        var positions = fleet.All().Where(v => now - v.Time <= rules.PositionGoodFor).ToDictionary(v => v.Vehicle, v => v.Point);
        var (firstKept, plannedKept) = (new Dictionary<VehicleId, Leg>(), new Dictionary<(GeoPoint, GeoPoint), LegTime>());
        var etas = new List<TripEta>();
        foreach (var held in board.Trips.Where(t => t.Vehicle is not null && !t.State.IsEnded()).GroupBy(t => t.Vehicle!.Value))
        {
            GeoPoint? where = positions.TryGetValue(held.Key, out var point) ? point : null;
            etas.AddRange(VehicleForecast.Of(now, where, held.Select(Held), Travel, rules.Boarding).Etas);

            LegTime Travel(GeoPoint from, GeoPoint to)
            {
                if (from != where) return plannedKept[(from, to)] = plannedLegs.TryGetValue((from, to), out var known) ? known : Estimated(from, to);
                if (!firstLegs.TryGetValue(held.Key, out var leg) || leg.To != to || leg.From.DistanceTo(from) > MovedM || now - leg.At > LegKeeps)
                    leg = new(from, to, now, Estimated(from, to));
                firstKept[held.Key] = leg;
                return leg.Time;
            }
        }
        (firstLegs, plannedLegs) = (firstKept, plannedKept);
        return etas;

        LegTime Estimated(GeoPoint from, GeoPoint to)
        {
            var way = estimator.Estimate(from, to, now);
            return new(TimeSpan.FromSeconds(way.Seconds), new(TimeSpan.FromSeconds(way.Seconds - way.P10Seconds), TimeSpan.FromSeconds(way.P90Seconds - way.Seconds)));
        }
    }

    /// <summary>What a forecast needs of a row.</summary>
    internal static HeldTrip Held(BoardTrip trip) =>
        new(trip.Id, trip.State, trip.FromPoint, trip.ToPoint, trip.PickupFrom, trip.PickupUntil, trip.Ride, trip.Via > 0 ? trip.BoardedAt + trip.Ride : null);

    private sealed record Leg(GeoPoint From, GeoPoint To, DateTimeOffset At, LegTime Time);
}
