using Portal.Domain.Pricing;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Pricing;
using Portal.Web.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Pricing;

/// <summary>The catalogue and price lists as files: the filter of the page, the rights of who asks. The import takes them back in.</summary>
internal static class PricingExports
{
    /// <summary>Maps <c>/export/products.*</c> and <c>/export/prices/{list}.*</c>.</summary>
    public static void MapPricingExports(this IEndpointRouteBuilder app)
    {
        var files = app.MapGroup("/export").RequireAuthorization();
        files.MapGet("/products.{format}", async (string format, string? text, Guid? group, string? kind, bool? ungrouped, bool? archived, string? sort, bool? desc, HttpContext http, ProductListQuery list, AuditLog audit, Texts t) =>
        {
            var actor = await http.ActorAsync();
            var filter = new ProductFilter(text, group is { } id ? new(id) : null, Named.Of<ProductKind>(kind), ungrouped ?? false, archived ?? false);
            var rows = (await list.ListAsync(filter, Named.Of<ProductSort>(sort) ?? ProductSort.Code, desc ?? false, Slice.All, actor, http.RequestAborted)).Rows;
            return await TableFile.OfAsync(audit, actor, format, "products", ProductColumns(t, rows.Any(r => r.Cost is not null)), rows, http.RequestAborted);
        });
        files.MapGet("/prices/{list:guid}.{format}", async (Guid list, string format, string? text, Guid? group, bool? all, HttpContext http, PriceListQuery query, AuditLog audit, Texts t) =>
        {
            var actor = await http.ActorAsync();
            if (await query.FindAsync(new(list), actor, http.RequestAborted) is not { } of) return Results.NotFound();
            var rows = (await query.GridAsync(of.Id, new(text, group is { } id ? new(id) : null, all ?? false), Slice.All, actor, http.RequestAborted)).Rows;
            return await TableFile.OfAsync(audit, actor, format, "prices", PriceColumns(t, of), rows, http.RequestAborted, $"{of.Terms.Name}, {rows.Count}");
        });
    }

    private static TableColumn<ProductRow>[] ProductColumns(Texts t, bool costs) =>
    [
        Of<ProductRow>(t, "products.code", p => p.Code), Of<ProductRow>(t, "products.name", p => p.Name), Of<ProductRow>(t, "products.group", p => p.Group), Of<ProductRow>(t, "products.kind", p => t[$"productKind.{p.Kind}"]),
        Of<ProductRow>(t, "products.unit", p => p.Unit), Of<ProductRow>(t, "products.vat-rate", p => p.VatRate),
        .. costs ? [Of<ProductRow>(t, "products.cost", p => p.Cost?.Amount), Of<ProductRow>(t, "products.cost-currency", p => p.Cost?.Currency)] : Array.Empty<TableColumn<ProductRow>>(),
    ];

    private static TableColumn<GridPrice>[] PriceColumns(Texts t, PriceListRow list) =>
    [
        Of<GridPrice>(t, "prices.product", p => p.Code), Of<GridPrice>(t, "products.name", p => p.Name), Of<GridPrice>(t, "prices.from-quantity", p => p.FromQuantity > 0 ? p.FromQuantity : null), Of<GridPrice>(t, "prices.unit", p => p.Unit),
        Of<GridPrice>(t, "prices.price", p => p.Price ?? p.Reckoned), Of<GridPrice>(t, "prices.currency", _ => list.Terms.Currency), Of<GridPrice>(t, "prices.price-list", _ => list.Terms.Name),
    ];

    private static TableColumn<T> Of<T>(Texts t, string column, Func<T, object?> value) => new(t[$"import.column.{column}"], value);
}
