using Microsoft.Extensions.DependencyInjection;
using Portal.Infrastructure.Fleet;

namespace Portal.Infrastructure.Dispatch;

/// <summary>Registers dispatch: jobs, the live board and its feed, the queries of its screens.</summary>
public static class DispatchRegistration
{
    /// <summary>Adds dispatch to the container; needs the database and the live fleet.</summary>
    public static IServiceCollection AddDispatch(this IServiceCollection services)
    {
        services.AddSingleton<Roads>();
        services.AddSingleton<DispatchSettingsStore>();
        services.AddSingleton<TripRegistration>();
        services.AddSingleton<TripAssignment>();
        services.AddSingleton<TripProgress>();
        services.AddSingleton<AutomaticAssignment>();
        services.AddSingleton<FleetCandidates>();
        services.AddSingleton<CandidateQuery>();
        services.AddSingleton<TripDetailsQuery>();
        services.AddSingleton<TripListQuery>();
        services.AddSingleton<AddressQuery>();
        services.AddSingleton<CallerQuery>();
        services.AddSingleton<BoardRows>();
        services.AddSingleton<BoardForecast>();
        services.AddSingleton<LiveBoard>();
        services.AddHostedService<BoardFeed>();
        return services;
    }
}
