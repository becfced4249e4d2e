using Microsoft.AspNetCore.Mvc;
using Portal.Domain.Shared;
using Portal.Infrastructure.Imports;
using Portal.Web.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Imports;

/// <summary>Files of imports travel by HTTP: in as the bare body of a request, out as an attachment.</summary>
internal static class ImportEndpoints
{
    // A form cannot send this type, and a script of another site may not without being asked first.
    private const string Body = "application/octet-stream";

    public static void MapImports(this IEndpointRouteBuilder app)
    {
        app.MapPost("/import/files", UploadAsync).RequireAuthorization().WithMetadata(new RequestSizeLimitAttribute(new ImportOptions("").MaxUploadBytes));
        app.MapGet("/import/{id:guid}/refused.csv", RefusedAsync).RequireAuthorization();
    }

    private static async Task<IResult> UploadAsync(HttpContext http, string kind, string name, ImportLine line, Texts texts)
    {
        if (http.Request.ContentType != Body) return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        try
        {
            var run = await line.UploadAsync(kind, name, http.Request.Body, await http.ActorAsync(), http.RequestAborted);
            return Results.Text(run.Id.ToString());
        }
        catch (RuleBrokenException refusal) when (refusal.Code == "import.other-kind")
        {
            return Results.Json(new { Kind = refusal.Args[1], Text = texts.Of(refusal) }, statusCode: StatusCodes.Status409Conflict);
        }
        catch (RuleBrokenException refusal)
        {
            return Results.Text(texts.Of(refusal), statusCode: StatusCodes.Status422UnprocessableEntity);
        }
    }

    private static async Task<IResult> RefusedAsync(HttpContext http, Guid id, ImportQuery imports, Texts texts)
    {
        try
        {
            var actor = await http.ActorAsync();
            var run = await imports.RunAsync(id, actor, http.RequestAborted);
            return Results.Stream(to => RefusedRows.WriteAsync(run, to, imports, texts, actor, http.RequestAborted), "text/csv", RefusedRows.FileName(run));
        }
        catch (RuleBrokenException)
        {
            return Results.NotFound();
        }
    }
}
