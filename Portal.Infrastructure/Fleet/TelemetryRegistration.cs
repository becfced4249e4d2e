using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Fleet;

/// <summary>Registration of the positions' way from device to map and database.</summary>
public static class TelemetryRegistration
{
    /// <summary>Adds the intake, the live fleet, the writer and their upkeep. Needs the application's data source.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(configuration.GetSection("Telemetry").Get<TelemetryOptions>() ?? new TelemetryOptions());
        services.AddSingleton<LiveFleet>();
        services.AddSingleton<INodeTalk, PositionTalk>();
        services.AddSingleton<PositionDays>();
        services.AddSingleton<TelemetryIntake>();
        services.AddSingleton<DeviceRegistry>();
        services.AddSingleton<DeviceListQuery>();
        // In the order of their start; they stop in the reverse order.
        services.AddSingleton<PositionRetention>().AddHostedService(provider => provider.GetRequiredService<PositionRetention>());
        services.AddSingleton<DeviceDirectory>().AddHostedService(provider => provider.GetRequiredService<DeviceDirectory>());
        services.AddSingleton<RefusedDevices>().AddHostedService(provider => provider.GetRequiredService<RefusedDevices>());
        services.AddSingleton<TrackWriter>().AddHostedService(provider => provider.GetRequiredService<TrackWriter>());
        services.AddSingleton<FleetMemory>().AddHostedService(provider => provider.GetRequiredService<FleetMemory>());
        services.AddSingleton<DriveRecorder>().AddHostedService(provider => provider.GetRequiredService<DriveRecorder>());
        return services;
    }
}
