using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Work.Handovers;

/// <summary>Moves what is only a name in a row, many rows at a time, with an audit row for each.</summary>
internal static class HandoverMoves
{
    private sealed record Column(string Table, string Name, ObjectKind Kind, string Property, string Also = "")
    {
        public string MoveSql { get; } = $"""
            with given as (select * from unnest(@ids, @heirs) as given (id, heir)),
            moved as (
                update {Table} held set {Name} = given.heir{Also} from given where held.id = given.id and held.{Name} = @from returning held.id, given.heir)
            insert into core.audit (at, user_id, user_name, origin, object_kind, object_id, action, before, after)
                select @now, @by, @name, @origin, '{Kind}', id, 'changed', jsonb_build_object('{Property}', @from), jsonb_build_object('{Property}', heir) from moved
            """;
    }

    private static readonly Dictionary<HeldKind, Column> Columns = new()
    {
        [HeldKind.Client] = new("clients.partner", "responsible", ObjectKind.Partner, "Responsible"),
        [HeldKind.Interaction] = new("clients.interaction", "responsible", ObjectKind.Interaction, "Responsible"),
        [HeldKind.Lead] = new("sales.lead", "manager", ObjectKind.Lead, "Manager", ", route = 'Hand', given_at = @now"),
        [HeldKind.Deal] = new("sales.deal", "manager", ObjectKind.Deal, "Manager", ", people = array(select distinct unnest(array_remove(held.people, @from) || given.heir))"),
        [HeldKind.Offer] = new("sales.offer", "manager", ObjectKind.Offer, "Manager"),
        [HeldKind.Order] = new("sales.sales_order", "manager", ObjectKind.Order, "Manager"),
        [HeldKind.Claim] = new("claims.claim", "manager", ObjectKind.Claim, "Manager"),
        [HeldKind.Task] = new("process.task", "assignee", ObjectKind.ProcessTask, "Assignee", ", handed_from = @from, claimed_at = @now"),
        [HeldKind.Process] = new("process.instance", "owner", ObjectKind.ProcessInstance, "Owner"),
    };

    /// <summary>Holds everything still that a person has of the kinds, in the order in which others lock it.</summary>
    public static async Task LockAsync(PortalDb db, Guid from, IReadOnlyCollection<HeldKind> kinds, CancellationToken ct)
    {
        if (kinds.Contains(HeldKind.Client))
            await db.Database.ExecuteSqlAsync($"select 1 from clients.partner where responsible = {from} order by id for no key update", ct);
        if (kinds.Contains(HeldKind.Interaction))
            await db.Database.ExecuteSqlAsync($"select 1 from clients.interaction where responsible = {from} and state = 'Planned' order by id for no key update", ct);
        if (kinds.Contains(HeldKind.Segment)) await db.TakeTurnAsync("segments", ct);
        // as a step does: the instance before its tasks, callers before those they called
        if (kinds.Contains(HeldKind.Task) || kinds.Contains(HeldKind.Process))
            await db.Database.ExecuteSqlAsync($"""
                select 1 from process.instance where id in (select instance from process.task where assignee = {from} and closed_at is null)
                    or owner = {from} and status = 'Running' order by depth, id for update
                """, ct);
        if (kinds.Contains(HeldKind.Lead))
            await db.Database.ExecuteSqlAsync($"select 1 from sales.lead where manager = {from} and closed_at is null and not archived order by id for no key update", ct);
        if (kinds.Contains(HeldKind.Deal))
            await db.Database.ExecuteSqlAsync($"select 1 from sales.deal where manager = {from} and state = 'Open' and not archived order by id for no key update", ct);
        if (kinds.Contains(HeldKind.Offer))
            await db.Database.ExecuteSqlAsync($"select 1 from sales.offer where manager = {from} and deal is null and state in ('Draft', 'Issued', 'Sent', 'Read') order by id for no key update", ct);
        if (kinds.Contains(HeldKind.Order))
            await db.Database.ExecuteSqlAsync($"select 1 from sales.sales_order where manager = {from} and state in ('Draft', 'Placed', 'PartShipped') order by id for no key update", ct);
        if (kinds.Contains(HeldKind.Claim))
            await db.Database.ExecuteSqlAsync($"select 1 from claims.claim where manager = {from} and state not in ('Closed', 'Withdrawn') order by id for no key update", ct);
    }

    /// <summary>Gives pieces of one kind to their heirs.</summary>
    public static async Task MoveAsync(PortalDb db, HeldKind kind, Guid from, IReadOnlyCollection<AllottedPiece> pieces, DateTimeOffset now, Actor actor, CancellationToken ct)
    {
        await db.Database.ExecuteSqlRawAsync(Columns[kind].MoveSql, Parameters(), ct);
        if (kind == HeldKind.Client)
            await db.Database.ExecuteSqlRawAsync("""
                insert into clients.timeline_entry (id, partner, what, about_kind, about_id, words, at, by_user, by_name)
                    select gen_random_uuid(), given.id, 'partner.handed', 'Partner', given.id, heir.display_name, @now, @by, @name
                    from unnest(@ids, @heirs) as given (id, heir) join identity.portal_user heir on heir.id = given.heir
                """, Parameters(), ct);
        if (kind == HeldKind.Lead)
            await db.Database.ExecuteSqlRawAsync("""
                insert into sales.lead_event (id, lead, kind, heir, route, at, by_user, by_name)
                    select gen_random_uuid(), given.id, 'Given', given.heir, 'Hand', @now, @by, @name from unnest(@ids, @heirs) as given (id, heir)
                """, Parameters(), ct);
        if (kind == HeldKind.Deal)
            await db.Database.ExecuteSqlRawAsync("""
                delete from sales.deal_member m using unnest(@ids, @heirs) as given (id, heir) where m.deal = given.id and m."user" = given.heir;
                insert into clients.timeline_entry (id, partner, what, about_kind, about_id, words, at, by_user, by_name)
                    select gen_random_uuid(), d.partner, 'deal.handed', 'Deal', d.id, d.title || ' → ' || heir.display_name, @now, @by, @name
                    from unnest(@ids, @heirs) as given (id, heir) join sales.deal d on d.id = given.id join identity.portal_user heir on heir.id = given.heir where d.partner is not null
                """, Parameters(), ct);

        NpgsqlParameter[] Parameters() =>
        [
            new("ids", pieces.Select(p => p.Piece.Id).ToArray()), new("heirs", pieces.Select(p => p.Heir!.Id).ToArray()), new("from", from), new("now", now.ToUniversalTime()),
            new("by", actor.UserId), new("name", actor.Name), new("origin", actor.Origin),
        ];
    }

    /// <summary>Writes letters to clients into the outbox: one per client and address.</summary>
    public static Task PostAsync(PortalDb db, IReadOnlyCollection<OutboxEntry> letters, DateTimeOffset now, CancellationToken ct) => db.Database.ExecuteSqlRawAsync("""
        insert into core.outbox (key, kind, body, created_at, due_at)
            select key, kind, body::jsonb, @now, @now from unnest(@keys, @kinds, @bodies) as letter (key, kind, body) on conflict (key) do nothing
        """,
        [
            new NpgsqlParameter("keys", letters.Select(l => l.Key).ToArray()), new NpgsqlParameter("kinds", letters.Select(l => l.Kind).ToArray()),
            new NpgsqlParameter("bodies", letters.Select(l => System.Text.Encoding.UTF8.GetString(l.Body)).ToArray()), new NpgsqlParameter("now", now.ToUniversalTime()),
        ], ct);
}
