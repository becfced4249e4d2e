using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Portal.Web.Fleet;

namespace Portal.Web.Shell;

/// <summary>Headers, limits and origin checks that hold for every page.</summary>
internal static class Security
{
    /// <summary>Rate limit of sign-in attempts, by address.</summary>
    public const string SignInLimit = "sign-in";

    public static void AddSecurity(this IServiceCollection services) => services.AddRateLimiter(limits =>
    {
        limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limits.AddPolicy(SignInLimit, http => HttpMethods.IsPost(http.Request.Method)
            ? RateLimitPartition.GetFixedWindowLimiter(Address(http), _ => new FixedWindowRateLimiterOptions { PermitLimit = 30, Window = TimeSpan.FromMinutes(1) })
            : RateLimitPartition.GetNoLimiter("read"));
        limits.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(http =>
            RateLimitPartition.GetTokenBucketLimiter(http.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? Address(http), _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = 1000, TokensPerPeriod = 300, ReplenishmentPeriod = TimeSpan.FromSeconds(1), AutoReplenishment = true, QueueLimit = 0,
            }));
    });

    public static void UseSecurityHeaders(this IApplicationBuilder app, IConfiguration configuration)
    {
        var tiles = (configuration.GetSection("Map").Get<MapOptions>() ?? new()).TileOrigin;
        var policy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; font-src 'self' data:; "
            + $"img-src 'self' data: blob: {tiles}; worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
        app.Use((http, next) =>
        {
            var headers = http.Response.Headers;
            headers.ContentSecurityPolicy = policy;
            headers.XContentTypeOptions = "nosniff";
            headers.XFrameOptions = "DENY";
            headers["Referrer-Policy"] = "strict-origin-when-cross-origin";
            headers["Permissions-Policy"] = "camera=(self), geolocation=(self), microphone=(), payment=()";
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            return next(http);
        });
    }

    /// <summary>A browser sends cookies with a WebSocket from any site, so the origin is checked here.</summary>
    public static void UseSameOriginSockets(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        var origin = http.Request.Headers.Origin.ToString();
        if (http.Request.Path.StartsWithSegments("/_blazor") && origin.Length > 0
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && string.Equals(from.Authority, http.Request.Host.Value, StringComparison.OrdinalIgnoreCase)))
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }
        return next(http);
    });

    private static string Address(HttpContext http) => http.Connection.RemoteIpAddress?.ToString() ?? "unknown";
}
