using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.SignalR;
using Portal.Infrastructure.Billing;
using Portal.Infrastructure.Claims;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Demo;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Documents;
using Portal.Infrastructure.Fleet;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Imports;
using Portal.Infrastructure.Mail;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Sales.Funnel;
using Portal.Infrastructure.Sales.Leads;
using Portal.Infrastructure.Sales.Plans;
using Portal.Infrastructure.Sales.Offers;
using Portal.Infrastructure.Sales.Orders;
using Portal.Infrastructure.Stock;
using Portal.Infrastructure.Work;
using Portal.Web.Api;
using Portal.Web.Clients.Calendar;
using Portal.Web.Clients.Duplicates;
using Portal.Web.Clients.Segments;
using Portal.Web.Billing;
using Portal.Web.Claims;
using Portal.Web.Documents;
using Portal.Web.Drive;
using Portal.Web.Demo;
using Portal.Web.Fleet;
using Portal.Web.Identity;
using Portal.Web.Imports;
using Portal.Web.Processes;
using Portal.Web.Sales.Leads;
using Portal.Web.Sales.Offers;
using Portal.Web.Shared;
using Portal.Web.Work;
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
        services.AddProcesses();
        services.AddMail(MailOptions.Read(configuration, Path.Combine(DatabaseOptions.From(configuration).DataFolder, "mail")), PublicAddress.Read(configuration));
        services.AddClients().AddClientsBackground().AddCalendarFeed();
        services.AddSingleton<DuplicateMail>().AddSingleton(provider => provider.GetRequiredService<DuplicateMail>().Handler);
        services.AddSingleton<ReminderMail>().AddSingleton(provider => provider.GetRequiredService<ReminderMail>().Handler);
        services.AddScoped<SegmentChoices>();
        services.AddPricing();
        services.AddStock();
        services.AddOffers().AddOffersBackground().AddClientOffers().AddOfferMail();
        services.AddOrders();
        services.AddBilling().AddBillingBackground().AddDocumentPapers().AddDocumentMail().AddCreditMail();
        services.AddClaims().AddClaimMail();
        services.AddWork(new FileStoreOptions(Path.Combine(DatabaseOptions.From(configuration).DataFolder, "files"))).AddWorkBackground();
        services.AddSingleton<WorkMail>().AddSingleton(provider => provider.GetRequiredService<WorkMail>().Handler);
        services.AddSales().AddLeads().AddWebForms();
        services.AddFunnel().AddFunnelBackground().AddPlans();
        services.AddSingleton<MapImport>();
        services.AddImports(new ImportOptions(Path.Combine(DatabaseOptions.From(configuration).DataFolder, "imports"))).AddImportBackground();
        services.AddSingleton<ISourceFormat, XlsxFormat>();
        services.AddPlayback();
        services.AddDemo();
        services.AddSingleton<Simulation>().AddHostedService(provider => provider.GetRequiredService<Simulation>());
        services.AddShell(configuration);
        services.AddSignIn(configuration);
        services.AddProcessApi();
    }

    private static void AddShell(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(new TextCatalog(typeof(Program).Assembly)).AddSingleton<ReaderWords>();
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
        }).AddHubOptions(hub => hub.AddFilter<CircuitOwners>());
        services.AddSecurity();
        services.AddExceptionHandler<RefusedRequests>();
        services.AddHealthChecks().AddCheck<DatabaseHealth>("database", tags: ["ready"]);
        services.AddDataProtection().SetApplicationName("Portal")
            .PersistKeysToFileSystem(KeyFolder(Path.Combine(DatabaseOptions.From(configuration).DataFolder, "keys")));
        services.AddAntiforgery(forms => forms.Cookie.SecurePolicy = CookieSecurity(configuration));
    }

    /// <summary>Whoever reads the keys can sign in as anybody, so only we may.</summary>
    private static DirectoryInfo KeyFolder(string path)
    {
        var folder = Directory.CreateDirectory(path);
        if (!OperatingSystem.IsWindows()) folder.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        return folder;
    }

    private static CookieSecurePolicy CookieSecurity(IConfiguration configuration) =>
        configuration["Https"] == "required" ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;

    private static void AddSignIn(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddHttpContextAccessor();
        services.AddCascadingAuthenticationState();
        services.AddSingleton<Sessions>();
        services.AddSingleton<CircuitOwners>();
        services.AddSingleton<UserStamps>();
        services.AddHostedService<RightsWatch>();
        services.AddScoped<CurrentActor>();
        services.AddScoped<SignInDesk>();
        services.AddScoped<AuthenticationStateProvider, CircuitAuthentication>();
        services.AddScoped<CircuitHandler, CircuitGuard>();
        services.AddScoped<SignInManager<PortalUser>>();
        services.AddOptions<SecurityStampValidatorOptions>().Configure<TimeProvider>((o, time) =>
        {
            o.TimeProvider = time;
            o.ValidationInterval = TimeSpan.FromMinutes(1);
            o.OnRefreshingPrincipal = SignInDesk.KeepClaims;
        });
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddCookie(IdentityConstants.ApplicationScheme, cookie =>
        {
            cookie.Cookie.Name = "portal";
            cookie.Cookie.HttpOnly = true;
            cookie.Cookie.SameSite = SameSiteMode.Lax;
            cookie.Cookie.SecurePolicy = CookieSecurity(configuration);
            cookie.ExpireTimeSpan = Sessions.CookieLife;
            cookie.SlidingExpiration = true;
            cookie.LoginPath = "/signin";
            cookie.ReturnUrlParameter = "back";
            cookie.Events.OnValidatePrincipal = SignInDesk.ValidateAsync;
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
