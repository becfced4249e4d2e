using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;
using Portal.Domain.Shared;
using Portal.Infrastructure.Fleet;
using Portal.Infrastructure.Sales.Orders;
using Portal.Web.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Api;

/// <summary>The interface of the driver's page: the day, the vehicles to choose from, and the commands.</summary>
internal static class DriverApi
{
    /// <summary>Header the page sends with commands. Another site cannot add it without asking first, and nobody answers it.</summary>
    public const string OwnPageHeader = "X-Portal-Page";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <summary>Maps <c>/api/driver</c>.</summary>
    public static void MapDriverApi(this IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/driver").RequireAuthorization().AddEndpointFilter(TellRefusalAsync);
        api.MapGet("/day", async (HttpContext http, DriverDayQuery days, DeliveryQuery deliveries) =>
        {
            var actor = await http.ActorAsync();
            var day = await days.ReadAsync(actor, http.RequestAborted);
            var page = JsonSerializer.SerializeToNode(day, Json)!.AsObject();
            page["deliveries"] = JsonSerializer.SerializeToNode(await deliveries.OfDriverAsync([.. day.Trips.Select(t => t.Id)], actor, http.RequestAborted), Json);
            return Unchanged(http, page);
        });
        api.MapGet("/vehicles", async (HttpContext http, DriverDayQuery days) => Unchanged(http, await days.VehiclesAsync(await http.ActorAsync(), http.RequestAborted)));
        api.MapPost("/commands", async (HttpContext http, DriverCommand command, DriverCommands commands, Texts texts) =>
            await commands.RunAsync(command, await http.ActorAsync(), texts, http.RequestAborted) is { } answer
                ? Results.Json(answer, Json, statusCode: answer.Done ? StatusCodes.Status200OK : StatusCodes.Status409Conflict)
                : Refusal(new RuleBrokenException("dispatch.trip-unknown"), texts)).AddEndpointFilter(FromOwnPageAsync);
        api.MapPut("/deliveries/{id:guid}/files/{file:guid}", ProveAsync).AddEndpointFilter(FromOwnPageAsync).WithMetadata(new RequestSizeLimitAttribute(DeliveryResults.MostBytes + 1));
    }

    /// <summary>Takes in a picture that proves a delivery: the bare body of the request.</summary>
    private static async Task<IResult> ProveAsync(Guid id, Guid file, bool? signature, HttpContext http, DeliveryResults deliveries, Texts texts)
    {
        try
        {
            var name = signature == true ? $"{texts["deliveries.signature"]}.png" : $"{texts["deliveries.photo", ""].Trim()}.jpg";
            await deliveries.ProveAsync(new(id), new(file), name, http.Request.Body, await http.ActorAsync(), http.RequestAborted);
            return Results.Json(new DriverAnswer(true, null, null), Json);
        }
        catch (BadHttpRequestException large) when (large.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return Refusal(new RuleBrokenException("file.too-large", DeliveryResults.MostBytes >> 20), texts);
        }
    }

    /// <summary>The value, or only the word that it is the same as the caller already has.</summary>
    private static IResult Unchanged<T>(HttpContext http, T value)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(value, Json);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(body).AsSpan(0, 12))}\"");
        http.Response.Headers.CacheControl = "private, no-cache";
        return Results.Bytes(body, "application/json", entityTag: tag);
    }

    private static async ValueTask<object?> FromOwnPageAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var headers = context.HttpContext.Request.Headers;
        var own = headers[OwnPageHeader] == "driver" && (headers["Sec-Fetch-Site"].ToString() is "" or "same-origin");
        return own ? await next(context) : Results.Json(new DriverAnswer(false, "driver.foreign-page", null), Json, statusCode: StatusCodes.Status403Forbidden);
    }

    private static async ValueTask<object?> TellRefusalAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (RuleBrokenException refusal)
        {
            return Refusal(refusal, context.HttpContext.RequestServices.GetRequiredService<Texts>());
        }
    }

    private static IResult Refusal(RuleBrokenException refusal, Texts texts) =>
        Results.Json(new DriverAnswer(false, refusal.Code, texts.Of(refusal)), Json, statusCode: refusal.Code switch
        {
            "identity.signed-out" => StatusCodes.Status401Unauthorized,
            "identity.not-allowed" or "fleet.no-driver" => StatusCodes.Status403Forbidden,
            "dispatch.trip-unknown" => StatusCodes.Status404NotFound,
            _ => StatusCodes.Status400BadRequest,
        });
}
