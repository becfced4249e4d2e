using System.Diagnostics;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Imports;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Stock;
using Portal.Infrastructure.Work;
using Portal.Tests.Support;

namespace Portal.Bench;

/// <summary>Stock with ten million movements of 50,000 items behind it: posting a shipment, the balance of a past day, and replays after something written later for earlier.</summary>
internal static class OrdersBench
{
    /// <summary>Its name for <c>./bench</c>.</summary>
    public const string Name = "orders";

    private const int Lines = 20;

    private static readonly Actor Keeper = Actor.System("bench");
    private static readonly DateOnly Begin = new(2024, 1, 1);

    /// <summary>
    /// Reports <c>orders.import</c> of <see cref="SalesHistoryBench"/>, <c>orders.ship_p95</c>, the 95th percentile of posting a shipment of 20 lines (limit 60 ms), <c>orders.balance</c>, that of a page of the balances at the end of a past day (limit 500 ms), and <c>orders.replay_…</c>:
    /// how long each thousand of movements takes that comes after a receipt of an earlier day; it is to stay the same as they grow.
    /// </summary>
    public static async Task RunAsync(Measurements measurements)
    {
        var database = new PortalDatabase();
        await database.InitializeAsync();
        var files = Directory.CreateTempSubdirectory("portal-bench-").FullName;
        try
        {
            await using var pool = database.Pooled(20);
            await using var services = new ServiceCollection().AddLogging().AddSingleton(pool).AddSingleton(TimeProvider.System)
                .AddPortalDb().AddProcesses().AddClients().AddPricing().AddStock().AddWork(new(Path.GetTempPath())).AddSingleton<UserRights>().AddImports(new(files)).BuildServiceProvider();
            await using (var db = services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateFor(Keeper))
            {
                db.Add(new Company(CompanyId.New(), "Bench", "EUR", "UTC"));
                await db.SaveChangesAsync();
            }
            await SalesHistoryBench.RunAsync(measurements, services, database.Owner);
            var warehouse = await services.GetRequiredService<WarehouseRegistry>().OpenAsync("Main", StockModel.Batch, null, Keeper, default);
            var (items, each) = measurements.Quick ? (2_000, 20) : (50_000, 200);
            await FillAsync(database.Owner, warehouse, items, each, measurements);
            await ShipAsync(measurements, services, warehouse, items);
            await BalanceAsync(measurements, services);
            foreach (var count in measurements.Quick ? new[] { 1_000, 10_000 } : [10_000, 100_000, 1_000_000]) await ReplayAsync(measurements, services, database.Owner, warehouse, count);
        }
        finally
        {
            await database.DisposeAsync();
            Directory.Delete(files, recursive: true);
        }
    }

