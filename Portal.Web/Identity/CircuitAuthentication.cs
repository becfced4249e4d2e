using System.Security.Claims;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Web.Identity;

/// <summary>
/// The identity of a circuit. It is fixed when the circuit starts, so it is checked every minute and
/// ended at once when its session or user is.
/// </summary>
public sealed class CircuitAuthentication(ILoggerFactory loggers, UserStamps stamps, IHostApplicationLifetime life) : RevalidatingServerAuthenticationStateProvider(loggers)
{
    /// <inheritdoc/>
    protected override TimeSpan RevalidationInterval => TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task<bool> ValidateAuthenticationStateAsync(AuthenticationState state, CancellationToken ct)
    {
        try
        {
            return state.User.Identity?.IsAuthenticated != true || await stamps.IsCurrentAsync(state.User, ct);
        }
        catch (ObjectDisposedException) when (life.ApplicationStopping.IsCancellationRequested)
        {
            // the database was closed meanwhile; the circuit ends with the node
            return true;
        }
    }

    /// <summary>Signs the circuit out: its page sends the browser to the sign-in page.</summary>
    public void End() => SetAuthenticationState(Task.FromResult(new AuthenticationState(new ClaimsPrincipal(new ClaimsIdentity()))));
}

/// <summary>Counts circuits and lets <see cref="Sessions"/> end them; tells the circuit from where it is used.</summary>
internal sealed class CircuitGuard(
    Sessions sessions, CircuitOwners owners, AuthenticationStateProvider authentication, UserStamps stamps, CurrentActor current, IHttpContextAccessor http) : CircuitHandler
{
    private StartedCircuit? started;
    private IDisposable? noted;

    /// <inheritdoc/>
    public override async Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken ct)
    {
        started = owners.Starting(http.HttpContext);
        var user = (await authentication.GetAuthenticationStateAsync()).User;
        var owner = Id(user);
        if (owner == Guid.Empty) return;
        noted = sessions.TryOpen(owner, Session(user), stamps.Of(user), () => (authentication as CircuitAuthentication)?.End())
            ?? throw new InvalidOperationException("Too many open circuits of one user.");
    }

    /// <inheritdoc/>
    public override Task OnConnectionUpAsync(Circuit circuit, CancellationToken ct)
    {
        current.Origin = http.HttpContext?.Connection.RemoteIpAddress?.ToString() ?? current.Origin;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override Task OnCircuitClosedAsync(Circuit circuit, CancellationToken ct)
    {
        noted?.Dispose();
        owners.Forget(started);
        return Task.CompletedTask;
    }

    /// <summary>Claim that tells one sign-in of a user from another.</summary>
    public const string SessionClaim = "portal.session";

    /// <summary>Id of the sign-in, or zeros.</summary>
    public static Guid Session(ClaimsPrincipal? user) => Guid.TryParse(user?.FindFirstValue(SessionClaim), out var id) ? id : Guid.Empty;

    /// <summary>Id of a signed-in user, or zeros.</summary>
    public static Guid Id(ClaimsPrincipal? user) => Guid.TryParse(user?.FindFirstValue(ClaimTypes.NameIdentifier), out var id) ? id : Guid.Empty;
}

/// <summary>Watches users, roles, settings and ended sign-ins: what changed, on this node or another, takes effect on open circuits at once.</summary>
public sealed class RightsWatch(
    LiveChanges live, UserRights rights, UserStamps stamps, RoleGrants roles, Sessions sessions, TimeProvider time, ILogger<RightsWatch> log) : BackgroundService
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    /// <summary>Knows the ended sign-ins before the first request is served.</summary>
    public override async Task StartAsync(CancellationToken ct)
    {
        await sessions.ReadEndedAsync(ct);
        await base.StartAsync(ct);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stopping)
    {
        await foreach (var change in live.Watch(Concerns, stopping))
            while (!await TryApplyAsync(change, stopping)) await Task.Delay(Retry, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static bool Concerns(LiveChange change) =>
        change.Object.Kind is ObjectKind.User or ObjectKind.Role or ObjectKind.Team or ObjectKind.Employee or ObjectKind.Driver or ObjectKind.Session or ObjectKind.Setting;

    private async Task<bool> TryApplyAsync(LiveChange change, CancellationToken stopping)
    {
        try
        {
            await ApplyAsync(change, stopping);
            return true;
        }
        catch (Exception away) when (away is not OperationCanceledException)
        {
            log.LogWarning(away, "A change of rights takes effect on open pages when the database answers");
            return false;
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            return true;
        }
    }

    private async Task ApplyAsync(LiveChange change, CancellationToken ct)
    {
        rights.Forget();
        var missed = change == LiveChange.Resync;
        foreach (var user in missed ? sessions.Users : change.Object.Kind == ObjectKind.User ? [change.Object.Id] : [])
            sessions.EndUser(user, except: await stamps.ReadAsync(user, ct));
        if (change.Object.Kind == ObjectKind.Role)
            foreach (var holder in await roles.HoldersAsync(change.Object.Id, ct)) sessions.EndUser(holder);
        if (missed || change.Object.Kind == ObjectKind.Session) await sessions.ReadEndedAsync(ct);
    }
}
