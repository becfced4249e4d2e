using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Network;

/// <summary>The network of a client as its managers see it, a branch at a time. Who is beyond the reader's reach neither stands in it nor counts.</summary>
public sealed class NetworkQuery(IDbContextFactory<PortalDb> contexts, PartnerListQuery list)
{
    /// <summary>Hits of a text at most.</summary>
    public const int MostHits = 50;

    /// <summary>The client and those above it, the head of the network first; empty where the reader does not reach the client.</summary>
    public async Task<IReadOnlyList<NetworkNode>> PathAsync(PartnerId client, Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await NodesAsync(db, await WayAsync(db, client, actor, ct), actor, ct);
    }

    /// <summary>Like <see cref="PathAsync"/>, the names alone: the figures of a head are those of the whole network.</summary>
    public async Task<IReadOnlyList<NetworkStep>> StepsAsync(PartnerId client, Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var way = await WayAsync(db, client, actor, ct);
        var names = await db.Set<Partner>().Where(p => way.Contains(p.Id)).Select(p => new NetworkStep(p.Id, p.Name)).ToDictionaryAsync(p => p.Id, ct);
        return [.. way.Select(id => names[id])];
    }

    private static async Task<IReadOnlyList<PartnerId>> WayAsync(PortalDb db, PartnerId client, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        return await db.Set<Partner>().Within(actor).AnyAsync(p => p.Id == client, ct) ? (await PathsAsync(db, [client], actor, ct))[client] : [];
    }

    /// <summary>A slice of those directly below a client, regions before outlets.</summary>
    public async Task<PageOf<NetworkNode>> BelowAsync(PartnerId client, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var below = db.Database.SqlQueryRaw<Guid>($"""
            with recursive met as (
                select p.id, {NetworkSql.Shown} as shown, 1 as depth from clients.partner p where p.parent = @client
                union all
                select p.id, {NetworkSql.Shown}, m.depth + 1 from met m join clients.partner p on p.parent = m.id where not m.shown and m.depth < @deepest
            )
            select id as "Value" from met where shown
            """, NetworkSql.With(actor, ("client", client.Value)));
        var page = await db.Set<Partner>().Where(p => below.Contains((Guid)(object)p.Id))
            .OrderBy(p => p.Level == NetworkLevel.Holding ? 0 : p.Level == NetworkLevel.Region ? 1 : 2).ThenBy(p => p.Name.ToLower()).ThenBy(p => p.Id).Select(p => p.Id).PageAsync(slice, ct);
        return new(await NodesAsync(db, page.Rows, actor, ct), page.Total);
    }

    /// <summary>What a text finds below a client or in it: names, numbers, addresses, people, as in the list of clients.</summary>
    public async Task<FoundInNetwork> FindAsync(PartnerId head, string text, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var found = await (await list.MatchingAsync(db, new(text, Above: head), actor, ct)).OrderBy(p => p.Name.ToLower()).ThenBy(p => p.Id).Select(p => p.Id).PageAsync(new(0, MostHits), ct);
        var paths = (await PathsAsync(db, found.Rows, actor, ct)).Values.Select(path => path.SkipWhile(id => id != head).ToList()).ToList();
        var nodes = (await NodesAsync(db, [.. paths.SelectMany(p => p).Distinct()], actor, ct)).ToDictionary(n => n.Id);
        var hits = found.Rows.ToHashSet();
        var rows = new List<(NetworkNode, int, bool)>();
        Walk(0, paths);
        return new(rows, found.Total);

        void Walk(int depth, IEnumerable<List<PartnerId>> through)
        {
            foreach (var branch in through.Where(p => p.Count > depth).GroupBy(p => p[depth]).OrderBy(g => nodes[g.Key].Name, StringComparer.CurrentCultureIgnoreCase))
            {
                rows.Add((nodes[branch.Key], depth, hits.Contains(branch.Key)));
                Walk(depth + 1, branch);
            }
        }
    }

