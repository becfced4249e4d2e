using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Stock;

/// <summary>Which movements to list; days are included, and null leaves them open.</summary>
public sealed record MovementFilter(DateOnly? From = null, DateOnly? Until = null, WarehouseId? Warehouse = null, ProductId? Product = null, MovementKind? Kind = null);

/// <summary>A movement as lists show it.</summary>
/// <param name="Quantity">base units; below nothing when they went out</param>
/// <param name="Value">what the card was changed by; only for readers of cost</param>
/// <param name="WithoutSource">a client's return without its issue, valued by the latest: to be looked at</param>
public sealed record MovementRow(
    long Sequence, DateOnly Day, TimeOnly Time, MovementKind Kind, string Warehouse, ProductId Product, string Code, string Name, string Unit, decimal Quantity, decimal? Value, bool WithoutSource, ObjectKind DocumentKind, Guid Document, string? Number);

/// <summary>What has moved, the latest first. Needs <see cref="Permissions.StockRead"/>; whose rights end at a branch sees its warehouses.</summary>
public sealed class StockMovementQuery(IDbContextFactory<PortalDb> contexts)
{
    // what is counted to the end before "more than that" is told
    private const int MostCounted = 10_000;

    /// <summary>Movements of a page of the list.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<PageOf<MovementRow>> ListAsync(MovementFilter filter, Slice slice, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.StockRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        await db.Database.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch((NpgsqlConnection)db.Database.GetDbConnection())
        {
            BatchCommands =
            {
                Command($"select count(*) from (select 1 {Matching} offset $7 limit $8) counted", filter, actor, 0, MostCounted + 1),
                Command($"""
                    select m.sequence, m.day, m.time, m.kind, w.name, p.id, p.code, p.name, p.unit, m.quantity, m.value - m.difference, m.kind = 'CustomerReturn' and m.source is null, m.document_kind, m.document_id, d.year, d.sequence
                    from (select m.*, c.product, c.warehouse {Matching} order by m.day desc, m.time desc, m.sequence desc offset $7 limit $8) m
                    join stock.warehouse w on w.id = m.warehouse join pricing.product p on p.id = m.product left join stock.stock_document d on d.id = m.document_id order by m.day desc, m.time desc, m.sequence desc
                    """, filter, actor, slice.From, slice.Count),
            },
        };
        var reads = actor.Can(Permissions.PricingCost);
        await using var rows = await batch.ExecuteReaderAsync(ct);
        await rows.ReadAsync(ct);
        var total = (int)rows.GetInt64(0);
        await rows.NextResultAsync(ct);
        List<MovementRow> found = [];
        while (await rows.ReadAsync(ct))
            found.Add(new(rows.GetInt64(0), rows.GetFieldValue<DateOnly>(1), rows.GetFieldValue<TimeOnly>(2), Enum.Parse<MovementKind>(rows.GetString(3)), rows.GetString(4), new(rows.GetGuid(5)), rows.GetString(6), rows.GetString(7), rows.GetString(8),
                rows.GetDecimal(9), reads ? rows.GetDecimal(10) : null, rows.GetBoolean(11), Enum.Parse<ObjectKind>(rows.GetString(12)), rows.GetGuid(13),
                rows.IsDBNull(14) ? null : new Domain.Documents.DocumentNumber(rows.GetInt32(14), rows.GetInt32(15)).ToString()));
        return new(found, Math.Min(total, MostCounted)) { More = total > MostCounted };
    }

    private const string Matching = """
        from stock.movement m join stock.card c on c.id = m.card
        where m.day >= $5 and m.day <= $6 and ($2::uuid is null or c.warehouse = $2) and ($3::uuid is null or c.product = $3) and ($4::text is null or m.kind = $4)
            and ($1::uuid is null or exists (select from stock.warehouse w where w.id = c.warehouse and w.branch = $1))
        """;

    private static NpgsqlBatchCommand Command(string sql, MovementFilter filter, Actor actor, int from, int count)
    {
        var command = new NpgsqlBatchCommand(sql);
        command.Parameters.AddBranchReach(actor);
        command.Parameters.Add(Maybe(filter.Warehouse?.Value, NpgsqlDbType.Uuid));
        command.Parameters.Add(Maybe(filter.Product?.Value, NpgsqlDbType.Uuid));
        command.Parameters.Add(Maybe(filter.Kind?.ToString(), NpgsqlDbType.Text));
        command.Parameters.Add(new() { Value = filter.From ?? DateOnly.MinValue });
        command.Parameters.Add(new() { Value = filter.Until ?? DateOnly.MaxValue });
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = count });
        return command;
    }

    private static NpgsqlParameter Maybe(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
