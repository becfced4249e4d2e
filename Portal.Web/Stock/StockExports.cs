using Portal.Domain.Identity;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Stock;
using Portal.Web.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Stock;

/// <summary>Balances, movements and documents of stock as files: the filter of the page, the rights of who asks; documents name clients, so they need that of taking lists away.</summary>
internal static class StockExports
{
    /// <summary>Maps <c>/export/stock.*</c>, <c>/export/movements.*</c> and <c>/export/stock-documents.*</c>.</summary>
    public static void MapStockExports(this IEndpointRouteBuilder app)
    {
        var files = app.MapGroup("/export").RequireAuthorization();
        files.MapGet("/stock.{format}", async (string format, string? text, Guid? warehouse, DateOnly? on, string? at, bool? @short, bool? worthless, string? sort, bool? desc, HttpContext http, StockBalanceQuery balances, AuditLog audit, Texts t) =>
        {
            var actor = await http.ActorAsync();
            var filter = new BalanceFilter(on, StockWords.Time(at), text, Of(warehouse), Short: @short ?? false, Worthless: worthless ?? false);
            var found = await balances.ListAsync(filter, Named.Of<BalanceSort>(sort) ?? BalanceSort.Code, desc ?? false, Slice.All, actor, http.RequestAborted);
            return await TableFile.OfAsync(audit, actor, format, "stock", Balances(t, found), found.Rows, http.RequestAborted);
        });
        files.MapGet("/movements.{format}", async (string format, Guid? product, Guid? warehouse, string? kind, DateOnly? from, DateOnly? until, HttpContext http, StockMovementQuery movements, AuditLog audit, Texts t) =>
        {
            var actor = await http.ActorAsync();
            var rows = (await movements.ListAsync(new(from, until, Of(warehouse), product is { } id ? new(id) : null, Named.Of<MovementKind>(kind)), Slice.All, actor, http.RequestAborted)).Rows;
            return await TableFile.OfAsync(audit, actor, format, "movements", Movements(t, rows.Any(r => r.Value is not null)), rows, http.RequestAborted);
        });
        files.MapGet("/stock-documents.{format}", async (string format, string? text, string? kind, string? state, Guid? warehouse, DateOnly? from, DateOnly? until, bool? way, string? sort, bool? asc, HttpContext http, StockDocumentListQuery list, AuditLog audit, Texts t) =>
        {
            var actor = await http.ActorAsync();
            actor.Require(Permissions.DocumentsExport);
            var filter = new StockDocumentFilter(text, Named.Of<StockDocumentKind>(kind), Named.Of<StockDocumentState>(state), Of(warehouse), null, from, until, way ?? false);
            var rows = (await list.ListAsync(filter, Named.Of<StockDocumentSort>(sort) ?? StockDocumentSort.Day, asc != true, Slice.All, actor, http.RequestAborted)).Rows;
            return await TableFile.OfAsync(audit, actor, format, "stock-documents", Documents(t), rows, http.RequestAborted);
        });
    }

    private static TableColumn<BalanceRow>[] Balances(Texts t, BalancePage found) =>
    [
        new(t["products.code"], r => r.Code), new(t["products.name"], r => r.Name), new(t["stock.warehouse"], r => r.WarehouseName), new(t["offers.quantity"], r => r.Quantity), new(t["offers.unit"], r => r.Unit),
        new(t["stock.reserved"], r => r.Reserved),
        .. found.Value is { } worth ? [new TableColumn<BalanceRow>(t["stock.value"], r => r.Value) { Sum = worth }] : Array.Empty<TableColumn<BalanceRow>>(),
    ];

    private static TableColumn<MovementRow>[] Movements(Texts t, bool costs) =>
    [
        new(t["stock.day"], r => r.Day.ToDateTime(r.Time)), new(t["stock.kind"], r => t[$"movementKind.{r.Kind}"]), new(t["products.code"], r => r.Code), new(t["products.name"], r => r.Name), new(t["stock.warehouse"], r => r.Warehouse),
        new(t["offers.quantity"], r => r.Quantity), new(t["offers.unit"], r => r.Unit),
        .. costs ? [new(t["stock.value"], r => r.Value)] : Array.Empty<TableColumn<MovementRow>>(),
        new(t["stock.document"], r => r.Number), new(t["stock.without-source"], r => r.WithoutSource ? t["stock.without-source"] : null),
    ];

    private static TableColumn<StockDocumentRow>[] Documents(Texts t) =>
    [
        new(t["stock.kind"], r => t[$"stockDocumentKind.{r.Kind}"]), new(t["offers.number"], r => r.Number), new(t["offers.state"], r => t[$"stockDocumentState.{r.State}"]), new(t["stock.day"], r => r.Day.ToDateTime(r.Time)),
        new(t["stock.warehouse"], r => r.Warehouse), new(t["stock.target"], r => r.Target), new(t["stock.partner"], r => r.Partner), new(t["stock.note"], r => r.Note), new(t["stock.lines"], r => r.Lines), new(t["stock.author"], r => r.ByName),
    ];

    private static WarehouseId? Of(Guid? warehouse) => warehouse is { } id ? new(id) : null;
}
