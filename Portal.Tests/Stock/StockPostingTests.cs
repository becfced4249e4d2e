using FsCheck;
using FsCheck.Fluent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Stock;
using Portal.Tests.Work;

namespace Portal.Tests.Stock;

/// <summary>What documents move, on a real database: in order and out of it, now and at any past day.</summary>
public sealed class StockPostingTests(WorkOffice office) : IClassFixture<WorkOffice>
{
    private static readonly DateTimeOffset Now = new(2026, 6, 1, 9, 0, 0, TimeSpan.Zero);

    private WarehouseRegistry Warehouses => office.Services.GetRequiredService<WarehouseRegistry>();
    private StockClosing Closing => office.Services.GetRequiredService<StockClosing>();
    private StockBalanceQuery Balances => office.Services.GetRequiredService<StockBalanceQuery>();

    private Actor? keeper;

    private async Task<Actor> KeeperAsync() => keeper ??= await office.PersonAsync(Unique("Keeper"), Permissions.StockRead, Permissions.StockManage, Permissions.PricingManage, Permissions.PricingCost);

    private static string Unique(string name) => $"{name} {Guid.NewGuid():N}"[..(name.Length + 9)];

    private static async Task<string> RefusedAsync(Func<Task> job) => (await Assert.ThrowsAsync<RuleBrokenException>(job)).Code;

    private async Task<WarehouseId> WarehouseAsync(StockModel model) => await Warehouses.OpenAsync(Unique("Store"), model, null, await KeeperAsync(), default);

    private async Task<ProductId> ProductAsync(decimal? cost = null, ProductKind kind = ProductKind.Goods) =>
        await office.Services.GetRequiredService<ProductRegistry>().AddAsync(new(Unique("C"), "Chain", null, kind, "pcs", 20, cost is { } known ? new(known, "EUR") : null), [], await KeeperAsync(), default);

    private static StockEntry Entry(DateOnly day, params StockLine[] lines) => new(new(ObjectKind.Offer, Guid.NewGuid()), day, TimeOnly.MinValue, lines);

    private static DateOnly March(int day) => new(2026, 3, day);

    private async Task<IReadOnlyList<PostedLine>> PostAsync(StockEntry entry)
    {
        await using var db = office.Open();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var posted = await db.PostAsync(entry, Now, default);
        await transaction.CommitAsync();
        return posted;
    }

    private async Task<PostedLine> PostAsync(DateOnly day, StockLine line) => (await PostAsync(Entry(day, line)))[0];

    private async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = office.Owner.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private Task<decimal> CostAsync(PostedLine line) => ScalarAsync<decimal>($"select abs(value) from stock.movement where sequence = {line.Sequence}");

    private async Task<(decimal Quantity, decimal Value)> BalanceAsync(WarehouseId warehouse, ProductId product, DateOnly? on = null) =>
        (await Balances.ListAsync(new(on, Warehouse: warehouse, Product: product), BalanceSort.Code, false, Slice.All, await KeeperAsync(), default)).Rows is [var row] ? (row.Quantity, row.Value!.Value) : (0, 0);

    [Theory]
    [InlineData(StockModel.Batch, 1600, 320, 920, 1400, 280, 1480)]
    [InlineData(StockModel.Average, 1650, 330, 880, 1560, 312, 1352)]
    public async Task Post_OfWhatIsWrittenLaterForEarlier_ReplaysWhatCameAfter(StockModel model, int cost, int back, int left, int laterCost, int laterBack, int laterLeft)
    {
        var (store, item) = (await WarehouseAsync(model), await ProductAsync());
        StockLine Line(MovementKind kind, decimal quantity, decimal? value = null, long? source = null) => new(store, item, kind, quantity, value, source);
        await PostAsync(March(1), Line(MovementKind.Receipt, 10, 1000));
        await PostAsync(March(5), Line(MovementKind.Receipt, 10, 1200));
        var issue = await PostAsync(March(10), Line(MovementKind.Issue, 15));
        var returned = await PostAsync(March(12), Line(MovementKind.CustomerReturn, 3, source: issue.Sequence));
        Assert.Equal((cost, back, (8m, (decimal)left)), (issue.Value, returned.Value, await BalanceAsync(store, item)));

        await PostAsync(March(3), Line(MovementKind.Receipt, 5, 400));

        Assert.Equal((laterCost, laterBack, (13m, (decimal)laterLeft)), (await CostAsync(issue), await CostAsync(returned), await BalanceAsync(store, item)));
        Assert.Equal(cost - laterCost, await ScalarAsync<decimal>($"select sum(value) from stock.cost_difference where sequence = {issue.Sequence}"));
        Assert.Equal(laterBack - back, await ScalarAsync<decimal>($"select sum(value) from stock.cost_difference where sequence = {returned.Sequence}"));
    }