    private static async Task ShipAsync(Measurements measurements, IServiceProvider services, WarehouseId warehouse, int items)
    {
        var (desk, waits, random) = (services.GetRequiredService<StockDesk>(), new List<double>(), new Random(7));
        for (var i = 0; i < (measurements.Quick ? 30 : 220); i++)
        {
            var id = StockDocumentId.New();
            await desk.AddAsync(id, StockDocumentKind.Issue, Keeper, default);
            var head = (await services.GetRequiredService<StockDocumentQuery>().FindAsync(id, Keeper, default))!;
            var lines = Enumerable.Range(0, Lines).Select(_ => new StockDocumentLine(Guid.CreateVersion7(), Product(1 + random.Next(items)), 1 + random.Next(3), "pcs")).ToList();
            var version = await desk.WriteAsync(id, head.Head with { Warehouse = warehouse }, lines, head.Version, Keeper, default);
            var began = Stopwatch.GetTimestamp();
            await desk.PostAsync(id, version, Keeper, default);
            if (i >= 10) waits.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        measurements.Report($"{Name}.ship_p95", Percentile.Of(waits, 0.95), "ms");
    }

    private static async Task BalanceAsync(Measurements measurements, IServiceProvider services)
    {
        var (balances, waits) = (services.GetRequiredService<StockBalanceQuery>(), new List<double>());
        for (var i = 0; i < 12; i++)
        {
            var began = Stopwatch.GetTimestamp();
            var page = await balances.ListAsync(new(Begin.AddDays(200 + 37 * i)), BalanceSort.Code, false, new(0, 50), Keeper, default);
            if (page.Total == 0) throw new InvalidOperationException("Nothing lay there.");
            if (i >= 2) waits.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        measurements.Report($"{Name}.balance", Percentile.Of(waits, 0.95), "ms");
    }

    /// <summary>One item of so many movements within a year, and a dearer receipt before them all: most of them take from another batch then.</summary>
    private static async Task ReplayAsync(Measurements measurements, IServiceProvider services, NpgsqlDataSource owner, WarehouseId warehouse, int count)
    {
        var item = 10_000_000 + count;
        await RunAsync(owner, Goods, item, item);
        await RunAsync(owner, string.Create(CultureInfo.InvariantCulture, $"insert into stock.item values ('{Product(item).Value}'); insert into stock.card (warehouse, product, quantity, value, batches) values ('{warehouse.Value}', '{Product(item).Value}', 0, 0, '[]')"));
        await RunAsync(owner, Movements(warehouse, $"product = '{Product(item).Value}'", count, 360, count * 10L + 900_000_000_000));
        var desk = services.GetRequiredService<StockDesk>();
        var id = StockDocumentId.New();
        await desk.AddAsync(id, StockDocumentKind.Receipt, Keeper, default);
        var version = (await services.GetRequiredService<StockDocumentQuery>().FindAsync(id, Keeper, default))!.Version;
        version = await desk.WriteAsync(id, new(Begin.AddDays(-1), default, warehouse), [new(Guid.CreateVersion7(), Product(item), 5, "pcs") { Price = 13 }], version, Keeper, default);
        var began = Stopwatch.GetTimestamp();
        await desk.PostAsync(id, version, Keeper, default);
        measurements.Report($"{Name}.replay_{count / 1000}k", Stopwatch.GetElapsedTime(began).TotalMilliseconds / (count / 1000.0), "ms/1000");
    }

    private static ProductId Product(int number) => new(Guid.Parse(string.Create(CultureInfo.InvariantCulture, $"00000000-0000-7000-8000-{number:x12}")));

    private static async Task FillAsync(NpgsqlDataSource owner, WarehouseId warehouse, int items, int each, Measurements measurements)
    {
        await RunAsync(owner, Goods, 1, items);
        await RunAsync(owner, $"insert into stock.item select id from pricing.product; insert into stock.card (warehouse, product, quantity, value, batches) select '{warehouse.Value}', id, 0, 0, '[]' from pricing.product order by id");
        measurements.Progress($"{items * (long)each:N0} movements");
        await RunAsync(owner, Movements(warehouse, "true", each, 700, 0));
        await RunAsync(owner, "select setval('stock.movement_sequence', 800000000000); vacuum analyze stock.movement; vacuum analyze stock.card; vacuum analyze stock.month; analyze pricing.product; analyze stock.item");
    }

    private const string Goods = """
        insert into pricing.product (id, code, name, kind, unit, units, vat_rate, cost, cost_currency, characteristics, archived)
        select ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'B-' || i, 'Part ' || i, 'Goods', 'pcs', '[]', 20, 10, 'EUR', '[]', false from generate_series($1::int, $2::int) i
        """;

    /// <summary>Receipts of nine at ten each, and nine issues of one after each; in the end five hundred come in. They spread evenly over the days, each item a little later than the one before.</summary>
    private static string Movements(WarehouseId warehouse, string cards, int each, int days, long from) => $"""
        create temp table filled as
        select c.id as card, row_number() over (order by c.id) as place, count(*) over () as cards from stock.card c where c.warehouse = '{warehouse.Value}' and ({cards}) and c.last_day is null;
        create temp table moved as
        select f.card, k, date '{Begin:yyyy-MM-dd}' + (k::bigint * {days} / {each} + f.place % 36)::int as day, time '00:00' + ((k::bigint * {days} * 1440 / {each}) % 1440) * interval '1 minute' as time, {from} + k * f.cards + f.place as sequence,
            {from} + (k - k % 10) * f.cards + f.place as receipt, date '{Begin:yyyy-MM-dd}' + ((k - k % 10)::bigint * {days} / {each} + f.place % 36)::int as receipt_day, time '00:00' + (((k - k % 10)::bigint * {days} * 1440 / {each}) % 1440) * interval '1 minute' as receipt_time,
            case when k = {each} then 500 when k % 10 = 0 then 9 else -1 end as quantity
        from generate_series(0, {each}) k cross join filled f;
        insert into stock.movement (card, day, time, sequence, kind, quantity, value, difference, parts, is_given, source, is_source, document_kind, document_id)
        select card, day, time, sequence, case when quantity > 0 then 'Receipt' else 'Issue' end, quantity, quantity * 10, 0,
            jsonb_build_array(jsonb_build_array(receipt_day::text, to_char(receipt_time, 'HH24:MI:SS'), receipt, abs(quantity), abs(quantity) * 10)), quantity > 0, null, false, 'Offer', gen_random_uuid()
        from moved order by day, time, sequence;
        create temp table ends as
        select distinct on (card, date_trunc('month', day)) card, date_trunc('month', day)::date as month, k, day, time, case when k = {each} then 500 else 9 - k % 10 end as quantity,
            jsonb_build_array(receipt_day::text, to_char(receipt_time, 'HH24:MI:SS'), receipt, case when k = {each} then 500 else 9 - k % 10 end, (case when k = {each} then 500 else 9 - k % 10 end) * 10) as batch
        from moved order by card, date_trunc('month', day), k desc;
        insert into stock.month (card, month, until, quantity, value, last_rate, batches)
        select card, month, coalesce(lead(month) over (partition by card order by month), 'infinity'), quantity, quantity * 10, 10, case when quantity = 0 then '[]' else jsonb_build_array(batch) end from ends;
        update stock.card c set quantity = 500, value = 5000, last_rate = 10, batches = jsonb_build_array(e.batch), last_day = e.day, last_time = e.time from ends e where e.card = c.id and e.k = {each};
        drop table filled, moved, ends
        """;

    private static async Task RunAsync(NpgsqlDataSource owner, string sql, params int[] numbers)
    {
        await using var connection = await owner.OpenConnectionAsync();
        foreach (var statement in numbers.Length > 0 ? [sql] : sql.Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            await using var command = new NpgsqlCommand(statement, connection) { CommandTimeout = 3600 };
            foreach (var number in numbers) command.Parameters.Add(new() { Value = number });
            await command.ExecuteNonQueryAsync();
        }
    }
}
