using System.Text.Json;
using System.Xml;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Workflows.Checks;
using Portal.Workflows.Engine;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Processes;

/// <summary>A map in the list of maps.</summary>
/// <param name="Key">key under which it is started</param>
/// <param name="Name">its name in every language</param>
/// <param name="Version">newest published version; null when it was never published</param>
/// <param name="HasDraft">somebody is drawing the next one</param>
/// <param name="Running">open instances, of all versions, that its reader sees</param>
/// <param name="StartsByHand">its newest version begins where people can start it</param>
public sealed record MapLine(
    string Key, LocalText Name, int? Version, DateTimeOffset? PublishedAt, string? PublishedBy, bool HasDraft, DateTimeOffset ChangedAt, string ChangedBy, int Running, bool StartsByHand);

/// <summary>One version, or the draft, for the history of a map.</summary>
public sealed record MapVersion(DefinitionId Id, string Key, int? Version, string Hash, int Revision, DateTimeOffset ChangedAt, string ChangedBy, DateTimeOffset? PublishedAt, string? PublishedBy, int Running);

/// <summary>A drawing with what is needed to save it again.</summary>
public sealed record MapDrawing(DefinitionId Id, string Key, int? Version, int Revision, string Xml, DateTimeOffset ChangedAt, string ChangedBy);

/// <summary>The route maps: drafts, their check, and published versions, of which new instances take the newest.</summary>
public sealed partial class MapLibrary(IDbContextFactory<PortalDb> contexts, MapCache cache, ProcessActions actions, InstanceRights rights, TimeProvider time)
{
    /// <summary>All maps, by key.</summary>
    public async Task<IReadOnlyList<MapLine>> ListAsync(Actor actor, CancellationToken ct)
    {
        RequireReader(actor);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = await db.Set<ProcessDefinition>().AsNoTracking()
            .Where(d => d.Version == null || d.Version == db.Set<ProcessDefinition>().Where(o => o.Key == d.Key).Max(o => o.Version))
            .Select(d => new { d.Key, d.Version, d.PublishedAt, d.PublishedByName, d.ChangedAt, d.ChangedByName, d.Name, d.StartsByHand, Xml = d.Name == null ? d.Xml : null })
            .OrderBy(d => d.Key).Take(Slice.MaxRows).ToListAsync(ct);
        var running = await (await RunningAsync(db, actor, ct)).GroupBy(i => i.Key).Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        var lines = new List<MapLine>();
        foreach (var of in rows.GroupBy(r => r.Key))
        {
            var (draft, published) = (of.FirstOrDefault(r => r.Version is null), of.FirstOrDefault(r => r.Version is not null));
            var changed = draft ?? published!;
            var shown = published ?? draft!;
            var (name, starts) = shown.Xml is { } unread ? Facts(MapDocument.Parse(unread).ToMap().Process) : (JsonSerializer.Deserialize<LocalText>(shown.Name!, StateJson.Options)!, shown.StartsByHand == true);
            lines.Add(new(of.Key, name, published?.Version, published?.PublishedAt, published?.PublishedByName, draft is not null, changed.ChangedAt, changed.ChangedByName, running.GetValueOrDefault(of.Key), published is not null && starts));
        }
        return lines;
    }

    /// <summary>The versions of a map, newest first, the draft before them.</summary>
    public async Task<IReadOnlyList<MapVersion>> VersionsAsync(string key, Actor actor, CancellationToken ct)
    {
        RequireReader(actor);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var running = await (await RunningAsync(db, actor, ct)).Where(i => i.Key == key).GroupBy(i => i.Definition)
            .Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        var versions = await db.Set<ProcessDefinition>().AsNoTracking().Where(d => d.Key == key)
            .OrderByDescending(d => d.Version == null).ThenByDescending(d => d.Version)
            .Select(d => new MapVersion(d.Id, d.Key, d.Version, d.Hash, d.Revision, d.ChangedAt, d.ChangedByName, d.PublishedAt, d.PublishedByName, 0))
            .ToListAsync(ct);
        return [.. versions.Select(v => v with { Running = running.GetValueOrDefault(v.Id) })];
    }

    private async Task<IQueryable<InstanceRow>> RunningAsync(PortalDb db, Actor actor, CancellationToken ct)
    {
        var seen = actor.Can(Permissions.ProcessRead) ? await rights.OfAsync(db, actor, ct) : db.Set<InstanceRow>().Where(_ => false);
        return seen.Where(i => i.Status == InstanceStatus.Running);
    }

    /// <summary>A version's drawing, or with null the draft's; null when there is none.</summary>
    public async Task<MapDrawing?> ReadAsync(string key, int? version, Actor actor, CancellationToken ct)
    {
        RequireReader(actor);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await Drawings(db.Set<ProcessDefinition>().Where(d => d.Key == key && d.Version == version)).FirstOrDefaultAsync(ct);
    }

