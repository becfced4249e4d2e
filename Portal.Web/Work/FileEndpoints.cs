using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Work;
using Portal.Web.Identity;
using Portal.Web.Shared;
using Portal.Web.Shell;

namespace Portal.Web.Work;

/// <summary>Attached files travel by HTTP: in as the bare body of a request that carries an antiforgery token, out as attachments.</summary>
internal static class FileEndpoints
{
    public static void MapFiles(this IEndpointRouteBuilder app)
    {
        var files = app.MapGroup("/files").RequireAuthorization();
        files.MapGet("/token", (HttpContext http, IAntiforgery antiforgery) => Results.Text(antiforgery.GetAndStoreTokens(http).RequestToken));
        files.MapPost("/", UploadAsync).WithMetadata(new RequestSizeLimitAttribute(StoredFile.MostBytes + 1));
        files.MapGet("/{id:guid}", DownloadAsync).HoldsForeignContent();
    }

    private static async Task<IResult> UploadAsync(HttpContext http, ObjectKind kind, Guid id, string name, bool? confidential, Attachments attachments, IAntiforgery antiforgery, Texts texts)
    {
        if (!await antiforgery.IsRequestValidAsync(http)) return Results.BadRequest();
        try
        {
            var file = await attachments.AttachAsync(new(kind, id), name, http.Request.Body, await http.ActorAsync(), confidential == true, http.RequestAborted);
            return Results.Text(file.Value.ToString());
        }
        catch (RuleBrokenException refusal)
        {
            return Refused(refusal, texts);
        }
        catch (BadHttpRequestException large) when (large.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Refused(new RuleBrokenException("file.too-large", StoredFile.MostBytes >> 20), texts);
        }
    }

    private static async Task<IResult> DownloadAsync(HttpContext http, Guid id, Attachments attachments)
    {
        try
        {
            var (file, content) = await attachments.OpenAsync(new(id), await http.ActorAsync(), http.RequestAborted);
            http.Response.Headers.CacheControl = "private, no-store";
            return Results.Stream(content, file.ContentType, file.Name);
        }
        catch (RuleBrokenException)
        {
            return Results.NotFound();
        }
    }

    private static IResult Refused(RuleBrokenException refusal, Texts texts) => Results.Text(texts.Of(refusal), statusCode: refusal.Code switch
    {
        "work.object-unknown" => StatusCodes.Status404NotFound,
        "file.too-large" => StatusCodes.Status413PayloadTooLarge,
        "file.no-room" => StatusCodes.Status507InsufficientStorage,
        _ => StatusCodes.Status422UnprocessableEntity,
    });
}
