using Portal.Domain.Billing;
using Portal.Domain.Identity;
using Portal.Infrastructure.Billing;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Web.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Billing;

/// <summary>Invoices, payments and debts as files: the filter of the page, the rights of who asks and that of taking lists away.</summary>
internal static class BillingExports
{
    /// <summary>Maps <c>/export/invoices.*</c>, <c>/export/payments.*</c> and <c>/export/receivables.*</c>.</summary>
    public static void MapBillingExports(this IEndpointRouteBuilder app)
    {
        app.MapGet("/export/invoices.{format}", async (string format, string? text, string? state, bool? open, bool? overdue, Guid? partner, string? sort, bool? asc, HttpContext http, InvoiceQuery list, AuditLog audit, Texts t) =>
        {
            var actor = await http.ActorAsync();
            actor.Require(Permissions.DocumentsExport);
            var filter = new InvoiceFilter(text, Named.Of<InvoiceState>(state), open == true, overdue == true, partner is { } id ? new(id) : null);
            var rows = (await list.ListAsync(filter, Named.Of<InvoiceSort>(sort) ?? InvoiceSort.Created, asc != true, Slice.All, actor, http.RequestAborted)).Rows;
            return await TableFile.OfAsync(audit, actor, format, "invoices", Invoices(t), rows, http.RequestAborted);
        }).RequireAuthorization();
        app.MapGet("/export/payments.{format}", async (string format, string? text, bool? free, Guid? partner, string? sort, bool? asc, HttpContext http, PaymentQuery list, AuditLog audit, Texts t) =>
        {
            var actor = await http.ActorAsync();
            actor.Require(Permissions.DocumentsExport);
            var filter = new PaymentFilter(text, null, free == true, partner is { } id ? new(id) : null);
            var rows = (await list.ListAsync(filter, Named.Of<PaymentSort>(sort) ?? PaymentSort.Day, asc != true, Slice.All, actor, http.RequestAborted)).Rows;
            return await TableFile.OfAsync(audit, actor, format, "payments", Payments(t), rows, http.RequestAborted);
        }).RequireAuthorization();
        app.MapGet("/export/receivables.{format}", async (string format, string? text, bool? overdue, HttpContext http, ReceivablesQuery list, AuditLog audit, Texts t) =>
        {
            var actor = await http.ActorAsync();
            actor.Require(Permissions.DocumentsExport);
            var rows = (await list.ListAsync(text, overdue == true, Slice.All, actor, http.RequestAborted)).Rows;
            return await TableFile.OfAsync(audit, actor, format, "receivables", Debts(t), rows, http.RequestAborted);
        }).RequireAuthorization();
    }

    private static TableColumn<InvoiceRow>[] Invoices(Texts t) =>
    [
        new(t["offers.number"], i => i.Number), new(t["offers.state"], i => t[$"invoiceState.{i.State}"]), new(t["stock.day"], i => i.Day?.ToDateTime(default)), new(t["offers.client"], i => i.Partner),
        new(t["invoices.portion"], i => t.Portion(i.Portion, i.Part)), new(t["invoices.due-on"], i => i.DueOn?.ToDateTime(default)), new(t["offers.total-gross"], i => i.Gross), new(t["invoices.left"], i => i.Open), new(t["offers.currency"], i => i.Currency),
    ];

    private static TableColumn<PaymentRow>[] Payments(Texts t) =>
    [
        new(t["offers.number"], p => p.Number), new(t["kind.Payment"], p => t[$"paymentKind.{p.Kind}"]), new(t["stock.day"], p => p.Day.ToDateTime(default)), new(t["offers.state"], p => t[$"paymentState.{p.State}"]), new(t["offers.client"], p => p.Partner), new(t["payments.payer"], p => p.Payer),
        new(t["payments.reference"], p => p.Reference), new(t["payments.amount"], p => p.Amount), new(t["payments.left"], p => p.Free), new(t["offers.currency"], p => p.Currency),
    ];

    private static TableColumn<ReceivableRow>[] Debts(Texts t) =>
    [
        new(t["offers.client"], r => r.Partner), new(t["offers.currency"], r => r.Currency), new(t["receivables.balance"], r => r.Owed.Balance),
        .. Enum.GetValues<AgeBand>().Select(band => new TableColumn<ReceivableRow>(t[$"ageBand.{band}"], r => r.Owed.Bands[band])),
        new(t["receivables.credit"], r => r.Owed.Credit), new(t["receivables.oldest"], r => r.Owed.OldestDays),
    ];
}
