using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Web.Shell;

namespace Portal.Tests.Support;

/// <summary>
/// The real application in this process, on a loopback port and a migrated database of its own:
/// <c>class XTests(PortalApp app) : IClassFixture&lt;PortalApp&gt;</c>. Without demo data.
/// </summary>
public class PortalApp : IAsyncLifetime
{
    /// <summary>Password of every user made by <see cref="AddUserAsync"/>.</summary>
    public const string Password = "correct-horse-battery-7";

    private readonly PortalApp? first;
    private readonly string data;
    private RunningDatabase? running;
    private WebApplication? application;

    public PortalApp()
    {
        Database = new();
        data = Directory.CreateDirectory(TestServer.NewFolder()).FullName;
    }

    private PortalApp(PortalApp first) => (this.first, Database, data) = (first, first.Database, first.data);

    /// <summary>Its database.</summary>
    public PortalDatabase Database { get; }

    /// <summary>Where it listens, such as <c>http://127.0.0.1:41234/</c>.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>Its services, for arranging what a test needs.</summary>
    public IServiceProvider Services => application!.Services;

    /// <summary>Settings beyond those every test needs; a fixture derived from this one may add some.</summary>
    protected virtual IEnumerable<KeyValuePair<string, string?>> Settings => [];

    /// <summary>Its clock.</summary>
    protected virtual TimeProvider Clock => TimeProvider.System;

    /// <summary>What its clock shows.</summary>
    public DateTimeOffset Now => Clock.GetUtcNow();

    /// <summary>What must be so before it starts; its database is there.</summary>
    protected virtual Task ArrangeAsync() => Task.CompletedTask;

    public virtual async Task InitializeAsync()
    {
        if (first is null) await Database.InitializeAsync();
        await ArrangeAsync();
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions
        {
            ApplicationName = "Portal.Web", ContentRootPath = SourceTree.Path("Portal.Web"), EnvironmentName = "Production"
        });
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(Clock);
        // Hashing is made slow on purpose, for whoever steals the hashes; a test has a few hundred people sign in.
        builder.Services.Configure<PasswordHasherOptions>(hashing => hashing.IterationCount = 1_000);
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(Settings)
        {
            ["PORTAL_DATABASE"] = Database.OwnerConnection, ["PORTAL_DATA"] = data, ["urls"] = "http://127.0.0.1:0"
        });
        // Tiles come from elsewhere; the map falls back on its own layers.
        builder.Configuration["Map:TileUrl"] ??= "";
        running = await RunningDatabase.StartAsync(
            DatabaseOptions.From(builder.Configuration), TimeProvider.System, NullLogger.Instance, CancellationToken.None);
        application = PortalHost.Build(builder, running);
        await PortalHost.PrepareAsync(application, CancellationToken.None);
        await application.StartAsync();
        Address = new Uri(application.Urls.First(url => url.StartsWith("http://127.0.0.1:", StringComparison.Ordinal)));
    }

    public virtual async Task DisposeAsync()
    {
        if (application is not null)
        {
            await application.StopAsync();
            await application.DisposeAsync();
        }
        if (running is not null)
            await running.DisposeAsync();
        if (first is not null) return;
        await Database.DisposeAsync();
        Directory.Delete(data, recursive: true);
    }

    /// <summary>Another node of it, on the same database and data folder; not yet started, and to be disposed before this one.</summary>
    public PortalApp Beside() => new(this);

    /// <summary>A client with cookies of its own that follows no redirect.</summary>
    public HttpClient CreateClient() => new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Address };

    /// <summary>Opens an account, ready to sign in with <see cref="Password"/>.</summary>
    /// <param name="role">Code of a role, as in <c>StandardRoles</c>.</param>
    public async Task AddUserAsync(string name, string role, string language = "en")
    {
        await using var scope = Services.CreateAsyncScope();
        await using var db = await scope.ServiceProvider.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContextAsync();
        var roleId = await db.Set<Role>().Where(row => row.Code == role).Select(row => row.Id).SingleAsync();
        var branch = await db.Set<Domain.Identity.Branch>().Select(row => row.Id).FirstAsync();
        await scope.ServiceProvider.GetRequiredService<UserAccounts>().OpenAsync(
            new UserDetails(name, name, null, language, "UTC", branch, [roleId]), Password, mustChange: false, Actor.System("test"), CancellationToken.None);
    }

    /// <summary>Signs in without a browser.</summary>
    public async Task<WebSession> OpenSessionAsync(string name)
    {
        var session = new WebSession(Address);
        Assert.Equal(System.Net.HttpStatusCode.Found, (await session.SignInAsync(name, Password)).Status);
        return session;
    }

    /// <summary>Opens a window of somebody who is signed in; it shows nothing yet. Quicker than <see cref="SignInAsync"/>, which also draws the page he lands on.</summary>
    /// <param name="address">Another address that leads here, such as a proxy's.</param>
    public async Task<BrowserWindow> OpenWindowAsync(string name, Microsoft.Playwright.BrowserNewContextOptions? settings = null, Uri? address = null)
    {
        using var session = await OpenSessionAsync(name);
        var window = await Chromium.OpenAsync(address ?? Address, settings);
        await window.Page.Context.AddCookiesAsync(session.Cookies.GetAllCookies().Select(cookie => new Microsoft.Playwright.Cookie
        {
            Name = cookie.Name, Value = cookie.Value, Domain = cookie.Domain, Path = cookie.Path, HttpOnly = cookie.HttpOnly, Secure = cookie.Secure,
        }));
        return window;
    }

    /// <summary>Opens a window and signs in there.</summary>
    /// <param name="address">Another address that leads here, such as a proxy's.</param>
    public async Task<BrowserWindow> SignInAsync(string name, Microsoft.Playwright.BrowserNewContextOptions? settings = null, Uri? address = null)
    {
        var window = await Chromium.OpenAsync(address ?? Address, settings);
        await window.GoToAsync("/signin");
        await window.Page.FillAsync("#name", name);
        await window.Page.FillAsync("#password", Password);
        await window.Page.PressAsync("#password", "Enter");
        await window.Page.IsAtAsync(url => !url.Contains("/signin"));
        await window.ReadyAsync();
        return window;
    }
}
