using Microsoft.Extensions.DependencyInjection;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Sales.Funnel;

/// <summary>Registers the funnel.</summary>
public static class FunnelRegistration
{
    /// <summary>Adds the funnel and its forecast to the container; needs deals.</summary>
    public static IServiceCollection AddFunnel(this IServiceCollection services) => services.AddSingleton<FunnelQuery>().AddSingleton<FunnelChoicesQuery>().AddSingleton<ForecastQuery>();

    /// <summary>Adds the round that keeps what a month was forecast to bring when it began.</summary>
    public static IServiceCollection AddFunnelBackground(this IServiceCollection services) =>
        services.AddRounds<ForecastQuery>(TimeSpan.FromMinutes(10), (forecasts, ct) => forecasts.TakeAsync(ct), "The forecast of the month is taken another time.", atOnce: true);
}
