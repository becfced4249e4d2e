using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Stock;

/// <summary>Which balances to list.</summary>
/// <param name="On">at the end of which day; null as it stands now</param>
public sealed record BalanceFilter(DateOnly? On = null, WarehouseId? Warehouse = null, ProductId? Product = null);

/// <summary>What lies in a warehouse of a product.</summary>
/// <param name="Value">in the company's currency, only for readers of cost</param>
public sealed record BalanceRow(WarehouseId Warehouse, string WarehouseName, ProductId Product, string Code, string Name, string Unit, decimal Quantity, decimal? Value);

/// <summary>What lies where, now or at the end of a past day: how it stood before that day's month, and what has moved in it since. Needs <see cref="Permissions.StockRead"/>; whose rights end at a branch sees its warehouses.</summary>
public sealed class StockBalanceQuery(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>Balances that are not nothing, by code of the product, and how many there are.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<PageOf<BalanceRow>> ListAsync(BalanceFilter filter, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.StockRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand($"""
            {(filter.On is null ? "with there as materialized (select id, quantity, value from stock.card)" : Past)}
            select w.id, w.name, p.id, p.code, p.name, p.unit, t.quantity, t.value, count(*) over ()
            from there t join stock.card c on c.id = t.id join stock.warehouse w on w.id = c.warehouse join pricing.product p on p.id = c.product
            where (t.quantity <> 0 or t.value <> 0) and ($1::uuid is null or w.branch = $1) and ($2::uuid is null or w.id = $2) and ($3::uuid is null or p.id = $3)
            order by p.code, w.name, w.id offset $4 limit $5
            """, (NpgsqlConnection)db.Database.GetDbConnection());
        command.Parameters.AddBranchReach(actor);
        command.Parameters.Add(Maybe(filter.Warehouse?.Value));
        command.Parameters.Add(Maybe(filter.Product?.Value));
        command.Parameters.Add(new() { Value = slice.From });
        command.Parameters.Add(new() { Value = slice.Count });
        if (filter.On is { } day)
        {
            command.Parameters.Add(new() { Value = new DateOnly(day.Year, day.Month, 1) });
            command.Parameters.Add(new() { Value = day });
        }
        var reads = actor.Can(Permissions.PricingCost);
        List<BalanceRow> rows = [];
        var total = 0;
        await using var found = await command.ExecuteReaderAsync(ct);
        while (await found.ReadAsync(ct))
        {
            rows.Add(new(new(found.GetGuid(0)), found.GetString(1), new(found.GetGuid(2)), found.GetString(3), found.GetString(4), found.GetString(5), found.GetDecimal(6), reads ? found.GetDecimal(7) : null));
            total = (int)found.GetInt64(8);
        }
        return new(rows, total);
    }

    private const string Past = """
        with moved as materialized (
            select card, sum(quantity) as quantity, sum(value - difference) as value from stock.movement where day >= $6 and day <= $7 group by card
        ), there as materialized (
            select c.id, coalesce(s.quantity, 0) + coalesce(m.quantity, 0) as quantity, coalesce(s.value, 0) + coalesce(m.value, 0) as value
            from stock.card c left join stock.month s on s.card = c.id and s.month < $6 and s.until >= $6 left join moved m on m.card = c.id
        )
        """;

    private static NpgsqlParameter Maybe(Guid? id) => new() { Value = id ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };
}
