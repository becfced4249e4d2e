using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Stock;
using Portal.Tests.Imports;
using Portal.Tests.Support;

namespace Portal.Tests.Stock;

/// <summary>Thousands of documents on real stock, those of an earlier day and cancelled ones among them: what the books hold is what reckoning everything anew from the beginning comes to.</summary>
public sealed class DocumentStreamTests(ImportRig rig) : IClassFixture<ImportRig>
{
    private const int Documents = 400, Seed = 20140808;

    private readonly Random random = new(Seed);
    private readonly List<StockDocumentId> posted = [];
    private (WarehouseId Id, StockModel Model)[] stores = [];

    [SharedDataFact(BicycleWorks.Stock)]
    public async Task RandomDocuments_OnTheStockOfTheBicycleWorks_ReconcileToTheCent_InBothModels()
    {
        var works = new BicycleWorks();
        await rig.ImportAsync("products", "bicycles.csv", works.ProductsFile);
        await using (var db = rig.Contexts.CreateFor(ImportRig.Importer))
        {
            var company = await db.CompanyIdAsync(default);
            stores = [.. works.Inventory.Select(row => row[1]).Distinct().Order().Select((number, i) => new Warehouse(WarehouseId.New(), company, BicycleWorks.Location(number), i % 2 == 0 ? StockModel.Batch : StockModel.Average, null)).Select(store => (db.Add(store).Entity.Id, store.Model))];
            await db.SaveChangesAsync();
        }
        await rig.ImportAsync("stock", "inventory.csv", works.StockFile);

        var kinds = new Dictionary<string, int>();
        while (kinds.Values.Sum() < Documents)
            if (await TryAsync(new DateOnly(2014, 8, 9).AddDays(posted.Count / 50)) is { } done) kinds[done] = kinds.GetValueOrDefault(done) + 1;
        // all that can be done was done, in numbers
        Assert.Equal([.. Enum.GetNames<StockDocumentKind>().Append("cancelled").Order()], kinds.Keys.Order());

        await ReconcileAsync();
    }

    /// <summary>Writes some document and posts it, or cancels one; null where the books refuse it.</summary>
    private async Task<string?> TryAsync(DateOnly today)
    {
        var now = new DateTimeOffset(today, new(20, 0), TimeSpan.Zero);
        await using var db = rig.Contexts.CreateFor(ImportRig.Importer);
        await using var transaction = await db.Database.BeginTransactionAsync();
        try
        {
            if (posted.Count > 20 && random.Next(25) == 0)
            {
                var old = await PostedAsync(db);
                await db.CancelAsync(old, "A slip", ImportRig.Importer, now, default);
                await db.SaveChangesAsync();
                await transaction.CommitAsync();
                posted.Remove(old.Id);
                return "cancelled";
            }
            // one in five is of an earlier day
            var day = random.Next(5) == 0 ? today.AddDays(-random.Next(1, 15)) : today;
            if (day < new DateOnly(2014, 8, 9)) day = today;
            var document = posted.Count > 20 && random.Next(4) == 0 ? await FollowingAsync(db, day, now) : await FreshAsync(db, day, now);
            if (document is null) return null;
            db.Add(document);
            await db.PostAsync(document, ImportRig.Importer, now, default);
            await db.SaveChangesAsync();
            await transaction.CommitAsync();
            posted.Add(document.Id);
            return document.Kind.ToString();
        }
        catch (RuleBrokenException)
        {
            return null;
        }
    }

    private async Task<StockDocument> PostedAsync(PortalDb db)
    {
        var id = posted[random.Next(posted.Count)];
        return await db.Set<StockDocument>().FirstAsync(d => d.Id == id);
    }

    // a part of what went out or came in goes back, or on
    private async Task<StockDocument?> FollowingAsync(PortalDb db, DateOnly day, DateTimeOffset now)
    {
        var old = await PostedAsync(db);
        if (old.Kind.Follower() is not { } kind) return null;
        var left = await StockDocumentQuery.LeftAsync(db, old.Id, default);
        var lines = old.Lines.Where(l => l.Movement is { } moved && left.GetValueOrDefault(moved).Left > 0 && random.Next(3) > 0)
            .Select(l => new StockDocumentLine(Guid.CreateVersion7(), l.Product, Some(left[l.Movement!.Value].Left), "pcs") { Source = l.Movement }).ToList();
        return lines.Count == 0 ? null : new(StockDocumentId.New(), old.Company, kind, new(day < old.Day ? old.Day : day, Time(), kind == StockDocumentKind.Arrival ? old.Target!.Value : old.Warehouse), lines, old.Id, ImportRig.Importer, now);
    }

    private async Task<StockDocument> FreshAsync(PortalDb db, DateOnly day, DateTimeOffset now)
    {
        var (store, model) = stores[random.Next(stores.Length)];
        var there = await db.Database.SqlQuery<Lying>($"select c.product as \"Product\", c.quantity as \"Quantity\" from stock.card c where c.warehouse = {store.Value} order by md5(c.product::text || {random.Next()}::text) limit {random.Next(1, 6)}").ToListAsync();
        var kind = random.Next(10) switch { < 3 => StockDocumentKind.Receipt, < 6 => StockDocumentKind.Issue, < 8 => StockDocumentKind.Transfer, 8 => StockDocumentKind.WriteOff, _ => StockDocumentKind.StockTaking };
        var lines = there.ConvertAll(card => new StockDocumentLine(Guid.CreateVersion7(), new ProductId(card.Product), kind switch
        {
            StockDocumentKind.Receipt => random.Next(1, 40) / 4m,
            StockDocumentKind.StockTaking => Math.Max(0, card.Quantity + random.Next(-3, 4)),
            // averages may go below nothing
            _ => model == StockModel.Average && random.Next(8) == 0 ? Math.Max(1, card.Quantity) + random.Next(1, 30) : Some(Math.Max(1, card.Quantity) / 6),
        }, "pcs") { Price = kind == StockDocumentKind.Receipt ? random.Next(0, 200_000) / 1000m : null });
        var target = kind == StockDocumentKind.Transfer ? stores.Where(s => s.Id != store).ElementAt(random.Next(stores.Length - 1)).Id : (WarehouseId?)null;
        var company = await db.CompanyIdAsync(default);
        return new(StockDocumentId.New(), company, kind, new(day, Time(), store, target, target is not null && random.Next(2) == 0, Note: kind == StockDocumentKind.WriteOff ? "Spoilt" : null), lines, null, ImportRig.Importer, now);
    }

