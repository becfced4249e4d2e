using System.Security.Claims;
using System.Text.Encodings.Web;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Portal.Infrastructure.Work;

namespace Portal.Web.Api;

/// <summary>Lets programs in by <c>Authorization: Bearer ptl_…</c>; they work under the user whose token it is. No cookie opens the interface, so no other site can.</summary>
internal sealed class TokenAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, ApiTokens tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    /// <summary>Name of the scheme and of the limit.</summary>
    public const string Name = "api-token";

    /// <summary>Claim with the token's id.</summary>
    private const string TokenClaim = "portal:token";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return AuthenticateResult.NoResult();
        if (await tokens.RecogniseAsync(header[7..].Trim(), Context.RequestAborted) is not { } known) return AuthenticateResult.Fail("The token is unknown, expired or revoked.");
        var identity = new ClaimsIdentity([new(ClaimTypes.NameIdentifier, known.User.ToString()), new(TokenClaim, known.Token.ToString())], Name);
        return AuthenticateResult.Success(new(new ClaimsPrincipal(identity), Name));
    }

    /// <summary>Adds the scheme and the limit of requests per token: bursts of 120, 20 a second.</summary>
    public static void Add(IServiceCollection services)
    {
        services.AddAuthentication().AddScheme<AuthenticationSchemeOptions, TokenAuthentication>(Name, null);
        services.AddRateLimiter(limits => limits.AddPolicy(Name, http => RateLimitPartition.GetTokenBucketLimiter(
            http.User.FindFirstValue(TokenClaim) ?? http.Connection.RemoteIpAddress?.ToString() ?? "unknown",
            _ => new TokenBucketRateLimiterOptions { TokenLimit = 120, TokensPerPeriod = 20, ReplenishmentPeriod = TimeSpan.FromSeconds(1), AutoReplenishment = true, QueueLimit = 0 })));
    }
}
