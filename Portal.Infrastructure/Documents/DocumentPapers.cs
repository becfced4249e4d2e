using Microsoft.EntityFrameworkCore;
using Portal.Domain.Billing;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Billing;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Printing;
using Portal.Infrastructure.Sales.Offers;
using Portal.Infrastructure.Sales.Orders;
using Portal.Infrastructure.Stock;

namespace Portal.Infrastructure.Documents;

/// <summary>What can be printed of a document.</summary>
public enum PaperKind { Invoice, Act, Statement, DeliveryNote, Waybill, Stock }

/// <summary>A paper of a document.</summary>
/// <param name="Id">of the document; of a statement, its client</param>
/// <param name="Currency">of a statement</param>
/// <param name="From">first day of a statement</param>
/// <param name="Until">last day of a statement</param>
public sealed record PaperRequest(PaperKind Kind, Guid Id, string? Currency = null, DateOnly? From = null, DateOnly? Until = null);

/// <summary>Papers of documents, for whoever may see the document: in the language of the order or offer it comes from, else in that of the client's latest order, else in the reader's.</summary>
public sealed class DocumentPapers(IDbContextFactory<PortalDb> contexts, InvoiceQuery invoices, ReceivablesQuery receivables, ShipmentQuery shipments, StockDocumentQuery stock)
{
    /// <summary>The paper, or null where its document is not there for the actor or has no such paper.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>receivables.too-long</c></exception>
    public async Task<Printable?> FindAsync(PaperRequest wanted, Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return wanted.Kind switch
        {
            PaperKind.Invoice or PaperKind.Act => await InvoiceAsync(db, wanted, actor, ct),
            PaperKind.Statement => await StatementAsync(db, wanted, actor, ct),
            PaperKind.DeliveryNote or PaperKind.Waybill => await ShipmentAsync(db, wanted, actor, ct),
            _ => await StockAsync(db, new(wanted.Id), actor, ct),
        };
    }

    private async Task<Printable?> InvoiceAsync(PortalDb db, PaperRequest wanted, Actor actor, CancellationToken ct)
    {
        if (await invoices.FindAsync(new(wanted.Id), actor, ct) is not { } sheet || wanted.Kind == PaperKind.Act && sheet.State is (InvoiceState.Draft or InvoiceState.Cancelled)) return null;
        var row = await db.Set<Invoice>().AsNoTracking().FirstAsync(i => i.Id == sheet.Id, ct);
        var entity = await db.Set<Counterparty>().AsNoTracking().FirstOrDefaultAsync(c => c.Id == row.Counterparty, ct);
        var buyer = new Buyer(entity?.Name ?? await NameAsync(db, row.Partner, ct), entity?.TaxNumber, entity?.LegalAddress);
        var order = await db.Set<SalesOrder>().AsNoTracking().FirstOrDefaultAsync(o => o.Id == row.Order, ct);
        var offer = order is null ? await db.Set<OfferVersion>().AsNoTracking().Where(v => v.Offer == row.Offer).OrderByDescending(v => v.Number).Select(v => v.Content).FirstOrDefaultAsync(ct) : null;
        var language = order?.Content.Language ?? offer?.Language ?? await LanguageAsync(db, row.Partner, actor, ct);
        var (from, named) = (await OfferSettingsStore.LetterheadAsync(db, row.Company, ct), order is null ? null : OrderWork.NameOf(order.Number, order.Reference));
        var texts = (await OfferSettingsStore.ReadAsync(db, ct)).Texts;
        return new(language, $"{(wanted.Kind == PaperKind.Act ? "act" : "invoice")}-{sheet.Number ?? "draft"}.pdf", from,
            t => wanted.Kind == PaperKind.Act ? InvoiceForms.Act(sheet, buyer, named, from.Name, t) : InvoiceForms.Invoice(sheet, buyer, named, texts.GetValueOrDefault(t.Language)?.Invoice, t),
            sheet.Id.Ref(), row.Partner, order?.Contact, row.IsInForce);
    }

