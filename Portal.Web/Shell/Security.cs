using System.Globalization;
using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using Portal.Web.Api;
using Portal.Web.Fleet;
using Portal.Web.Identity;
using Portal.Web.Shared;

namespace Portal.Web.Shell;

/// <summary>Sites that may show the page of this request within theirs; their names are checked where they are kept.</summary>
internal sealed record ShownWithin(IReadOnlyList<string> Origins);

/// <summary>Headers, limits and origin checks that hold for every page.</summary>
internal static class Security
{
    /// <summary>Rate limit of sign-in attempts, by address.</summary>
    public const string SignInLimit = "sign-in";

    /// <summary>Live connections one user may hold; above the number of circuits, since a page that reconnects has two for a moment.</summary>
    private const int SocketsPerUser = Sessions.CircuitsPerUser + 20;

    public static void AddSecurity(this IServiceCollection services) => services.AddRateLimiter(limits =>
    {
        limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limits.OnRejected = async (rejected, ct) =>
        {
            var http = rejected.HttpContext;
            var wait = (int)Math.Ceiling(rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var time) ? Math.Max(1, time.TotalSeconds) : 1);
            http.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
            if (await ProcessApi.TellAsync(http, http.Request.Path, new("api.too-many", wait), ct)) return;
            http.Response.ContentType = "text/plain; charset=utf-8";
            await http.Response.WriteAsync(http.RequestServices.GetRequiredService<Texts>()["shell.too-many"], ct);
        };
        // An office behind one address signs in at eight o'clock all at once, but not all day long.
        limits.AddPolicy(SignInLimit, http => HttpMethods.IsPost(http.Request.Method)
            ? RateLimitPartition.GetTokenBucketLimiter(Address(http), _ => new TokenBucketRateLimiterOptions { TokenLimit = 120, TokensPerPeriod = 30, ReplenishmentPeriod = TimeSpan.FromMinutes(1) })
            : RateLimitPartition.GetNoLimiter("read"));
        limits.GlobalLimiter = PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<HttpContext, string>(http => RateLimitPartition.GetTokenBucketLimiter(Caller(http), _ => new TokenBucketRateLimiterOptions
            {
                TokenLimit = 1000, TokensPerPeriod = 300, ReplenishmentPeriod = TimeSpan.FromSeconds(1), AutoReplenishment = true, QueueLimit = 0,
            })),
            PartitionedRateLimiter.Create<HttpContext, string>(http => IsLive(http)
                ? RateLimitPartition.GetConcurrencyLimiter(Caller(http), _ => new ConcurrencyLimiterOptions { PermitLimit = SocketsPerUser })
                : RateLimitPartition.GetNoLimiter("page")));
    });

    public static void UseSecurityHeaders(this IApplicationBuilder app, IConfiguration configuration)
    {
        var tiles = (configuration.GetSection("Map").Get<MapOptions>() ?? new()).TileOrigin;
        var policy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; font-src 'self' data:; "
            + $"img-src 'self' data: blob: {tiles}; worker-src 'self'; manifest-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
        app.Use((http, next) =>
        {
            // at the last moment: an error clears what was set before it
            http.Response.OnStarting(request => Set((HttpContext)request, policy), http);
            return next(http);
        });
    }

    /// <summary>Marks an endpoint whose answers hold what somebody brought from elsewhere: a browser that shows one runs and loads nothing for it.</summary>
    public static TBuilder HoldsForeignContent<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder => endpoint.WithMetadata(new ForeignContent());

    private sealed record ForeignContent;

    /// <summary>A page without script that some other sites may show within theirs.</summary>
    private static string PolicyWithin(ShownWithin sites) =>
        $"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {string.Join(' ', sites.Origins.Prepend("'self'"))}";

    private static Task Set(HttpContext http, string policy)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = http.GetEndpoint()?.Metadata.GetMetadata<ForeignContent>() is null ? policy : "sandbox; default-src 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        // the other header can name no sites
        if (http.Features.Get<ShownWithin>() is { } within)
        {
            headers.ContentSecurityPolicy = PolicyWithin(within);
            headers.Remove("X-Frame-Options");
        }
        headers["Referrer-Policy"] = "strict-origin-when-cross-origin";
        headers["Permissions-Policy"] = "camera=(self), geolocation=(self), microphone=(), payment=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        return Task.CompletedTask;
    }

    /// <summary>A browser sends cookies with a WebSocket from any site, so the origin is checked here.</summary>
    public static void UseSameOriginSockets(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        var origin = http.Request.Headers.Origin.ToString();
        if (IsLive(http) && origin.Length > 0
            && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && string.Equals(from.Authority, http.Request.Host.Value, StringComparison.OrdinalIgnoreCase)))
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }
        return next(http);
    });

    private static bool IsLive(HttpContext http) => http.Request.Path.StartsWithSegments("/_blazor");

    private static string Caller(HttpContext http) => http.User.FindFirstValue(ClaimTypes.NameIdentifier) ?? Address(http);

    private static string Address(HttpContext http) => http.Connection.RemoteIpAddress?.ToString() ?? "unknown";
}
