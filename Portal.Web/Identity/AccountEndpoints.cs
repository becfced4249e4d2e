using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.StaticAssets;
using Portal.Infrastructure.Identity;
using Portal.Web.Shared;
using Portal.Web.Shell;

namespace Portal.Web.Identity;

/// <summary>The forms of one's own account that write cookies.</summary>
internal static class AccountEndpoints
{
    public static void MapAccount(this IEndpointRouteBuilder app)
    {
        app.MapPost("/account/signout", async (HttpContext http, SignInDesk desk) =>
        {
            await desk.SignOutAsync(http);
            return Results.LocalRedirect("/signin");
        }).WithMetadata(new RequireAntiforgeryTokenAttribute());

        app.MapPost("/account/signout-everywhere", async (HttpContext http, SignInDesk desk) =>
        {
            await desk.SignOutEverywhereAsync(http);
            return Results.LocalRedirect("/signin");
        }).WithMetadata(new RequireAntiforgeryTokenAttribute());

        app.MapPost("/account/preferences", async (HttpContext http, [FromForm] string? language, [FromForm] string? zone, [FromForm] string? theme, [FromForm] string? dense, [FromForm] string? keys, [FromForm] string? back, UserAccounts accounts) =>
        {
            if (http.User.Identity?.IsAuthenticated == true)
                await accounts.PreferAsync(language, zone, theme, dense is null ? null : dense == "yes", keys is null ? null : keys == "yes", await http.ActorAsync(), http.RequestAborted);
            Preferences.Write(http, language, theme, dense is null ? null : dense == "yes", keys is null ? null : keys == "yes");
            return Results.LocalRedirect(Local(back));
        });
    }

    /// <summary>Sends who must change his password to that page and nowhere else.</summary>
    public static void UsePasswordChange(this IApplicationBuilder app) => app.Use((http, next) =>
    {
        var path = http.Request.Path;
        if (!http.User.HasClaim(SignInDesk.MustChangeClaim, "yes") || path.StartsWithSegments("/account/password") || path.StartsWithSegments("/account/signout") || path.StartsWithSegments("/account/signout-everywhere")
            // what the page itself is made of; an export has an extension too, and is no such thing
            || http.GetEndpoint()?.Metadata.GetMetadata<StaticAssetDescriptor>() is not null || path.StartsWithSegments("/account/preferences") || path.StartsWithSegments("/osmand"))
            return next(http);
        if (path.StartsWithSegments("/api"))
        {
            var words = http.RequestServices.GetRequiredService<Texts>()["rule.identity.password-due"];
            return Results.Problem(words, statusCode: StatusCodes.Status403Forbidden, extensions: new Dictionary<string, object?> { ["code"] = "identity.password-due" }).ExecuteAsync(http);
        }
        if (HttpMethods.IsGet(http.Request.Method)) http.Response.Redirect("/account/password");
        else http.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    });

    /// <summary>A path of this site, else the start page: a link from outside must not send people elsewhere.</summary>
    public static string Local(string? back) =>
        back is { Length: > 0 and < 2000 } && back[0] == '/' && (back.Length == 1 || back[1] is not ('/' or '\\')) && !back.Any(char.IsControl) ? back : "/";
}
