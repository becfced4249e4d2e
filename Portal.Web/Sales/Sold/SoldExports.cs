using Portal.Domain.Identity;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales.Sold;
using Portal.Web.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Sales.Sold;

/// <summary>Sold lines as files: the filter of the page, the rights of who asks.</summary>
internal static class SoldExports
{
    /// <summary>Maps <c>/export/sold.*</c>.</summary>
    public static void MapSoldExports(this IEndpointRouteBuilder app) =>
        app.MapGet("/export/sold.{format}", async (string format, string? text, DateOnly? from, DateOnly? until, Guid? partner, Guid? product, bool? returns, bool? nobodys, string? sort, bool? asc, HttpContext http, SoldQuery list, AuditLog audit, Texts t) =>
        {
            var actor = await http.ActorAsync();
            actor.Require(Permissions.ClientsExport);
            var filter = new SoldFilter(text, LocalTime.Known(from), LocalTime.Known(until), partner is { } client ? new(client) : null, product is { } item ? new(item) : null, returns == true, nobodys == true);
            var (page, _, currency) = await list.ListAsync(filter, Named.Of<SoldSort>(sort) ?? SoldSort.Day, asc != true, Slice.All, actor, http.RequestAborted);
            return await TableFile.OfAsync(audit, actor, format, "sold", Columns(t, currency, actor.Can(Permissions.PricingCost)), page.Rows, http.RequestAborted);
        }).RequireAuthorization();

    private static TableColumn<SoldRow>[] Columns(Texts t, string currency, bool costs)
    {
        List<TableColumn<SoldRow>> columns =
        [
            new(t["stock.day"], l => l.Day.ToDateTime(default)), new(t["sold.document"], l => l.Document), new(t["offers.client"], l => l.Partner), new(t["products.code"], l => l.Code), new(t["products.name"], l => l.Name),
            new(t["offers.quantity"], l => l.Quantity), new(t["offers.unit"], l => l.Unit), new($"{t["sold.revenue"]}, {currency}", l => l.Revenue), new(t["sold.region"], l => l.Region), new(t["offers.manager"], l => l.Manager),
        ];
        if (costs) columns.Insert(8, new($"{t["sold.cost"]}, {currency}", l => l.Cost));
        return [.. columns];
    }
}
