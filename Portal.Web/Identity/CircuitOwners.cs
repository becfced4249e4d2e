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

    /// <summary>Circuits whose owner is known.</summary>
    public int Count => owners.Count;

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

    /// <summary>The circuit that is being started over this connection; ask while it starts, as the connection may end before the circuit does.</summary>
    public StartedCircuit? Starting(HttpContext? connection) => connection?.Items[Key] as StartedCircuit;

    /// <summary>Forgets a circuit that has ended.</summary>
    public void Forget(StartedCircuit? circuit)
    {
        if (circuit?.End() is { } secret) owners.TryRemove(secret, out _);
    }

    private async ValueTask<object?> StartAsync(Guid user, HubInvocationContext call, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        var circuit = new StartedCircuit();
        if (call.Context.GetHttpContext() is { } connection) connection.Items[Key] = circuit;
        var answer = await next(call);
        if (answer is string secret)
        {
            owners[secret] = user;
            if (!circuit.Begin(secret)) owners.TryRemove(secret, out _);
        }
        return answer;
    }

    private bool Owns(HubInvocationContext call) =>
        call.HubMethodArguments is [string secret] && owners.TryGetValue(secret, out var owner) && owner == CircuitGuard.Id(call.Context.User);
}

/// <summary>A circuit on its way: its secret is told to the browser while it may already be ending.</summary>
internal sealed class StartedCircuit
{
    private readonly Lock guard = new();
    private string? secret;
    private bool ended;

    /// <summary>Notes the secret; false when the circuit has ended meanwhile.</summary>
    public bool Begin(string told)
    {
        lock (guard)
        {
            secret = told;
            return !ended;
        }
    }

    /// <summary>Notes the end; the secret, if it was told.</summary>
    public string? End()
    {
        lock (guard)
        {
            ended = true;
            return secret;
        }
    }
}
