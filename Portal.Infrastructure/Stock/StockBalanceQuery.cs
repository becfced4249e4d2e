using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Stock;

/// <summary>A column the balances sort by.</summary>
public enum BalanceSort { Code, Name, Warehouse, Quantity, Value }

/// <summary>Which balances to list.</summary>
/// <param name="On">on which day; null as it stands now</param>
/// <param name="Time">after what moved at that minute; null at the end of the day</param>
/// <param name="Text">words of code or name</param>
/// <param name="Short">only what is less than nothing, or less than what is set aside</param>
/// <param name="Worthless">only goods that stand there at no value; for readers of cost</param>
public sealed record BalanceFilter(DateOnly? On = null, TimeOnly? Time = null, string? Text = null, WarehouseId? Warehouse = null, ProductId? Product = null, bool Short = false, bool Worthless = false);

/// <summary>What lies in a warehouse of a product.</summary>
/// <param name="Value">in the company's currency, only for readers of cost</param>
/// <param name="Reserved">what is set aside now</param>
public sealed record BalanceRow(WarehouseId Warehouse, string WarehouseName, ProductId Product, string Code, string Name, string Unit, decimal Quantity, decimal? Value, decimal Reserved);

/// <summary>A page of balances.</summary>
/// <param name="Total">how many there are in all</param>
/// <param name="Value">what they are all worth, only for readers of cost</param>
public sealed record BalancePage(IReadOnlyList<BalanceRow> Rows, int Total, decimal? Value);

/// <summary>What lies where, now or at a past moment: how it stood at the nearer end of that day's month, and what has moved in between. Needs <see cref="Permissions.StockRead"/>; whose rights end at a branch sees its warehouses.</summary>
public sealed class StockBalanceQuery(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>Balances that are not nothing.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<BalancePage> ListAsync(BalanceFilter filter, BalanceSort sort, bool descending, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.StockRead);
        // whoever does not read cost learns nothing of it from an order either
        var reads = actor.Can(Permissions.PricingCost);
        if (sort == BalanceSort.Value && !reads) sort = BalanceSort.Code;
        var words = LikePattern.ContainingEach(filter.Text).Select(pattern => pattern.ToLowerInvariant()).ToArray();
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.OpenConnectionAsync(ct);
        await using var command = new NpgsqlCommand($"""
            with there as materialized ({(filter.On is { } on ? Past(on) : Now)})
            select w.id, w.name, p.id, p.code, p.name, p.unit, t.quantity, t.value, coalesce(r.quantity, 0), count(*) over (), sum(t.value) over ()
            from there t join stock.warehouse w on w.id = t.warehouse join pricing.product p on p.id = t.product
            left join (select product, warehouse, sum(quantity) as quantity from stock.reserve group by product, warehouse) r on r.product = t.product and r.warehouse = t.warehouse
            where (t.quantity <> 0 or t.value <> 0{(filter.Short ? " or r.quantity > 0" : "")}) and ($1::uuid is null or w.branch = $1) and ($2::uuid is null or w.id = $2)
                and {(words.Length == 0 ? "$4::text[] = '{}'" : "lower(p.code || ' ' || p.name) like all ($4::text[])")}{(filter.Short ? " and t.quantity < coalesce(r.quantity, 0)" : "")}{(filter.Worthless && reads ? " and t.value = 0" : "")}
            order by {Key(sort)}{(descending ? " desc" : "")}, p.code, w.name, w.id offset $5 limit $6
            """, (NpgsqlConnection)db.Database.GetDbConnection());
        command.Parameters.AddBranchReach(actor);
        command.Parameters.Add(Maybe(filter.Warehouse?.Value));
        command.Parameters.Add(Maybe(filter.Product?.Value));
        command.Parameters.Add(new() { Value = words });
        command.Parameters.Add(new() { Value = slice.From });
        command.Parameters.Add(new() { Value = slice.Count });
        if (filter.On is { } day)
        {
            command.Parameters.Add(new() { Value = NearerEnd(day) });
            command.Parameters.Add(new() { Value = day });
            // a minute that is named is over
            command.Parameters.Add(new() { Value = filter.Time is { } time ? new TimeOnly(time.Hour, time.Minute, 59) : TimeOnly.MaxValue });
        }
        List<BalanceRow> rows = [];
        var (total, sum) = (0, 0m);
        await using var found = await command.ExecuteReaderAsync(ct);
        while (await found.ReadAsync(ct))
        {
            rows.Add(new(new(found.GetGuid(0)), found.GetString(1), new(found.GetGuid(2)), found.GetString(3), found.GetString(4), found.GetString(5), found.GetDecimal(6), reads ? found.GetDecimal(7) : null, found.GetDecimal(8)));
            (total, sum) = ((int)found.GetInt64(9), found.GetDecimal(10));
        }
        return new(rows, total, reads ? sum : null);
    }

    private const string Now = "select warehouse, product, quantity, value from stock.card where $3::uuid is null or product = $3";

    // how it stood before that first of a month, and what moved from there to the moment, or from the moment to there
    private static string Past(DateOnly day) => $"""
        select c.warehouse, c.product, coalesce(s.quantity, 0) + coalesce(m.quantity, 0) as quantity, coalesce(s.value, 0) + coalesce(m.value, 0) as value
        from stock.card c left join stock.month s on s.card = c.id and s.month < $7 and s.until >= $7 left join (
            select card, {(NearerEnd(day) > day ? "-sum(quantity) as quantity, -sum(value - difference)" : "sum(quantity) as quantity, sum(value - difference)")} as value from stock.movement
            where {(NearerEnd(day) > day ? "day < $7 and day >= $8 and (day > $8 or time > $9)" : "day >= $7 and day <= $8 and (day < $8 or time <= $9)")}
                and ($3::uuid is null or card in (select id from stock.card where product = $3)) group by card
        ) m on m.card = c.id where $3::uuid is null or c.product = $3
        """;

    // the first of the month, or of the next
    private static DateOnly NearerEnd(DateOnly day) => day.AddDays(1 - day.Day).AddMonths(day is { Day: > 15, Year: < 9999 } ? 1 : 0);

    private static string Key(BalanceSort sort) => sort switch
    {
        BalanceSort.Name => "p.name",
        BalanceSort.Warehouse => "w.name",
        BalanceSort.Quantity => "t.quantity",
        BalanceSort.Value => "t.value",
        _ => "p.code",
    };

    private static NpgsqlParameter Maybe(Guid? id) => new() { Value = id ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };
}
