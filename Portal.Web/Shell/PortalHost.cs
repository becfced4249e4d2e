using Portal.Infrastructure.Database;
using Portal.Infrastructure.Demo;
using Portal.Infrastructure.Identity;
using Portal.Web.Api;
using Portal.Web.Imports;

namespace Portal.Web.Shell;

/// <summary>Puts the application together. Tests use the same steps as the program.</summary>
public static class PortalHost
{
    /// <summary>Runs until stopped; the exit code.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        ImportCommand? import;
        try
        {
            import = ImportCommand.Take(ref args);
            args = StartArguments.Read(args);
        }
        catch (FormatException usage)
        {
            await Console.Error.WriteLineAsync(usage.Message);
            return 2;
        }
        var builder = WebApplication.CreateBuilder(args);
        // Before anything is founded: a start that cannot listen must leave nothing behind.
        if (import is null && ListeningPorts.Problem(builder.Configuration) is { } problem)
        {
            await Console.Error.WriteLineAsync(problem);
            return 1;
        }
        if (builder.Environment.IsProduction()) DefaultSecrets.Refuse(DatabaseOptions.From(builder.Configuration));
        using var stop = new StopSignals();
        try
        {
            return await RunAsync(builder, import, stop.Token);
        }
        catch (Exception cut) when (stop.Token.IsCancellationRequested)
        {
            // a terminal's Ctrl-C also reaches the programs that make the cluster: what they say then is no fault
            await Console.Error.WriteLineAsync(cut is OperationCanceledException ? "Stopped." : $"Stopped. {cut.Message}");
            return StopSignals.Stopped;
        }
    }

    private static async Task<int> RunAsync(WebApplicationBuilder builder, ImportCommand? import, CancellationToken stop)
    {
        using var loggers = LoggerFactory.Create(logging => logging.AddConfiguration(builder.Configuration.GetSection("Logging")).AddConsole());
        await using var database = await RunningDatabase.StartAsync(
            DatabaseOptions.From(builder.Configuration), TimeProvider.System, loggers.CreateLogger<RunningDatabase>(), stop);
        await using var app = Build(builder, database);
        await PrepareAsync(app, stop);
        if (import is not null) return await import.RunAsync(app.Services, Console.Out, stop);
        await app.RunAsync(stop);
        return 0;
    }

    /// <summary>The application over a running database, not yet started.</summary>
    public static WebApplication Build(WebApplicationBuilder builder, RunningDatabase database)
    {
        builder.Services.AddPortal(builder.Configuration, database);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = 1 << 20;
            kestrel.Limits.LimitSlowClients();
        });
        builder.WebHost.UseStaticWebAssets();
        // With the four seconds an own database server gets, Portal is out within ten.
        builder.Host.ConfigureHostOptions(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.WebHost.ListenForDevices(builder.Configuration);
        var app = builder.Build();
        app.UsePortal();
        return app;
    }

    /// <summary>
    /// What must be true before the first request: somebody can sign in. An empty database gets the demo company, or with
    /// <c>--no-demo</c> one administrator whose one-time password is printed.
    /// </summary>
    public static async Task PrepareAsync(WebApplication app, CancellationToken ct)
    {
        var demo = app.Services.GetRequiredService<DemoCompany>();
        if (app.Configuration.GetValue("demo", false))
        {
            await demo.FoundAsync(ct);
            if (!await demo.IsHereAsync(ct)) return;
            Console.WriteLine("Demo company. Sign in as:");
            foreach (var login in await demo.LoginsAsync(ct)) Console.WriteLine($"  {login.Role,-15} {login.UserName,-8} {login.Password}");
            return;
        }
        var company = app.Configuration.GetSection("Company");
        var password = await app.Services.GetRequiredService<FirstRun>().PrepareAsync(
            company["Name"] ?? "My company", company["Currency"] ?? "EUR", company["TimeZone"] ?? "UTC", ct);
        if (password is not null)
            Console.WriteLine($"First administrator: {FirstRun.AdministratorName} / {password} (to be changed at the first sign-in)");
    }
}