    [Fact]
    public async Task Post_BelowNothing_TakesTheRateOfWhatComesIn()
    {
        var (store, item) = (await WarehouseAsync(StockModel.Average), await ProductAsync(cost: 8));
        await PostAsync(March(1), new(store, item, MovementKind.Issue, 50));
        Assert.Equal((-50, -400), await BalanceAsync(store, item));

        var first = await PostAsync(March(2), new(store, item, MovementKind.Receipt, 40, 600));
        Assert.Equal((-150, 350m), ((await BalanceAsync(store, item)).Value, first.Difference));
        await PostAsync(March(3), new(store, item, MovementKind.Receipt, 20, 500));

        Assert.Equal((10, 250), await BalanceAsync(store, item));
        Assert.Equal(850m, await ScalarAsync<decimal>($"select sum(m.difference - case m.kind when 'Issue' then m.value else 0 end) from stock.movement m join stock.card c on c.id = m.card where c.product = '{item.Value}'"));
    }

    [Fact]
    public async Task Post_BeyondTheBatches_IsRefused_AndNothingMoves()
    {
        var (store, item, other) = (await WarehouseAsync(StockModel.Batch), await ProductAsync(), await ProductAsync());
        await PostAsync(March(1), new(store, item, MovementKind.Receipt, 10, 100));
        await PostAsync(March(20), new(store, item, MovementKind.Issue, 8));

        Assert.Equal("stock.beyond-batches", await RefusedAsync(() => PostAsync(Entry(March(21), new StockLine(store, other, MovementKind.Receipt, 1, 1), new StockLine(store, item, MovementKind.Issue, 3)))));
        Assert.Equal("stock.beyond-batches", await RefusedAsync(() => PostAsync(March(10), new(store, item, MovementKind.Issue, 3))));

        Assert.Equal(((2m, 20m), (0m, 0m)), (await BalanceAsync(store, item), await BalanceAsync(store, other)));
        Assert.Equal(2L, await ScalarAsync<long>($"select count(*) from stock.movement m join stock.card c on c.id = m.card where c.product in ('{item.Value}', '{other.Value}')"));
    }

    [Fact]
    public async Task Transfer_IsOnItsWay_AndIsReplayedWhereItWent()
    {
        var (from, to, item) = (await WarehouseAsync(StockModel.Batch), await WarehouseAsync(StockModel.Average), await ProductAsync());
        await PostAsync(March(2), new(from, item, MovementKind.Receipt, 4, 40));
        var sent = await PostAsync(March(28), new(from, item, MovementKind.TransferOut, 2));
        Assert.Equal(((2m, 20m), (0m, 0m)), (await BalanceAsync(from, item), await BalanceAsync(to, item)));
        await PostAsync(new(2026, 4, 2), new(to, item, MovementKind.TransferIn, 2, Source: sent.Sequence));
        var issue = await PostAsync(new(2026, 5, 6), new(to, item, MovementKind.Issue, 2));
        Assert.Equal(20, issue.Value);

        await PostAsync(March(1), new(from, item, MovementKind.Receipt, 1, 4));

        Assert.Equal((14m, (3m, 30m), (0m, 0m)), (await CostAsync(issue), await BalanceAsync(from, item), await BalanceAsync(to, item)));
        Assert.Equal((2, 14), await BalanceAsync(to, item, new(2026, 4, 30)));
        Assert.Equal("stock.more-than-sent", await RefusedAsync(() => PostAsync(new(2026, 5, 7), new(to, item, MovementKind.TransferIn, 1, Source: sent.Sequence))));
    }

