using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Stock;

/// <summary>Registers stock.</summary>
public static class StockRegistration
{
    /// <summary>Adds stock to the container; needs the database, clients, prices and work.</summary>
    public static IServiceCollection AddStock(this IServiceCollection services)
    {
        services.AddSingleton<WarehouseRegistry>().AddSingleton<StockClosing>().AddSingleton<StockBalanceQuery>().AddSingleton<StockMovementQuery>();
        services.AddSingleton<StockDesk>().AddSingleton<StockDocumentQuery>().AddSingleton<StockDocumentListQuery>();
        return services.AddDoor<StockDocumentQuery>(ObjectKind.StockDocument, (query, id, actor, ct) => query.MaySeeAsync(new(id), actor, ct),
            (db, id) => db.Set<StockDocument>().Where(d => d.Id == new StockDocumentId(id)).Select(d => (Guid?)d.ByUser));
    }
}