    /// <summary>A slice of the legal entities that serve a branch, the one that serves most first. A client without any is served by those of the next one above that has some.</summary>
    public async Task<PageOf<NetworkEntity>> EntitiesAsync(PartnerId head, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var rows = await db.Database.SqlQueryRaw<EntityRow>($"""
            {Served}
            select c.id as "Id", c.name as "Name", c.tax_number as "TaxNumber", c.country as "Country", (select x.name from clients.counterparty x where x.id = c.parent) as "Parent",
                p.id as "OwnerId", p.name as "Owner", p.responsible as "ResponsibleId", count(*)::int as "Serves", (count(*) over ())::int as "Total"
            from served s cross join unnest(s.entities) as e (id) join clients.counterparty c on c.id = e.id join clients.partner p on p.id = c.partner
            where {NetworkSql.Shown}
            group by c.id, p.id order by count(*) desc, lower(c.name), c.id offset @skip limit @take
            """, NetworkSql.With(actor, ("head", head.Value), ("skip", slice.From), ("take", slice.Count))).ToListAsync(ct);
        return new([.. rows.Select(r => new NetworkEntity(new(r.Id), r.Name, Told(r.TaxNumber, r.ResponsibleId, actor), r.Country, r.Parent, new(r.OwnerId), r.Owner, r.Serves))], rows.FirstOrDefault()?.Total ?? 0);
    }

    /// <summary>A slice of the clients of a branch that a legal entity serves.</summary>
    public async Task<PageOf<SearchRow>> ServedByAsync(PartnerId head, CounterpartyId entity, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        // an entity of a client beyond reach is not there to ask for
        if (!await db.Set<Counterparty>().AnyAsync(c => c.Id == entity && db.Set<Partner>().Within(actor).Any(p => p.Id == c.Partner), ct)) throw new RuleBrokenException("clients.entity-unknown");
        var served = db.Database.SqlQueryRaw<Guid>($"""
            {Served}
            select id as "Value" from served where @entity = any(entities)
            """, NetworkSql.With(actor, ("head", head.Value), ("entity", entity.Value)));
        return await db.Set<Partner>().Where(p => served.Contains((Guid)(object)p.Id)).OrderBy(p => p.Name.ToLower()).ThenBy(p => p.Id)
            .Select(p => new SearchRow { Kind = ObjectKind.Partner, ObjectId = (Guid)(object)p.Id, Title = p.Name }).PageAsync(slice, ct);
    }

    // what is asked of a client comes along with the walk: joined afterwards, the database would read the whole base
    // clients shown in a branch, each with the legal entities that serve it: handed down from above until somebody has his own
    private const string Served = $"""
        with recursive up as (
            select p.id, p.parent, 0 as step, {Own} as own from clients.partner p where p.id = @head
            union all
            select p.id, p.parent, u.step + 1, {Own} from up u join clients.partner p on p.id = u.parent where u.own is null and u.step < @deepest
        ), branch as (
            select p.id, 0 as depth, (select u.own from up u where u.own is not null) as entities, {NetworkSql.Shown} as shown from clients.partner p where p.id = @head
            union all
            select p.id, b.depth + 1, coalesce({Own}, b.entities), {NetworkSql.Shown} from branch b join clients.partner p on p.parent = b.id where b.depth < @deepest
        ), served as (
            select id, entities from branch where shown
        )
        """;

    private const string Own = "(select array_agg(c.id) from clients.counterparty c where c.partner = p.id and not c.archived)";

    // from the head of each one's network down to it
    private static async Task<IReadOnlyDictionary<PartnerId, IReadOnlyList<PartnerId>>> PathsAsync(PortalDb db, IReadOnlyCollection<PartnerId> clients, Actor actor, CancellationToken ct)
    {
        var steps = await db.Database.SqlQueryRaw<Step>($"""
            with recursive up as (
                select p.id as start, p.id, p.parent, 0 as step, true as shown from clients.partner p where p.id = any(@clients)
                union all
                select u.start, p.id, p.parent, u.step + 1, {NetworkSql.Shown} from up u join clients.partner p on p.id = u.parent where u.step < @deepest
            )
            select start as "Start", id as "Id" from up where shown group by start, id order by min(step) desc
            """, NetworkSql.With(actor, ("clients", clients.Select(c => c.Value).ToArray()))).ToListAsync(ct);
        return steps.GroupBy(s => s.Start).ToDictionary(g => new PartnerId(g.Key), g => (IReadOnlyList<PartnerId>)[.. g.Select(s => new PartnerId(s.Id))]);
    }

