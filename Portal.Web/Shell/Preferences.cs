using Microsoft.AspNetCore.Localization;
using Portal.Domain.Identity;

namespace Portal.Web.Shell;

/// <summary>What the browser must know before anybody is signed in: language, theme, density, keys. Kept in cookies beside the user's record.</summary>
public static class Preferences
{
    private const string ThemeCookie = "portal.theme";
    private const string DenseCookie = "portal.dense";
    private const string KeysCookie = "portal.keys";

    /// <summary><c>system</c>, <c>light</c> or <c>dark</c>.</summary>
    public static string Theme(HttpContext http) => http.Request.Cookies[ThemeCookie] is "light" or "dark" ? http.Request.Cookies[ThemeCookie]! : "system";

    /// <summary>Compact rows on work screens.</summary>
    public static bool Dense(HttpContext http) => http.Request.Cookies[DenseCookie] != "no";

    /// <summary>Shortcuts of one key, without Ctrl or Alt.</summary>
    public static bool SingleKeys(HttpContext http) => http.Request.Cookies[KeysCookie] != "no";

    /// <summary>Writes what is given; null leaves the cookie as it is.</summary>
    public static void Write(HttpContext http, string? language, string? theme, bool? dense, bool? singleKeys)
    {
        var options = new CookieOptions { MaxAge = TimeSpan.FromDays(400), SameSite = SameSiteMode.Lax, HttpOnly = true, Secure = http.Request.IsHttps, IsEssential = true };
        if (language is not null && Languages.Find(language) is { } found)
            http.Response.Cookies.Append(CookieRequestCultureProvider.DefaultCookieName, CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(found.Culture)), options);
        if (theme is "system" or "light" or "dark") http.Response.Cookies.Append(ThemeCookie, theme, options);
        if (dense is { } compact) http.Response.Cookies.Append(DenseCookie, compact ? "yes" : "no", options);
        if (singleKeys is { } single) http.Response.Cookies.Append(KeysCookie, single ? "yes" : "no", options);
    }
}
