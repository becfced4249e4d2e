using System.Net.Mail;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Claims;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Segments;
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
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Sales.Leads;
using Portal.Infrastructure.Sales.Offers;
using Portal.Infrastructure.Sales.Orders;
using Portal.Workflows.Engine;
using Portal.Workflows.Notation;

namespace Portal.Infrastructure.Work.Handovers;

/// <summary>One piece of work in a person's hands.</summary>
/// <param name="Client">the client it is, or is about</param>
/// <param name="Beyond">true where it lies beyond the reach of who hands over: he learns that it is there, no more</param>
internal sealed record HeldPiece(HeldKind Kind, Guid Id, string Title, Guid? Client = null, BranchId? Branch = null, PartnerStanding? Standing = null, string? Mail = null, string? Country = null, bool Beyond = false)
{
    /// <summary>True for a client out of the lists, such as one merged into another: it changes hands, but nobody writes to it.</summary>
    public bool Archived { get; init; }

    /// <summary>What a person holds of a kind.</summary>
    public static async Task<List<HeldPiece>> OfAsync(PortalDb db, HeldKind kind, Guid user, Actor actor, CancellationToken ct) => kind switch
    {
        HeldKind.Client => await ClientsAsync(db, user, actor, ct),
        HeldKind.Interaction => await (
            from i in Interactions(db, user)
            join p in db.Set<Partner>() on i.Partner equals p.Id
            orderby i.At, i.Id
            select new HeldPiece(kind, i.Id.Value, i.Subject + " · " + p.Name, p.Id.Value, null, null, null, null,
                !db.Set<Partner>().Within(actor).Any(reached => reached.Id == p.Id))).ToListAsync(ct),
        HeldKind.Lead => await Leads(db, user).OrderBy(l => l.Number).Select(l => new HeldPiece(kind, l.Id.Value, l.Subject, null, l.Branch, null, null, null,
            !db.Set<Lead>().Within(actor).Any(reached => reached.Id == l.Id))).ToListAsync(ct),
        HeldKind.Deal => await Deals(db, user).OrderBy(d => d.Number).Select(d => new HeldPiece(kind, d.Id.Value, d.Title, null, d.Branch, null, null, null,
            !db.Set<Deal>().Within(actor).Any(reached => reached.Id == d.Id))).ToListAsync(ct),
        HeldKind.Offer => await Offers(db, user).OrderBy(o => o.CreatedAt).ThenBy(o => o.Id).Select(o => new HeldPiece(kind, o.Id.Value, o.Title, null, o.Branch, null, null, null,
            !db.Set<Offer>().Within(db, actor).Any(reached => reached.Id == o.Id))).ToListAsync(ct),
        HeldKind.Order => await Orders(db, user).OrderBy(o => o.CreatedAt).ThenBy(o => o.Id).Select(o => new HeldPiece(kind, o.Id.Value, (o.Year == null ? "" : o.Year + "-" + o.Sequence.ToString()!.PadLeft(4, '0') + " ") + (o.Reference ?? db.Set<Partner>().Where(p => p.Id == o.Partner).Select(p => p.Name).FirstOrDefault() ?? o.ByName), null, o.Branch, null, null, null,
            !db.Set<SalesOrder>().Within(actor).Any(reached => reached.Id == o.Id))).ToListAsync(ct),
        HeldKind.Claim => await Claims(db, user).OrderBy(c => c.ReceivedAt).ThenBy(c => c.Id).Select(c => new HeldPiece(kind, c.Id.Value, c.Year + "-" + c.Sequence.ToString().PadLeft(4, '0') + " " + (db.Set<Partner>().Where(p => p.Id == c.Partner).Select(p => p.Name).FirstOrDefault() ?? c.ByName), null, c.Branch, null, null, null,
            !db.Set<Claim>().Within(db, actor).Any(reached => reached.Id == c.Id))).ToListAsync(ct),
        HeldKind.Segment => await Segments(db, user).OrderBy(s => s.Name.ToLower()).ThenBy(s => s.Id).Select(s => new HeldPiece(kind, s.Id.Value, s.Name, null, null, null, null, null, false)).ToListAsync(ct),
        HeldKind.Task => [.. (await Tasks(db, user).OrderBy(t => t.CreatedAt).ThenBy(t => t.Id).Select(t => new { t.Id, t.Title }).ToListAsync(ct))
            .Select(t => new HeldPiece(kind, t.Id.Value, JsonSerializer.Deserialize<LocalText>(t.Title, StateJson.Options)!.Default))],
        HeldKind.Process => await Processes(db, user).OrderBy(i => i.StartedAt).ThenBy(i => i.Id).Select(i => new HeldPiece(kind, i.Id.Value,
            i.Key + (db.Set<SearchRow>().Where(s => s.ObjectId == i.BusinessId && s.Kind == i.BusinessKind).Select(s => " · " + s.Title).FirstOrDefault() ?? ""),
            null, null, null, null, null, false)).ToListAsync(ct),
        HeldKind.Assignment => await Assignments(db, user).OrderBy(a => a.GivenAt).ThenBy(a => a.Id).Select(a => new HeldPiece(kind, a.Id.Value, a.Title, null, null, null, null, null, false)).ToListAsync(ct),
        _ => await Controlled(db, user).OrderBy(a => a.GivenAt).ThenBy(a => a.Id).Select(a => new HeldPiece(kind, a.Id.Value, a.Title, null, null, null, null, null, false)).ToListAsync(ct),
    };

