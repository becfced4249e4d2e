using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Identity;
using Portal.Web.Shell;

namespace Portal.Web.Identity;

/// <summary>Signs people in and out. Every refusal sounds the same and costs the same time, so that nobody learns which names exist.</summary>
internal sealed class SignInDesk(
    UserManager<PortalUser> users, UserAccounts accounts, SignInManager<PortalUser> signIn, IPasswordHasher<PortalUser> hasher, UserStamps stamps, EndedSessions ended, Sessions sessions, AuditLog audit, TimeProvider time)
{
    /// <summary>Claim of somebody who must change his password before anything else.</summary>
    public const string MustChangeClaim = "portal.must-change";

    private const string StaysUntil = "portal.stays-until";
    private const int LongestName = 100;
    private const int LongestPassword = 200;
    private static readonly PortalUser Nobody = new();
    private static readonly SemaphoreSlim[] Turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];
    private static string? nobodysHash;

    /// <summary>True and a cookie when name and password are right and the account is open; with <paramref name="stay"/> the cookie outlives the browser.</summary>
    public async Task<bool> TrySignInAsync(HttpContext http, string name, string password, bool stay = false)
    {
        if (name.Length > LongestName || password.Length > LongestPassword || name.Any(char.IsControl)) return false;
        // Guesses at one name wait for one another: side by side, only one of them would be counted.
        var turn = Turns[(uint)string.GetHashCode(name, StringComparison.OrdinalIgnoreCase) % Turns.Length];
        await turn.WaitAsync(http.RequestAborted);
        try
        {
            return await CheckAsync(http, name, password, stay);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Ends this sign-in everywhere it is open.</summary>
    public async Task SignOutAsync(HttpContext http)
    {
        var user = await users.GetUserAsync(http.User);
        await signIn.SignOutAsync();
        if (user is null) return;
        try
        {
            await audit.NoteAsync(By(http, user), AuditEvents.SignedOut, null, CancellationToken.None);
        }
        finally
        {
            // last, because it also ends the page that asked, and what that page asked for would end with it
            await ended.NoteAsync(CircuitGuard.Session(http.User), Sessions.StayingLife, By(http, user), CancellationToken.None);
            await sessions.ReadEndedAsync(CancellationToken.None);
        }
    }

    /// <summary>Ends every sign-in of who is signed in, on every device, with the cookies that anybody has copied and the tokens of programs.</summary>
    public async Task SignOutEverywhereAsync(HttpContext http)
    {
        if (await users.GetUserAsync(http.User) is not { } user) return;
        await users.UpdateSecurityStampAsync(user);
        await accounts.RevokeTokensAsync(user.Id, By(http, user), CancellationToken.None);
        await signIn.SignOutAsync();
        try
        {
            await audit.NoteAsync(By(http, user), AuditEvents.SignedOut, "everywhere", CancellationToken.None);
        }
        finally
        {
            sessions.EndUser(user.Id, except: await stamps.ReadAsync(user.Id, CancellationToken.None));
        }
    }

    /// <summary>Changes the password of who is signed in; the errors in the words of the rule, or empty.</summary>
    public async Task<IReadOnlyList<string>> ChangePasswordAsync(HttpContext http, string old, string wanted)
    {
        var user = await users.GetUserAsync(http.User);
        if (user is null) return ["identity.signed-out"];
        if (old == wanted) return ["identity.password-same"];
        if (old.Length > LongestPassword || wanted.Length > LongestPassword) return ["identity.password-weak"];
        var result = await users.ChangePasswordAsync(user, old, wanted);
        if (!result.Succeeded)
            return result.Errors.Select(e => e.Code == "PasswordMismatch" ? "identity.password-wrong" : "identity.password-weak").Distinct().ToList();
        user.MustChangePassword = false;
        await users.UpdateAsync(user);
        await WriteCookieAsync(user, (await http.AuthenticateAsync(IdentityConstants.ApplicationScheme)).Properties?.IsPersistent ?? false);
        return [];
    }

    /// <summary>Refuses the cookie of a session that was ended or has stayed long enough, then asks whether the user's record still stands behind it.</summary>
    public static async Task ValidateAsync(CookieValidatePrincipalContext cookie)
    {
        var services = cookie.HttpContext.RequestServices;
        var stays = cookie.Properties.Items.TryGetValue(StaysUntil, out var until) ? DateTimeOffset.Parse(until!, CultureInfo.InvariantCulture) : DateTimeOffset.MaxValue;
        if (services.GetRequiredService<Sessions>().HasEnded(CircuitGuard.Session(cookie.Principal))
            || services.GetRequiredService<TimeProvider>().GetUtcNow() > stays
            || !await services.GetRequiredService<UserStamps>().IsNotKnownStaleAsync(cookie.Principal!, cookie.HttpContext.RequestAborted))
            cookie.RejectPrincipal();
        else
            await SecurityStampValidator.ValidatePrincipalAsync(cookie);
    }

    /// <summary>The cookie is renewed now and then from the user's record, which does not know what belongs to this sign-in alone.</summary>
    public static Task KeepClaims(SecurityStampRefreshingPrincipalContext renewal)
    {
        var own = renewal.CurrentPrincipal?.Claims.Where(c => c.Type is CircuitGuard.SessionClaim or MustChangeClaim) ?? [];
        (renewal.NewPrincipal?.Identity as ClaimsIdentity)?.AddClaims(own.Select(c => new Claim(c.Type, c.Value)));
        return Task.CompletedTask;
    }

    private async Task<bool> CheckAsync(HttpContext http, string name, string password, bool stay)
    {
        var user = await users.FindByNameAsync(name);
        if (user is null || user.Blocked || user.PasswordHash is null || await users.IsLockedOutAsync(user))
        {
            nobodysHash ??= hasher.HashPassword(Nobody, Guid.NewGuid().ToString());
            hasher.VerifyHashedPassword(Nobody, nobodysHash, password);
            await NoteAsync(http, user, AuditEvents.SignInFailed);
            return false;
        }
        var checkedIn = await signIn.CheckPasswordSignInAsync(user, password, lockoutOnFailure: true);
        if (!checkedIn.Succeeded)
        {
            await NoteAsync(http, user, checkedIn.IsLockedOut ? AuditEvents.LockedOut : AuditEvents.SignInFailed);
            return false;
        }
        user.LastSignedInAt = time.GetUtcNow();
        await users.UpdateAsync(user);
        await WriteCookieAsync(user, stay);
        await NoteAsync(http, user, AuditEvents.SignedIn);
        Preferences.Write(http, user.Culture, user.Theme, user.Dense, user.SingleKeyShortcuts);
        return true;
    }

    private static Actor By(HttpContext http, PortalUser? user) =>
        new() { UserId = user?.Id ?? Guid.Empty, Name = user?.DisplayName ?? "—", Permissions = [], Origin = http.Connection.RemoteIpAddress?.ToString() ?? "" };

    /// <summary>A name nobody has is not noted: it may well be a password typed into the wrong field.</summary>
    private Task NoteAsync(HttpContext http, PortalUser? user, string what) => audit.NoteAsync(By(http, user), what, null, http.RequestAborted);

    private Task WriteCookieAsync(PortalUser user, bool stay)
    {
        var claims = new List<Claim> { new(CircuitGuard.SessionClaim, Guid.NewGuid().ToString("N")) };
        if (user.MustChangePassword) claims.Add(new(MustChangeClaim, "yes"));
        var properties = new AuthenticationProperties { IsPersistent = stay };
        if (stay)
        {
            // The cookie is renewed for as long as it held before; the second moment stays as it is.
            properties.ExpiresUtc = time.GetUtcNow() + Sessions.StayingLife;
            properties.Items[StaysUntil] = (time.GetUtcNow() + Sessions.StayingAtMost).ToString("O");
        }
        return signIn.SignInWithClaimsAsync(user, properties, claims);
    }
}
