using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Billing;
using Portal.Domain.Claims;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Documents;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Sales.Orders;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Claims;

/// <summary>A column the list of claims sorts by.</summary>
public enum ClaimSort { Received, Number, Due, Cost, State }

/// <summary>A claim as lists show it. The client's name is there for who sees him.</summary>
/// <param name="Short">the beginning of what the client says</param>
public sealed record ClaimRow(
    ClaimId Id, int Year, int Sequence, ClaimState State, ClaimChannel Channel, ClaimKind Kind, PartnerId? PartnerId, string? Partner, string Short, ClaimCauseId? Cause, ClaimStepId? Step, string? Product, ClaimDecision? Decision, ClaimResult? Result,
    decimal? Claimed, decimal? Allowed, string Currency, decimal? Cost, Guid? ManagerId, string? Manager, DateTimeOffset ReceivedAt, DateOnly Day, DateTimeOffset ReactBy, DateTimeOffset DecideBy, bool ClosedBeforeOpened, uint Version)
{
    /// <summary>Its number.</summary>
    public string Number => new DocumentNumber(Year, Sequence).ToString();

    /// <summary>By when something is to be done by us; null where it is the client's turn, or nobody's.</summary>
    public DateTimeOffset? Due => State switch { ClaimState.Registered => ReactBy < DecideBy ? ReactBy : DecideBy, ClaimState.Examining => DecideBy, _ => null };
}

/// <summary>A document by which a claim is made good.</summary>
/// <param name="State">name of its state, of its own kind of states</param>
public sealed record ClaimPaper(ObjectRef Document, string? Number, string State, StockDocumentKind? Stock = null);

/// <summary>A claim as its page shows it, with the names of what it is about.</summary>
/// <param name="Runs">a process decides it</param>
public sealed record ClaimSheet(
    Claim Claim, string? Client, string? Person, string? Phone, string? Mail, string? Order, string? Line, string? Unit, string? Shipment, string? Trip, string? Product, string? Vehicle, string? Driver, string? Warehouse, string? Manager,
    IReadOnlyList<ClaimPaper> Papers, string CompanyCurrency, bool Runs);

/// <summary>Claims, read by those within whose reach they are.</summary>
public sealed class ClaimQuery(IDbContextFactory<PortalDb> contexts, WorkObjects works, TimeProvider time)
{
    private const int Beginning = 160;

    /// <summary>The claim, or null where it is not there for the actor.</summary>
    /// <param name="through">the task or assignment through which he came to it: who has work sees what it is about</param>
    public async Task<ClaimSheet?> FindAsync(ClaimId id, Actor actor, CancellationToken ct, ObjectRef? through = null)
    {
        actor.RequireStaff();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var opens = await db.Set<Claim>().Within(db, actor).AnyAsync(c => c.Id == id, ct);
        if (!opens && (through is not { } work || !await works.AreAboutAsync(db, work, id.Ref(), actor, ct))) return null;
        var claim = await db.Set<Claim>().AsNoTracking().FirstAsync(c => c.Id == id, ct);
        var order = await db.Set<SalesOrder>().AsNoTracking().Where(o => o.Id == claim.Order).Select(o => new { o.Year, o.Sequence, o.Reference, o.Content }).FirstOrDefaultAsync(ct);
        var line = order?.Content.Lines.FirstOrDefault(l => l.Id == claim.OrderLine);
        var client = await db.Set<Partner>().AsNoTracking().FirstOrDefaultAsync(p => p.Id == claim.Partner, ct);
        var person = await db.Set<Person>().AsNoTracking().FirstOrDefaultAsync(p => p.Id == claim.Person, ct);
        var hidden = actor.HiddenOf(client?.Responsible);
        return new(
            claim, client?.Name, person?.Name, hidden.HasFlag(ConfidentialFields.Phones) ? null : person?.Phone ?? client?.Phone, hidden.HasFlag(ConfidentialFields.Mails) ? null : person?.Email ?? client?.Email,
            order is null ? null : OrderWork.NameOf(DocumentNumber.Of(order.Year, order.Sequence), order.Reference), line?.Name, line?.Unit,
            await db.Set<Shipment>().Where(s => s.Id == claim.Shipment).Select(s => new { s.Year, s.Sequence }).FirstOrDefaultAsync(ct) is { } shipment ? DocumentNumber.Of(shipment.Year, shipment.Sequence)?.ToString() : null,
            await db.Set<Trip>().Where(t => t.Id == claim.Trip).Select(t => (long?)t.Number).FirstOrDefaultAsync(ct) is { } trip ? $"{trip}" : null,
            await db.Set<Product>().Where(p => p.Id == claim.Product).Select(p => p.Name).FirstOrDefaultAsync(ct), await db.Set<Vehicle>().Where(v => v.Id == claim.Vehicle).Select(v => v.Plate).FirstOrDefaultAsync(ct),
            await db.Set<Driver>().Where(d => d.Id == claim.Driver).Select(d => d.Name).FirstOrDefaultAsync(ct), await db.Set<Warehouse>().Where(w => w.Id == claim.Warehouse).Select(w => w.Name).FirstOrDefaultAsync(ct),
            await db.Set<PortalUser>().Where(u => u.Id == claim.Manager).Select(u => u.DisplayName).FirstOrDefaultAsync(ct), await PapersAsync(db, id, ct), await db.CompanyCurrencyAsync(ct),
            claim.IsOpen && await ProcessesAbout.AnyRunningAsync(db, id.Ref(), ClaimActions.Decide, ct));
    }

