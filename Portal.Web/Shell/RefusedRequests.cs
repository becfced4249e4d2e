using Microsoft.AspNetCore.Diagnostics;
using Portal.Domain.Shared;
using Portal.Infrastructure.Identity;
using Portal.Web.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Shell;

/// <summary>Answers a request that a rule refused: its status and the reason in the reader's words.</summary>
internal sealed class RefusedRequests(AuditLog audit, UserRights rights) : IExceptionHandler
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext http, Exception exception, CancellationToken ct)
    {
        if (exception is not RuleBrokenException refusal) return false;
        await audit.NoteRefusalAsync(refusal, await rights.FindAsync(http.User, http.Connection.RemoteIpAddress?.ToString() ?? "", ct));
        http.Response.StatusCode = refusal.Code switch
        {
            "identity.signed-out" => StatusCodes.Status401Unauthorized,
            "identity.not-allowed" or "identity.none-allowed" or "identity.out-of-reach" => StatusCodes.Status403Forbidden,
            _ => StatusCodes.Status400BadRequest,
        };
        http.Response.ContentType = "text/plain; charset=utf-8";
        await http.Response.WriteAsync(http.RequestServices.GetRequiredService<Texts>().Of(refusal), ct);
        return true;
    }

    /// <summary>Status of other failures: what the client did wrong is not our failure.</summary>
    public static int StatusOf(Exception exception) => exception is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError;
}
