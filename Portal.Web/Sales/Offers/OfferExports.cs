using Portal.Domain.Identity;
using Portal.Domain.Sales.Offers;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales.Offers;
using Portal.Web.Identity;
using Portal.Web.Shared;
using Portal.Web.Shell;

namespace Portal.Web.Sales.Offers;

/// <summary>Offers as files: the list under the filter of its page, one as a PDF, and the picture on them.</summary>
internal static class OfferExports
{
    /// <summary>Maps <c>/export/offers.*</c>, <c>/offers/{id}/pdf</c>.</summary>
    public static void MapOfferExports(this IEndpointRouteBuilder app)
    {
        app.MapGet("/export/offers.{format}", async (string format, string? text, string? state, bool? mine, Guid? partner, string? sort, bool? asc, HttpContext http, OfferListQuery list, AuditLog audit, Texts t) =>
        {
            var actor = await http.ActorAsync();
            actor.Require(Permissions.ClientsExport);
            var filter = new OfferFilter(text, Named.Of<OfferState>(state), mine == true, Partner: partner is { } id ? new(id) : null);
            var rows = (await list.ListAsync(filter, Named.Of<OfferSort>(sort) ?? OfferSort.Created, asc != true, Slice.All, actor, http.RequestAborted)).Rows;
            return await TableFile.OfAsync(audit, actor, format, "offers", Columns(t), rows, http.RequestAborted);
        }).RequireAuthorization();
        app.MapGet("/offers/{id:guid}/pdf", async (Guid id, int? version, HttpContext http, OfferPaperQuery papers, OfferPapers press) =>
        {
            if (await papers.FindAsync(new(id), version, await http.ActorAsync(), http.RequestAborted) is not { } print) return Results.NotFound();
            http.Response.Headers.CacheControl = "private, no-store";
            return Pdf(http, print, press);
        }).RequireAuthorization();
    }

    /// <summary>The file, to be shown by the browser.</summary>
    internal static IResult Pdf(HttpContext http, OfferPrint print, OfferPapers press)
    {
        http.Response.Headers.ContentDisposition = $"inline; filename=\"{print.Number ?? "draft"}-{print.Revision}.pdf\"";
        return Results.Bytes(press.Write(print), "application/pdf");
    }

    private static TableColumn<OfferRow>[] Columns(Texts t) =>
    [
        new(t["offers.number"], o => o.Number), new(t["offers.title"], o => o.Title), new(t["offers.client"], o => o.Partner), new(t["offers.state"], o => t[$"offerState.{o.State}"]),
        new(t["offers.total-net"], o => o.Net), new(t["offers.total-gross"], o => o.Gross), new(t["offers.currency"], o => o.Currency),
        new(t["offers.valid-until"], o => o.ValidUntil.ToDateTime(default)), new(t["offers.manager"], o => o.Manager), new(t["offers.created"], o => o.CreatedAt.UtcDateTime),
    ];
}
