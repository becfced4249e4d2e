using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Localization;
using Portal.Domain.Identity;
using Portal.Web.Api;
using Portal.Web.Fleet;
using Portal.Web.Dispatch;
using Portal.Web.Identity;
using Portal.Web.Imports;

namespace Portal.Web.Shell;

/// <summary>The order in which a request passes.</summary>
internal static class PortalPipeline
{
    public static void UsePortal(this WebApplication app)
    {
        app.UseOsmAnd();
        if (!app.Environment.IsDevelopment())
        {
            app.UseExceptionHandler("/error", createScopeForErrors: true);
            if (app.Configuration["Https"] == "required") app.UseHsts().UseHttpsRedirection();
        }
        app.UseSecurityHeaders(app.Configuration);
        // an interface answers with its status, not with a page for people
        app.UseWhen(http => !http.Request.Path.StartsWithSegments("/api"), pages => pages.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true));
        app.UseRequestLocalization(new RequestLocalizationOptions
        {
            DefaultRequestCulture = new RequestCulture(Languages.All[0].Culture),
            SupportedCultures = [.. Languages.All.Select(l => System.Globalization.CultureInfo.GetCultureInfo(l.Culture))],
            SupportedUICultures = [.. Languages.All.Select(l => System.Globalization.CultureInfo.GetCultureInfo(l.Culture))],
        });
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseSameOriginSockets();
        app.UseRateLimiter();
        app.UsePasswordChange();
        app.UseAntiforgery();

        app.MapStaticAssets();
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false }).DisableRateLimiting();
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") }).DisableRateLimiting();
        app.MapAccount();
        app.MapDriverApi();
        app.MapFleetExports();
        app.MapMapLayers();
        app.MapImports();
        app.MapPlayback();
        app.MapTripExport();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }
}