    /// <summary>The drawing an instance runs on.</summary>
    /// <exception cref="RuleBrokenException"><c>map.unknown</c></exception>
    public async Task<MapDrawing> ReadAsync(DefinitionId id, Actor actor, CancellationToken ct)
    {
        RequireReader(actor);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await Drawings(db.Set<ProcessDefinition>().Where(d => d.Id == id)).FirstOrDefaultAsync(ct) ?? throw new RuleBrokenException("map.unknown", id.Value);
    }

    /// <summary>Newest versions of the maps a process calls, and of those they call, by key; what was never published is missing.</summary>
    public async Task<IReadOnlyDictionary<string, PublishedMap>> CalledByAsync(ProcessMap process, Actor actor, CancellationToken ct)
    {
        RequireReader(actor);
        var found = new Dictionary<string, PublishedMap>();
        var open = new Queue<ProcessMap>([process]);
        while (open.TryDequeue(out var calling))
            foreach (var key in calling.Nodes.Values.OfType<CallActivity>().Select(call => call.Called).OfType<string>())
                if (!found.ContainsKey(key) && await cache.FindNewestAsync(key, ct) is { } called)
                {
                    found.Add(key, called);
                    open.Enqueue(called.Process);
                }
        return found;
    }

    /// <summary>Saves the first draft of a new map.</summary>
    /// <exception cref="RuleBrokenException"><c>map.key-taken</c> with the key, or what <see cref="SaveDraftAsync"/> refuses</exception>
    public async Task<MapDrawing> CreateAsync(string xml, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.MapsDraw);
        var key = MapDocument.Parse(xml).ToMap().Process.Key;
        return await HasAsync(key, actor, ct) ? throw new RuleBrokenException("map.key-taken", key) : await SaveDraftAsync(xml, null, actor, ct);
    }

    /// <summary>True when there is a map under that key, drawn or published.</summary>
    public async Task<bool> HasAsync(string key, Actor actor, CancellationToken ct)
    {
        RequireReader(actor);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<ProcessDefinition>().AnyAsync(d => d.Key == key, ct);
    }

    /// <summary>Saves the draft of the map that the file's process names; the first saving opens it.</summary>
    /// <param name="xml">the BPMN file</param>
    /// <param name="seen">revision of the draft that was opened; null when there was none</param>
    /// <exception cref="RuleBrokenException">
    /// <c>map.changed-by</c> with who saved it meanwhile, <c>map.no-key</c>, <c>map.key-invalid</c> with the key, or what is wrong with the file (<c>map.too-large</c>, <c>map.not-xml</c>, …)
    /// </exception>
    public async Task<MapDrawing> SaveDraftAsync(string xml, int? seen, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.MapsDraw);
        var document = MapDocument.Parse(xml);
        var process = document.ToMap().Process;
        if (process.Key is "") throw new RuleBrokenException("map.no-key", process.Name.Default);
        // it becomes a part of addresses and what call activities name; the notation asks for a name without colons and blanks as well
        if (process.Key.Length > 100 || !process.Key.All(XmlConvert.IsNCNameChar) || !XmlConvert.IsStartNCNameChar(process.Key[0])) throw new RuleBrokenException("map.key-invalid", process.Key);
        await using var db = contexts.CreateFor(actor);
        var draft = await db.Set<ProcessDefinition>().FirstOrDefaultAsync(d => d.Key == process.Key && d.Version == null, ct);
        if (draft?.Revision != seen) throw new RuleBrokenException("map.changed-by", draft?.ChangedByName);
        var drawing = Drawing(document, process, xml);
        if (draft is null)
        {
            db.Add(draft = ProcessDefinition.Draft(process.Key, drawing, time.GetUtcNow(), actor));
            draft.ComesFrom(await Versions(db, process.Key).Select(d => d.Shipped).FirstOrDefaultAsync(ct));
        }
        else draft.Redraw(drawing, time.GetUtcNow(), actor);
        await SaveAsync(db, process.Key, ct);
        return new(draft.Id, draft.Key, null, draft.Revision, draft.Xml, draft.ChangedAt, draft.ChangedByName);
    }

    /// <summary>Throws the draft away; published versions stay.</summary>
    /// <exception cref="RuleBrokenException"><c>map.no-draft</c>, <c>map.changed-by</c></exception>
    public async Task DiscardDraftAsync(string key, int seen, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.MapsDraw);
        await using var db = contexts.CreateFor(actor);
        db.Remove(await DraftAsync(db, key, seen, ct));
        await SaveAsync(db, key, ct);
    }

    /// <summary>Everything found wrong with a drawing, in the order of the file.</summary>
    /// <exception cref="RuleBrokenException">the file cannot be read at all (<c>map.too-large</c>, <c>map.not-xml</c>, …)</exception>
    public IReadOnlyList<Finding> Check(string xml)
    {
        var document = MapDocument.Parse(xml);
        var map = document.ToMap();
        return [.. MapCheck.Of(map, actions.Names), .. map.Processes.SelectMany(Misplaced), .. map.Processes.Where(p => p.Key != "" && p.Nodes.Count > 0).SelectMany(p => ForeignCheck.Of(document, p))];
    }

    /// <summary>
    /// Makes the draft the next version: new instances take it, running ones stay, and what starts instances by itself
    /// (timers, messages, signals) now belongs to it.
    /// </summary>
    /// <exception cref="RuleBrokenException"><c>map.no-draft</c>, <c>map.changed-by</c>, <c>map.unchanged</c>, or the first finding of the check, its element's name first</exception>
    public async Task<int> PublishAsync(string key, int seen, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.MapsPublish);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await LockAsync(db, key, ct);
        var draft = await DraftAsync(db, key, seen, ct);
        if (Check(draft.Xml).FirstOrDefault(f => !f.IsWarning) is { } finding) throw new RuleBrokenException(finding.Code, [.. finding.Args]);
        var newest = await Versions(db, key).Select(d => new { d.Version, d.Hash }).FirstOrDefaultAsync(ct);
        if (newest?.Hash == draft.Hash) throw new RuleBrokenException("map.unchanged", key, newest.Version);
        await PublishAsync(db, draft, (newest?.Version ?? 0) + 1, actor, ct);
        await transaction.CommitAsync(ct);
        return draft.Version!.Value;
    }

    private async Task PublishAsync(PortalDb db, ProcessDefinition draft, int version, Actor actor, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        draft.Publish(version, now, actor);
        await SaveAsync(db, draft.Key, ct);
        await StartTriggerTable.ReplaceAsync((NpgsqlConnection)db.Database.GetDbConnection(), draft.Id, draft.Key, MapDocument.Parse(draft.Xml).ToMap().Process,
            TimeZoneInfo.ConvertTime(now, await db.CompanyZoneAsync(ct)), ct);
    }

    /// <summary>Actions that are marked to run inside the transaction but call the world, or the other way round.</summary>
    private IEnumerable<Finding> Misplaced(ProcessMap process) =>
        from node in process.Nodes.Values.OrderBy(n => n.Order)
        let call = node.Work.Action
        where call is not null && actions.Names.Contains(call.Name) && actions.Find(call.Name).IsExternal != call.IsExternal
        select Finding.Of("map.action-place", node.Id, node.Name.Default, call.Name);

    private static ProcessDrawing Drawing(MapDocument document, ProcessMap process, string xml)
    {
        var (name, starts) = Facts(process);
        return new(xml, document.Hash(), JsonSerializer.Serialize(name, StateJson.Options), starts);
    }

    private static (LocalText Name, bool StartsByHand) Facts(ProcessMap process) => (process.Name, process.PlainStart is not null);

    /// <summary>Published versions of a key, newest first.</summary>
    private static IQueryable<ProcessDefinition> Versions(PortalDb db, string key) => db.Set<ProcessDefinition>().Where(d => d.Key == key && d.Version != null).OrderByDescending(d => d.Version);

    private static async Task<ProcessDefinition> DraftAsync(PortalDb db, string key, int seen, CancellationToken ct)
    {
        var draft = await db.Set<ProcessDefinition>().FirstOrDefaultAsync(d => d.Key == key && d.Version == null, ct) ?? throw new RuleBrokenException("map.no-draft", key);
        return draft.Revision == seen ? draft : throw new RuleBrokenException("map.changed-by", draft.ChangedByName);
    }

    /// <summary>Two who publish the same map go one after the other.</summary>
    private static Task LockAsync(PortalDb db, string key, CancellationToken ct) =>
        db.Database.ExecuteSqlAsync($"select pg_advisory_xact_lock(hashtextextended('map ' || {key}, 0))", ct);

    private static async Task SaveAsync(PortalDb db, string key, CancellationToken ct)
    {
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (Exception race) when (race is DbUpdateConcurrencyException || race.IsUniqueViolation("definition_draft"))
        {
            throw new RuleBrokenException("map.changed-by", await db.Set<ProcessDefinition>().AsNoTracking().Where(d => d.Key == key).OrderByDescending(d => d.ChangedAt).Select(d => d.ChangedByName).FirstOrDefaultAsync(ct));
        }
    }

    private static IQueryable<MapDrawing> Drawings(IQueryable<ProcessDefinition> definitions) => definitions.AsNoTracking()
        .Select(d => new MapDrawing(d.Id, d.Key, d.Version, d.Revision, d.Xml, d.ChangedAt, d.ChangedByName));

    private static void RequireReader(Actor actor)
    {
        if (!actor.Can(Permissions.MapsDraw) && !actor.Can(Permissions.MapsPublish)) actor.Require(Permissions.ProcessRead);
    }
}
