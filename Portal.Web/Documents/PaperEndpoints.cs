using Portal.Domain.Identity;
using Portal.Infrastructure.Documents;
using Portal.Infrastructure.Identity;
using Portal.Web.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Documents;

/// <summary>Papers of documents: opened by the browser, for whoever may see the document.</summary>
internal static class PaperEndpoints
{
    /// <summary>Maps <c>/papers/{kind}/{id}</c>.</summary>
    public static void MapPapers(this IEndpointRouteBuilder app) =>
        app.MapGet("/papers/{kind}/{id:guid}", async (string kind, Guid id, string? currency, DateOnly? from, DateOnly? until, string? language, HttpContext http, DocumentPapers papers, AuditLog audit, TextCatalog catalog) =>
        {
            var actor = await http.ActorAsync();
            if (Named.Of<PaperKind>(kind) is not { } which || await papers.FindAsync(new(which, id, currency, from, until), actor, http.RequestAborted) is not { } paper) return Results.NotFound();
            if (language is not null && Languages.Find(language) is { } other) paper = paper with { Language = other.Code };
            await audit.NoteAsync(actor, AuditEvents.Exported, paper.File, http.RequestAborted);
            http.Response.Headers.CacheControl = "private, no-store";
            http.Response.Headers.ContentDisposition = $"inline; filename=\"{paper.File}\"";
            return Results.Bytes(catalog.Write(paper), "application/pdf");
        }).RequireAuthorization();

    /// <summary>Where a paper is opened.</summary>
    public static string AddressOf(PaperRequest paper) =>
        $"/papers/{paper.Kind}/{paper.Id}{(paper is { From: { } from, Until: { } until } ? $"?from={from:yyyy-MM-dd}&until={until:yyyy-MM-dd}&currency={paper.Currency}" : "")}";
}
