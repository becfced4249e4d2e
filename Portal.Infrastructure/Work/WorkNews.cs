using System.Text.Json;
using Npgsql;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Processes;
using Portal.Workflows.Engine;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Work;

/// <summary>Why somebody is written about work, in the order of a letter.</summary>
public enum NewsReason
{
    /// <summary>A task past its deadline, for whom the map names.</summary>
    Escalated,
    /// <summary>A day is left.</summary>
    DeadlineNear,
    /// <summary>A task the map gave to a person.</summary>
    TaskGiven,
    /// <summary>A task that came from another person.</summary>
    TaskHanded,
    /// <summary>A new assignment.</summary>
    AssignmentGiven,
    /// <summary>An assignment that came from another performer.</summary>
    AssignmentHanded,
    /// <summary>A lead that became one's own.</summary>
    LeadGiven,
    /// <summary>A deal for which somebody else made him answer.</summary>
    DealHanded,
    /// <summary>A task for whoever takes it.</summary>
    Offered,
    /// <summary>The result of an assignment, to be looked at.</summary>
    Reported,
    /// <summary>The result was not enough.</summary>
    Returned,
    /// <summary>Somebody said something.</summary>
    Commented,
}

/// <summary>Something to write to a person about.</summary>
/// <param name="Object">a task, an assignment, a lead or a deal</param>
/// <param name="Title">in every language of the map</param>
/// <param name="AboutTitle">what people call the object it is about</param>
/// <param name="From">who handed, gave, reported or said it</param>
/// <param name="Said">the comment, result or reason</param>
/// <param name="Alike">how many there are of this reason from this person; only the first <see cref="WorkNews.Most"/> are told one by one</param>
public sealed record NewsItem(NewsReason Reason, ObjectRef Object, LocalText Title, string? AboutTitle, DateTimeOffset? Due, string? From, string? Said, int Alike);

