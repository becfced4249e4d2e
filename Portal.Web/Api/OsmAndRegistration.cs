using Microsoft.AspNetCore.Server.Kestrel.Core;
using Portal.Infrastructure.Fleet;
using Portal.Web.Shell;

namespace Portal.Web.Api;

/// <summary>Puts the devices' endpoint into the application.</summary>
public static class OsmAndRegistration
{
    /// <summary>Takes devices' messages. Must be the first middleware.</summary>
    public static IApplicationBuilder UseOsmAnd(this IApplicationBuilder app)
    {
        var services = app.ApplicationServices;
        var endpoint = new OsmAndEndpoint(services.GetRequiredService<TelemetryIntake>(), services.GetRequiredService<RefusedDevices>(), services.GetRequiredService<TelemetryOptions>());
        return app.Use(next => context => endpoint.HandleAsync(context, next));
    }

    /// <summary>Listens on the devices' own port too, where the configuration names one.</summary>
    public static void ListenForDevices(this IWebHostBuilder host, IConfiguration configuration)
    {
        if (configuration.GetValue<int?>("Telemetry:OsmAndPort") is { } port)
            host.UseSetting(WebHostDefaults.ServerUrlsKey, string.Join(';', [.. ListeningPorts.Addresses(configuration), $"http://*:{port}"]));
    }

    /// <summary>Bounds what a client that sends nothing, slowly or too much can hold.</summary>
    public static void LimitSlowClients(this KestrelServerLimits limits)
    {
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
    }
}
