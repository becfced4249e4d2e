using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Stock;

/// <summary>What a line of an order wants set aside.</summary>
internal sealed record ReserveLine(WarehouseId Warehouse, ProductId Product, decimal Quantity, DateOnly NeededOn);

/// <summary>Sets goods aside and lets them go, in the transaction of whose they are.</summary>
internal static class StockReserves
{
    /// <summary>Sets aside what nobody else has; all of it or nothing.</summary>
    /// <exception cref="RuleBrokenException"><c>stock.not-free</c>, <c>stock.warehouse-unknown</c>, <c>pricing.product-unknown</c>, <c>stock.not-goods</c>, <c>number.out-of-range</c></exception>
    public static Task ReserveAsync(this PortalDb db, ObjectRef owner, IReadOnlyList<ReserveLine> lines, DateTimeOffset now, CancellationToken ct) => SetAsideAsync(db, owner, lines, whole: true, now, ct);

    /// <summary>Sets aside as much as nobody else has, what is needed first before the rest, in place of what was set aside for the owner before; true where there was enough of everything. What is set aside already stays as it is.</summary>
    /// <exception cref="RuleBrokenException"><c>stock.warehouse-unknown</c>, <c>pricing.product-unknown</c>, <c>stock.not-goods</c>, <c>number.out-of-range</c></exception>
    public static async Task<bool> ReserveFreeAsync(this PortalDb db, ObjectRef owner, IReadOnlyList<ReserveLine> lines, DateTimeOffset now, CancellationToken ct)
    {
        if (lines.Count == 0) await db.ReleaseAsync(owner, ct);
        return await SetAsideAsync(db, owner, [.. lines.OrderBy(l => l.NeededOn)], whole: false, now, ct);
    }

    private static async Task<bool> SetAsideAsync(PortalDb db, ObjectRef owner, IReadOnlyList<ReserveLine> lines, bool whole, DateTimeOffset now, CancellationToken ct)
    {
        if (db.Database.CurrentTransaction is null) throw new InvalidOperationException("Goods are set aside in the transaction of their document.");
        if (lines.Count == 0) return true;
        var books = await StockBooks.TakeAsync(db, [.. lines.Select(l => (l.Warehouse, l.Product))], ct);
        var products = lines.Select(l => l.Product).Distinct().ToList();
        // what is set aside for the owner already makes room for itself
        var own = whole ? [] : await db.Set<Reserve>().Where(r => r.OwnerId == owner.Id && r.OwnerKind == owner.Kind).ToListAsync(ct);
        var taken = (await db.Set<Reserve>().Where(r => products.Contains(r.Product)).GroupBy(r => new { r.Warehouse, r.Product }).Select(g => new { g.Key.Warehouse, g.Key.Product, Sum = g.Sum(r => r.Quantity) }).ToListAsync(ct))
            .ToDictionary(r => (r.Warehouse, r.Product), r => r.Sum);
        foreach (var reserve in own.Where(r => taken.ContainsKey((r.Warehouse, r.Product)))) taken[(reserve.Warehouse, reserve.Product)] -= reserve.Quantity;
        var (enough, fresh) = (true, new List<Reserve>());
        foreach (var wanted in lines.GroupBy(l => (l.Warehouse, l.Product)))
        {
            var card = books.Cards.First(c => (c.Warehouse, c.Product) == wanted.Key);
            var free = card.State.Quantity - taken.GetValueOrDefault(wanted.Key);
            if (whole && wanted.Sum(l => l.Quantity) is var sum && sum > free) throw new RuleBrokenException("stock.not-free", card.Name, sum, Math.Max(0, free));
            foreach (var line in wanted)
            {
                var given = Math.Clamp(free, 0, line.Quantity);
                free -= given;
                if (given > 0) fresh.Add(new Reserve(ReserveId.New(), owner, line.Warehouse, line.Product, given, line.NeededOn, now));
                enough &= given >= line.Quantity;
            }
        }
        if (!fresh.Select(Said).Order().SequenceEqual(own.Select(Said).Order()))
        {
            db.RemoveRange(own);
            db.AddRange(fresh);
            await db.SaveChangesAsync(ct);
        }
        return enough;

        static (Guid, Guid, DateOnly, decimal) Said(Reserve reserve) => (reserve.Warehouse.Value, reserve.Product.Value, reserve.NeededOn, reserve.Quantity);
    }

