using Microsoft.AspNetCore.Diagnostics;
using Portal.Domain.Shared;
using Portal.Web.Shell;

namespace Portal.Web.Api;

/// <summary>Answers a request of the interface that failed unexpectedly: JSON as for a refusal, without a word of what broke; that stands in the log.</summary>
internal sealed class ApiFailures(ILogger<ApiFailures> log) : IExceptionHandler
{
    /// <inheritdoc/>
    public async ValueTask<bool> TryHandleAsync(HttpContext http, Exception exception, CancellationToken ct)
    {
        // the request's own path is the error page's by now
        if (exception is RuleBrokenException || http.Features.Get<IExceptionHandlerPathFeature>() is not { } failed) return false;
        http.Response.StatusCode = RefusedRequests.StatusOf(exception);
        var isOurs = http.Response.StatusCode >= StatusCodes.Status500InternalServerError;
        if (!await ProcessApi.TellAsync(http, failed.Path, new(isOurs ? "api.failed" : "api.body"), ct)) return false;
        if (isOurs) log.LogError(exception, "A request to {Path} failed", failed.Path);
        return true;
    }
}