    /// <summary>A slice of what a person holds of a kind within the actor's reach, by a part of the title.</summary>
    public static async Task<PageOf<HeldItem>> PageAsync(PortalDb db, HeldKind kind, Guid user, string? text, Slice slice, Actor actor, CancellationToken ct)
    {
        var reached = db.Set<Partner>().Within(actor);
        var items = kind switch
        {
            HeldKind.Client => Clients(db, user).Where(p => reached.Any(r => r.Id == p.Id)).OrderBy(p => p.Name.ToLower()).ThenBy(p => p.Id).Select(p => new Titled { Id = (Guid)(object)p.Id, Title = p.Name }),
            HeldKind.Interaction => from i in Interactions(db, user) join p in reached on i.Partner equals p.Id orderby i.At, i.Id select new Titled { Id = (Guid)(object)i.Id, Title = i.Subject + " · " + p.Name },
            HeldKind.Lead => Leads(db, user).Within(actor).OrderBy(l => l.Number).Select(l => new Titled { Id = (Guid)(object)l.Id, Title = l.Subject }),
            HeldKind.Deal => Deals(db, user).Within(actor).OrderBy(d => d.Number).Select(d => new Titled { Id = (Guid)(object)d.Id, Title = d.Title }),
            HeldKind.Offer => Offers(db, user).Within(db, actor).OrderBy(o => o.CreatedAt).ThenBy(o => o.Id).Select(o => new Titled { Id = (Guid)(object)o.Id, Title = o.Title }),
            HeldKind.Order => Orders(db, user).Within(actor).OrderBy(o => o.CreatedAt).ThenBy(o => o.Id).Select(o => new Titled { Id = (Guid)(object)o.Id, Title = (o.Year == null ? "" : o.Year + "-" + o.Sequence.ToString()!.PadLeft(4, '0') + " ") + (o.Reference ?? db.Set<Partner>().Where(p => p.Id == o.Partner).Select(p => p.Name).FirstOrDefault() ?? o.ByName) }),
            HeldKind.Claim => Claims(db, user).Within(db, actor).OrderBy(c => c.ReceivedAt).ThenBy(c => c.Id).Select(c => new Titled { Id = (Guid)(object)c.Id, Title = c.Year + "-" + c.Sequence.ToString().PadLeft(4, '0') + " " + (db.Set<Partner>().Where(p => p.Id == c.Partner).Select(p => p.Name).FirstOrDefault() ?? c.ByName) }),
            HeldKind.Segment => Segments(db, user).OrderBy(s => s.Name.ToLower()).ThenBy(s => s.Id).Select(s => new Titled { Id = (Guid)(object)s.Id, Title = s.Name }),
            HeldKind.Task => Tasks(db, user).OrderBy(t => t.CreatedAt).ThenBy(t => t.Id).Select(t => new Titled { Id = (Guid)(object)t.Id, Title = (string)(object)t.Title }),
            HeldKind.Process => Processes(db, user).OrderBy(i => i.StartedAt).ThenBy(i => i.Id).Select(i => new Titled
            {
                Id = (Guid)(object)i.Id, Title = i.Key + (db.Set<SearchRow>().Where(s => s.ObjectId == i.BusinessId && s.Kind == i.BusinessKind).Select(s => " · " + s.Title).FirstOrDefault() ?? ""),
            }),
            HeldKind.Assignment => Assignments(db, user).OrderBy(a => a.GivenAt).ThenBy(a => a.Id).Select(a => new Titled { Id = (Guid)(object)a.Id, Title = a.Title }),
            _ => Controlled(db, user).OrderBy(a => a.GivenAt).ThenBy(a => a.Id).Select(a => new Titled { Id = (Guid)(object)a.Id, Title = a.Title }),
        };
        if (!string.IsNullOrWhiteSpace(text))
        {
            var pattern = LikePattern.Containing(text);
            items = items.Where(item => EF.Functions.ILike(item.Title, pattern, LikePattern.Escape));
        }
        var page = await items.PageAsync(slice, ct);
        // a task is called by each language; here by the map's own
        return new([.. page.Rows.Select(item => new HeldItem(item.Id, kind == HeldKind.Task ? JsonSerializer.Deserialize<LocalText>(item.Title, StateJson.Options)!.Default : item.Title))], page.Total);
    }