    /// <summary>Lets go of what is set aside for an owner beyond what he still needs, what is needed last first.</summary>
    /// <param name="needs">base units by warehouse and product</param>
    public static async Task ReleaseBeyondAsync(this PortalDb db, ObjectRef owner, IReadOnlyDictionary<(WarehouseId, ProductId), decimal> needs, CancellationToken ct)
    {
        var own = await db.Set<Reserve>().Where(r => r.OwnerId == owner.Id && r.OwnerKind == owner.Kind).ToListAsync(ct);
        foreach (var card in own.GroupBy(r => (r.Warehouse, r.Product)))
        {
            var beyond = card.Sum(r => r.Quantity) - needs.GetValueOrDefault(card.Key);
            foreach (var reserve in card.OrderByDescending(r => r.NeededOn).ThenByDescending(r => r.At)) beyond = beyond > 0 ? reserve.Use(beyond) : 0;
        }
        db.RemoveRange(own.Where(r => r.Quantity == 0));
        await db.SaveChangesAsync(ct);
    }

    /// <summary>Lets go of all that is set aside for an owner.</summary>
    public static async Task ReleaseAsync(this PortalDb db, ObjectRef owner, CancellationToken ct)
    {
        db.RemoveRange(await db.Set<Reserve>().Where(r => r.OwnerId == owner.Id && r.OwnerKind == owner.Kind).ToListAsync(ct));
        await db.SaveChangesAsync(ct);
    }

    /// <summary>After a document has moved its goods: what it gave out for an owner is no longer set aside for him, and it has taken nothing that is for others. What was lost is lost, whosever it was.</summary>
    /// <exception cref="RuleBrokenException"><c>stock.reserved</c></exception>
    internal static async Task SettleAsync(PortalDb db, StockEntry entry, IReadOnlyCollection<WrittenLine> lines, CancellationToken ct)
    {
        var given = lines.Where(l => l.Movement.Kind is MovementKind.Issue or MovementKind.TransferOut or MovementKind.SupplierReturn).ToList();
        if (given.Count == 0) return;
        if (entry.Owner is { } owner)
        {
            var products = given.Select(l => l.Card.Product).Distinct().ToList();
            var own = await db.Set<Reserve>().Where(r => r.OwnerId == owner.Id && r.OwnerKind == owner.Kind && products.Contains(r.Product)).OrderBy(r => r.NeededOn).ThenBy(r => r.Id).ToListAsync(ct);
            foreach (var line in given)
            {
                var left = line.Movement.Quantity;
                foreach (var reserve in own.Where(r => (r.Warehouse, r.Product) == (line.Card.Warehouse, line.Card.Product))) left = reserve.Use(left);
            }
            db.RemoveRange(own.Where(r => r.Quantity == 0));
            await db.SaveChangesAsync(ct);
        }
        await using var command = new NpgsqlCommand("""
            select p.name, sum(r.quantity) from stock.card c join stock.reserve r on r.product = c.product and r.warehouse = c.warehouse join pricing.product p on p.id = c.product
            where c.id = any($1) and not (r.owner_id = $2 and r.owner_kind = $3) group by c.id, p.name having c.quantity < sum(r.quantity) limit 1
            """, (NpgsqlConnection)db.Database.GetDbConnection())
        {
            Parameters = { new() { Value = given.Select(l => l.Card.Id).ToArray() }, new() { Value = entry.Owner?.Id ?? Guid.Empty }, new() { Value = entry.Owner?.Kind.ToString() ?? "" } },
        };
        await using var rows = await command.ExecuteReaderAsync(ct);
        if (await rows.ReadAsync(ct)) throw new RuleBrokenException("stock.reserved", rows.GetString(0), rows.GetDecimal(1));
    }
}
