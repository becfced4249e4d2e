using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Portal.Domain.Shared;
using Portal.Infrastructure.Identity;

namespace Portal.Web.Identity;

/// <summary>Who works in this circuit or on this page, with the rights he has at this moment.</summary>
public sealed class CurrentActor(AuthenticationStateProvider authentication, UserRights rights)
{
    /// <summary>The actor as last read; for showing, never for deciding.</summary>
    public Actor? Known { get; private set; }

    /// <summary>From where this circuit is used: the remote address.</summary>
    public string Origin { get; set; } = "circuit";

    /// <summary>The actor with fresh rights.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.signed-out</c> when nobody is signed in or the user was blocked.</exception>
    public async ValueTask<Actor> GetAsync() => await FindAsync() ?? throw new RuleBrokenException("identity.signed-out");

    /// <summary>The actor with fresh rights, or null.</summary>
    public async ValueTask<Actor?> FindAsync()
    {
        var principal = (await authentication.GetAuthenticationStateAsync()).User;
        return Known = await rights.FindAsync(principal, Origin);
    }
}

/// <summary>From a signed-in principal to the actor.</summary>
public static class ActorExtensions
{
    /// <summary>The actor of a principal, or null when he is not signed in or blocked.</summary>
    public static async ValueTask<Actor?> FindAsync(this UserRights rights, ClaimsPrincipal principal, string origin, CancellationToken ct = default) =>
        Guid.TryParse(principal.FindFirstValue(ClaimTypes.NameIdentifier), out var id) && principal.Identity?.IsAuthenticated == true
            && await rights.FindAsync(id, ct) is { } actor ? actor with { Origin = origin } : null;

    /// <summary>The actor of an HTTP request; its origin is the remote address.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.signed-out</c></exception>
    public static async ValueTask<Actor> ActorAsync(this HttpContext http) =>
        await http.RequestServices.GetRequiredService<UserRights>().FindAsync(http.User, http.Connection.RemoteIpAddress?.ToString() ?? "", http.RequestAborted)
        ?? throw new RuleBrokenException("identity.signed-out");
}
