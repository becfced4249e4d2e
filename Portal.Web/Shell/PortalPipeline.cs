using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Localization;
using Portal.Domain.Identity;
using Portal.Web.Api;
using Portal.Web.Fleet;
using Portal.Web.Billing;
using Portal.Web.Claims;
using Portal.Web.Clients;
using Portal.Web.Clients.Activity;
using Portal.Web.Clients.Calendar;
using Portal.Web.Dispatch;
using Portal.Web.Documents;
using Portal.Web.Identity;
using Portal.Web.Imports;
using Portal.Web.Pricing;
using Portal.Web.Sales.Leads;
using Portal.Web.Sales.Offers;
using Portal.Web.Sales.Orders;
using Portal.Web.Sales.Sold;
using Portal.Web.Stock;
using Portal.Web.Work;
using Portal.Web.Processes;
using Portal.Web.Sales.Funnel;
using Portal.Web.Sales.Plans;
using Portal.Web.Sales.Deals;

namespace Portal.Web.Shell;

/// <summary>The order in which a request passes.</summary>
internal static class PortalPipeline
{
    public static void UsePortal(this WebApplication app)
    {
        app.UseTrustedProxies();
        app.UseOsmAnd();
        app.UseSecurityHeaders(app.Configuration);
        app.UseRequestLocalization(new RequestLocalizationOptions
        {
            DefaultRequestCulture = new RequestCulture(Languages.All[0].Culture),
            SupportedCultures = [.. Languages.All.Select(l => System.Globalization.CultureInfo.GetCultureInfo(l.Culture))],
            SupportedUICultures = [.. Languages.All.Select(l => System.Globalization.CultureInfo.GetCultureInfo(l.Culture))],
        });
        if (!app.Environment.IsDevelopment())
        {
            app.UseExceptionHandler(new ExceptionHandlerOptions { ExceptionHandlingPath = "/error", CreateScopeForErrors = true, StatusCodeSelector = RefusedRequests.StatusOf });
            if (app.Configuration["Https"] == "required") app.UseHsts().UseHttpsRedirection();
        }
        app.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
        app.Use((http, next) =>
        {
            // Only for what a browser shows as a page: an interface answers with its bare status, and a refused form would be posted on to the other page.
            var page = HttpMethods.IsGet(http.Request.Method) && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal);
            if (!page && http.Features.Get<IStatusCodePagesFeature>() is { } pages) pages.Enabled = false;
            return next(http);
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
        app.MapClientExports();
        app.MapDealExports();
        app.MapLeadExports();
        app.MapPricingExports();
        app.MapActivityExports();
        app.MapFunnelExports();
        app.MapPlanExports();
        app.MapCalendarFeed();
        app.MapOfferExports();
        app.MapOrderExports();
        app.MapSoldExports();
        app.MapBillingExports();
        app.MapClaimExports();
        app.MapStockExports();
        app.MapPapers();
        app.MapClientOffers();
        app.MapWebForms();
        app.MapHandoverExports();
        app.MapMapLayers();
        app.MapImports();
        app.MapFiles();
        app.MapProcessApi();
        app.MapFunnelApi();
        app.MapLeadApi();
        app.MapPlayback();
        app.MapRouteMaps();
        app.MapTripExport();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
    }
}
