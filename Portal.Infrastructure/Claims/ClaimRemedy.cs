using Microsoft.EntityFrameworkCore;
using Portal.Domain.Billing;
using Portal.Domain.Claims;
using Portal.Domain.Documents;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Billing;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales.Orders;

namespace Portal.Infrastructure.Claims;

/// <summary>
/// Begins the documents by which a claim is made good, in the transaction that decides it: the draft of an order for nothing (a replacement, or the goods that go back repaired), the draft of the return, the credit note. They are the ordinary
/// documents of sales, stock and billing, and go on as those do; whoever decided need not be allowed to write them. Decided otherwise, what has not gone on is taken back.
/// </summary>
internal static class ClaimRemedy
{
    /// <summary>Begins what the decision asks for, as far as it is known what the claim is about.</summary>
    public static async Task BeginAsync(PortalDb db, Claim claim, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        await TakeBackAsync(db, claim, actor, now, ct);
        if (claim.Decision is ClaimDecision.Replace or ClaimDecision.Repair) await OrderAsync(db, claim, actor, now, ct);
        if (claim.Decision == ClaimDecision.Refund) await CreditAsync(db, claim, actor, now, ct);
        if (claim.TakesBack) await ReturnAsync(db, claim, actor, now, ct);
    }

    /// <summary>True where a line of an order is what a claim's decision gives for nothing.</summary>
    public static async Task<Func<OfferLine, bool>?> GivenAsync(PortalDb db, SalesOrderId order, CancellationToken ct)
    {
        var claim = await db.Set<Claim>().AsNoTracking().FirstOrDefaultAsync(c => db.Set<DocumentLink>().Any(l => l.FromId == order.Value && l.FromKind == ObjectKind.Order && l.ToKind == ObjectKind.Claim && l.ToId == (Guid)(object)c.Id), ct);
        return claim is { Decision: ClaimDecision.Replace or ClaimDecision.Repair } ? line => line.Asked == 0 && line.Product == claim.Product && line.Quantity <= (claim.Quantity ?? 1) : null;
    }

    private static async Task OrderAsync(PortalDb db, Claim claim, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        if (claim is not { Order: { } of, OrderLine: { } line }) return;
        var sold = await db.Set<SalesOrder>().AsNoTracking().Include(o => o.Items).FirstAsync(o => o.Id == of, ct);
        if (sold.Content.Lines.FirstOrDefault(l => l.Id == line) is not { } bought) return;
        var given = bought with { Id = Guid.CreateVersion7(), Quantity = claim.Quantity ?? bought.Quantity, Asked = 0, Price = 0, Discount = 0, IsOption = false, FloorPrice = null, Reasons = [], Note = null };
        var content = sold.Content with { Lines = [given], Discount = 0, Payments = [], Parties = null, Opening = null, Closing = null };
        var item = sold.Items.FirstOrDefault(i => i.Line == line);
        var id = SalesOrderId.New();
        db.Add(new SalesOrder(id, sold.Company, new(null, null, sold.Manager, sold.Branch), sold.Head with { WantedOn = null, Reference = claim.Number.ToString(), Note = null }, content,
            item is null ? [] : [new(given.Id, item.Destination, item.Warehouse)], await OrderWork.GoodsAsync(db, content.Lines, ct), actor, now));
        Link(db, id.Ref(), claim, now);
    }

    private static async Task ReturnAsync(PortalDb db, Claim claim, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        if (claim is not { Shipment: { } of, OrderLine: { } line }) return;
        var shipment = await db.Set<Shipment>().AsNoTracking().FirstAsync(s => s.Id == of, ct);
        if (shipment.Lines.FirstOrDefault(l => l.OrderLine == line) is not { } gone) return;
        foreach (var document in await ReturnedGoods.OfAsync(db, shipment, [(gone, claim.Quantity ?? gone.Quantity)], actor, now, ct))
        {
            db.Add(document);
            Link(db, new(ObjectKind.StockDocument, document.Id.Value), claim, now);
        }
    }

    private static async Task CreditAsync(PortalDb db, Claim claim, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        if (claim is not { Partner: { } client, Allowed: { } sum }) return;
        var today = (await db.CompanyZoneAsync(ct)).DayOf(now);
        var note = await BillingWork.BookAsync(db, PaymentId.New(), claim.Company, new(today, new(sum, claim.Currency), client, null, claim.Number.ToString()) { Kind = PaymentKind.CreditNote }, today, actor, now, ct);
        Link(db, note.Id.Ref(), claim, now);
        // what is still owed for the order is less; the rest is the client's credit
        var open = claim.Order is not { } order ? [] : await db.Set<Invoice>().Where(i => i.Order == order && i.Currency == claim.Currency && (i.State == InvoiceState.Issued || i.State == InvoiceState.PartPaid)).OrderBy(i => i.Id).Select(i => i.Id).ToListAsync(ct);
        foreach (var id in open)
        {
            var invoice = await BillingWork.TakeAsync(db, id, Actor.System("claims"), ct);
            if (Math.Min(invoice.Open, note.Free) is > 0 and var share) db.Add(new Allocation(note, invoice, share, actor, now));
        }
    }

    // what was begun by an earlier decision and has not gone on
    private static async Task TakeBackAsync(PortalDb db, Claim claim, Actor actor, DateTimeOffset now, CancellationToken ct)
    {
        var id = claim.Id.Value;
        foreach (var link in await db.Set<DocumentLink>().Where(l => l.ToId == id && l.ToKind == ObjectKind.Claim).ToListAsync(ct))
        {
            switch (link.FromKind)
            {
                case ObjectKind.Order when await db.Set<SalesOrder>().Include(o => o.Items).FirstOrDefaultAsync(o => o.Id == new SalesOrderId(link.FromId) && o.State == OrderState.Draft, ct) is { } order:
                    db.RemoveRange(link, order);
                    break;
                case ObjectKind.StockDocument when await db.Set<StockDocument>().FirstOrDefaultAsync(d => d.Id == new StockDocumentId(link.FromId) && d.State == StockDocumentState.Draft, ct) is { } paper:
                    db.RemoveRange(link, paper);
                    break;
                case ObjectKind.Payment:
                    var note = await BillingWork.TakeAsync(db, new PaymentId(link.FromId), Actor.System("claims"), ct);
                    if (note.State != PaymentState.Posted) break;
                    await BillingWork.EndAsync(db, await db.Set<Allocation>().Where(a => a.Payment == note.Id && a.EndedAt == null).ToListAsync(ct), actor, now, ct);
                    note.Cancel(claim.Number.ToString(), actor, now);
                    break;
            }
        }
    }

    private static void Link(PortalDb db, ObjectRef document, Claim claim, DateTimeOffset now) => db.Add(new DocumentLink(document, claim.Id.Ref(), DocumentLinkKind.For, now));
}
