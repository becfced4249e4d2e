using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http.Features;
using Portal.Infrastructure.Fleet;

namespace Portal.Web.Api;

/// <summary>
/// The OsmAnd protocol over HTTP: <c>/osmand</c> on the web port and everything on the port of its own.
/// Stands before routing and all other middleware: a phone's message needs none of it.
/// </summary>
/// <remarks>
/// Answers: 200 stored · 400 malformed, or unknown device (404 to the JSON form) · 401 no or wrong secret · 403 revoked ·
/// 409 rides in no vehicle · 413 body too large · 429 too many · 503 not durable now, keep the record.
/// </remarks>
internal sealed class OsmAndEndpoint(TelemetryIntake intake, RefusedDevices refused, TelemetryOptions options)
{
    private const string Prefix = "/osmand";
    private const string SecretHeader = "X-Device-Secret";
    private const string Bearer = "Bearer ";

    /// <summary>Handles the request when it is a device's; otherwise it goes on.</summary>
    public Task HandleAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Connection.LocalPort == options.OsmAndPort) return AnswerAsync(context, context.Request.Path);
        return context.Request.Path.StartsWithSegments(Prefix, StringComparison.Ordinal, out var rest) ? AnswerAsync(context, rest) : next(context);
    }

    private async Task AnswerAsync(HttpContext context, PathString rest)
    {
        var request = context.Request;
        var isJson = request.ContentLength != 0 && request.ContentType is { } type && type.StartsWith("application/json", StringComparison.OrdinalIgnoreCase);
        DeviceMessage? read;
        try
        {
            read = isJson || !request.QueryString.HasValue
                ? await ReadBodyAsync(context, isJson)
                : OsmAndDecoder.TryReadParameters(request.QueryString.Value, out var message) ? message : null;
        }
        catch (BadHttpRequestException bad)
        {
            // too large, too slow or broken off: the sender's fault, and no event of ours
            Refuse(context, bad.StatusCode);
            return;
        }
        if (read is null)
        {
            Refuse(context, StatusCodes.Status400BadRequest);
            return;
        }

        var answer = intake.Accept(read, Secret(request, rest, read), out var durable);
        if (answer != IntakeAnswer.Taken) refused.Note(answer, read.DeviceKey, context.Connection.RemoteIpAddress?.ToString() ?? "");
        switch (answer)
        {
            case IntakeAnswer.Taken when await durable:
                context.Response.ContentLength = 0;
                return;
            case IntakeAnswer.Taken or IntakeAnswer.Busy:
                context.Response.Headers.RetryAfter = "5";
                Refuse(context, StatusCodes.Status503ServiceUnavailable);
                return;
            case IntakeAnswer.UnknownDevice:
                Refuse(context, isJson ? StatusCodes.Status404NotFound : StatusCodes.Status400BadRequest);
                return;
            case IntakeAnswer.WrongSecret:
                Refuse(context, StatusCodes.Status401Unauthorized);
                return;
            case IntakeAnswer.Revoked:
                Refuse(context, StatusCodes.Status403Forbidden);
                return;
            case IntakeAnswer.NotAssigned:
                Refuse(context, StatusCodes.Status409Conflict);
                return;
            case IntakeAnswer.TooMany:
                context.Response.Headers.RetryAfter = "1";
                Refuse(context, StatusCodes.Status429TooManyRequests);
                return;
        }
    }

    private static void Refuse(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.ContentLength = 0;
    }

    // As a segment of the path, in the query, or in a header: phone clients cannot all send headers.
    private static ReadOnlySpan<char> Secret(HttpRequest request, PathString rest, DeviceMessage message)
    {
        var segment = rest.Value.AsSpan().Trim('/');
        if (!segment.IsEmpty) return segment;
        if (message.Secret is not null) return message.Secret;
        if (request.Headers.TryGetValue(SecretHeader, out var own)) return own.ToString();
        var authorization = request.Headers.Authorization.ToString();
        return authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase) ? authorization.AsSpan(Bearer.Length) : default;
    }

    private static async Task<DeviceMessage?> ReadBodyAsync(HttpContext context, bool isJson)
    {
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = OsmAndDecoder.MaxBodyBytes;
        var reader = context.Request.BodyReader;
        var result = await reader.ReadAtLeastAsync(OsmAndDecoder.MaxBodyBytes + 1, context.RequestAborted);
        try
        {
            if (result.Buffer.IsEmpty || result.Buffer.Length > OsmAndDecoder.MaxBodyBytes) return null;
            var body = result.Buffer.ToArray();
            if (isJson) return OsmAndDecoder.TryReadJson(body, out var json) ? json : null;
            return OsmAndDecoder.TryReadParameters(Encoding.UTF8.GetString(body), out var form) ? form : null;
        }
        finally
        {
            reader.AdvanceTo(result.Buffer.End);
        }
    }
}
