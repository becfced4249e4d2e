using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Stock;

/// <summary>A warehouse as lists show it.</summary>
public sealed record WarehouseRow(WarehouseId Id, string Name, StockModel Model, BranchId? Branch, string? BranchName, bool Archived, uint Version);

/// <summary>Keeps the warehouses; whose rights end at a branch keeps those of his own. Changes need <see cref="Permissions.StockManage"/>.</summary>
public sealed class WarehouseRegistry(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>The warehouses within reach by name.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<IReadOnlyList<WarehouseRow>> ListAsync(bool archived, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.StockRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<Warehouse>().Within(actor).Where(w => archived || !w.Archived).OrderBy(w => w.Name).ThenBy(w => w.Id).Take(Slice.MaxRows)
            .Select(w => new WarehouseRow(w.Id, w.Name, w.Model, w.Branch, db.Set<Branch>().Where(b => b.Id == w.Branch).Select(b => b.Name).FirstOrDefault(), w.Archived, w.Version)).ToListAsync(ct);
    }

    /// <summary>Where a transfer may go: all warehouses in use, also beyond reach.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<IReadOnlyList<(WarehouseId Id, string Name)>> TargetsAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.StockRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return [.. (await db.Set<Warehouse>().Where(w => !w.Archived).OrderBy(w => w.Name).Take(Slice.MaxRows).Select(w => new { w.Id, w.Name }).ToListAsync(ct)).Select(w => (w.Id, w.Name))];
    }

    /// <summary>The branches that a warehouse may be of.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<IReadOnlyList<(BranchId Id, string Name)>> BranchesAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.StockManage);
        var reach = actor.OnlyBranch();
        await using var db = await contexts.CreateDbContextAsync(ct);
        return [.. (await db.Set<Branch>().Where(b => !b.Archived && (reach == null || b.Id == reach)).OrderBy(b => b.Name).Select(b => new { b.Id, b.Name }).ToListAsync(ct)).Select(b => (b.Id, b.Name))];
    }

    /// <summary>Opens a warehouse. Its model stays.</summary>
    /// <exception cref="RuleBrokenException"><c>stock.warehouse-name-taken</c>, <c>identity.out-of-reach</c>, <c>text.required</c>, <c>text.too-long</c>, what branches refuse</exception>
    public async Task<WarehouseId> OpenAsync(string name, StockModel model, BranchId? branch, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.StockManage);
        await using var db = contexts.CreateFor(actor);
        await RequireReachAsync(db, branch, actor, ct);
        var company = await db.CompanyIdAsync(ct);
        var warehouse = new Warehouse(WarehouseId.New(), company, name, model, branch);
        db.Add(warehouse);
        await SaveAsync(db, warehouse, ct);
        return warehouse.Id;
    }

    /// <summary>Changes name and branch of a warehouse that the user saw in version <paramref name="seen"/>.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="OpenAsync"/>, and <c>shared.changed-by</c>, <c>stock.warehouse-unknown</c></exception>
    public async Task ChangeAsync(WarehouseId id, string name, BranchId? branch, uint seen, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        var warehouse = await TakeAsync(db, id, actor, ct);
        db.ExpectVersion(warehouse, seen);
        if (branch != warehouse.Branch) await RequireReachAsync(db, branch, actor, ct);
        warehouse.Describe(name, branch);
        await SaveAsync(db, warehouse, ct);
    }

    /// <summary>Lets nothing more move in a warehouse in which nothing lies.</summary>
    /// <exception cref="RuleBrokenException"><c>stock.warehouse-not-empty</c>, <c>stock.warehouse-unknown</c></exception>
    public async Task ArchiveAsync(WarehouseId id, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // whoever posts holds the row until he is done
        await db.Database.ExecuteSqlAsync($"select from stock.warehouse where id = {id.Value} for update", ct);
        var warehouse = await TakeAsync(db, id, actor, ct);
        if (await db.Database.SqlQuery<bool>($"""select exists (select from stock.card where warehouse = {id.Value} and (quantity <> 0 or value <> 0)) as "Value" """).SingleAsync(ct)) throw new RuleBrokenException("stock.warehouse-not-empty", warehouse.Name);
        warehouse.Archive();
        await SaveAsync(db, warehouse, ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Lets goods move there again.</summary>
    /// <exception cref="RuleBrokenException"><c>stock.warehouse-unknown</c>, <c>stock.warehouse-name-taken</c></exception>
    public async Task RestoreAsync(WarehouseId id, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        var warehouse = await TakeAsync(db, id, actor, ct);
        warehouse.Restore();
        await SaveAsync(db, warehouse, ct);
    }

    private static async Task<Warehouse> TakeAsync(PortalDb db, WarehouseId id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.StockManage);
        return await db.Set<Warehouse>().Within(actor).FirstOrDefaultAsync(w => w.Id == id, ct) ?? throw new RuleBrokenException("stock.warehouse-unknown");
    }

    private static async Task RequireReachAsync(PortalDb db, BranchId? branch, Actor actor, CancellationToken ct)
    {
        if (actor.OnlyBranch() is { } reach && branch != reach) throw new RuleBrokenException("identity.out-of-reach");
        if (branch is { } id) await BranchRegistry.RequireOpenAsync(db, id, ct);
    }

    private static async Task SaveAsync(PortalDb db, Warehouse warehouse, CancellationToken ct)
    {
        try
        {
            await db.SaveOrExplainAsync(new(ObjectKind.Warehouse, warehouse.Id.Value), ct);
        }
        catch (DbUpdateException twice) when (twice.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "warehouse_name" })
        {
            throw new RuleBrokenException("stock.warehouse-name-taken", warehouse.Name);
        }
    }
}
