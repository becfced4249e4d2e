using Microsoft.Extensions.DependencyInjection;

namespace Portal.Infrastructure.Fleet;

/// <summary>Registration of what the map reads and the administrator's layers.</summary>
public static class MapRegistration
{
    /// <summary>Adds the jobs and queries of the map.</summary>
    public static IServiceCollection AddMap(this IServiceCollection services) =>
        services.AddSingleton<RoadsReading>().AddHostedService<RoadsFeed>().AddSingleton<MapLayers>().AddSingleton<MapLayerQuery>().AddSingleton<FleetRosterQuery>();
}
