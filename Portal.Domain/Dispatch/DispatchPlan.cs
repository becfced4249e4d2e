using Portal.Domain.Shared;

namespace Portal.Domain.Dispatch;

/// <summary>A trip and the vehicle that should take it.</summary>
public sealed record PlannedTrip(TripDemand Trip, RankedVehicle Choice);

/// <summary>Seconds from each origin to the destination, infinite when out of reach.</summary>
public delegate IReadOnlyList<double> TravelSeconds(GeoPoint destination, IReadOnlyList<GeoPoint> origins);

/// <summary>
/// "Assign all waiting": every trip gets at most one vehicle and every vehicle at most one trip, as many trips as can be
/// served, at the least total cost (see <see cref="DispatchSettings"/>). Per trip the nearest
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
        var secondsOf = new Dictionary<(int Trip, int Vehicle), double>();
        for (var t = 0; t < trips.Count; t++)
        {
            var near = Nearest(trips[t], fleet, ranking, settings.CandidatesPerTrip);
            var seconds = travel(trips[t].Pickup, [.. near.Select(v => fleet[v].SetsOutFrom!.Value)]);
            for (var k = 0; k < near.Count; k++)
            {
                secondsOf[(t, near[k])] = seconds[k];
                costs.Add(near[k], ranking.Cost(trips[t], fleet[near[k]], seconds[k]));
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
            else planned.Add(new(trips[t], ranking.Judge(trips[t], fleet[v], secondsOf[(t, v)])));
        }
        return new(planned, unserved, solution.Cost);
    }

    private static List<int> Nearest(TripDemand trip, IReadOnlyList<VehicleCandidate> fleet, VehicleRanking ranking, int count) =>
        [.. Enumerable.Range(0, fleet.Count)
            .Where(v => ranking.Unfit(trip, fleet[v]) is null)
            .OrderBy(v => fleet[v].SetsOutFrom!.Value.DistanceTo(trip.Pickup))
            .Take(count)];
}