    [Fact]
    public async Task Source_MustBeOfTheItem_AndOfItsKind()
    {
        var (store, item, other) = (await WarehouseAsync(StockModel.Batch), await ProductAsync(), await ProductAsync());
        var receipt = await PostAsync(March(2), new(store, item, MovementKind.Receipt, 4, 40));

        Assert.Equal("stock.source-unknown", await RefusedAsync(() => PostAsync(March(3), new(store, item, MovementKind.CustomerReturn, 1, Source: receipt.Sequence))));
        Assert.Equal("stock.source-unknown", await RefusedAsync(() => PostAsync(March(3), new(store, other, MovementKind.SupplierReturn, 1, Source: receipt.Sequence))));
        Assert.Equal("stock.source-unknown", await RefusedAsync(() => PostAsync(March(3), new(store, item, MovementKind.SupplierReturn, 1, Source: long.MaxValue))));
        Assert.Equal("stock.source-later", await RefusedAsync(async () => await PostAsync(March(3), new(store, item, MovementKind.CustomerReturn, 1, Source: (await PostAsync(March(9), new(store, item, MovementKind.Issue, 1))).Sequence))));
        Assert.Equal(10, (await PostAsync(March(12), new(store, item, MovementKind.SupplierReturn, 1, Source: receipt.Sequence))).Value);
    }

    [Fact]
    public async Task Document_MayTakeWhatItBrought()
    {
        var (from, to, item) = (await WarehouseAsync(StockModel.Batch), await WarehouseAsync(StockModel.Batch), await ProductAsync());

        var posted = await PostAsync(Entry(March(2), new StockLine(from, item, MovementKind.Receipt, 4, 40), new StockLine(from, item, MovementKind.TransferOut, 3), new StockLine(to, item, MovementKind.TransferIn, 3, SourceLine: 1)));

        Assert.Equal([40, 30, 30], posted.Select(p => p.Value));
        Assert.Equal(((1m, 10m), (3m, 30m)), (await BalanceAsync(from, item), await BalanceAsync(to, item)));
    }

    [Fact]
    public async Task Post_OfWhatLiesInNoWarehouse_IsRefused()
    {
        var (store, kept, service) = (await WarehouseAsync(StockModel.Batch), await ProductAsync(), await ProductAsync(kind: ProductKind.Service));
        await Warehouses.ArchiveAsync(store, await KeeperAsync(), default);

        Assert.Equal("stock.warehouse-unknown", await RefusedAsync(() => PostAsync(March(1), new(store, kept, MovementKind.Receipt, 1, 1))));
        store = await WarehouseAsync(StockModel.Batch);
        Assert.Equal("stock.not-goods", await RefusedAsync(() => PostAsync(March(1), new(store, service, MovementKind.Receipt, 1, 1))));
        Assert.Equal("pricing.product-unknown", await RefusedAsync(() => PostAsync(March(1), new(store, ProductId.New(), MovementKind.Receipt, 1, 1))));
        Assert.Equal("number.out-of-range", await RefusedAsync(() => PostAsync(March(1), new(store, kept, MovementKind.Receipt, 0, 1))));
    }

    private async Task TakeBackAsync(ObjectRef document, DateOnly day)
    {
        await using var db = office.Open();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await db.TakeBackAsync(document, day, Now, default);
        await transaction.CommitAsync();
    }

    [Fact]
    public async Task TakeBack_OfWhatOthersBringBack_IsRefused_AndOfTheLastLeavesNothing()
    {
        var (store, item) = (await WarehouseAsync(StockModel.Batch), await ProductAsync());
        var (receipt, issue) = (Entry(March(1), new StockLine(store, item, MovementKind.Receipt, 4, 40)), Entry(March(9), new StockLine(store, item, MovementKind.Issue, 3)));
        await PostAsync(receipt);
        var issued = (await PostAsync(issue))[0];
        var back = Entry(March(9), new StockLine(store, item, MovementKind.CustomerReturn, 1, Source: issued.Sequence));
        await PostAsync(back);

        Assert.Equal("stock.others-follow", await RefusedAsync(() => TakeBackAsync(issue.Document, March(9))));
        Assert.Equal("stock.beyond-batches", await RefusedAsync(() => TakeBackAsync(receipt.Document, March(1))));
        Assert.Equal((2m, 20m), await BalanceAsync(store, item));

        await TakeBackAsync(back.Document, March(9));
        await TakeBackAsync(issue.Document, March(9));
        Assert.Equal(((4m, 40m), (4m, 40m)), (await BalanceAsync(store, item), await BalanceAsync(store, item, March(9))));
        await TakeBackAsync(receipt.Document, March(1));
        await TakeBackAsync(receipt.Document, March(1));
        Assert.Equal(((0m, 0m), (0m, 0m)), (await BalanceAsync(store, item), await BalanceAsync(store, item, March(31))));
        Assert.Equal(0m, await ScalarAsync<decimal>($"select sum(value) + 40 from stock.cost_difference where document_id = '{receipt.Document.Id}'"));
    }

