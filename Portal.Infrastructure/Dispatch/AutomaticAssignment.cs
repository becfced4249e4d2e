using Microsoft.EntityFrameworkCore;
using Portal.Domain.Dispatch;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Fleet;

namespace Portal.Infrastructure.Dispatch;

/// <summary>What an automatic assignment did.</summary>
/// <param name="Assigned">Trips given, as they stand now.</param>
/// <param name="Refused">Trips for which a vehicle was found but something changed meanwhile, with the refusal.</param>
/// <param name="Unserved">Trips for which no vehicle could be found, and why.</param>
public sealed record AssignmentOutcome(IReadOnlyList<TripStanding> Assigned, IReadOnlyList<(long Number, RuleBrokenException Refusal)> Refused, IReadOnlyList<UnservedTrip> Unserved);

/// <summary>Why no vehicle was found for a trip.</summary>
public enum UnservedReason
{
    /// <summary>Its pickup is on no map.</summary>
    NotOnMap,
    /// <summary>No driver is at work.</summary>
    NobodyAtWork,
    /// <summary>The only drivers who may take it are on a break.</summary>
    OnBreak,
    /// <summary>None of the vehicles at work may take it: class, seats, weight, equipment, end of shift, no position.</summary>
    NoneFits,
    /// <summary>Vehicles that may take it are too far away or were given to others.</summary>
    NoneLeft,
}

/// <summary>A trip that still waits after an automatic assignment.</summary>
public sealed record UnservedTrip(TripId Id, UnservedReason Why);

/// <summary>
/// Chooses vehicles for waiting trips exactly (see <see cref="DispatchPlan"/>), with ETA and evenness in the cost,
/// and gives each trip through <see cref="TripAssignment"/>, so that every rule and every conflict counts as for a person.
/// </summary>
public sealed class AutomaticAssignment(
    IDbContextFactory<PortalDb> contexts, FleetCandidates fleet, Roads roads, DispatchSettingsStore settings, TripAssignment assignment, TimeProvider time)
{
    /// <summary>More than this nobody plans in one press; the rest waits for the next.</summary>
    private const int Most = 1000;

    /// <summary>
    /// Assigns the waiting trips named, or all whose pickup begins within the reach of <see cref="DispatchSettings"/>,
    /// at most one to each vehicle within the actor's reach.
    /// </summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<AssignmentOutcome> RunAsync(IReadOnlyCollection<TripId>? chosen, Actor actor, CancellationToken ct = default)
    {
        actor.Require(Permissions.TripAssign);
        var rules = await settings.ReadAsync(ct);
        var now = time.GetUtcNow();
        var trips = await WaitingAsync(chosen, now + rules.Reach, actor, ct);
        var demands = trips.Select(CandidateQuery.Demand).OfType<TripDemand>().ToList();
        var working = await fleet.ReadAsync(rules, actor, ct);
        var estimator = roads.Estimator;
        var ranking = new VehicleRanking(working.Means, rules, now);
        var plan = DispatchPlan.Make(demands, working.Vehicles, ranking, rules,
            estimator.LeavingAt(now, rules.Reach).SecondsTo);

        var versions = trips.ToDictionary(t => t.Id, t => (t.Number, t.Version));
        var assigned = new List<TripStanding>();
        var refused = new List<(long, RuleBrokenException)>();
        foreach (var choice in plan.Planned)
        {
            var (number, version) = versions[choice.Trip.Id];
            try
            {
                assigned.Add(await assignment.AssignAsync(choice.Trip.Id, choice.Choice.Vehicle.Vehicle, actor, version, ct));
            }
            catch (RuleBrokenException refusal)
            {
                refused.Add((number, refusal));
            }
        }
        var offMap = trips.Where(t => t.Pickup.Point is null).Select(t => new UnservedTrip(t.Id, UnservedReason.NotOnMap));
        return new(assigned, refused, [.. offMap, .. plan.Unserved.Select(d => new UnservedTrip(d.Id, Why(d)))]);

        UnservedReason Why(TripDemand demand) =>
            working.Vehicles.Count == 0 ? UnservedReason.NobodyAtWork
            : working.Vehicles.Where(v => ranking.Unfit(demand, v) is null).ToList() is not { Count: > 0 } fit ? UnservedReason.NoneFits
            : fit.TrueForAll(v => ranking.Rests(demand, v)) ? UnservedReason.OnBreak
            : UnservedReason.NoneLeft;
    }

    private async Task<List<Trip>> WaitingAsync(IReadOnlyCollection<TripId>? chosen, DateTimeOffset until, Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var waiting = db.Set<Trip>().AsNoTracking().Where(t => t.State == TripState.Requested);
        waiting = chosen is null ? waiting.Where(t => t.PickupFrom <= until) : waiting.Where(t => chosen.Contains(t.Id));
        if (actor.OnlyBranch() is { } branch) waiting = waiting.Where(t => t.Branch == branch);
        return await waiting.OrderBy(t => t.PickupUntil).ThenBy(t => t.Number).Take(Most).ToListAsync(ct);
    }
}