    /// <summary>Claims of a page of the list, filtered, sorted and paged in SQL.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<PageOf<ClaimRow>> ListAsync(ClaimFilter filter, ClaimSort sort, bool descending, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClaimsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var claims = await db.MatchingAsync(filter, time.GetUtcNow(), actor, ct);
        var (key, clients) = (Key(sort), db.Set<Partner>().Within(actor));
        return await (descending ? claims.OrderByDescending(key) : claims.OrderBy(key)).ThenByDescending(c => c.Id).Select(c => new ClaimRow(
            c.Id, c.Year, c.Sequence, c.State, c.Channel, c.Kind, c.Partner, clients.Where(p => p.Id == c.Partner).Select(p => p.Name).FirstOrDefault(), c.Text.Substring(0, Beginning), c.Cause, c.Step,
            db.Set<Product>().Where(p => p.Id == c.Product).Select(p => p.Name).FirstOrDefault(), c.Decision, c.Result, c.Claimed, c.Allowed, c.Currency, c.Cost, c.Manager, db.Set<PortalUser>().Where(u => u.Id == c.Manager).Select(u => u.DisplayName).FirstOrDefault(),
            c.ReceivedAt, c.Day, c.ReactBy, c.DecideBy, c.ClosedBeforeOpened, c.Version)).PageAsync(slice, ct);
    }

    /// <summary>How many claims a filter means.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<int> CountAsync(ClaimFilter filter, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClaimsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await (await db.MatchingAsync(filter, time.GetUtcNow(), actor, ct)).CountAsync(ct);
    }

    /// <summary>True when the claim is there and the actor may see all of it: also what our people say among themselves, which no client's person does.</summary>
    public async Task<bool> MaySeeAsync(ClaimId id, Actor actor, CancellationToken ct)
    {
        if (actor.PartnerId is not null) return false;
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<Claim>().Within(db, actor).AnyAsync(c => c.Id == id, ct);
    }

    private static async Task<IReadOnlyList<ClaimPaper>> PapersAsync(PortalDb db, ClaimId id, CancellationToken ct)
    {
        List<ClaimPaper> papers = [];
        foreach (var link in await db.Set<DocumentLink>().AsNoTracking().Where(l => l.ToId == id.Value && l.ToKind == ObjectKind.Claim).OrderBy(l => l.At).ToListAsync(ct))
        {
            var of = new ObjectRef(link.FromKind, link.FromId);
            switch (link.FromKind)
            {
                case ObjectKind.Order when await db.Set<SalesOrder>().Where(o => o.Id == new SalesOrderId(of.Id)).Select(o => new { o.Year, o.Sequence, o.State }).FirstOrDefaultAsync(ct) is { } order:
                    papers.Add(new(of, DocumentNumber.Of(order.Year, order.Sequence)?.ToString(), $"orderState.{order.State}"));
                    break;
                case ObjectKind.StockDocument when await db.Set<StockDocument>().Where(d => d.Id == new StockDocumentId(of.Id)).Select(d => new { d.Year, d.Sequence, d.State, d.Kind }).FirstOrDefaultAsync(ct) is { } paper:
                    papers.Add(new(of, DocumentNumber.Of(paper.Year, paper.Sequence)?.ToString(), $"stockDocumentState.{paper.State}", paper.Kind));
                    break;
                case ObjectKind.Payment when await db.Set<Payment>().Where(p => p.Id == new PaymentId(of.Id)).Select(p => new { p.Year, p.Sequence, p.State }).FirstOrDefaultAsync(ct) is { } note:
                    papers.Add(new(of, new DocumentNumber(note.Year, note.Sequence).ToString(), $"paymentState.{note.State}"));
                    break;
            }
        }
        return papers;
    }

    private static Expression<Func<Claim, object?>> Key(ClaimSort sort) => sort switch
    {
        ClaimSort.Number => c => c.Year * 10_000_000L + c.Sequence,
        ClaimSort.Due => c => c.State == ClaimState.Registered ? c.ReactBy : c.State == ClaimState.Examining ? c.DecideBy : (DateTimeOffset?)null,
        ClaimSort.Cost => c => c.Cost,
        ClaimSort.State => c => c.State,
        _ => c => c.ReceivedAt,
    };
}
