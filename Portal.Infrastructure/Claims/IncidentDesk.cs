using Microsoft.EntityFrameworkCore;
using Portal.Domain.Claims;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Claims;

/// <summary>An incident as its list shows it.</summary>
public sealed record IncidentRow(
    ClaimIncidentId Id, ClaimCauseId Cause, ClaimDimension Dimension, string About, string Name, IncidentState State, int Count, int Days, DateTimeOffset RaisedAt, DateTimeOffset LastAt, string? AcknowledgedBy, string? ClosedBy, DateTimeOffset? ClosedAt, string? Measure, uint Version);

/// <summary>Causes that repeat themselves: who looks at one says so, and what was done about it. Read by who reads claims, whatever they are about; changed by <see cref="Permissions.ClaimsManage"/>.</summary>
public sealed class IncidentDesk(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Kind of the outbox's entries that tell of one.</summary>
    public const string NewsKind = "claims.incident";

    /// <summary>Incidents, the latest first.</summary>
    /// <param name="state">null for all</param>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<PageOf<IncidentRow>> ListAsync(IncidentState? state, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClaimsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await Rows(db.Set<ClaimIncident>().Where(i => state == null || i.State == state).OrderBy(i => i.State == IncidentState.Closed).ThenByDescending(i => i.LastAt).ThenBy(i => i.Id)).PageAsync(slice, ct);
    }

    /// <summary>The incident, or null.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<IncidentRow?> FindAsync(ClaimIncidentId id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClaimsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await Rows(db.Set<ClaimIncident>().Where(i => i.Id == id)).FirstOrDefaultAsync(ct);
    }

    /// <summary>Somebody looks at it.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>claims.incident-unknown</c>, <c>claims.incident-closed</c></exception>
    public Task AcknowledgeAsync(ClaimIncidentId id, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, (incident, now) => incident.Acknowledge(actor, now), ct);

    /// <summary>Something was done about it.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>claims.incident-unknown</c>, <c>claims.incident-closed</c>, <c>text.required</c></exception>
    public Task CloseAsync(ClaimIncidentId id, string? measure, uint seen, Actor actor, CancellationToken ct) => DoAsync(id, seen, actor, (incident, now) => incident.Close(measure, actor, now), ct);

    private static IQueryable<IncidentRow> Rows(IQueryable<ClaimIncident> incidents) => incidents.AsNoTracking().Select(i => new IncidentRow(
        i.Id, i.Cause, i.Dimension, i.About, i.Name, i.State, i.Count, i.Days, i.RaisedAt, i.LastAt, i.AcknowledgedBy, i.ClosedBy, i.ClosedAt, i.Measure, i.Version));

    private async Task DoAsync(ClaimIncidentId id, uint seen, Actor actor, Action<ClaimIncident, DateTimeOffset> change, CancellationToken ct)
    {
        actor.Require(Permissions.ClaimsManage);
        await using var db = contexts.CreateFor(actor);
        var incident = await db.Set<ClaimIncident>().FirstOrDefaultAsync(i => i.Id == id, ct) ?? throw new RuleBrokenException("claims.incident-unknown");
        db.ExpectVersion(incident, seen);
        change(incident, time.GetUtcNow());
        await db.SaveOrExplainAsync(new(ObjectKind.ClaimIncident, id.Value), ct);
    }
}
