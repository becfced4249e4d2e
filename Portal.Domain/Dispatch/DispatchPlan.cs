using Portal.Domain.Shared;

namespace Portal.Domain.Dispatch;

/// <summary>A trip and the vehicle that should take it.</summary>
public sealed record PlannedTrip(TripDemand Trip, RankedVehicle Choice);

/// <summary>
/// "Assign all waiting": every trip gets at most one vehicle and every vehicle at most one trip, as many trips as can be
/// served, at the least total cost (see <see cref="DispatchSettings"/>). Nobody is called from a break. Per trip the nearest
/// <see cref="DispatchSettings.CandidatesPerTrip"/> fit vehicles are looked at; among those pairs the plan is exact.
/// </summary>
public sealed record DispatchPlan(IReadOnlyList<PlannedTrip> Planned, IReadOnlyList<TripDemand> Unserved, double Cost)
{
    /// <summary>Plans all trips at once.</summary>
    public static DispatchPlan Make(
        IReadOnlyList<TripDemand> trips,
        IReadOnlyList<VehicleCandidate> fleet,
        VehicleRanking ranking,
        DispatchSettings settings,
        TravelSeconds travel)
    {
        var costs = new AssignmentCosts(fleet.Count);
        var chosenFrom = new Dictionary<(int Trip, int Vehicle), (VehicleCandidate Placed, double Seconds)>();
        var onward = new OnwardWays(travel, trips);
        for (var t = 0; t < trips.Count; t++)
        {
            var near = Nearest(trips[t], fleet, ranking, settings.CandidatesPerTrip);
            var toPickup = travel.ByOrigin(trips[t].Pickup, [.. near.SelectMany(v => fleet[v].SetOutPlaces).Distinct()]);
            foreach (var v in near)
            {
                var placed = ranking.Place(trips[t], fleet[v], from => toPickup[from], next => onward.Seconds(trips[t].Dropoff, next));
                var seconds = toPickup[placed.SetsOutFrom!.Value];
                chosenFrom[(t, v)] = (placed, seconds);
                costs.Add(v, ranking.Cost(trips[t], placed, seconds));
            }
            costs.EndRow();
        }

        var solution = OptimalAssignment.Solve(costs);
        var planned = new List<PlannedTrip>();
        var unserved = new List<TripDemand>();
        for (var t = 0; t < trips.Count; t++)
        {
            var v = solution.ColumnOfRow[t];
            if (v < 0) unserved.Add(trips[t]);
            else planned.Add(new(trips[t], ranking.Judge(trips[t], chosenFrom[(t, v)].Placed, chosenFrom[(t, v)].Seconds)));
        }
        return new(planned, unserved, solution.Cost);
    }

    private static List<int> Nearest(TripDemand trip, IReadOnlyList<VehicleCandidate> fleet, VehicleRanking ranking, int count) =>
        [.. Enumerable.Range(0, fleet.Count)
            .Where(v => ranking.Unfit(trip, fleet[v]) is null && !ranking.Rests(trip, fleet[v]))
            .OrderBy(v => Distance(fleet[v], trip.Pickup))
            .Take(count)];

    // most hold nothing, and a plan asks this a million times
    private static double Distance(VehicleCandidate vehicle, GeoPoint pickup) => vehicle.Gaps.Count == 0
        ? vehicle.SetsOutFrom!.Value.DistanceTo(pickup)
        : vehicle.SetOutPlaces.Min(place => place.DistanceTo(pickup));

    /// <summary>Ways from the trips' drop-offs to the pickups that vehicles go to afterwards: one search for each such pickup, when it is first asked for.</summary>
    private sealed class OnwardWays(TravelSeconds travel, IReadOnlyList<TripDemand> trips)
    {
        private readonly Dictionary<GeoPoint, Dictionary<GeoPoint, double>> known = [];
        private readonly GeoPoint[] dropoffs = [.. trips.Select(t => t.Dropoff).Distinct()];

        public double Seconds(GeoPoint dropoff, GeoPoint next)
        {
            if (!known.TryGetValue(next, out var ways)) known[next] = ways = travel.ByOrigin(next, dropoffs);
            return ways[dropoff];
        }
    }
}
