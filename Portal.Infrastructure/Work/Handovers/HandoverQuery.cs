using Microsoft.EntityFrameworkCore;
using Portal.Domain.Claims;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Claims;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Sales.Leads;
using Portal.Infrastructure.Sales.Offers;
using Portal.Infrastructure.Sales.Orders;

namespace Portal.Infrastructure.Work.Handovers;

/// <summary>Somebody whose work can be handed over.</summary>
public sealed record Leaver(Guid Id, string Name, bool Blocked);

/// <summary>
/// Whose work an actor may hand over, and what was handed over. A report is read whole by who made it, by whom it is about and by who looks after
/// that one's work; an heir reads of it what came to him. What tells of clients is veiled where the reader does not see them.
/// </summary>
public sealed class HandoverQuery(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>People whose work the actor may hand over: himself, and those he looks after, also when they are blocked.</summary>
    public async Task<IReadOnlyList<Leaver>> LeaversAsync(Actor actor, CancellationToken ct)
    {
        actor.RequireStaff();
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await LookedAfter(db, actor).OrderBy(u => u.Blocked).ThenBy(u => u.DisplayName).ThenBy(u => u.Id).Take(ColleagueQuery.MostInForms)
            .Select(u => new Leaver(u.Id, u.DisplayName, u.Blocked)).ToListAsync(ct);
    }

    /// <summary>Handovers that concern the actor, the newest first.</summary>
    public async Task<PageOf<HandoverReport>> ListAsync(Slice slice, Actor actor, CancellationToken ct)
    {
        actor.RequireStaff();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var whole = Whole(db, actor);
        return await db.Set<HandoverReport>().AsNoTracking()
            .Where(r => whole.Any(w => w.Id == r.Id) || db.Set<HandoverLine>().Any(l => l.Handover == r.Id && l.ToUser == actor.UserId))
            .OrderByDescending(r => r.At).ThenByDescending(r => r.Id).PageAsync(slice, ct);
    }

    /// <summary>A report and a slice of its lines; what stayed comes first.</summary>
    /// <exception cref="RuleBrokenException"><c>work.object-unknown</c></exception>
    public async Task<(HandoverReport Report, PageOf<HandoverLine> Lines)> FindAsync(HandoverId id, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.RequireStaff();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var report = await db.Set<HandoverReport>().AsNoTracking().FirstOrDefaultAsync(r => r.Id == id, ct) ?? throw new RuleBrokenException("work.object-unknown");
        var lines = db.Set<HandoverLine>().AsNoTracking().Where(l => l.Handover == id);
        if (!await Whole(db, actor).AnyAsync(r => r.Id == id, ct)) lines = lines.Where(l => l.ToUser == actor.UserId);
        var page = await lines.OrderBy(l => l.Refusal == null).ThenBy(l => l.Ordinal).PageAsync(slice, ct);
        return page.Total > 0 || report.ByUser == actor.UserId ? (report, page with { Rows = await VeiledAsync(db, page.Rows, actor, ct) }) : throw new RuleBrokenException("work.object-unknown");
    }

    private static async Task<IReadOnlyList<HandoverLine>> VeiledAsync(PortalDb db, IReadOnlyList<HandoverLine> lines, Actor actor, CancellationToken ct)
    {
        var seen = new HashSet<Guid>();
        if (actor.Can(Permissions.ClientsRead))
        {
            var clients = lines.Where(l => l.Kind == HeldKind.Client).Select(l => new PartnerId(l.ObjectId)).ToList();
            seen.UnionWith((await db.Set<Partner>().Within(actor).Where(p => clients.Contains(p.Id)).Select(p => p.Id).ToListAsync(ct)).Select(id => id.Value));
        }
        // a segment that is shared is there for whoever sees clients
        if (actor.Can(Permissions.ClientsRead)) seen.UnionWith(lines.Where(l => l.Kind == HeldKind.Segment).Select(l => l.ObjectId));
        var interactions = lines.Where(l => l.Kind == HeldKind.Interaction).Select(l => new InteractionId(l.ObjectId)).ToList();
        seen.UnionWith((await InteractionQuery.Within(db, actor).Where(i => interactions.Contains(i.Id)).Select(i => i.Id).ToListAsync(ct)).Select(id => id.Value));
        var deals = lines.Where(l => l.Kind == HeldKind.Deal).Select(l => new DealId(l.ObjectId)).ToList();
        if (deals.Count > 0) seen.UnionWith((await db.Set<Deal>().Within(actor).Where(d => deals.Contains(d.Id)).Select(d => d.Id).ToListAsync(ct)).Select(id => id.Value));
        var offers = lines.Where(l => l.Kind == HeldKind.Offer).Select(l => new OfferId(l.ObjectId)).ToList();
        if (offers.Count > 0) seen.UnionWith((await db.Set<Offer>().Within(db, actor).Where(o => offers.Contains(o.Id)).Select(o => o.Id).ToListAsync(ct)).Select(id => id.Value));
        var orders = lines.Where(l => l.Kind == HeldKind.Order).Select(l => new SalesOrderId(l.ObjectId)).ToList();
        if (orders.Count > 0) seen.UnionWith((await db.Set<SalesOrder>().Within(actor).Where(o => orders.Contains(o.Id)).Select(o => o.Id).ToListAsync(ct)).Select(id => id.Value));
        var claims = lines.Where(l => l.Kind == HeldKind.Claim).Select(l => new ClaimId(l.ObjectId)).ToList();
        if (claims.Count > 0) seen.UnionWith((await db.Set<Claim>().Within(db, actor).Where(c => claims.Contains(c.Id)).Select(c => c.Id).ToListAsync(ct)).Select(id => id.Value));
        var leads = lines.Where(l => l.Kind == HeldKind.Lead).Select(l => new LeadId(l.ObjectId)).ToList();
        if (leads.Count > 0) seen.UnionWith((await db.Set<Lead>().Within(actor).Where(d => leads.Contains(d.Id)).Select(d => d.Id).ToListAsync(ct)).Select(id => id.Value));
        var untold = new HashSet<Guid>();
        if (actor.Hidden.HasFlag(ConfidentialFields.Mails))
        {
            var written = lines.Where(l => l.LetterTo is not null).Select(l => new PartnerId(l.ObjectId)).ToList();
            untold.UnionWith((await db.Set<Partner>().Where(p => written.Contains(p.Id) && p.Responsible != actor.UserId).Select(p => p.Id).ToListAsync(ct)).Select(id => id.Value));
        }
        return [.. lines.Select(l => HandoverLine.IsOfClients(l.Kind) && !seen.Contains(l.ObjectId) ? l.Veiled() : untold.Contains(l.ObjectId) ? l.WithoutAddress() : l)];
    }

    private static IQueryable<HandoverReport> Whole(PortalDb db, Actor actor)
    {
        var people = LookedAfter(db, actor);
        return db.Set<HandoverReport>().Where(r => r.ByUser == actor.UserId || people.Any(u => u.Id == r.FromUser));
    }

    private static IQueryable<PortalUser> LookedAfter(PortalDb db, Actor actor)
    {
        var (all, near) = (actor.Can(Permissions.TasksOversee), db.Set<PortalUser>().NearTo(actor));
        return db.Set<PortalUser>().AsNoTracking().Where(u => u.Partner == null && (u.Id == actor.UserId || all && near.Any(n => n.Id == u.Id)));
    }
}
