using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Portal.Infrastructure.Fleet;
using Portal.Web.Api;

namespace Portal.Tests.Support;

/// <summary>The way of positions on a real server: device endpoint, intake, live fleet and writer, without the rest of the product.</summary>
public sealed class TelemetryHost : IAsyncDisposable
{
    private readonly WebApplication app;

    private TelemetryHost(WebApplication app)
    {
        this.app = app;
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First());
        Http = new HttpClient { BaseAddress = Address };
    }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>A client of it.</summary>
    public HttpClient Http { get; }

    /// <summary>One of its singletons.</summary>
    public T Get<T>() where T : notnull => app.Services.GetRequiredService<T>();

    /// <summary>Starts it over a migrated database.</summary>
    public static async Task<TelemetryHost> StartAsync(
        NpgsqlDataSource database, TelemetryOptions? options = null, TimeProvider? time = null, Action<KestrelServerLimits>? limits = null, ILoggerProvider? log = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (log is not null) builder.Logging.AddProvider(log);
        builder.WebHost.UseKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.LimitSlowClients();
            limits?.Invoke(kestrel.Limits);
        });
        builder.Services.AddSingleton(database);
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddTelemetry(builder.Configuration);
        if (options is not null) builder.Services.AddSingleton(options);
        var app = builder.Build();
        app.UseOsmAnd();
        app.Run(context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        });
        await app.StartAsync();
        return new TelemetryHost(app);
    }

    /// <summary>Stops it as a host stops: the writer finishes first.</summary>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
