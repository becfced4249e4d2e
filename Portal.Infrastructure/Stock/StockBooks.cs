using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Stock;

/// <summary>What stands in the books of stock of some products: locked until the transaction ends, and read.</summary>
internal sealed class StockBooks
{
    private readonly NpgsqlConnection connection;

    private StockBooks(NpgsqlConnection connection, string currency, IReadOnlyList<KnownCard> cards) => (this.connection, Currency, Cards) = (connection, currency, cards);

    /// <summary>ISO 4217 code of the company's currency.</summary>
    public string Currency { get; }

    /// <summary>The cards of the products in all warehouses.</summary>
    public IReadOnlyList<KnownCard> Cards { get; }

    /// <summary>Opens the books of some products; the cards that are asked for are begun where they are not there yet.</summary>
    /// <exception cref="RuleBrokenException"><c>stock.warehouse-unknown</c>, <c>pricing.product-unknown</c>, <c>stock.not-goods</c></exception>
    public static async Task<StockBooks> TakeAsync(PortalDb db, IReadOnlyCollection<(WarehouseId Warehouse, ProductId Product)> asked, CancellationToken ct)
    {
        var (warehouses, products) = (asked.Select(a => a.Warehouse.Value).Distinct().ToArray(), asked.Select(a => a.Product).Distinct().ToList());
        if (await db.Database.SqlQuery<Guid>($"""select id as "Value" from stock.warehouse where id = any({warehouses}) and not archived order by id for share""").CountAsync(ct) != warehouses.Length) throw new RuleBrokenException("stock.warehouse-unknown");
        var kinds = await db.Set<Product>().Where(p => products.Contains(p.Id)).Select(p => new { p.Name, p.Kind }).ToListAsync(ct);
        if (kinds.Count != products.Count) throw new RuleBrokenException("pricing.product-unknown");
        if (kinds.Find(p => p.Kind != ProductKind.Goods) is { } other) throw new RuleBrokenException("stock.not-goods", other.Name);
        var currency = await db.CompanyCurrencyAsync(ct);

        var (connection, ids) = ((NpgsqlConnection)db.Database.GetDbConnection(), products.Select(p => p.Value).Order().ToArray());
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new("insert into stock.item (product) select p from unnest($1) p order by p on conflict do nothing") { Parameters = { new() { Value = ids } } },
                new("select 1 from stock.item where product = any($1) order by product for update") { Parameters = { new() { Value = ids } } },
                new("""
                    insert into stock.card (warehouse, product, first_rate, last_rate, quantity, value, batches)
                    select w.id, p.id, r.rate, r.rate, 0, 0, case w.model when 'Batch' then '[]'::jsonb end
                    from (select distinct * from unnest($1, $2)) n (warehouse, product) join stock.warehouse w on w.id = n.warehouse join pricing.product p on p.id = n.product
                    cross join lateral (select case when w.model = 'Average' and p.cost_currency = $3 then p.cost end as rate) r
                    on conflict do nothing
                    """)
                {
                    Parameters = { new() { Value = asked.Select(a => a.Warehouse.Value).ToArray() }, new() { Value = asked.Select(a => a.Product.Value).ToArray() }, new() { Value = currency } },
                },
                new("""
                    select c.id, c.warehouse, c.product, w.model, p.name, c.first_rate, c.quantity, c.value, c.last_rate, c.batches::text, c.last_day, c.last_time
                    from stock.card c join stock.warehouse w on w.id = c.warehouse join pricing.product p on p.id = c.product where c.product = any($1)
                    """) { Parameters = { new() { Value = ids } } },
            },
        };
        await using var rows = await batch.ExecuteReaderAsync(ct);
        while (rows.FieldCount < 2) await rows.NextResultAsync(ct);
        List<KnownCard> cards = [];
        while (await rows.ReadAsync(ct))
            cards.Add(new(rows.GetInt64(0), new(rows.GetGuid(1)), new(rows.GetGuid(2)), Enum.Parse<StockModel>(rows.GetString(3)), rows.GetString(4), Maybe(rows, 5),
                new(rows.GetDecimal(6), rows.GetDecimal(7), Maybe(rows, 8), Text(rows, 9)), rows.IsDBNull(10) ? null : (rows.GetFieldValue<DateOnly>(10), rows.GetFieldValue<TimeOnly>(11))));
        return new(connection, currency, cards);
    }

    /// <summary>How many there were on each card at a moment, what moved at that very moment among them.</summary>
    public async Task<Dictionary<long, decimal>> QuantitiesAsync(long[] cards, DateOnly day, TimeOnly time, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("""
            select c.id, coalesce((select s.quantity from stock.month s where s.card = c.id and s.month < $2 and s.until >= $2), 0)
                + coalesce((select sum(m.quantity) from stock.movement m where m.card = c.id and m.day >= $2 and (m.day, m.time) <= ($3, $4)), 0)
            from stock.card c where c.id = any($1)
            """, connection)
        {
            Parameters = { new() { Value = cards }, new() { Value = new DateOnly(day.Year, day.Month, 1) }, new() { Value = day }, new() { Value = time } },
        };
        await using var rows = await command.ExecuteReaderAsync(ct);
        Dictionary<long, decimal> quantities = [];
        while (await rows.ReadAsync(ct)) quantities.Add(rows.GetInt64(0), rows.GetDecimal(1));
        return quantities;
    }

    /// <summary>The next numbers of movements.</summary>
    public async Task<long[]> NumbersAsync(int count, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select nextval('stock.movement_sequence') from generate_series(1, $1)", connection) { Parameters = { new() { Value = count } } };
        await using var rows = await command.ExecuteReaderAsync(ct);
        var numbers = new long[count];
        for (var i = 0; await rows.ReadAsync(ct); i++) numbers[i] = rows.GetInt64(0);
        return numbers;
    }

    /// <summary>Movements that others name as their source, with what came back of them.</summary>
    public Task<Dictionary<long, KnownSource>> SourcesAsync(IReadOnlyCollection<long> sequences, CancellationToken ct) =>
        sequences.Count == 0 ? Task.FromResult(new Dictionary<long, KnownSource>()) : SourcesAsync("= any($1)", new() { Value = sequences.ToArray() }, ct);

    /// <summary>What went out before a day and is named by movements of some cards from that day on.</summary>
    public Task<Dictionary<long, KnownSource>> SourcesOfAsync(long[] cards, DateOnly from, CancellationToken ct) =>
        SourcesAsync("in (select source from stock.movement where card = any($1) and day >= $2 and source is not null)", new() { Value = cards }, ct, from);

    /// <summary>How cards stood before a month; those that had not moved are left out.</summary>
    public async Task<Dictionary<long, CardState>> StatesAsync(long[] cards, DateOnly month, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select card, quantity, value, last_rate, batches::text from stock.month where card = any($1) and month < $2 and until >= $2", connection)
        {
            Parameters = { new() { Value = cards }, new() { Value = month } },
        };
        await using var rows = await command.ExecuteReaderAsync(ct);
        Dictionary<long, CardState> states = [];
        while (await rows.ReadAsync(ct)) states.Add(rows.GetInt64(0), new(rows.GetDecimal(1), rows.GetDecimal(2), Maybe(rows, 3), Text(rows, 4)));
        return states;
    }

    /// <summary>The months from one on in which any of the cards moved.</summary>
    public async Task<List<DateOnly>> MonthsAsync(long[] cards, DateOnly from, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select distinct month from stock.month where card = any($1) and month >= $2", connection) { Parameters = { new() { Value = cards }, new() { Value = from } } };
        await using var rows = await command.ExecuteReaderAsync(ct);
        List<DateOnly> months = [];
        while (await rows.ReadAsync(ct)) months.Add(rows.GetFieldValue<DateOnly>(0));
        return months;
    }

    /// <summary>The movements of a month in their order.</summary>
    /// <param name="cards">movements name them by their place here</param>
    public async Task<List<KnownMovement>> MovementsAsync(long[] cards, DateOnly month, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("""
            select card, day, time, sequence, kind, quantity, value, difference, parts::text, is_given, is_source, source
            from stock.movement where card = any($1) and day >= $2 and day < $3 order by day, time, sequence
            """, connection)
        {
            Parameters = { new() { Value = cards }, new() { Value = month }, new() { Value = month.AddMonths(1) } },
        };
        await using var rows = await command.ExecuteReaderAsync(ct);
        List<KnownMovement> movements = [];
        while (await rows.ReadAsync(ct))
        {
            var (kind, value, parts) = (Enum.Parse<MovementKind>(rows.GetString(4)), Math.Abs(rows.GetDecimal(6)), BatchJson.Read(Text(rows, 8)));
            // the age of what went back to its supplier is the receipt
            StockMoment? source = rows.IsDBNull(11) ? null : kind == MovementKind.SupplierReturn && parts.Length > 0 ? parts[0].Age : new(default, default, rows.GetInt64(11));
            movements.Add(new(new(Moment(rows, 1), Array.IndexOf(cards, rows.GetInt64(0)), kind, Math.Abs(rows.GetDecimal(5)), rows.GetBoolean(9) ? value : null, source, rows.GetBoolean(10)),
                value, rows.GetDecimal(7), parts));
        }
        return movements;
    }

    /// <summary>The cards on which a document has movements, by their id.</summary>
    public static async Task<Dictionary<long, (WarehouseId Warehouse, ProductId Product)>> MovedByAsync(PortalDb db, ObjectRef document, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("select distinct c.id, c.warehouse, c.product from stock.movement m join stock.card c on c.id = m.card where m.document_id = $1 and m.document_kind = $2", (NpgsqlConnection)db.Database.GetDbConnection())
        {
            Parameters = { new() { Value = document.Id }, new() { Value = document.Kind.ToString() } },
        };
        await using var rows = await command.ExecuteReaderAsync(ct);
        Dictionary<long, (WarehouseId, ProductId)> cards = [];
        while (await rows.ReadAsync(ct)) cards.Add(rows.GetInt64(0), (new(rows.GetGuid(1)), new(rows.GetGuid(2))));
        return cards;
    }

    /// <summary>Takes the movements of a document out; what they cost is kept as a difference.</summary>
    /// <exception cref="RuleBrokenException"><c>stock.others-follow</c></exception>
    public async Task RemoveAsync(ObjectRef document, DateTimeOffset now, CancellationToken ct)
    {
        NpgsqlParameter[] named = [new() { Value = document.Id }, new() { Value = document.Kind.ToString() }];
        await using (var follows = new NpgsqlCommand("""
            select p.name from stock.movement m join stock.movement f on f.source = m.sequence join stock.card c on c.id = m.card join pricing.product p on p.id = c.product
            where m.document_id = $1 and m.document_kind = $2 and f.document_id <> $1 limit 1
            """, connection))
        {
            follows.Parameters.AddRange(named);
            if (await follows.ExecuteScalarAsync(ct) is string name) throw new RuleBrokenException("stock.others-follow", name);
        }
        await using var removal = new NpgsqlCommand("""
            with gone as (delete from stock.movement where document_id = $1 and document_kind = $2 returning sequence, value, difference)
            insert into stock.cost_difference (sequence, at, document_kind, document_id, value, difference) select sequence, $3, $2, $1, -value, -difference from gone
            """, connection)
        {
            Parameters = { named[0].Clone(), named[1].Clone(), new() { Value = now } },
        };
        await removal.ExecuteNonQueryAsync(ct);
    }

    private async Task<Dictionary<long, KnownSource>> SourcesAsync(string which, NpgsqlParameter first, CancellationToken ct, DateOnly? before = null)
    {
        await using var command = new NpgsqlCommand($"""
            select m.day, m.time, m.sequence, m.kind, m.quantity, m.value, m.parts::text, c.product from stock.movement m join stock.card c on c.id = m.card
            where m.sequence {which} {(before is null ? "" : "and m.day < $2")}
            """, connection) { Parameters = { first } };
        if (before is { } day) command.Parameters.Add(new() { Value = day });
        Dictionary<long, KnownSource> sources = [];
        await using (var rows = await command.ExecuteReaderAsync(ct))
            while (await rows.ReadAsync(ct))
                sources.Add(rows.GetInt64(2), new(Moment(rows, 0), Enum.Parse<MovementKind>(rows.GetString(3)), new(rows.GetGuid(7)), Math.Abs(rows.GetDecimal(4)), Math.Abs(rows.GetDecimal(5)), BatchJson.Read(Text(rows, 6)), []));
        if (sources.Count == 0) return sources;
        await using var back = new NpgsqlCommand("select source, day, time, sequence, kind, quantity from stock.movement where source = any($1) order by day, time, sequence", connection) { Parameters = { new() { Value = sources.Keys.ToArray() } } };
        await using var returns = await back.ExecuteReaderAsync(ct);
        while (await returns.ReadAsync(ct)) sources[returns.GetInt64(0)].Back.Add((Moment(returns, 1), Enum.Parse<MovementKind>(returns.GetString(4)), Math.Abs(returns.GetDecimal(5))));
        return sources;
    }

    private static StockMoment Moment(NpgsqlDataReader rows, int at) => new(rows.GetFieldValue<DateOnly>(at), rows.GetFieldValue<TimeOnly>(at + 1), rows.GetInt64(at + 2));

    private static decimal? Maybe(NpgsqlDataReader rows, int at) => rows.IsDBNull(at) ? null : rows.GetDecimal(at);

    private static string? Text(NpgsqlDataReader rows, int at) => rows.IsDBNull(at) ? null : rows.GetString(at);
}