    [Fact]
    public async Task Post_OutsideATransaction_IsAFaultOfTheCaller()
    {
        await using var db = office.Open();

        await Assert.ThrowsAsync<InvalidOperationException>(() => db.PostAsync(Entry(March(1)), Now, default));
    }

    [Fact]
    public async Task Period_ThatIsClosed_TakesNothing_UntilItIsOpened()
    {
        var (store, item, keeper) = (await WarehouseAsync(StockModel.Batch), await ProductAsync(), await KeeperAsync());
        await Closing.CloseAsync(new(2020, 12, 31), (await Closing.SeeAsync(keeper, default)).Version, keeper, default);
        StockLine line = new(store, item, MovementKind.Receipt, 1, 1);

        Assert.Equal("stock.period-closed", await RefusedAsync(() => PostAsync(new(2020, 12, 31), line)));
        await PostAsync(new(2021, 1, 1), line);
        await Closing.CloseAsync(null, (await Closing.SeeAsync(keeper, default)).Version, keeper, default);
        await PostAsync(new(2020, 12, 31), line);
        Assert.Equal("identity.not-allowed", await RefusedAsync(async () => await Closing.CloseAsync(null, 0, await office.PersonAsync(Unique("Reader"), Permissions.StockRead), default)));
    }

    [Fact]
    public async Task TwoAtOnce_ForTheLastUnit_OneIsRefused()
    {
        var (store, item) = (await WarehouseAsync(StockModel.Batch), await ProductAsync());
        await PostAsync(March(1), new(store, item, MovementKind.Receipt, 3, 30));

        var all = await Task.WhenAll(Enumerable.Range(0, 6).Select(async _ =>
        {
            try
            {
                return (await PostAsync(March(2), new(store, item, MovementKind.Issue, 1))).Value;
            }
            catch (RuleBrokenException refused)
            {
                Assert.Equal("stock.beyond-batches", refused.Code);
                return 0;
            }
        }));

        Assert.Equal([0, 0, 0, 10, 10, 10], all.Order());
        Assert.Equal((0, 0), await BalanceAsync(store, item));
    }

    private async Task ReserveAsync(ObjectRef owner, params ReserveLine[] lines)
    {
        await using var db = office.Open();
        await using var transaction = await db.Database.BeginTransactionAsync();
        await db.ReserveAsync(owner, lines, Now, default);
        await transaction.CommitAsync();
    }

    [Fact]
    public async Task Reserve_IsKeptFromOthers_AndUsedByItsOwner()
    {
        var (store, item) = (await WarehouseAsync(StockModel.Average), await ProductAsync());
        var (one, other) = (new ObjectRef(ObjectKind.Deal, Guid.NewGuid()), new ObjectRef(ObjectKind.Deal, Guid.NewGuid()));
        await PostAsync(March(1), new(store, item, MovementKind.Receipt, 10, 100));
        await ReserveAsync(one, new ReserveLine(store, item, 4, March(20)), new ReserveLine(store, item, 2, March(25)));

        Assert.Equal("stock.not-free", await RefusedAsync(() => ReserveAsync(other, new ReserveLine(store, item, 5, March(10)))));
        await ReserveAsync(other, new ReserveLine(store, item, 3, March(10)));
        Assert.Equal("stock.reserved", await RefusedAsync(() => PostAsync(March(2), new(store, item, MovementKind.Issue, 2))));
        await PostAsync(March(2), new(store, item, MovementKind.Issue, 1));
        Assert.Equal("stock.reserved", await RefusedAsync(() => PostAsync(Entry(March(3), new StockLine(store, item, MovementKind.Issue, 7)) with { Owner = one })));
        await PostAsync(Entry(March(3), new StockLine(store, item, MovementKind.Issue, 5)) with { Owner = one });
        Assert.Equal(1m, await ScalarAsync<decimal>($"select sum(quantity) from stock.reserve where owner_id = '{one.Id}'"));

        await PostAsync(March(4), new(store, item, MovementKind.WriteOff, 3));
        Assert.Equal("stock.reserved", await RefusedAsync(() => PostAsync(Entry(March(5), new StockLine(store, item, MovementKind.Issue, 1)) with { Owner = one })));
        await using (var db = office.Open()) await db.ReleaseAsync(other, default);
        await PostAsync(Entry(March(5), new StockLine(store, item, MovementKind.Issue, 1)) with { Owner = one });
        Assert.Equal(0L, await ScalarAsync<long>($"select count(*) from stock.reserve where product = '{item.Value}'"));
    }

