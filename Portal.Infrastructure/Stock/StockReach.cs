using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Stock;

/// <summary>Narrows stock to what an actor's rights reach: whose rights end at a branch works in its warehouses.</summary>
internal static class StockReach
{
    /// <summary>Warehouses within reach.</summary>
    public static IQueryable<Warehouse> Within(this IQueryable<Warehouse> warehouses, Actor actor)
    {
        var reach = actor.OnlyBranch();
        return warehouses.Where(w => reach == null || w.Branch == reach);
    }

    /// <summary>Documents that move goods in a warehouse within reach, or send them there; none for who does not read stock.</summary>
    public static IQueryable<StockDocument> Within(this IQueryable<StockDocument> documents, PortalDb db, Actor actor)
    {
        if (actor.IsSystem) return documents;
        if (!actor.Can(Permissions.StockRead)) return documents.Where(_ => false);
        if (actor.OnlyBranch() is null) return documents;
        var warehouses = db.Set<Warehouse>().Within(actor);
        return documents.Where(d => warehouses.Any(w => w.Id == d.Warehouse || w.Id == d.Target));
    }

    /// <summary>Refuses a warehouse in which the actor moves nothing.</summary>
    /// <exception cref="RuleBrokenException"><c>stock.warehouse-unknown</c></exception>
    public static async Task RequireWarehouseAsync(this PortalDb db, WarehouseId id, Actor actor, CancellationToken ct)
    {
        if (!await db.Set<Warehouse>().Within(actor).AnyAsync(w => w.Id == id && !w.Archived, ct)) throw new RuleBrokenException("stock.warehouse-unknown");
    }
}
