using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Sales.Offers;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Sales;

/// <summary>Registers deals, the ways they go and what maps can do with them.</summary>
public static class SalesRegistration
{
    /// <summary>Adds deals to the container; needs the database, processes and work.</summary>
    public static IServiceCollection AddSales(this IServiceCollection services)
    {
        services.AddSingleton<DealDesk>();
        services.AddSingleton<DealTeam>();
        services.AddSingleton<DealBulk>();
        services.AddSingleton<DealListQuery>();
        services.AddSingleton<DealCardQuery>();
        services.AddSingleton<DealOfWorkQuery>();
        services.AddSingleton<DealAroundQuery>();
        services.AddSingleton<KanbanQuery>();
        services.AddSingleton<PipelineQuery>();
        services.AddSingleton<DealChoicesQuery>();
        services.AddSingleton<SalesSettings>();
        return services.AddDealActions().AddDoor<DealCardQuery>(ObjectKind.Deal, (query, id, actor, ct) => query.MaySeeAsync(new(id), actor, ct),
            (db, id) => db.Set<Deal>().Where(d => d.Id == new DealId(id)).Select(d => d.Manager));
    }

    /// <summary>Adds what maps can do with deals, and what deals do while a process about them takes a step.</summary>
    public static IServiceCollection AddDealActions(this IServiceCollection services)
    {
        foreach (var action in SalesActions.All) services.AddSingleton(action);
        services.AddSingleton(provider => SalesActions.Sending(provider.GetRequiredService<OfferPost>));
        return services.AddSingleton(new ProcessFollower(ObjectKind.Deal, DealFollower.FollowAsync));
    }
}
