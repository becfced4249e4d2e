using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Portal.Infrastructure.Identity;
using Portal.Web.Shell;

namespace Portal.Web.Identity;

/// <summary>Signs people in and out. Every refusal sounds the same and costs the same time, so that nobody learns which names exist.</summary>
internal sealed class SignInDesk(UserManager<PortalUser> users, SignInManager<PortalUser> signIn, IPasswordHasher<PortalUser> hasher, Sessions sessions, TimeProvider time)
{
    /// <summary>Claim of somebody who must change his password before anything else.</summary>
    public const string MustChangeClaim = "portal.must-change";

    private static readonly PortalUser Nobody = new();
    private static string? nobodysHash;

    /// <summary>True and a cookie when name and password are right and the account is open.</summary>
    public async Task<bool> TrySignInAsync(HttpContext http, string name, string password)
    {
        var user = await users.FindByNameAsync(name);
        if (user is null || user.Blocked || user.PasswordHash is null)
        {
            nobodysHash ??= hasher.HashPassword(Nobody, Guid.NewGuid().ToString());
            hasher.VerifyHashedPassword(Nobody, nobodysHash, password);
            return false;
        }
        if (!(await signIn.CheckPasswordSignInAsync(user, password, lockoutOnFailure: true)).Succeeded) return false;
        user.LastSignedInAt = time.GetUtcNow();
        await users.UpdateAsync(user);
        await WriteCookieAsync(user);
        Preferences.Write(http, user.Culture, user.Theme, user.Dense);
        return true;
    }

    /// <summary>Ends this sign-in everywhere it is open.</summary>
    public async Task SignOutAsync(HttpContext http)
    {
        if (Guid.TryParse(http.User.FindFirstValue(ClaimTypes.NameIdentifier), out var id))
            sessions.EndSession(id, http.User.FindFirstValue(CircuitGuard.SessionClaim) ?? "");
        await signIn.SignOutAsync();
    }

    /// <summary>Changes the password of who is signed in; the errors in the words of the rule, or empty.</summary>
    public async Task<IReadOnlyList<string>> ChangePasswordAsync(HttpContext http, string old, string wanted)
    {
        var user = await users.GetUserAsync(http.User);
        if (user is null) return ["identity.signed-out"];
        if (old == wanted) return ["identity.password-same"];
        var result = await users.ChangePasswordAsync(user, old, wanted);
        if (!result.Succeeded)
            return result.Errors.Select(e => e.Code == "PasswordMismatch" ? "identity.password-wrong" : "identity.password-weak").Distinct().ToList();
        user.MustChangePassword = false;
        await users.UpdateAsync(user);
        await WriteCookieAsync(user);
        return [];
    }

    private Task WriteCookieAsync(PortalUser user)
    {
        var claims = new List<Claim> { new(CircuitGuard.SessionClaim, Guid.NewGuid().ToString("N")) };
        if (user.MustChangePassword) claims.Add(new(MustChangeClaim, "yes"));
        return signIn.SignInWithClaimsAsync(user, new AuthenticationProperties { IsPersistent = false }, claims);
    }
}