    /// <summary>How much of it there is.</summary>
    public static async Task<WorkHeld> CountAsync(PortalDb db, Guid user, CancellationToken ct) => new(new Dictionary<HeldKind, int>
    {
        [HeldKind.Client] = await Clients(db, user).CountAsync(ct),
        [HeldKind.Interaction] = await Interactions(db, user).CountAsync(ct),
        [HeldKind.Lead] = await Leads(db, user).CountAsync(ct),
        [HeldKind.Deal] = await Deals(db, user).CountAsync(ct),
        [HeldKind.Offer] = await Offers(db, user).CountAsync(ct),
        [HeldKind.Order] = await Orders(db, user).CountAsync(ct),
        [HeldKind.Claim] = await Claims(db, user).CountAsync(ct),
        [HeldKind.Segment] = await Segments(db, user).CountAsync(ct),
        [HeldKind.Task] = await Tasks(db, user).CountAsync(ct),
        [HeldKind.Process] = await Processes(db, user).CountAsync(ct),
        [HeldKind.Assignment] = await Assignments(db, user).CountAsync(ct),
        [HeldKind.Control] = await Controlled(db, user).CountAsync(ct),
    });

    /// <summary>Assignments a person does.</summary>
    public static IQueryable<Assignment> Assignments(PortalDb db, Guid user) => db.Set<Assignment>().Where(a => a.Performer == user && a.EndedAt == null);

    /// <summary>Assignments whose result a person is to accept.</summary>
    public static IQueryable<Assignment> Controlled(PortalDb db, Guid user) =>
        db.Set<Assignment>().Where(a => a.EndedAt == null && (a.Controller == user || a.Giver == user && a.Controller == null && a.Performer != user));

    // archived ones too: whoever brings one back finds somebody who answers for it
    private static IQueryable<Partner> Clients(PortalDb db, Guid user) => db.Set<Partner>().Where(p => p.Responsible == user);

    private static IQueryable<Interaction> Interactions(PortalDb db, Guid user) => db.Set<Interaction>().Where(i => i.Responsible == user && i.State == InteractionState.Planned);

    private static IQueryable<Lead> Leads(PortalDb db, Guid user) => db.Set<Lead>().Where(l => l.Manager == user && l.ClosedAt == null && !l.Archived);

    // what was won or lost stays with who did it: figures tell of him
    private static IQueryable<Deal> Deals(PortalDb db, Guid user) => db.Set<Deal>().Where(d => d.Manager == user && d.State == DealState.Open && !d.Archived);

    // those of a deal go with their deal
    private static IQueryable<Offer> Offers(PortalDb db, Guid user) =>
        db.Set<Offer>().Where(o => o.Manager == user && o.Deal == null && (o.State == OfferState.Draft || o.State == OfferState.Issued || o.State == OfferState.Sent || o.State == OfferState.Read));

    // what has been shipped or given up needs nobody any more
    private static IQueryable<SalesOrder> Orders(PortalDb db, Guid user) => db.Set<SalesOrder>().Where(o => o.Manager == user && (o.State == OrderState.Draft || o.State == OrderState.Placed || o.State == OrderState.PartShipped));

    // what is over stays with who looked after it
    private static IQueryable<Claim> Claims(PortalDb db, Guid user) => db.Set<Claim>().Where(c => c.Manager == user && c.State != ClaimState.Closed && c.State != ClaimState.Withdrawn);

    // what only he uses goes with him; what others use, too, needs somebody who changes it
    private static IQueryable<Segment> Segments(PortalDb db, Guid user) => db.Set<Segment>().Where(s => s.Owner == user && s.Shared);

    private static IQueryable<TaskRow> Tasks(PortalDb db, Guid user) => db.Set<TaskRow>().Where(t => t.Assignee == user && t.ClosedAt == null);

    private static IQueryable<InstanceRow> Processes(PortalDb db, Guid user) => db.Set<InstanceRow>().Where(i => i.Owner == user && i.Status == InstanceStatus.Running);

    private static async Task<List<HeldPiece>> ClientsAsync(PortalDb db, Guid user, Actor actor, CancellationToken ct)
    {
        var rows = await Clients(db, user).OrderBy(p => p.Name.ToLower()).ThenBy(p => p.Id).Select(p => new
        {
            p.Id, p.Name, p.Branch, p.Standing, p.Email, p.Archived,
            Other = db.Set<ContactPoint>().Where(c => c.Partner == p.Id && c.Channel == ContactChannel.Email).OrderBy(c => c.Id).Select(c => c.Value).FirstOrDefault(),
            Country = db.Set<Counterparty>().Where(c => c.Partner == p.Id && !c.Archived && c.Country != null).OrderBy(c => c.Id).Select(c => c.Country).FirstOrDefault()
                ?? db.Set<Place>().Where(x => x.Partner == p.Id && !x.Archived && x.Country != null).OrderBy(x => x.Id).Select(x => x.Country).FirstOrDefault(),
            Reached = db.Set<Partner>().Within(actor).Any(reached => reached.Id == p.Id),
        }).ToListAsync(ct);
        return [.. rows.Select(p => new HeldPiece(HeldKind.Client, p.Id.Value, p.Name, p.Id.Value, p.Branch, p.Standing, Address(p.Email) ?? Address(p.Other), p.Country, !p.Reached) { Archived = p.Archived })];
    }

    private sealed class Titled
    {
        public Guid Id { get; init; }
        public string Title { get; init; } = "";
    }

    private static string? Address(string? mail) => MailAddress.TryCreate(mail, out var address) && address.DisplayName == "" ? address.Address : null;
}
