using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Workflows.Engine;
using Portal.Workflows.Expressions;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Processes;

/// <summary>A line of the history with the node's name and BPMN element; the number of the token tells which one moved.</summary>
public sealed record HistoryLine(DateTimeOffset At, HistoryKind Kind, string? Node, LocalText? NodeName, string? Element, string? Detail, bool? Success, string? ByName, int? Token);

/// <summary>A place where an instance stands.</summary>
/// <param name="Id">number of the token, for alterations</param>
/// <param name="Since">when it came there</param>
/// <param name="Task">the task it waits for</param>
/// <param name="WaitsFor">what it waits for</param>
/// <param name="Due">when its timer fires or its task is due</param>
/// <param name="IsWhole">true for a repeated activity or a sub-process as a whole, whose work stands at other places</param>
/// <param name="IsRepetition">true for one of several repetitions of its node</param>
public sealed record TokenPlace(
    int Id, string Node, LocalText NodeName, TokenKind Kind, DateTimeOffset? Since, TaskLine? Task, WaitKind? WaitsFor, DateTimeOffset? Due, bool IsWhole, bool IsRepetition);

/// <summary>Variables of one scope.</summary>
/// <param name="Scope">number of the scope, for editing; the instance's own has no node</param>
public sealed record ScopeVariables(int Scope, string? Node, ContextValue Variables);

/// <summary>An incident, with the node's name.</summary>
public sealed record IncidentLine(IncidentId Id, string? Node, LocalText? NodeName, string Code, string Message, DateTimeOffset RaisedAt, DateTimeOffset? ResolvedAt, string? ResolvedByName);

/// <summary>An instance with everything its view shows.</summary>
/// <param name="Tokens">where it stands; repeated activities and sub-processes as a whole come last</param>
/// <param name="Planned">tasks still ahead, those open now included</param>
/// <param name="Children">instances it called</param>
/// <param name="History">newest first, at most 200 lines</param>
public sealed record InstanceDetails(
    InstanceLine Instance, DefinitionId Definition, int Version, ProcessMap Map, InstanceId? Parent, string? EndNote, IReadOnlyList<TokenPlace> Tokens, IReadOnlyList<string> Visited,
    IReadOnlyList<ScopeVariables> Variables, IReadOnlyList<IncidentLine> Incidents, IReadOnlyList<PlannedTask> Planned, IReadOnlyList<InstanceLine> Children, IReadOnlyList<HistoryLine> History);

/// <summary>Reads one instance: where it stands, who holds it since when, what happened and what lies ahead.</summary>
public sealed class InstanceQuery(IDbContextFactory<PortalDb> contexts, InstanceRights rights, PastWaysQuery past, MapCache maps, CompanyClock clock)
{
    /// <summary>The instance, or null when there is none for this actor.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<InstanceDetails?> FindAsync(InstanceId id, Actor actor, CancellationToken ct = default)
    {
        await clock.LoadAsync(ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await (await rights.OfAsync(db, actor, ct)).FirstOrDefaultAsync(i => i.Id == id, ct) is not { } row) return null;
        var map = await maps.FindAsync(row.Definition, ct);
        var state = StateJson.Read(row.State);
        var now = clock.Now;
        var tasks = await TaskListQuery.LinesAsync(db, db.Set<TaskRow>().AsNoTracking().Where(t => t.Instance == id && t.ClosedAt == null), now, ct);
        var lines = await InstanceListQuery.LinesAsync(db, maps, db.Set<InstanceRow>().AsNoTracking().Where(i => i.Id == id || i.Parent == id).OrderBy(i => i.StartedAt).Take(500), now, ct);
        return new(
            lines.Single(l => l.Id == id), map.Id, map.Version, map.Process, row.Parent, row.EndNote, await TokensAsync(db, map.Process, row.Id, state, tasks, ct), state.Visited,
            [.. state.Scopes.Select(s => new ScopeVariables(s.Id, s.Node, s.Variables))], await IncidentsAsync(db, map.Process, id, ct),
            row.Status == InstanceStatus.Running ? Planning.Ahead(map.Process, state, now, await past.OfAsync(map.Process, ct)) : [], [.. lines.Where(l => l.Id != id)],
            await HistoryAsync(db, map.Process, id, new(0, 200), ct));
    }

    /// <summary>The running instances about an object, for its card.</summary>
    public async Task<IReadOnlyList<InstanceLine>> AboutAsync(ObjectRef about, Actor actor, CancellationToken ct = default)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await InstanceListQuery.LinesAsync(db, maps, (await rights.OfAsync(db, actor, ct))
            .Where(i => i.BusinessId == about.Id && i.BusinessKind == about.Kind && i.Status == InstanceStatus.Running && i.Parent == null).OrderByDescending(i => i.StartedAt).Take(50), clock.Now, ct);
    }

    /// <summary>Lines of the history, newest first.</summary>
    internal static async Task<List<HistoryLine>> HistoryAsync(PortalDb db, ProcessMap map, InstanceId id, Slice slice, CancellationToken ct)
    {
        var rows = await db.Set<HistoryRow>().AsNoTracking().Where(h => h.Instance == id).OrderByDescending(h => h.Ordinal).Skip(slice.From).Take(slice.Count).ToListAsync(ct);
        return [.. rows.Select(h => new HistoryLine(h.At, h.Kind, h.Node, NameOf(map, h.Node), h.Node is null ? null : map.Nodes.GetValueOrDefault(h.Node)?.Element, h.Detail, h.Success, h.ByName, h.Token))];
    }

    private static async Task<List<TokenPlace>> TokensAsync(PortalDb db, ProcessMap map, InstanceId id, InstanceState state, List<TaskLine> tasks, CancellationToken ct)
    {
        var entered = await db.Set<HistoryRow>().Where(h => h.Instance == id && h.Kind == HistoryKind.Entered && h.Token != null)
            .GroupBy(h => h.Token!.Value).Select(g => new { g.Key, At = g.Max(h => h.At) }).ToDictionaryAsync(g => g.Key, g => g.At, ct);
        var hosts = state.Hosts;
        return [.. state.Tokens.OrderBy(token => hosts.Contains(token.Id)).Select(token =>
        {
            var waits = state.Waits.Where(w => w.Token == token.Id).ToList();
            var main = waits.FirstOrDefault(w => w.Node == token.Node && w.Kind != WaitKind.Escalation) ?? waits.FirstOrDefault();
            var task = tasks.FirstOrDefault(t => waits.Any(w => w.Id == t.Id.Value));
            return new TokenPlace(
                token.Id, token.Node, NameOf(map, token.Node)!, token.Kind, entered.TryGetValue(token.Id, out var at) ? at : null, task, main?.Kind, task?.Due ?? main?.Due,
                hosts.Contains(token.Id), state.IsRepetition(token));
        })];
    }

    private static async Task<List<IncidentLine>> IncidentsAsync(PortalDb db, ProcessMap map, InstanceId id, CancellationToken ct)
    {
        var rows = await db.Set<IncidentRow>().AsNoTracking().Where(i => i.Instance == id).OrderBy(i => i.ResolvedAt != null).ThenByDescending(i => i.RaisedAt).Take(200).ToListAsync(ct);
        return [.. rows.Select(i => new IncidentLine(i.Id, i.Node, NameOf(map, i.Node), i.Code, i.Message, i.RaisedAt, i.ResolvedAt, i.ResolvedByName))];
    }

    private static LocalText? NameOf(ProcessMap map, string? node) => node is null ? null : map.Nodes.GetValueOrDefault(node)?.Name ?? node;
}
