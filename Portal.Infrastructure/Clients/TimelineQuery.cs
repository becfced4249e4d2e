using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.History;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;

namespace Portal.Infrastructure.Clients;

/// <summary>Which lines of a history are wanted; null means all.</summary>
/// <param name="Talk">only interactions of this kind</param>
/// <param name="By">who did it, or answers for the interaction</param>
/// <param name="From">inclusive</param>
/// <param name="To">exclusive</param>
public sealed record TimelineFilter(TimelineKind? Kind = null, InteractionKind? Talk = null, string? Text = null, Guid? By = null, DateTimeOffset? From = null, DateTimeOffset? To = null);

/// <summary>Some lines of a history, the newest first, and the mark behind which older ones follow; null where there are none.</summary>
public sealed record TimelinePage(IReadOnlyList<TimelineRow> Rows, HistoryMark? Older);

/// <summary>
/// Reads what happened with a client, the newest first, and what comes next. What no other row tells stands in the timeline; leads, trips, processes, files, closed work and
/// changes of fields are told from their own rows, each as far as the reader may see it there.
/// </summary>
public sealed class TimelineQuery(IDbContextFactory<PortalDb> contexts, InstanceRights processes, MapCache maps, TimeProvider time)
{
    /// <summary>Planned interactions, and orders, that a card shows at most.</summary>
    public const int MostAhead = 50;

    /// <summary>Lines one answer holds at most.</summary>
    public const int Most = 300;

    /// <summary>The newest lines within the actor's reach, or those behind a mark.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.partner-unknown</c></exception>
    public async Task<TimelinePage> ListAsync(PartnerId partner, TimelineFilter filter, HistoryMark? behind, int count, Actor actor, CancellationToken ct)
    {
        count = Math.Clamp(count, 1, Most);
        var (db, responsible) = await OpenAsync(partner, actor, ct);
        await using var _ = db;
        var reader = new HistoryReader(partner, responsible, filter, actor, time.GetUtcNow());
        var sources = await HistorySources.OfAsync(db, reader, processes, ct);
        if (sources.Count == 0) return new([], null);
        // each source gives one page at most, so that the merge sorts a handful
        var stamps = await Ordered(sources.Select(source => Ordered(Cut(source, filter, behind)).Take(count + 1)).Aggregate(Queryable.Concat)).Take(count + 1).ToListAsync(ct);
        var page = stamps.Take(count).ToList();
        return new(await new HistoryLines(db, reader, maps, ct).ReadAsync(page), stamps.Count > count ? page[^1].Mark : null);
    }

    /// <summary>Planned interactions, the earliest first; one whose time has passed is still here until somebody says what came of it.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.partner-unknown</c></exception>
    public async Task<IReadOnlyList<InteractionRow>> AheadAsync(PartnerId partner, Actor actor, CancellationToken ct)
    {
        var (db, _) = await OpenAsync(partner, actor, ct);
        await using var __ = db;
        return await InteractionRows.ReadAsync(db, InteractionQuery.Within(db, actor).Where(i => i.Partner == partner && i.State == InteractionState.Planned).OrderBy(i => i.At).ThenBy(i => i.Id).Take(MostAhead), ct);
    }

    /// <summary>Orders whose pickup is still to come, the earliest first.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.partner-unknown</c></exception>
    public async Task<IReadOnlyList<HistoryTrip>> TripsAheadAsync(PartnerId partner, Actor actor, CancellationToken ct)
    {
        var (db, _) = await OpenAsync(partner, actor, ct);
        await using var __ = db;
        var now = time.GetUtcNow();
        var trips = db.Set<Trip>().Where(t => t.Customer == partner && t.PickupFrom > now && t.EndedAt == null);
        return await HistoryLines.Trips(db, trips.OrderBy(t => t.PickupFrom).ThenBy(t => t.Id).Take(MostAhead), actor).ToListAsync(ct);
    }

    private static IOrderedQueryable<HistoryStamp> Ordered(IQueryable<HistoryStamp> stamps) =>
        stamps.OrderByDescending(s => s.At).ThenBy(s => s.Source).ThenByDescending(s => s.Number).ThenByDescending(s => s.Id);

    private static IQueryable<HistoryStamp> Cut(IQueryable<HistoryStamp> stamps, TimelineFilter filter, HistoryMark? behind)
    {
        if (filter.From is { } from) stamps = stamps.Where(s => s.At >= from);
        if (filter.To is { } to) stamps = stamps.Where(s => s.At < to);
        if (behind is not var (at, source, number, id)) return stamps;
        // the first half alone can be looked up in an index
        return stamps.Where(s => s.At <= at && (s.At < at || s.Source > source || s.Source == source && (s.Number < number || s.Number == number && s.Id < id)));
    }

    private async Task<(PortalDb Db, Guid? Responsible)> OpenAsync(PartnerId partner, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        var db = await contexts.CreateDbContextAsync(ct);
        if (await db.Set<Partner>().Within(actor).Where(p => p.Id == partner).Select(p => new { p.Responsible }).FirstOrDefaultAsync(ct) is { } found) return (db, found.Responsible);
        await db.DisposeAsync();
        throw new RuleBrokenException("clients.partner-unknown");
    }
}
