using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Shared;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Pricing;

/// <summary>Registers products and prices.</summary>
public static class PricingRegistration
{
    /// <summary>Adds products and prices to the container; needs the database, clients and processes.</summary>
    public static IServiceCollection AddPricing(this IServiceCollection services)
    {
        services.AddSingleton<PricingSettingsStore>();
        services.AddSingleton<ProductGroups>();
        services.AddSingleton<ProductRegistry>();
        services.AddSingleton<ProductListQuery>();
        services.AddSingleton<ProductDetailsQuery>();
        services.AddSingleton<PriceListRegistry>();
        services.AddSingleton<PriceListQuery>();
        services.AddSingleton<PriceRaises>();
        services.AddSingleton<DiscountRegistry>();
        services.AddSingleton<PriceQuery>();
        services.AddSingleton<PriceApprovals>();
        services.AddPriceActions();
        return services.AddDoor<ProductDetailsQuery>(ObjectKind.Product, (query, id, actor, ct) => query.MaySeeAsync(new(id), actor, ct))
            .AddDoor<PriceListQuery>(ObjectKind.PriceList, (query, id, actor, ct) => query.MaySeeAsync(new(id), actor, ct));
    }
}
