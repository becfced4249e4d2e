using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Clients.Activity;

/// <summary>By what interactions are counted.</summary>
public enum ActivityGroup { Seller, Stage, Outcome }

/// <summary>How an interaction stands in the count: those that took place, those ahead, those whose time has passed without a result, those called off.</summary>
public enum ActivityState { Held, Planned, Overdue, Cancelled }

/// <summary>Interactions whose time lies in a period, UTC, the end outside.</summary>
/// <param name="Kind">only of this kind</param>
public sealed record ActivityFilter(DateTimeOffset From, DateTimeOffset Until, ActivityGroup Group = ActivityGroup.Seller, InteractionKind? Kind = null);

/// <summary>Interactions of one seller, or of one stage or outcome of the talks.</summary>
/// <param name="Key">id of the user, else the stage or outcome itself; empty for those without</param>
public sealed record ActivityRow(string Key, string? Name, int Meetings, int Calls, int Letters, int Texts, int Notes, int Held, int WithOutcome, int Planned, int Overdue, int Cancelled, int Clients)
{
    /// <summary>Held interactions of a kind.</summary>
    public int Of(InteractionKind kind) => kind switch
    {
        InteractionKind.Meeting => Meetings, InteractionKind.Call => Calls, InteractionKind.Letter => Letters, InteractionKind.Sms => Texts, _ => Notes,
    };
}

/// <summary>Counts who did what with clients that the reader reaches.</summary>
public sealed class ActivityQuery(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>A slice of the rows, the busiest first. Kinds count what took place; clients are those met or talked to.</summary>
    public async Task<PageOf<ActivityRow>> ReadAsync(ActivityFilter filter, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (now, found) = (time.GetUtcNow(), Within(db, filter, actor));
        var groups = found.GroupBy(Key(filter.Group)).Select(g => new
        {
            g.Key,
            Meetings = g.Count(i => i.State == InteractionState.Held && i.Kind == InteractionKind.Meeting), Calls = g.Count(i => i.State == InteractionState.Held && i.Kind == InteractionKind.Call),
            Letters = g.Count(i => i.State == InteractionState.Held && i.Kind == InteractionKind.Letter), Texts = g.Count(i => i.State == InteractionState.Held && i.Kind == InteractionKind.Sms),
            Notes = g.Count(i => i.State == InteractionState.Held && i.Kind == InteractionKind.Note), Held = g.Count(i => i.State == InteractionState.Held),
            WithOutcome = g.Count(i => i.State == InteractionState.Held && i.Outcome != null),
            Planned = g.Count(i => i.State == InteractionState.Planned && i.At >= now), Overdue = g.Count(i => i.State == InteractionState.Planned && i.At < now),
            Cancelled = g.Count(i => i.State == InteractionState.Cancelled),
            Clients = g.Where(i => i.State == InteractionState.Held && i.Kind != InteractionKind.Note).Select(i => i.Partner).Distinct().Count(),
        });
        var rows = (await groups.OrderByDescending(g => g.Held).ThenByDescending(g => g.Planned + g.Overdue).ThenBy(g => g.Key).Skip(slice.From).Take(slice.Count).ToListAsync(ct))
            .ConvertAll(g => new ActivityRow(g.Key, null, g.Meetings, g.Calls, g.Letters, g.Texts, g.Notes, g.Held, g.WithOutcome, g.Planned, g.Overdue, g.Cancelled, g.Clients));
        var total = await found.Select(Key(filter.Group)).Distinct().CountAsync(ct);
        if (filter.Group != ActivityGroup.Seller) return new(rows, total);
        var ids = rows.ConvertAll(r => Guid.Parse(r.Key));
        var names = await db.Set<PortalUser>().Where(u => ids.Contains(u.Id)).ToDictionaryAsync(u => u.Id.ToString(), u => u.DisplayName, ct);
        return new(rows.ConvertAll(r => r with { Name = names.GetValueOrDefault(r.Key) }), total);
    }

    /// <summary>The interactions behind a number, the newest first.</summary>
    /// <param name="key">of which row; null for all</param>
    /// <param name="state">in which state; null for all</param>
    public async Task<PageOf<InteractionRow>> ListAsync(ActivityFilter filter, string? key, ActivityState? state, bool onlyWithOutcome, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (found, now) = (Within(db, filter, actor), time.GetUtcNow());
        if (key is not null)
            found = filter.Group switch
            {
                ActivityGroup.Seller => Guid.TryParse(key, out var user) ? found.Where(i => i.Responsible == user) : found.Where(i => false),
                ActivityGroup.Stage => found.Where(i => (i.Stage ?? "") == key),
                _ => found.Where(i => (i.Outcome ?? "") == key),
            };
        found = state switch
        {
            ActivityState.Held => found.Where(i => i.State == InteractionState.Held),
            ActivityState.Planned => found.Where(i => i.State == InteractionState.Planned && i.At >= now),
            ActivityState.Overdue => found.Where(i => i.State == InteractionState.Planned && i.At < now),
            ActivityState.Cancelled => found.Where(i => i.State == InteractionState.Cancelled),
            _ => found,
        };
        if (onlyWithOutcome) found = found.Where(i => i.Outcome != null);
        return new(await InteractionRows.ReadAsync(db, found.OrderByDescending(i => i.At).ThenByDescending(i => i.Id).Skip(slice.From).Take(slice.Count), ct), await found.CountAsync(ct));
    }

    private static IQueryable<Interaction> Within(PortalDb db, ActivityFilter filter, Actor actor)
    {
        var (from, until) = (filter.From, filter.Until);
        var found = InteractionQuery.Within(db, actor).Where(i => i.At >= from && i.At < until);
        return filter.Kind is { } kind ? found.Where(i => i.Kind == kind) : found;
    }

    private static Expression<Func<Interaction, string>> Key(ActivityGroup group) => group switch
    {
        ActivityGroup.Stage => i => i.Stage ?? "",
        ActivityGroup.Outcome => i => i.Outcome ?? "",
        _ => i => i.Responsible.ToString(),
    };
}