    [Fact]
    public void Reserves_AreCovered_InTheOrderInWhichTheyAreNeeded()
    {
        Reserve Of(int day, decimal quantity, int minute) => new(ReserveId.New(), new(ObjectKind.Deal, Guid.NewGuid()), WarehouseId.New(), ProductId.New(), quantity, March(day), Now.AddMinutes(minute));
        var (late, first, second) = (Of(9, 2, 0), Of(2, 4, 1), Of(2, 5, 2));

        var covered = Reserve.Covered(6, [late, second, first]);

        Assert.Equal((4m, 2m, 0m), (covered[first.Id], covered[second.Id], covered[late.Id]));
        Assert.All(Reserve.Covered(-3, [first, second]).Values, quantity => Assert.Equal(0, quantity));
    }

    [Fact]
    public async Task Balance_IsForReaders_AndItsValueForReadersOfCost_InTheirBranch()
    {
        var (store, item) = (await WarehouseAsync(StockModel.Batch), await ProductAsync());
        await PostAsync(March(1), new(store, item, MovementKind.Receipt, 3, 30));
        var reader = await office.PersonAsync(Unique("Reader"), Permissions.StockRead);

        Assert.Null((await Balances.ListAsync(new(Product: item), BalanceSort.Code, false, Slice.All, reader, default)).Rows.Single().Value);
        Assert.Empty((await Balances.ListAsync(new(Product: item), BalanceSort.Code, false, Slice.All, reader with { Scope = ActorScope.Branch }, default)).Rows);
        Assert.Equal("identity.not-allowed", await RefusedAsync(() => Balances.ListAsync(new(), BalanceSort.Code, false, Slice.All, office.Gwen, default)));
    }

    [Fact]
    public async Task Warehouse_WithGoods_IsNotArchived_AndItsNameIsItsOwn()
    {
        var (keeper, store, item) = (await KeeperAsync(), await WarehouseAsync(StockModel.Batch), await ProductAsync());
        var row = (await Warehouses.ListAsync(false, keeper, default)).Single(w => w.Id == store);
        await PostAsync(March(1), new(store, item, MovementKind.Receipt, 3, 30));

        Assert.Equal("stock.warehouse-not-empty", await RefusedAsync(() => Warehouses.ArchiveAsync(store, keeper, default)));
        Assert.Equal("stock.warehouse-name-taken", await RefusedAsync(() => Warehouses.OpenAsync(row.Name.ToUpperInvariant(), StockModel.Average, null, keeper, default)));
        Assert.Equal("identity.out-of-reach", await RefusedAsync(() => Warehouses.OpenAsync(Unique("Far"), StockModel.Average, null, keeper with { Scope = ActorScope.Branch }, default)));
        await PostAsync(March(2), new(store, item, MovementKind.WriteOff, 3));
        await Warehouses.ChangeAsync(store, row.Name + " B", office.Branch, row.Version, keeper, default);
        Assert.Equal("shared.changed-by", await RefusedAsync(() => Warehouses.ChangeAsync(store, row.Name, null, row.Version, keeper, default)));
        await Warehouses.ArchiveAsync(store, keeper, default);
        Assert.DoesNotContain(await Warehouses.ListAsync(false, keeper, default), w => w.Id == store);
        await Warehouses.RestoreAsync(store, keeper, default);
        Assert.Contains(await Warehouses.ListAsync(false, keeper, default), w => w.Id == store);
    }