    private decimal Some(decimal most) => PriceNumbers.Unit(Math.Max(most > 0.25m ? 0.25m : most, most * random.Next(1, 5) / 4));

    private TimeOnly Time() => new(random.Next(0, 20), random.Next(60));

    private async Task ReconcileAsync()
    {
        List<(long Id, StockCard Card, decimal Quantity, decimal Value)> cards = [];
        List<(StockMovement Movement, decimal Value, decimal Difference)> kept = [];
        await using (var read = rig.Data.CreateCommand("select c.id, w.model, c.first_rate, c.quantity, c.value from stock.card c join stock.warehouse w on w.id = c.warehouse order by c.id"))
        await using (var rows = await read.ExecuteReaderAsync())
            while (await rows.ReadAsync())
            {
                decimal? rate = rows.IsDBNull(2) ? null : rows.GetDecimal(2);
                cards.Add((rows.GetInt64(0), rows.GetString(1) == nameof(StockModel.Batch) ? StockCard.InBatches("", lastRate: rate) : StockCard.AtAverage("", lastRate: rate), rows.GetDecimal(3), rows.GetDecimal(4)));
            }
        var place = cards.Index().ToDictionary(c => c.Item.Id, c => c.Index);
        // what goes back to a supplier from an average may be dated before it came
        var moments = new Dictionary<long, StockMoment>();
        await using (var read = rig.Data.CreateCommand("select day, time, sequence from stock.movement"))
        await using (var rows = await read.ExecuteReaderAsync())
            while (await rows.ReadAsync()) moments[rows.GetInt64(2)] = new(rows.GetFieldValue<DateOnly>(0), rows.GetFieldValue<TimeOnly>(1), rows.GetInt64(2));
        await using (var read = rig.Data.CreateCommand("select card, sequence, kind, quantity, value, difference, is_given, source from stock.movement order by day, time, sequence"))
        await using (var rows = await read.ExecuteReaderAsync())
            while (await rows.ReadAsync())
            {
                var (quantity, value) = (rows.GetDecimal(3), rows.GetDecimal(4));
                kept.Add((new(moments[rows.GetInt64(1)], place[rows.GetInt64(0)], Enum.Parse<MovementKind>(rows.GetString(2)), Math.Abs(quantity), rows.GetBoolean(6) ? value : null, rows.IsDBNull(7) ? null : moments[rows.GetInt64(7)], isReferredTo: true), value, rows.GetDecimal(5)));
            }

        var costs = new StockCosts();
        new StockReplay("EUR", [.. cards.Select(c => c.Card)]).Run([.. kept.Select(m => m.Movement)], costs);

        Assert.All(kept.Index(), m => Assert.Equal((costs.Movements[m.Index].Value, costs.Movements[m.Index].Difference), (Math.Abs(m.Item.Value), m.Item.Difference)));
        Assert.All(cards, c => Assert.Equal((c.Card.Quantity, c.Card.Value), (c.Quantity, c.Value)));
        Assert.All(cards.Index(), c =>
        {
            var own = kept.Where(m => m.Movement.Card == c.Index).ToList();
            Assert.Equal(c.Item.Quantity, own.Sum(m => m.Movement.IsInflow ? m.Movement.Quantity : -m.Movement.Quantity));
            Assert.Equal(c.Item.Value, own.Sum(m => m.Movement.IsInflow ? Math.Abs(m.Value) - m.Difference : -Math.Abs(m.Value)));
            if (c.Item.Quantity == 0) Assert.Equal(0, c.Item.Value);
        });
        foreach (var day in moments.Values.Select(m => m.Day).Distinct().Order().Where((_, i) => i % 3 == 0)) await ReconcileAsync(day);
    }

    /// <summary>What lay there at the end of a day is all that had moved until then, from whichever end of its month that is reckoned.</summary>
    private async Task ReconcileAsync(DateOnly day)
    {
        var told = await new StockBalanceQuery(rig.Contexts).ListAsync(new(day), BalanceSort.Code, false, Slice.All, Actor.System("test"), default);
        await using var read = rig.Data.CreateCommand("select c.warehouse, c.product, sum(m.quantity), sum(m.value - m.difference) from stock.movement m join stock.card c on c.id = m.card where m.day <= $1 group by c.id having sum(m.quantity) <> 0 or sum(m.value - m.difference) <> 0");
        read.Parameters.Add(new() { Value = day });
        List<(Guid, Guid, decimal, decimal)> moved = [];
        await using var rows = await read.ExecuteReaderAsync();
        while (await rows.ReadAsync()) moved.Add((rows.GetGuid(0), rows.GetGuid(1), rows.GetDecimal(2), rows.GetDecimal(3)));
        Assert.Equal(moved.Order(), told.Rows.Select(r => (r.Warehouse.Value, r.Product.Value, r.Quantity, r.Value!.Value)).Order());
    }

    private sealed record Lying(Guid Product, decimal Quantity);
}
