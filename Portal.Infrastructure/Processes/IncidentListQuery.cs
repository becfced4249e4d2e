using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Processes;

/// <summary>An open incident of any instance.</summary>
public sealed record OpenIncident(IncidentId Id, InstanceId Instance, string Map, LocalText MapName, string? Node, LocalText? NodeName, string Code, string Message, DateTimeOffset RaisedAt);

/// <summary>Open incidents of all instances, newest first.</summary>
public sealed class IncidentListQuery(IDbContextFactory<PortalDb> contexts, InstanceRights rights, MapCache maps)
{
    /// <summary>A page and how many there are in all.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<PageOf<OpenIncident>> PageAsync(string? map, Slice slice, Actor actor, CancellationToken ct = default)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var instances = await rights.OfAsync(db, actor, ct);
        var incidents =
            from x in db.Set<IncidentRow>().AsNoTracking()
            join i in instances on x.Instance equals i.Id
            where x.ResolvedAt == null && (map == null || i.Key == map)
            select new { Incident = x, i.Definition, i.Key };
        var page = new List<OpenIncident>();
        foreach (var x in await incidents.OrderByDescending(x => x.Incident.RaisedAt).ThenBy(x => x.Incident.Id).Skip(slice.From).Take(slice.Count).ToListAsync(ct))
        {
            var process = (await maps.FindAsync(x.Definition, ct)).Process;
            var node = x.Incident.Node is { } id ? process.Nodes.GetValueOrDefault(id)?.Name ?? id : null;
            page.Add(new(x.Incident.Id, x.Incident.Instance, x.Key, process.Name, x.Incident.Node, node, x.Incident.Code, x.Incident.Message, x.Incident.RaisedAt));
        }
        return new(page, await incidents.CountAsync(ct));
    }
}