    /// <summary>Documents of a random stream posted in any order, and some taken back: what was accepted and stayed costs what it does in order, the cards stand so, and so they did at the end of every day.</summary>
    [Fact]
    public async Task Post_InAnyOrder_AndTakeBack_EqualsStraightEntry_NowAndAtEveryPastDay()
    {
        var (late, taken) = (0L, 0);
        foreach (var (seed, stream) in StockLaws.Streams(gap: 9).Generator.Sample(40, 6).Index())
        {
            var stores = await Task.WhenAll(stream.Models.Select(WarehouseAsync));
            var item = await ProductAsync(cost: 2.5m);
            var (accepted, known) = (new List<StockMovement>(), new Dictionary<long, PostedLine>());
            foreach (var movement in stream.Movements.OrderBy(m => (m.At.Sequence + seed) * 2654435761 % 1009))
            {
                if (movement.Source is { } named && !known.ContainsKey(named.Sequence)) continue;
                try
                {
                    var line = new StockLine(stores[movement.Card], item, movement.Kind, movement.Quantity, movement.Value, movement.Source is { } source ? known[source.Sequence].Sequence : null);
                    known[movement.At.Sequence] = (await PostAsync(new(new(ObjectKind.Offer, Guid.NewGuid()), movement.At.Day, movement.At.Time, [line])))[0];
                    accepted.Add(movement);
                }
                catch (RuleBrokenException refused)
                {
                    Assert.StartsWith("stock.", refused.Code);
                }
            }
            foreach (var movement in accepted.Where((_, i) => i % 4 == seed % 4).ToList())
            {
                try
                {
                    var document = await ScalarAsync<Guid>($"select document_id from stock.movement where sequence = {known[movement.At.Sequence].Sequence}");
                    await TakeBackAsync(new(ObjectKind.Offer, document), movement.At.Day);
                    accepted.Remove(movement);
                    known.Remove(movement.At.Sequence);
                    taken++;
                }
                catch (RuleBrokenException refused)
                {
                    Assert.StartsWith("stock.", refused.Code);
                }
            }
            await AssertStraightAsync(stream, stores, item, accepted, known);
            late += await ScalarAsync<long>($"select count(*) from stock.cost_difference d join stock.movement m on m.sequence = d.sequence join stock.card c on c.id = m.card where c.product = '{item.Value}'");
        }
        Assert.True(late > 0 && taken > 0);
    }

    private async Task AssertStraightAsync(StockStream stream, WarehouseId[] stores, ProductId item, List<StockMovement> accepted, Dictionary<long, PostedLine> known)
    {
        // numbers are given in the order of posting, and decide between movements of one time
        var numbers = known.ToDictionary(k => k.Key, k => k.Value.Sequence);
        StockMoment Real(StockMoment at) => at with { Sequence = numbers[at.Sequence] };
        StockMovement[] real = [.. accepted.Select(m => new StockMovement(Real(m.At), m.Card, m.Kind, m.Quantity, m.Value, m.Source is { } source ? Real(source) : null, isReferredTo: true)).OrderBy(m => m.At)];
        var (cards, costs) = (stream.EmptyCards(), new StockCosts());
        var replay = new StockReplay(StockStream.Currency, cards);
        foreach (var (i, movement) in real.Index())
        {
            replay.Run([movement], costs);
            Assert.Equal(costs.Movements[i].Value, await ScalarAsync<decimal>($"select abs(value) from stock.movement where sequence = {movement.At.Sequence}"));
            Assert.Equal(costs.Movements[i].Difference, await ScalarAsync<decimal>($"select difference from stock.movement where sequence = {movement.At.Sequence}"));
            if (i + 1 < real.Length && real[i + 1].At.Day == movement.At.Day) continue;
            foreach (var (card, store) in stores.Index()) Assert.Equal((cards[card].Quantity, cards[card].Value), await BalanceAsync(store, item, movement.At.Day));
        }
        foreach (var (card, store) in stores.Index()) Assert.Equal((cards[card].Quantity, cards[card].Value), await BalanceAsync(store, item));
        foreach (var first in known.Values)
            Assert.Equal(await ScalarAsync<decimal>($"select abs(value) from stock.movement where sequence = {first.Sequence}"),
                first.Value + await ScalarAsync<decimal>($"select coalesce(sum(d.value * sign(m.quantity)), 0) from stock.movement m left join stock.cost_difference d on d.sequence = m.sequence where m.sequence = {first.Sequence}"));
    }
}
