using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Workflows.Engine;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Processes;

/// <summary>Which instances a list asks for; what is null or empty does not narrow.</summary>
public sealed record InstanceFilter
{
    public string? Map { get; init; }
    public DefinitionId? Definition { get; init; }
    public InstanceStatus? Status { get; init; } = InstanceStatus.Running;
    public string? Stage { get; init; }
    /// <summary>With a token on this node.</summary>
    public string? Node { get; init; }
    public ObjectRef? About { get; init; }
    /// <summary>Only those with an open incident.</summary>
    public bool WithIncident { get; init; }
    /// <summary>Only those with an open task past its deadline.</summary>
    public bool LateOnly { get; init; }
    public DateTimeOffset? StartedFrom { get; init; }
    public DateTimeOffset? StartedTo { get; init; }
    /// <summary>Only those of this user.</summary>
    public Guid? Owner { get; init; }
    /// <summary>Words in the name of the object or of who started it.</summary>
    public string Text { get; init; } = "";
}

/// <summary>An instance in a list.</summary>
/// <param name="Stage">furthest funnel stage it has reached</param>
/// <param name="Nodes">nodes its tokens stand on</param>
/// <param name="OwnerName">whose process it is; null for nobody's</param>
/// <param name="Incidents">open incidents</param>
/// <param name="NextDue">nearest deadline of its open tasks</param>
/// <param name="Title">what tells it from others about the same object</param>
public sealed record InstanceLine(
    InstanceId Id, string Map, LocalText MapName, int Version, ObjectRef? About, string? AboutTitle, InstanceStatus Status, Stage? Stage, IReadOnlyList<NodeName> Nodes,
    DateTimeOffset StartedAt, string StartedBy, string? OwnerName, DateTimeOffset? EndedAt, int Incidents, DateTimeOffset? NextDue, bool IsLate, string? Title)
{
    /// <summary>The object and what tells the process from others about it.</summary>
    public string? Called => Join(AboutTitle, Title);

    internal static string? Join(string? about, string? title) => about is null ? title : title is null ? about : $"{about} · {title}";
}

/// <summary>Instances of all times, filtered, ordered and paged in SQL, newest first.</summary>
public sealed class InstanceListQuery(IDbContextFactory<PortalDb> contexts, InstanceRights rights, MapCache maps, TimeProvider time)
{
    /// <summary>A page and how many there are in all.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<PageOf<InstanceLine>> PageAsync(InstanceFilter filter, Slice slice, Actor actor, CancellationToken ct = default)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var instances = Narrow(db, await rights.OfAsync(db, actor, ct), filter);
        var page = instances.OrderByDescending(i => i.StartedAt).ThenBy(i => i.Id).Skip(slice.From).Take(slice.Count);
        return new(await LinesAsync(db, maps, page, time.GetUtcNow(), ct), await instances.CountAsync(ct));
    }

    /// <summary>How many running processes are the actor's own.</summary>
    public async Task<int> CountOwnAsync(Actor actor, CancellationToken ct = default)
    {
        actor.Require(Permissions.ProcessRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<InstanceRow>().CountAsync(i => i.Owner == actor.UserId && i.Status == InstanceStatus.Running, ct);
    }

    private IQueryable<InstanceRow> Narrow(PortalDb db, IQueryable<InstanceRow> instances, InstanceFilter filter)
    {
        if (filter.Owner is { } owner) instances = instances.Where(i => i.Owner == owner);
        if (filter.Map is { } map) instances = instances.Where(i => i.Key == map);
        if (filter.Definition is { } definition) instances = instances.Where(i => i.Definition == definition);
        if (filter.Status is { } status) instances = instances.Where(i => i.Status == status);
        if (filter.Stage is { } stage) instances = instances.Where(i => i.Stage == stage);
        if (filter.Node is { } node) instances = instances.Where(i => i.Nodes.Contains(node));
        if (filter.About is { } about) instances = instances.Where(i => i.BusinessId == about.Id && i.BusinessKind == about.Kind);
        if (filter.WithIncident) instances = instances.Where(i => db.Set<IncidentRow>().Any(x => x.Instance == i.Id && x.ResolvedAt == null));
        if (filter.StartedFrom is { } from) instances = instances.Where(i => i.StartedAt >= from);
        if (filter.StartedTo is { } to) instances = instances.Where(i => i.StartedAt < to);
        if (filter.LateOnly)
        {
            var now = time.GetUtcNow();
            instances = instances.Where(i => db.Set<TaskRow>().Any(t => t.Instance == i.Id && t.ClosedAt == null && t.Due < now));
        }
        foreach (var pattern in LikePattern.ContainingEach(filter.Text))
            instances = instances.Where(i => EF.Functions.ILike(i.StartedByName, pattern, LikePattern.Escape) || EF.Functions.ILike(i.Title!, pattern, LikePattern.Escape)
                || db.Set<SearchRow>().Any(s => s.ObjectId == i.BusinessId && EF.Functions.ILike(s.Title, pattern, LikePattern.Escape)));
        return instances;
    }

    /// <summary>The lines of some instances, in their order.</summary>
    internal static async Task<List<InstanceLine>> LinesAsync(PortalDb db, MapCache maps, IQueryable<InstanceRow> instances, DateTimeOffset now, CancellationToken ct)
    {
        var rows = await instances.Select(i => new
        {
            i.Id, i.Key, i.Definition, i.BusinessKind, i.BusinessId, i.Status, i.Stage, i.Nodes, i.StartedAt, i.StartedByName, i.EndedAt, i.Title,
            Owner = db.Set<PortalUser>().Where(u => u.Id == i.Owner).Select(u => u.DisplayName).FirstOrDefault(),
            About = db.Set<SearchRow>().Where(s => s.ObjectId == i.BusinessId && s.Kind == i.BusinessKind).Select(s => s.Title).FirstOrDefault(),
            Incidents = db.Set<IncidentRow>().Count(x => x.Instance == i.Id && x.ResolvedAt == null),
            Due = db.Set<TaskRow>().Where(t => t.Instance == i.Id && t.ClosedAt == null).Min(t => t.Due),
        }).ToListAsync(ct);
        var lines = new List<InstanceLine>(rows.Count);
        foreach (var r in rows)
        {
            var map = await maps.FindAsync(r.Definition, ct);
            lines.Add(new(
                r.Id, r.Key, map.Process.Name, map.Version, r.BusinessKind is { } kind ? new ObjectRef(kind, r.BusinessId!.Value) : null, r.About, r.Status,
                r.Stage is null ? null : map.Stages.FirstOrDefault(s => s.Key == r.Stage),
                [.. r.Nodes.Select(n => map.Process.Nodes.GetValueOrDefault(n) is { } node ? new NodeName(n, node.Name, node.Element) : new NodeName(n, n, null))], r.StartedAt, r.StartedByName, r.Owner, r.EndedAt, r.Incidents, r.Due, r.Due < now, r.Title));
        }
        return lines;
    }
}
