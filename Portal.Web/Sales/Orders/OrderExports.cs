using Portal.Domain.Identity;
using Portal.Domain.Sales.Orders;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales.Orders;
using Portal.Web.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Sales.Orders;

/// <summary>Orders and shipments as files: the filter of the page, the rights of who asks and that of taking lists away.</summary>
internal static class OrderExports
{
    /// <summary>Maps <c>/export/orders.*</c> and <c>/export/shipments.*</c>.</summary>
    public static void MapOrderExports(this IEndpointRouteBuilder app)
    {
        app.MapGet("/export/orders.{format}", async (string format, string? text, string? state, bool? mine, bool? open, bool? late, Guid? partner, string? sort, bool? asc, HttpContext http, OrderListQuery list, AuditLog audit, Texts t) =>
        {
            var actor = await http.ActorAsync();
            actor.Require(Permissions.DocumentsExport);
            var filter = new OrderFilter(text, Named.Of<OrderState>(state), mine == true, open == true, late == true, partner is { } id ? new(id) : null);
            var rows = (await list.ListAsync(filter, Named.Of<OrderSort>(sort) ?? OrderSort.Created, asc != true, Slice.All, actor, http.RequestAborted)).Rows;
            return await TableFile.OfAsync(audit, actor, format, "orders", Columns(t), rows, http.RequestAborted);
        }).RequireAuthorization();
        app.MapGet("/export/shipments.{format}", async (string format, string? text, string? state, Guid? warehouse, Guid? partner, string? sort, bool? asc, HttpContext http, ShipmentQuery list, AuditLog audit, Texts t) =>
        {
            var actor = await http.ActorAsync();
            actor.Require(Permissions.DocumentsExport);
            var filter = new ShipmentFilter(text, Named.Of<ShipmentState>(state), warehouse is { } store ? new(store) : null, partner is { } id ? new(id) : null);
            var rows = (await list.ListAsync(filter, Named.Of<ShipmentSort>(sort) ?? ShipmentSort.Created, asc != true, Slice.All, actor, http.RequestAborted)).Rows;
            return await TableFile.OfAsync(audit, actor, format, "shipments", Shipments(t), rows, http.RequestAborted);
        }).RequireAuthorization();
    }

    private static TableColumn<ShipmentRow>[] Shipments(Texts t) =>
    [
        new(t["offers.number"], s => s.Number), new(t["offers.state"], s => t[$"shipmentState.{s.State}"]), new(t["stock.day"], s => s.Day.ToDateTime(default)), new(t["offers.client"], s => s.Partner), new(t["orders.place"], s => s.Place),
        new(t["stock.warehouse"], s => s.Warehouse), new(t["stock.lines"], s => s.Lines), new(t["shipments.weight"], s => s.WeightKg), new(t["stock.author"], s => s.ByName), new(t["offers.created"], s => s.CreatedAt.UtcDateTime),
    ];

    private static TableColumn<OrderRow>[] Columns(Texts t) =>
    [
        new(t["offers.number"], o => o.Number), new(t["orders.reference"], o => o.Reference), new(t["offers.client"], o => o.Partner), new(t["offers.state"], o => t[$"orderState.{o.State}"]),
        new(t["orders.wanted"], o => o.WantedOn?.ToDateTime(default)), new(t["offers.total-net"], o => o.Net), new(t["offers.total-gross"], o => o.Gross), new(t["offers.currency"], o => o.Currency),
        new(t["offers.manager"], o => o.Manager), new(t["offers.created"], o => o.CreatedAt.UtcDateTime),
    ];
}
