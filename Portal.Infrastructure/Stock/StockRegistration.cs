using Microsoft.Extensions.DependencyInjection;

namespace Portal.Infrastructure.Stock;

/// <summary>Registers stock.</summary>
public static class StockRegistration
{
    /// <summary>Adds stock to the container; needs the database.</summary>
    public static IServiceCollection AddStock(this IServiceCollection services) =>
        services.AddSingleton<WarehouseRegistry>().AddSingleton<StockClosing>().AddSingleton<StockBalanceQuery>();
}
