using System.Collections.Concurrent;
using System.Security.Claims;
using Microsoft.AspNetCore.SignalR;

namespace Portal.Web.Identity;

/// <summary>
/// A circuit belongs to the user who started it, and nobody has one without a sign-in. The secret by which a page finds
/// its circuit again is of no use under another user: the call is turned down before it reaches the circuit, because the
/// framework hands the circuit's output over to the new connection first and asks its handlers afterwards.
/// </summary>
internal sealed class CircuitOwners : IHubFilter
{
    private static readonly object Key = new();
    private readonly ConcurrentDictionary<string, Guid> owners = new();

    /// <inheritdoc/>
    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext call, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        switch (call.HubMethodName)
        {
            case "StartCircuit":
                var user = CircuitGuard.Id(call.Context.User);
                if (user != Guid.Empty) return await StartAsync(user, call, next);
                call.Context.Abort();
                return null;
            // Told "no", the page reloads and is asked to sign in.
            case "ConnectCircuit" when !Owns(call):
                return false;
            // A page whose circuit is gone loads anew; its drafts bring the unsaved forms back.
            case "ResumeCircuit":
                return null;
            default:
                return await next(call);
        }
    }

    /// <summary>Forgets the circuit that was started over this connection.</summary>
    public void Forget(HttpContext? connection)
    {
        if (connection?.Items[Key] is string secret) owners.TryRemove(secret, out _);
    }

    private async ValueTask<object?> StartAsync(Guid user, HubInvocationContext call, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        var answer = await next(call);
        if (answer is string secret && call.Context.GetHttpContext() is { } connection)
        {
            owners[secret] = user;
            connection.Items[Key] = secret;
        }
        return answer;
    }

    private bool Owns(HubInvocationContext call) =>
        call.HubMethodArguments is [string secret] && owners.TryGetValue(secret, out var owner) && owner == CircuitGuard.Id(call.Context.User);
}
