using Microsoft.EntityFrameworkCore;
using Portal.Domain.Dispatch;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Dispatch;

/// <summary>
/// How a trip stands after a job; <see cref="Version"/> is what the next change should claim to have seen,
/// <see cref="Action"/> the id of its last action that was not taken back.
/// </summary>
public sealed record TripStanding(TripId Id, long Number, TripState State, uint Version, Guid Action)
{
    internal static TripStanding Of(Trip trip) => new(trip.Id, trip.Number, trip.State, trip.Version, trip.LastStanding.Id);
}

/// <summary>
/// One change of one trip: load, let a verb act, save. Whoever comes second learns who did what and when
/// (<c>dispatch.changed-meanwhile</c> with number, name, action, moment) instead of overwriting it.
/// </summary>
internal sealed class TripChange(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>A verb acting on the loaded trip.</summary>
    public delegate Task Verb(PortalDb db, Trip trip, DateTimeOffset now);

    /// <summary>Changes the trip. <paramref name="seen"/> is the version the actor looked at; an unseen change of his own does not stop him.</summary>
    public async Task<TripStanding> RunAsync(TripId id, uint? seen, Actor actor, Verb verb, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var trip = await LoadAsync(db, id, ct);
        actor.RequireReach(trip);
        if (seen is { } version && version != trip.Version && LastEvent(trip).ByUser != actor.UserId) throw Conflict(trip);
        await verb(db, trip, time.GetUtcNow());
        try
        {
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }
        catch (DbUpdateException lost) when (lost is DbUpdateConcurrencyException || lost.IsUniqueViolation("trip_event_trip"))
        {
            await using var fresh = contexts.CreateFor(actor);
            throw Conflict(await LoadAsync(fresh, id, ct));
        }
        return TripStanding.Of(trip);
    }

    /// <summary>The trip with its events.</summary>
    /// <exception cref="RuleBrokenException"><c>dispatch.trip-unknown</c></exception>
    internal static async Task<Trip> LoadAsync(PortalDb db, TripId id, CancellationToken ct) =>
        await db.Set<Trip>().Include(t => t.Events).SingleOrDefaultAsync(t => t.Id == id, ct)
        ?? throw new RuleBrokenException("dispatch.trip-unknown");

    /// <summary>Tells that somebody else was faster: by what was done last, or by <paramref name="stands"/>, what stands in the way.</summary>
    internal static RuleBrokenException Conflict(Trip trip, TripEvent? stands = null)
    {
        var last = stands ?? LastEvent(trip);
        return new("dispatch.changed-meanwhile", trip.Number, last.ByName, last.Action, last.At);
    }

    private static TripEvent LastEvent(Trip trip) => trip.Events.MaxBy(e => e.Ordinal)!;
}