/// <summary>What happened to the open work of people in a stretch of time: found in the tables, so nothing is missed that came while nobody ran.</summary>
public sealed class WorkNews(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>Things of one reason from one person that a letter tells one by one.</summary>
    public const int Most = 10;

    /// <summary>News from $1 (not included) to $2 (included), each for a person, or for people and roles of a branch.</summary>
    private const string News = """
        select case when t.assignee is null then 'Offered' when t.handed_from is null then 'TaskGiven' else 'TaskHanded' end as reason, 'ProcessTask' as kind, t.id,
            t.assignee as person, t.candidate_users as people, t.candidate_roles as roles, t.branch, t.handed_from as from_user, null as said, null::uuid as comment
        from process.task t
        where t.closed_at is null and t.created_at between $1 and $2 and (t.assignee is null or t.claimed_at is null)
        union all
        select 'TaskHanded', 'ProcessTask', t.id, t.assignee, '{}', '{}', null, t.handed_from, null, null
        from process.task t
        where t.closed_at is null and t.claimed_at between $1 and $2 and t.assignee is not null and t.handed_from is not null
        union all
        select 'Escalated', 'ProcessTask', t.id, u.id, '{}', array[t.escalate_to], t.branch, t.assignee, null, null
        from process.task t left join identity.portal_user u on u.normalized_user_name = upper(t.escalate_to) or u.id::text = lower(t.escalate_to)
        where t.closed_at is null and t.escalated_at between $1 and $2
        union all
        select 'DeadlineNear', 'ProcessTask', t.id, t.assignee, '{}', '{}', null, null, null, null from process.task t
        where t.closed_at is null and t.assignee is not null and t.due between $1 + interval '1 day' and $2 + interval '1 day' and t.created_at < t.due - interval '1 day'
        union all
        select 'DeadlineNear', 'Assignment', a.id, a.performer, '{}', '{}', null, null, null, null from work.assignment a
        where a.ended_at is null and a.state <> 'Reported' and a.deadline between $1 + interval '1 day' and $2 + interval '1 day' and a.given_at < a.deadline - interval '1 day'
        union all
        select case when a.handed_from is null then 'AssignmentGiven' else 'AssignmentHanded' end, 'Assignment', a.id, a.performer, '{}', '{}', null, coalesce(a.handed_from, a.giver), null, null
        from work.assignment a where a.ended_at is null and (a.handed_from is not null or a.performer <> a.giver) and a.handed_at between $1 and $2
        union all
        select 'LeadGiven', 'Lead', l.id, l.manager, '{}', '{}', null, e.by_user, null, null
        from sales.lead_event e join sales.lead l on l.id = e.lead
        where e.kind = 'Given' and e.at between $1 and $2 and e.heir = l.manager and e.by_user <> e.heir and l.closed_at is null and not l.archived
        union all
        select e.action, 'Assignment', a.id, null, array_remove(case e.action when 'Reported' then array[a.giver, a.controller] else array[a.performer] end, e.by_user), '{}', null, e.by_user, e.note, null
        from work.assignment_event e join work.assignment a on a.id = e.assignment
        where e.at between $1 and $2 and (e.action = 'Reported' and a.state = 'Reported' or e.action = 'Returned' and a.state = 'Accepted')
        union all
        select 'Commented', c.about_kind, c.about_id, null, array_remove(case when a.id is null then array[t.assignee] else array[a.giver, a.performer, a.controller] end, c.by_user), '{}', null, c.by_user, c.text, c.id
        from work.comment c
        left join process.task t on c.about_kind = 'ProcessTask' and t.id = c.about_id and t.closed_at is null
        left join work.assignment a on c.about_kind = 'Assignment' and a.id = c.about_id and a.ended_at is null
        where c.at between $1 and $2 and (t.id is not null or a.id is not null)
        union all
        select 'DealHanded', 'Deal', d.id, d.manager, '{}', '{}', null, l.user_id, null, null
        from core.audit l join sales.deal d on d.id = l.object_id
        where l.at between $1 and $2 and l.object_kind = 'Deal' and l.action = 'changed' and l.after ->> 'Manager' = d.manager::text and l.user_id <> d.manager and d.state = 'Open' and not d.archived
        """;

    /// <summary>Who is written for whom at $3: everybody of staff for himself, and for whom he stands in.</summary>
    private const string Readers = """
        select u.id as reader, u.id as person, u.branch, array(select r.code from identity.user_role ur join identity.role r on r.id = ur.role_id where ur.user_id = u.id) as roles
        from identity.portal_user u
        union all
        select s.substitute, u.id, u.branch, array(select r.code from identity.user_role ur join identity.role r on r.id = ur.role_id where ur.user_id = u.id)
        from process.substitution s join identity.portal_user u on u.id = s.absent where s.starts <= $3 and s.ends > $3
        """;

    private const string IsFor = """
        (case when n.person is not null then n.person = w.person
              else w.person = any(n.people) or n.roles && w.roles and (n.branch is null or w.branch is null or n.branch = w.branch) end
            and not (n.reason = 'Offered' and exists (select from process.task x where x.id = n.id and w.reader = any(x.excluded))))
        """;

    private const string IsWanted = """
        (case when n.reason in ('Escalated', 'DeadlineNear') then coalesce(p.before_deadline, true)
              when n.reason in ('Reported', 'Returned', 'Commented') then coalesce(p.on_answer, true) else coalesce(p.on_new_work, true) end)
        """;

    /// <summary>SQL of the users with news from $1 to $2, as they are to be written to at $3.</summary>
    internal const string ReadersWithNews = $"""
        select distinct w.reader from ({News}) n join ({Readers}) w on {IsFor}
        join identity.portal_user u on u.id = w.reader and not u.blocked and u.partner is null and u.email <> ''
        left join work.mail_preference p on p."user" = w.reader
        where {IsWanted}
        """;

    /// <summary>The news of a person that he wants to be written about and that still are some.</summary>
    /// <param name="from">not included</param>
    /// <param name="until">included</param>
    public async Task<IReadOnlyList<NewsItem>> OfAsync(Actor actor, DateTimeOffset from, DateTimeOffset until, CancellationToken ct = default)
    {
        await using var command = database.CreateCommand($"""
            with mine as materialized (
                select distinct on (n.reason, n.id, n.comment) n.* from ({News}) n join ({Readers}) w on w.reader = $4 and {IsFor}
                left join work.mail_preference p on p."user" = $4
                where {IsWanted} and ($5 or n.reason not in ('Offered', 'TaskGiven', 'TaskHanded'))
                order by n.reason, n.id, n.comment),
            told as (
                select m.reason, m.kind, m.id, coalesce(t.title::text, a.title, l.subject, d.title) as title, nullif(concat_ws(' · ', s.title, coalesce(l.company, l.name), (select i.title from process.instance i where i.id = t.instance)), '') as about_title, coalesce(t.due, a.deadline, l.next_step_at) as due, u.display_name as from_name, m.said,
                    (count(*) over alike)::int as alike,
                    row_number() over (partition by m.reason, m.from_user order by coalesce(t.priority, a.priority) desc, coalesce(t.due, a.deadline, l.next_step_at) nulls last, m.id, m.comment) as place
                from mine m
                left join process.task t on m.kind = 'ProcessTask' and t.id = m.id
                left join work.assignment a on m.kind = 'Assignment' and a.id = m.id
                left join sales.lead l on m.kind = 'Lead' and l.id = m.id
                left join sales.deal d on m.kind = 'Deal' and d.id = m.id
                left join core.search_entry s on s.kind = coalesce(t.business_kind, a.about_kind) and s.object_id = coalesce(t.business_id, a.about_id)
                left join identity.portal_user u on u.id = m.from_user
                window alike as (partition by m.reason, m.from_user))
            select reason, kind, id, title, about_title, due, from_name, said, alike from told where place <= {Most} order by place
            """);
        Fill(command, from, until, time.GetUtcNow());
        command.Parameters.Add(new() { Value = actor.UserId });
        command.Parameters.Add(new() { Value = actor.Can(Permissions.TasksWork) });
        var found = new List<NewsItem>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            var kind = Enum.Parse<ObjectKind>(rows.GetString(1));
            var title = kind == ObjectKind.ProcessTask ? JsonSerializer.Deserialize<LocalText>(rows.GetString(3), StateJson.Options)! : (LocalText)rows.GetString(3);
            found.Add(new(Enum.Parse<NewsReason>(rows.GetString(0)), new(kind, rows.GetGuid(2)), title, Text(4), rows.IsDBNull(5) ? null : rows.GetFieldValue<DateTimeOffset>(5), Text(6), Text(7), rows.GetInt32(8)));
        }
        // stable: within a reason and a person the order of the rows stays
        return [.. found.OrderBy(n => n.Reason).ThenBy(n => n.From, StringComparer.Ordinal)];

        string? Text(int column) => rows.IsDBNull(column) ? null : rows.GetString(column);
    }

    /// <summary>The parameters $1 to $3; stretches of time share no moment.</summary>
    internal static void Fill(NpgsqlCommand command, DateTimeOffset from, DateTimeOffset until, DateTimeOffset now)
    {
        command.Parameters.Add(new() { Value = from.AddMicroseconds(1).ToUniversalTime() });
        command.Parameters.Add(new() { Value = until.ToUniversalTime() });
        command.Parameters.Add(new() { Value = now.ToUniversalTime() });
    }
}
