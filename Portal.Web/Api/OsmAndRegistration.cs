using Microsoft.AspNetCore.Server.Kestrel.Core;
using Portal.Infrastructure.Fleet;

namespace Portal.Web.Api;

/// <summary>Puts the devices' endpoint into the application.</summary>
public static class OsmAndRegistration
{
    /// <summary>Takes devices' messages. Must be the first middleware.</summary>
    public static IApplicationBuilder UseOsmAnd(this IApplicationBuilder app)
    {
        var endpoint = new OsmAndEndpoint(app.ApplicationServices.GetRequiredService<TelemetryIntake>(), app.ApplicationServices.GetRequiredService<TelemetryOptions>());
        return app.Use(next => context => endpoint.HandleAsync(context, next));
    }

    /// <summary>Bounds what a client that sends nothing, slowly or too much can hold.</summary>
    public static void LimitSlowClients(this KestrelServerLimits limits)
    {
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(5));
    }
}
