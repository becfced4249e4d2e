using Microsoft.Extensions.DependencyInjection;

namespace Portal.Infrastructure.Fleet;

/// <summary>Registers the jobs and reads of vehicles, drivers and shifts.</summary>
public static class FleetRegistration
{
    /// <summary>Adds the fleet's administration, shift clock and driver reads.</summary>
    public static IServiceCollection AddFleet(this IServiceCollection services) => services
        .AddSingleton<VehicleRegistry>()
        .AddSingleton<VehicleClassRegistry>()
        .AddSingleton<DriverRegistry>()
        .AddSingleton<FleetSources>()
        .AddSingleton<ShiftPlanning>()
        .AddSingleton<ShiftClock>()
        .AddSingleton<VehicleListQuery>()
        .AddSingleton<DriverListQuery>()
        .AddSingleton<ShiftWeekQuery>()
        .AddSingleton<DriverDayQuery>()
        .AddSingleton<DriverReportQuery>();
}
