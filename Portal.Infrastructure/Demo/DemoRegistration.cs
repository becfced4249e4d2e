using Microsoft.Extensions.DependencyInjection;

namespace Portal.Infrastructure.Demo;

/// <summary>Registers the demo company.</summary>
public static class DemoRegistration
{
    /// <summary>Adds it; nothing happens until somebody calls <see cref="DemoCompany.FoundAsync"/>.</summary>
    public static IServiceCollection AddDemo(this IServiceCollection services) => services.AddSingleton<DemoCompany>().AddSingleton<DemoWork>().AddSingleton<DemoClients>().AddSingleton<DemoPrices>().AddSingleton<DemoSales>().AddSingleton<DemoLeads>().AddSingleton<DemoCrew>().AddSingleton<DemoOffice>().AddSingleton<DemoOffers>().AddSingleton<DemoStock>().AddSingleton<DemoBilling>().AddSingleton<DemoDelivery>().AddSingleton<DemoSalesOrders>().AddSingleton<DemoClaims>();
}
