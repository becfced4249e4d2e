using System.Text;
using Microsoft.AspNetCore.Mvc;
using Portal.Domain.Processes;
using Portal.Domain.Shared;
using Portal.Infrastructure.Processes;
using Portal.Web.Identity;
using Portal.Web.Shared;
using Portal.Web.Shell;
using Portal.Workflows.Notation;

namespace Portal.Web.Processes;

/// <summary>Route maps travel by HTTP: a map is larger than a circuit's message may be.</summary>
internal static class RouteMapEndpoints
{
    // A form cannot send these types, and a script of another site may not without being asked first.
    private const string Xml = "application/xml", Octets = "application/octet-stream";

    public static void MapRouteMaps(this IEndpointRouteBuilder app)
    {
        var maps = app.MapGroup("/maps").RequireAuthorization();
        maps.MapGet("{key}/draft.bpmn", DraftAsync).HoldsForeignContent();
        maps.MapPut("{key}/draft.bpmn", SaveAsync).WithMetadata(new RequestSizeLimitAttribute(MapDocument.MaxBytes + 1));
        maps.MapGet("{key}/versions/{version:int}.bpmn", VersionAsync).HoldsForeignContent();
        maps.MapGet("definitions/{id:guid}.bpmn", DefinitionAsync).HoldsForeignContent();
        maps.MapPost("import", ImportAsync).WithMetadata(new RequestSizeLimitAttribute(MapDocument.MaxBytes + 1));
    }

    /// <summary>The draft, or the newest version where nobody draws.</summary>
    private static Task<IResult> DraftAsync(HttpContext http, string key, MapLibrary library, Texts texts) => AnswerAsync(texts, async () =>
    {
        var actor = await http.ActorAsync();
        if (await library.ReadAsync(key, null, actor, http.RequestAborted) is { } draft) return File(http, draft, draft.Revision);
        var newest = (await library.VersionsAsync(key, actor, http.RequestAborted)).FirstOrDefault();
        return newest is null ? Results.NotFound() : File(http, await library.ReadAsync(newest.Id, actor, http.RequestAborted));
    });

    private static Task<IResult> VersionAsync(HttpContext http, string key, int version, MapLibrary library, Texts texts) => AnswerAsync(texts, async () =>
        await library.ReadAsync(key, version, await http.ActorAsync(), http.RequestAborted) is { } drawing ? File(http, drawing) : Results.NotFound());

    private static Task<IResult> DefinitionAsync(HttpContext http, Guid id, MapLibrary library, Texts texts) => AnswerAsync(texts, async () =>
        File(http, await library.ReadAsync(new DefinitionId(id), await http.ActorAsync(), http.RequestAborted)));

    /// <summary>Saves a draft over the revision that was seen; 409 when somebody saved another meanwhile.</summary>
    private static Task<IResult> SaveAsync(HttpContext http, string key, MapLibrary library, Texts texts) => AnswerAsync(texts, async () =>
    {
        if (http.Request.ContentType?.StartsWith(Xml, StringComparison.Ordinal) != true) return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        var actor = await http.ActorAsync();
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        var xml = await reader.ReadToEndAsync(http.RequestAborted);
        if (MapDocument.Parse(xml).ToMap().Process.Key != key) throw new RuleBrokenException("map.other-key", key);
        var draft = await library.SaveDraftAsync(xml, Seen(http), actor, http.RequestAborted);
        http.Response.Headers.ETag = $"\"{draft.Revision}\"";
        return Results.Ok();
    });

    /// <summary>Takes a file in; 300 with the map's key when there is such a map, so that the user is asked whether it is the next draft of that one or a new map.</summary>
    /// <param name="newKey">key of the new map it is to be; null leaves the file's own</param>
    private static Task<IResult> ImportAsync(HttpContext http, [FromQuery(Name = "as")] string? newKey, MapImport import, Texts texts) => AnswerAsync(texts, async () =>
    {
        if (http.Request.ContentType != Octets) return Results.StatusCode(StatusCodes.Status415UnsupportedMediaType);
        try
        {
            return Results.Json(await import.TakeAsync(http.Request.Body, Seen(http), newKey, await http.ActorAsync(), http.RequestAborted));
        }
        catch (RuleBrokenException there) when (there.Code == "map.there")
        {
            return Results.Json(new { Key = there.Args[0] }, statusCode: StatusCodes.Status300MultipleChoices);
        }
    });

    /// <summary>Revision of the draft the sender has seen.</summary>
    private static int? Seen(HttpContext http) => int.TryParse(http.Request.Headers.IfMatch.ToString().Trim('"'), out var revision) ? revision : null;

    /// <summary>Never shown as a page of ours: a file of somebody else's may hold anything.</summary>
    private static IResult File(HttpContext http, MapDrawing drawing, int? revision = null)
    {
        http.Response.Headers.ETag = $"\"{revision}\"";
        http.Response.Headers.CacheControl = "no-store";
        return Results.File(Encoding.UTF8.GetBytes(drawing.Xml), Xml, drawing.Version is { } version ? $"{drawing.Key}-{version}.bpmn" : $"{drawing.Key}.bpmn");
    }

    private static async Task<IResult> AnswerAsync(Texts texts, Func<Task<IResult>> work)
    {
        try
        {
            return await work();
        }
        catch (RuleBrokenException refusal) when (!refusal.Code.StartsWith("identity.", StringComparison.Ordinal))
        {
            return Results.Text(texts.Of(refusal), statusCode: refusal.Code == "map.changed-by" ? StatusCodes.Status409Conflict : StatusCodes.Status422UnprocessableEntity);
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Results.Text(texts.Of(new RuleBrokenException("map.too-large", MapDocument.MaxBytes / 1024 / 1024)), statusCode: StatusCodes.Status422UnprocessableEntity);
        }
    }
}
