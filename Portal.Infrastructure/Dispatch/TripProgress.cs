using Microsoft.EntityFrameworkCore;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Dispatch;

/// <summary>
/// What happens to a trip on its way: the steps to completion and the ways to end without it.
/// The driver of the trip may tell it himself, anybody else needs the right.
/// </summary>
public sealed class TripProgress(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    private readonly TripChange trips = new(contexts, time);

    /// <summary>
    /// Moves the trip one step on. <paramref name="at"/> is when it happened, for a phone that was offline: never after now and
    /// never before the trip's last event.
    /// </summary>
    /// <exception cref="RuleBrokenException"><c>dispatch.wrong-step</c>, <c>dispatch.changed-meanwhile</c></exception>
    public Task<TripStanding> AdvanceAsync(TripId trip, TripState to, Actor actor, uint? seen = null, DateTimeOffset? at = null, CancellationToken ct = default) =>
        RunAsync(trip, Permissions.TripProgress, seen, at, actor, (t, when) => t.Advance(to, when, actor), ct);

    /// <summary>Calls the trip off; needs the dispatcher's right.</summary>
    public Task<TripStanding> CancelAsync(TripId trip, string reason, Actor actor, uint? seen = null, CancellationToken ct = default) =>
        trips.RunAsync(trip, seen, actor, (_, t, now) =>
        {
            actor.Require(Permissions.TripCancel);
            t.Cancel(reason, now, actor);
            return Task.CompletedTask;
        }, ct);

    /// <summary>The vehicle stood at the pickup and nobody came.</summary>
    public Task<TripStanding> MarkNoShowAsync(TripId trip, string reason, Actor actor, uint? seen = null, DateTimeOffset? at = null, CancellationToken ct = default) =>
        RunAsync(trip, Permissions.TripProgress, seen, at, actor, (t, when) => t.MarkNoShow(reason, when, actor), ct);

    /// <summary>The trip could not be done.</summary>
    public Task<TripStanding> FailAsync(TripId trip, string reason, Actor actor, uint? seen = null, DateTimeOffset? at = null, CancellationToken ct = default) =>
        RunAsync(trip, Permissions.TripProgress, seen, at, actor, (t, when) => t.Fail(reason, when, actor), ct);

    /// <summary>Keeps what the driver, or anybody who may move the trip on, has to say of it.</summary>
    public Task<TripStanding> NoteAsync(TripId trip, string note, Actor actor, DateTimeOffset? at = null, CancellationToken ct = default) =>
        RunAsync(trip, Permissions.TripProgress, seen: null, at, actor, (t, when) => t.AddNote(note, when, actor), ct);

    /// <summary>Keeps what a driver did while the trip was his and told too late, see <see cref="Trip.KeepUntaken"/>.</summary>
    /// <exception cref="RuleBrokenException"><c>dispatch.trip-unknown</c> also where it was never his</exception>
    public Task<TripStanding> KeepUntakenAsync(TripId trip, TripAction told, string? words, DateTimeOffset at, Actor driver, CancellationToken ct = default)
    {
        var own = new DriverId(driver.DriverId ?? throw new RuleBrokenException("fleet.no-driver"));
        // beyond his reach by now, and no effect of the command, which is refused
        var witness = Actor.System("driver") with { UserId = driver.UserId, Name = driver.Name, Origin = driver.Origin };
        return trips.RunAsync(trip, seen: null, witness, (db, t, now) =>
        {
            if (!t.Events.Any(e => e.Driver == own)) throw new RuleBrokenException("dispatch.trip-unknown");
            t.KeepUntaken(told, words, at < now ? at : now, driver);
            // so that whoever looks at the trip reads it again
            db.Entry(t).Property(x => x.Number).IsModified = true;
            return Task.CompletedTask;
        }, ct);
    }

    private Task<TripStanding> RunAsync(
        TripId trip, string permission, uint? seen, DateTimeOffset? at, Actor actor, Action<Trip, DateTimeOffset> verb, CancellationToken ct) =>
        trips.RunAsync(trip, seen, actor, (_, t, now) =>
        {
            actor.RequireDrivingOr(t, permission);
            var last = t.Events.Max(e => e.At);
            var when = at is { } told && told < now ? told : now;
            verb(t, when > last ? when : last);
            return Task.CompletedTask;
        }, ct);
}
