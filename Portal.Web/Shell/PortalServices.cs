using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Demo;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Fleet;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Imports;
using Portal.Web.Drive;
using Portal.Web.Demo;
using Portal.Web.Fleet;
using Portal.Web.Identity;
using Portal.Web.Shared;
using Radzen;

namespace Portal.Web.Shell;

/// <summary>Everything in the container; one line per feature.</summary>
internal static class PortalServices
{
    public static void AddPortal(this IServiceCollection services, IConfiguration configuration, RunningDatabase database)
    {
        services.AddSingleton(DatabaseOptions.From(configuration));
        services.AddPortalDatabase(database);
        services.AddIdentityFeature();
        services.AddFleet();
        services.AddDispatch();
        services.AddDrive(configuration);
        services.AddMap();
        services.Configure<MapOptions>(configuration.GetSection("Map"));
        services.AddTelemetry(configuration);
        services.AddDispatch();
        services.AddImports(new ImportOptions(Path.Combine(DatabaseOptions.From(configuration).DataFolder, "imports"))).AddImportBackground();
        services.AddPlayback();
        services.AddDemo();
        services.AddSingleton<Simulation>().AddHostedService(provider => provider.GetRequiredService<Simulation>());
        services.AddShell(configuration);
        services.AddSignIn();
    }

    private static void AddShell(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(new TextCatalog(typeof(Program).Assembly));
        services.AddScoped<Texts>();
        services.AddScoped<Toasts>();
        services.AddScoped<Refusals>();
        services.AddScoped<Shortcuts>();
        services.AddScoped<LocalTime>();
        services.AddRadzenComponents();
        services.AddRazorComponents().AddInteractiveServerComponents(circuits =>
        {
            circuits.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(3);
            circuits.DisconnectedCircuitMaxRetained = 500;
        });
        services.AddSecurity();
        services.AddHealthChecks().AddCheck<DatabaseHealth>("database", tags: ["ready"]);
        services.AddDataProtection().SetApplicationName("Portal")
            .PersistKeysToFileSystem(Directory.CreateDirectory(Path.Combine(DatabaseOptions.From(configuration).DataFolder, "keys")));
    }

    private static void AddSignIn(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddCascadingAuthenticationState();
        services.AddSingleton<Sessions>();
        services.AddSingleton<UserStamps>();
        services.AddHostedService<RightsWatch>();
        services.AddScoped<CurrentActor>();
        services.AddScoped<SignInDesk>();
        services.AddScoped<AuthenticationStateProvider, CircuitAuthentication>();
        services.AddScoped<CircuitHandler, CircuitGuard>();
        services.AddScoped<SignInManager<PortalUser>>();
        services.Configure<SecurityStampValidatorOptions>(o => o.ValidationInterval = TimeSpan.FromMinutes(1));
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddCookie(IdentityConstants.ApplicationScheme, cookie =>
        {
            cookie.Cookie.Name = "portal";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.ExpireTimeSpan = TimeSpan.FromHours(12);
            cookie.SlidingExpiration = true;
            cookie.LoginPath = "/signin";
            cookie.ReturnUrlParameter = "back";
            cookie.Events.OnValidatePrincipal = SecurityStampValidator.ValidatePrincipalAsync;
            cookie.Events.OnRedirectToLogin = context => Answer(context, StatusCodes.Status401Unauthorized);
            cookie.Events.OnRedirectToAccessDenied = context => Answer(context, StatusCodes.Status403Forbidden);
        });
        services.AddScoped<ISecurityStampValidator, SecurityStampValidator<PortalUser>>();
        services.AddScoped<ITwoFactorSecurityStampValidator, TwoFactorSecurityStampValidator<PortalUser>>();
        services.AddAuthorization();
    }

    /// <summary>A page sends the browser to the sign-in page; an API call and a live connection get the bare status.</summary>
    private static Task Answer(Microsoft.AspNetCore.Authentication.RedirectContext<Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationOptions> context, int status)
    {
        if (status == StatusCodes.Status401Unauthorized && HttpMethods.IsGet(context.Request.Method) && context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal))
            context.Response.Redirect(context.RedirectUri);
        else
            context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