    private async Task<Printable?> StatementAsync(PortalDb db, PaperRequest wanted, Actor actor, CancellationToken ct)
    {
        if (wanted is not { From: { } first, Until: { } last } || await receivables.StatementAsync(new(wanted.Id), wanted.Currency, first, last, actor, ct) is not { } statement) return null;
        var from = await OfferSettingsStore.LetterheadAsync(db, await db.CompanyIdAsync(ct), ct);
        return new(await LanguageAsync(db, new(wanted.Id), actor, ct), $"statement-{first:yyyy-MM-dd}-{last:yyyy-MM-dd}.pdf", from, t => InvoiceForms.Statement(statement, from.Name, t),
            new(ObjectKind.Partner, wanted.Id), new(wanted.Id), null, true);
    }

    private async Task<Printable?> ShipmentAsync(PortalDb db, PaperRequest wanted, Actor actor, CancellationToken ct)
    {
        if (await shipments.FindAsync(new(wanted.Id), actor, ct) is not { } sheet || wanted.Kind == PaperKind.Waybill && sheet.State != ShipmentState.Posted) return null;
        var row = await db.Set<Shipment>().AsNoTracking().FirstAsync(s => s.Id == sheet.Id, ct);
        var (client, first) = (await NameAsync(db, row.Partner, ct), sheet.Orders.Select(o => (SalesOrderId?)o.Id).FirstOrDefault());
        var sold = await db.Set<SalesOrder>().AsNoTracking().FirstOrDefaultAsync(o => o.Id == first, ct);
        var language = sold?.Content.Language ?? await LanguageAsync(db, row.Partner, actor, ct);
        var (from, carrier) = (await OfferSettingsStore.LetterheadAsync(db, row.Company, ct), await CarrierAsync(db, sheet, ct));
        return new(language, $"{(wanted.Kind == PaperKind.Waybill ? "waybill" : "delivery")}-{sheet.Number ?? "draft"}.pdf", from,
            t => wanted.Kind == PaperKind.Waybill ? GoodsForms.Waybill(sheet, client, carrier, from, t) : GoodsForms.DeliveryNote(sheet, client, t),
            sheet.Id.Ref(), row.Partner, sold?.Contact, sheet.State == ShipmentState.Posted);
    }

    private async Task<Printable?> StockAsync(PortalDb db, StockDocumentId id, Actor actor, CancellationToken ct)
    {
        if (await stock.FindAsync(id, actor, ct) is not { } sheet) return null;
        return new(await LanguageAsync(db, sheet.Head.Partner, actor, ct), $"stock-{sheet.Number ?? "draft"}.pdf", await OfferSettingsStore.LetterheadAsync(db, await db.CompanyIdAsync(ct), ct), t => GoodsForms.OfStock(sheet, t),
            new(ObjectKind.StockDocument, id.Value), null, null, false);
    }

    private static async Task<Carrier?> CarrierAsync(PortalDb db, ShipmentSheet shipment, CancellationToken ct)
    {
        if (shipment.Trips.LastOrDefault(t => !ShipmentDelivery.InVain.Contains(t.State)) is not { } found) return null;
        var trip = await db.Set<Trip>().AsNoTracking().FirstAsync(t => t.Id == found.Id, ct);
        return new(trip.Number, await db.Set<Vehicle>().Where(v => v.Id == trip.Vehicle).Select(v => v.Plate).FirstOrDefaultAsync(ct), await db.Set<Driver>().Where(d => d.Id == trip.Driver).Select(d => d.Name).FirstOrDefaultAsync(ct), trip.Pickup.Address);
    }

    // whoever sees the document knows for whom it is
    private static Task<string> NameAsync(PortalDb db, PartnerId client, CancellationToken ct) => db.Set<Partner>().Where(p => p.Id == client).Select(p => p.Name).FirstAsync(ct);

    private static async Task<string> LanguageAsync(PortalDb db, PartnerId? client, Actor actor, CancellationToken ct) =>
        await db.Set<SalesOrder>().AsNoTracking().Where(o => client != null && o.Partner == client).OrderByDescending(o => o.CreatedAt).Select(o => o.Content).FirstOrDefaultAsync(ct) is { } sold ? sold.Language : (Languages.Find(actor.Culture) ?? Languages.All[0]).Code;
}
