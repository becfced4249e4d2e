using Microsoft.Extensions.DependencyInjection;

namespace Portal.Infrastructure.Sales.Plans;

/// <summary>Registers plans of sales.</summary>
public static class PlansRegistration
{
    /// <summary>Adds plans to the container; needs deals.</summary>
    public static IServiceCollection AddPlans(this IServiceCollection services) => services.AddSingleton<PlanDesk>().AddSingleton<PlanQuery>();
}