    // in the order given
    private static async Task<IReadOnlyList<NetworkNode>> NodesAsync(PortalDb db, IReadOnlyList<PartnerId> clients, Actor actor, CancellationToken ct)
    {
        if (clients.Count == 0) return [];
        var rows = await db.Database.SqlQueryRaw<NodeRow>($"""
            with recursive branch as (
                select p.id as top, p.id, 0 as depth, p.level, p.responsible, {NetworkSql.Shown} as shown from clients.partner p where p.id = any(@clients)
                union all
                select b.top, p.id, b.depth + 1, p.level, p.responsible, {NetworkSql.Shown} from branch b join clients.partner p on p.parent = b.id where b.depth < @deepest
            ), figures as (
                select top, count(*)::int as clients, count(*) filter (where level = 'Outlet')::int as outlets, count(*) filter (where responsible is null)::int as unattended,
                    sum((select count(*) from clients.counterparty c where c.partner = b.id and not c.archived))::int as entities,
                    sum((select count(*) from clients.interaction i where i.partner = b.id and i.state = 'Planned'))::int as planned,
                    max((select max(i.at) from clients.interaction i where i.partner = b.id and i.state = 'Held' and i.kind <> 'Note')) as last_contact
                from branch b where shown group by top
            )
            select p.id as "Id", p.name as "Name", p.level as "Level", p.archived as "Archived", p.responsible as "ResponsibleId", u.display_name as "Responsible", c.name as "Entity", c.tax_number as "TaxNumber", p.xmin::text::bigint as "Version",
                coalesce(f.clients, 0) as "Clients", coalesce(f.outlets, 0) as "Outlets", coalesce(f.entities, 0) as "Entities", coalesce(f.unattended, 0) as "Unattended", coalesce(f.planned, 0) as "Planned", f.last_contact as "LastContact"
            from clients.partner p left join figures f on f.top = p.id left join identity.portal_user u on u.id = p.responsible
                left join lateral (select x.name, x.tax_number from clients.counterparty x where x.partner = p.id and not x.archived order by x.id limit 1) c on true
            where p.id = any(@clients)
            """, NetworkSql.With(actor, ("clients", clients.Select(c => c.Value).ToArray()))).ToListAsync(ct);
        var nodes = rows.ToDictionary(r => new PartnerId(r.Id), r => new NetworkNode(new(r.Id), r.Name, Enum.Parse<NetworkLevel>(r.Level), r.Archived, r.Responsible, r.Entity, Told(r.TaxNumber, r.ResponsibleId, actor), (uint)r.Version,
            new(r.Clients, r.Outlets, r.Entities, r.Unattended, r.Planned, r.LastContact)));
        return [.. clients.Select(id => nodes[id])];
    }

    private static string? Told(string? taxNumber, Guid? responsible, Actor actor) => actor.HiddenOf(responsible).Has(ConfidentialFields.TaxNumbers) ? null : taxNumber;

    private sealed record Step(Guid Start, Guid Id);

    private sealed record EntityRow(Guid Id, string Name, string? TaxNumber, string? Country, string? Parent, Guid OwnerId, string Owner, Guid? ResponsibleId, int Serves, int Total);

    private sealed record NodeRow(
        Guid Id, string Name, string Level, bool Archived, Guid? ResponsibleId, string? Responsible, string? Entity, string? TaxNumber, long Version,
        int Clients, int Outlets, int Entities, int Unattended, int Planned, DateTimeOffset? LastContact);
}
