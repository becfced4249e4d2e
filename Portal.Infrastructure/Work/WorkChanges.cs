using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Processes;

namespace Portal.Infrastructure.Work;

/// <summary>A change of work, and whom it can concern: those who have, had, gave or may take it.</summary>
/// <param name="Object">a task, an assignment, a substitution or an instance; of something said or attached, what it hangs on</param>
/// <param name="IsTalk">something was said or attached</param>
/// <param name="Instance">the instance of a task</param>
public sealed record WorkChange(ObjectRef Object, bool IsTalk, Guid? Instance, Guid[] People, string[] Roles, Guid? Branch)
{
    /// <summary>What a task or an assignment is about.</summary>
    public Guid? About { get; init; }

    /// <summary>True for a change that everybody has to take as his: nobody knows what was missed.</summary>
    public bool IsUnknown => Object.Kind == default;

    /// <summary>Told in place of changes that could not be read.</summary>
    internal static readonly WorkChange Unknown = new(default, false, null, [], [], null);
}

/// <summary>What an open inbox shows, as far as changes go; never changed, so that it can be asked on any thread.</summary>
/// <param name="Reach">the reader and those he stands in for</param>
/// <param name="Oversees">he sees the work of others</param>
/// <param name="Shown">what is on the screen now</param>
/// <param name="Instance">the instance of the open task</param>
public sealed record WorkInterest(WorkReach Reach, bool Oversees, IReadOnlySet<Guid> Shown, Guid? Instance)
{
    /// <summary>True when the lists, the counts or the open task may look different after the change.</summary>
    public bool Concerns(WorkChange change)
    {
        if (change.IsUnknown) return true;
        if (change.IsTalk) return false;
        if (change.Object.Kind == ObjectKind.ProcessInstance) return change.Object.Id == Instance;
        return Shown.Contains(change.Object.Id) || change.People.Any(Reach.Users.Contains)
            || IsInBranch(change) && (Oversees && change.Object.Kind != ObjectKind.Substitution || change.Roles.Any(Reach.Roles.Contains));
    }

    private bool IsInBranch(WorkChange change) => Reach.Branch is null || change.Branch is null || Reach.Branch == change.Branch;
}

/// <summary>
/// Tells open inboxes of the changes that can concern them. The live bus names objects only, so whom a burst of changes concerns is
/// read once for all inboxes of this node, and who is not concerned reads nothing.
/// </summary>
public sealed class WorkChanges(LiveChanges live, NpgsqlDataSource database, TimeProvider time, ILogger<WorkChanges> log) : BackgroundService
{
    private const int Most = 1000;
    // what comes while a burst gathers is read with it
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(200);

    private ImmutableList<Watcher> watchers = [];

    private sealed record Watcher(Func<WorkChange, bool> Concerns, Channel<bool> Bell);

    /// <summary>
    /// Rings when something changed that concerns the watcher, once for what comes while he is busy, until cancelled. The watch is in place when this returns.
    /// </summary>
    /// <param name="concerns">asked on any thread</param>
    public IAsyncEnumerable<bool> Watch(Func<WorkChange, bool> concerns, CancellationToken ct)
    {
        var watcher = new Watcher(concerns, Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }));
        ImmutableInterlocked.Update(ref watchers, list => list.Add(watcher));
        // also where nobody ever began to listen, because the page was left before
        ct.Register(() => ImmutableInterlocked.Update(ref watchers, list => list.Remove(watcher)));
        return watcher.Bell.Reader.ReadAllAsync(ct);
    }

    /// <summary>How many are told now.</summary>
    internal int Watching => watchers.Count;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        var news = live.Watch(change => change.Object.Kind is default(ObjectKind) or ObjectKind.ProcessTask or ObjectKind.ProcessInstance
            or ObjectKind.Assignment or ObjectKind.Substitution or ObjectKind.Comment or ObjectKind.StoredFile, stopping);
        try
        {
            await foreach (var burst in news.InReadyBatches(Most, stopping))
            {
                if (watchers.IsEmpty) continue;
                Tell(await ReadAsync([.. burst.Select(change => change.Object).Distinct()], stopping));
                await Task.Delay(Gathering, time, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // the circuits end with this node
        }
    }

    private void Tell(IReadOnlyList<WorkChange> changes)
    {
        foreach (var watcher in watchers)
            if (changes.Any(watcher.Concerns)) watcher.Bell.Writer.TryWrite(true);
    }

    private async Task<IReadOnlyList<WorkChange>> ReadAsync(IReadOnlyList<ObjectRef> objects, CancellationToken ct)
    {
        if (objects.Any(o => o.Kind == default)) return [WorkChange.Unknown];
        var found = objects.Where(o => o.Kind == ObjectKind.ProcessInstance).Select(o => new WorkChange(o, false, null, [], [], null)).ToList();
        if (found.Count == objects.Count) return found;
        try
        {
            await using var command = database.CreateCommand("""
                select 'ProcessTask', t.id, false, t.instance, array_remove(array[t.assignee, t.handed_from, t.closed_by, u.id] || t.candidate_users, null),
                    case when t.escalated_at is null then t.candidate_roles else t.candidate_roles || t.escalate_to end, t.branch, t.business_id
                from process.task t
                left join identity.portal_user u on t.escalated_at is not null and (u.normalized_user_name = upper(t.escalate_to) or u.id::text = lower(t.escalate_to))
                where t.id = any($1)
                union all
                select 'Assignment', a.id, false, null, array_remove(array[a.giver, a.performer, a.controller, a.handed_from], null), '{}', a.branch, a.about_id from work.assignment a where a.id = any($2)
                union all
                select 'Substitution', s.id, false, null, array[s.absent, s.substitute], '{}', null, null from process.substitution s where s.id = any($3)
                union all
                select c.about_kind, c.about_id, true, null, '{}', '{}', null, null from work.comment c where c.id = any($4)
                union all
                select f.about_kind, f.about_id, true, null, '{}', '{}', null, null from work.stored_file f where f.id = any($5)
                """);
            foreach (var kind in new[] { ObjectKind.ProcessTask, ObjectKind.Assignment, ObjectKind.Substitution, ObjectKind.Comment, ObjectKind.StoredFile })
                command.Parameters.Add(new() { Value = objects.Where(o => o.Kind == kind).Select(o => o.Id).ToArray() });
            await using var rows = await command.ExecuteReaderAsync(ct);
            while (await rows.ReadAsync(ct))
                found.Add(new(new(Enum.Parse<ObjectKind>(rows.GetString(0)), rows.GetGuid(1)), rows.GetBoolean(2), rows.IsDBNull(3) ? null : rows.GetGuid(3),
                    rows.GetFieldValue<Guid[]>(4), rows.GetFieldValue<string[]>(5), rows.IsDBNull(6) ? null : rows.GetGuid(6))
                    { About = rows.IsDBNull(7) ? null : rows.GetGuid(7) });
            return found;
        }
        catch (Exception away) when (away is NpgsqlException or TimeoutException or IOException)
        {
            log.LogWarning(away, "Whom a change of work concerns could not be read");
            return [WorkChange.Unknown];
        }
    }
}
