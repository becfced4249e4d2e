using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Stock;

namespace Portal.Infrastructure.Demo;

/// <summary>What lies in the demo company's two warehouses: some weeks of documents, one transfer still on the way and a stock-taking that somebody has begun.</summary>
public sealed class DemoStock(IDbContextFactory<PortalDb> contexts, WarehouseRegistry warehouses, StockDesk desk, UserRights rights)
{
    /// <summary>Founds it once.</summary>
    public async Task FoundAsync(CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await db.Set<Warehouse>().AnyAsync(ct)) return;
        if (await db.Set<PortalUser>().Where(u => u.UserName == "ward").Select(u => (Guid?)u.Id).FirstOrDefaultAsync(ct) is not { } user || await rights.FindAsync(user, ct) is not { } keeper) return;
        var products = await db.Set<Product>().Where(p => !p.Archived && p.Kind == ProductKind.Goods && p.Cost != null).OrderBy(p => p.Code).Take(40).Select(p => new { p.Id, p.Unit }).ToListAsync(ct);
        if (products.Count == 0) return;
        BranchId? branch = keeper.BranchId is { } id ? new(id) : null;
        var main = await warehouses.OpenAsync("Main warehouse", StockModel.Batch, branch, keeper, ct);
        var shop = await warehouses.OpenAsync("Shop", StockModel.Average, branch, keeper, ct);
        StockDocumentLine[] Lines(int from, int count, int quantity) => [.. products.Skip(from).Take(count).Select((p, i) => new StockDocumentLine(Guid.CreateVersion7(), p.Id, quantity + i % 5, p.Unit))];
        Task Make(StockDocumentKind kind, int daysAgo, StockDocumentLine[] lines, WarehouseId? target = null, bool atOnce = false, string? note = null, bool post = true) => MakeAsync(db, kind, main, daysAgo, lines, target, atOnce, note, post, keeper, ct);

        await Make(StockDocumentKind.Receipt, 40, Lines(0, 40, 20), note: "Opening stock");
        await Make(StockDocumentKind.Receipt, 22, Lines(0, 18, 12));
        await Make(StockDocumentKind.Transfer, 20, Lines(4, 10, 6), shop, atOnce: true);
        await Make(StockDocumentKind.Issue, 12, Lines(0, 14, 5));
        await Make(StockDocumentKind.WriteOff, 6, Lines(8, 2, 1), note: "Damaged by a fork-lift truck");
        await Make(StockDocumentKind.Transfer, 2, Lines(10, 6, 3), shop);
        await Make(StockDocumentKind.StockTaking, 0, Lines(0, 8, 27), post: false);
    }

    private async Task MakeAsync(PortalDb db, StockDocumentKind kind, WarehouseId warehouse, int daysAgo, StockDocumentLine[] lines, WarehouseId? target, bool atOnce, string? note, bool post, Actor keeper, CancellationToken ct)
    {
        var id = StockDocumentId.New();
        await desk.AddAsync(id, kind, keeper, ct);
        var draft = await db.Set<StockDocument>().AsNoTracking().FirstAsync(d => d.Id == id, ct);
        var version = await desk.WriteAsync(id, draft.Head with { Day = draft.Day.AddDays(-daysAgo), Warehouse = warehouse, Target = target, AtOnce = atOnce, Note = note }, lines, draft.Version, keeper, ct);
        if (post) await desk.PostAsync(id, version, keeper, ct);
    }
}
