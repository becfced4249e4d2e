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

/// <summary>Documents of stock from draft to cancellation, on a real database.</summary>
public sealed class StockDeskTests(WorkOffice office) : IClassFixture<WorkOffice>
{
    private StockDesk Desk => office.Services.GetRequiredService<StockDesk>();
    private StockDocumentQuery Query => office.Services.GetRequiredService<StockDocumentQuery>();
    private StockDocumentListQuery List => office.Services.GetRequiredService<StockDocumentListQuery>();
    private StockBalanceQuery Balances => office.Services.GetRequiredService<StockBalanceQuery>();
    private StockMovementQuery Movements => office.Services.GetRequiredService<StockMovementQuery>();

    private Actor? keeper;

    private async Task<Actor> KeeperAsync() => keeper ??= await office.PersonAsync(Unique("Keeper"), Permissions.StockRead, Permissions.StockMove, Permissions.StockCancel, Permissions.StockManage, Permissions.PricingManage, Permissions.PricingCost);

    private static string Unique(string name) => $"{name} {Guid.NewGuid():N}"[..(name.Length + 9)];

    private static async Task<string> RefusedAsync(Func<Task> job) => (await Assert.ThrowsAsync<RuleBrokenException>(job)).Code;

    private static DateOnly March(int day) => new(2025, 3, day);

    private async Task<WarehouseId> WarehouseAsync(StockModel model) => await office.Services.GetRequiredService<WarehouseRegistry>().OpenAsync(Unique("Store"), model, null, await KeeperAsync(), default);

    private async Task<ProductId> ProductAsync(decimal? cost = null) => await office.Services.GetRequiredService<ProductRegistry>()
        .AddAsync(new(Unique("C"), "Chain", null, ProductKind.Goods, "pcs", 20, cost is { } known ? new(known, "EUR") : null) { Units = [new("box", 10)] }, [], await KeeperAsync(), default);

    private static StockDocumentLine Line(ProductId product, decimal quantity, decimal? price = null, string unit = "pcs") => new(Guid.NewGuid(), product, quantity, unit) { Price = price };

    private async Task<StockSheet> SeeAsync(StockDocumentId id) => (await Query.FindAsync(id, await KeeperAsync(), default))!;

    private async Task<StockDocumentId> DraftAsync(StockDocumentKind kind, StockDocumentHead head, params StockDocumentLine[] lines)
    {
        var id = StockDocumentId.New();
        await Desk.AddAsync(id, kind, await KeeperAsync(), default);
        await Desk.WriteAsync(id, head, lines, (await SeeAsync(id)).Version, await KeeperAsync(), default);
        return id;
    }

    private async Task PostAsync(StockDocumentId id) => await Desk.PostAsync(id, (await SeeAsync(id)).Version, await KeeperAsync(), default);

    private async Task CancelAsync(StockDocumentId id) => await Desk.CancelAsync(id, "entered twice", (await SeeAsync(id)).Version, await KeeperAsync(), default);

    private async Task<StockSheet> PostedAsync(StockDocumentKind kind, StockDocumentHead head, params StockDocumentLine[] lines)
    {
        var id = await DraftAsync(kind, head, lines);
        await PostAsync(id);
        return await SeeAsync(id);
    }

    /// <summary>What comes back, or arrives: all that is still out, or so many of its first line.</summary>
    private async Task<StockSheet> FollowedAsync(StockDocumentId origin, DateOnly day, decimal? quantity = null)
    {
        var id = StockDocumentId.New();
        await Desk.FollowAsync(id, origin, await KeeperAsync(), default);
        var draft = await SeeAsync(id);
        await Desk.WriteAsync(id, draft.Head with { Day = day, Time = TimeOnly.MinValue }, [.. draft.Lines.Select(l => l.Line with { Quantity = quantity ?? l.Line.Quantity })], draft.Version, await KeeperAsync(), default);
        await PostAsync(id);
        return await SeeAsync(id);
    }

    private async Task<(decimal Quantity, decimal Value)> BalanceAsync(WarehouseId warehouse, ProductId product, DateOnly? on = null, TimeOnly? at = null) =>
        (await Balances.ListAsync(new(on, at, Warehouse: warehouse, Product: product), BalanceSort.Code, false, Slice.All, await KeeperAsync(), default)).Rows is [var row] ? (row.Quantity, row.Value!.Value) : (0, 0);

    /// <summary>The table of the definitions, through the documents that people write.</summary>
    [Theory]
    [InlineData(StockModel.Batch, 1600, 920, 1400, 1480)]
    [InlineData(StockModel.Average, 1650, 880, 1560, 1352)]
    public async Task Documents_ComeToTheWorkedTable_AndBackWhereTheLateOneIsCancelled(StockModel model, int cost, int left, int laterCost, int laterLeft)
    {
        var (store, item) = (await WarehouseAsync(model), await ProductAsync());
        await PostedAsync(StockDocumentKind.Receipt, new(March(1), default, store), Line(item, 10, 100));
        await PostedAsync(StockDocumentKind.Receipt, new(March(5), default, store), Line(item, 1, 1200, "box"));
        var issue = await PostedAsync(StockDocumentKind.Issue, new(March(10), default, store), Line(item, 15));
        await FollowedAsync(issue.Id, March(12), 3);
        Assert.Equal((cost, (8m, (decimal)left)), (issue.Lines[0].Value, await BalanceAsync(store, item)));

        var late = await PostedAsync(StockDocumentKind.Receipt, new(March(3), default, store), Line(item, 5, 80));
        Assert.Equal((laterCost, (13m, (decimal)laterLeft)), ((await SeeAsync(issue.Id)).Lines[0].Value, await BalanceAsync(store, item)));

        await CancelAsync(late.Id);
        Assert.Equal((cost, (8m, (decimal)left)), ((await SeeAsync(issue.Id)).Lines[0].Value, await BalanceAsync(store, item)));
        Assert.Equal((StockDocumentState.Cancelled, "entered twice"), ((await SeeAsync(late.Id)).State, (await SeeAsync(late.Id)).Reason));
    }

    [Fact]
    public async Task Average_BelowNothing_ComesToTheWorkedExample()
    {
        var (store, item) = (await WarehouseAsync(StockModel.Average), await ProductAsync(cost: 8));
        await PostedAsync(StockDocumentKind.Issue, new(March(1), default, store), Line(item, 50));
        Assert.Equal((-50, -400), await BalanceAsync(store, item));
        await PostedAsync(StockDocumentKind.Receipt, new(March(2), default, store), Line(item, 40, 15));
        Assert.Equal((-10, -150), await BalanceAsync(store, item));
        await PostedAsync(StockDocumentKind.Receipt, new(March(3), default, store), Line(item, 20, 25));
        Assert.Equal((10, 250), await BalanceAsync(store, item));
    }

    [Fact]
    public async Task Post_Often_PostsOnce_AndNumbersHaveNoGap()
    {
        var (store, item, keeper) = (await WarehouseAsync(StockModel.Batch), await ProductAsync(), await KeeperAsync());
        var (id, refused) = (await DraftAsync(StockDocumentKind.Receipt, new(March(1), default, store), Line(item, 4, 10)), await DraftAsync(StockDocumentKind.Issue, new(March(2), default, store), Line(item, 5)));
        var seen = (await SeeAsync(id)).Version;

        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Desk.PostAsync(id, seen, keeper, default)));
        Assert.Equal("stock.beyond-batches", await RefusedAsync(() => PostAsync(refused)));
        var first = await PostedAsync(StockDocumentKind.Issue, new(March(2), default, store), Line(item, 1));
        var second = await PostedAsync(StockDocumentKind.Issue, new(March(2), default, store), Line(item, 1));

        Assert.Equal((2m, 20m), await BalanceAsync(store, item));
        Assert.Equal((StockDocumentState.Draft, null), ((await SeeAsync(refused)).State, (await SeeAsync(refused)).Number));
        Assert.Equal(int.Parse(first.Number![5..]) + 1, int.Parse(second.Number![5..]));
        var posted = (await SeeAsync(id)).Version;
        Assert.Equal("stock.not-draft", await RefusedAsync(() => Desk.WriteAsync(id, new(March(1), default, store), [], posted, keeper, default)));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => CancelAsync(second.Id)));
        Assert.Equal((3m, 30m), await BalanceAsync(store, item));
    }

    [Fact]
    public async Task Add_Twice_UnderOneId_AddsOne()
    {
        var (id, keeper) = (StockDocumentId.New(), await KeeperAsync());
        await WarehouseAsync(StockModel.Batch);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Desk.AddAsync(id, StockDocumentKind.Issue, keeper, default)));

        Assert.Equal(StockDocumentState.Draft, (await SeeAsync(id)).State);
        await Desk.DropAsync(id, (await SeeAsync(id)).Version, keeper, default);
        Assert.Null(await Query.FindAsync(id, keeper, default));
    }

    [Fact]
    public async Task Transfer_IsOnTheWay_UntilAllHasArrived_AndAgainWhereThatIsCancelled()
    {
        var (from, to, item, keeper) = (await WarehouseAsync(StockModel.Batch), await WarehouseAsync(StockModel.Batch), await ProductAsync(), await KeeperAsync());
        await PostedAsync(StockDocumentKind.Receipt, new(March(1), default, from), Line(item, 5, 10));
        var sent = await PostedAsync(StockDocumentKind.Transfer, new(March(2), default, from, to), Line(item, 3));
        Assert.Equal((true, (2m, 20m), (0m, 0m)), (sent.OnTheWay, await BalanceAsync(from, item), await BalanceAsync(to, item)));

        await FollowedAsync(sent.Id, March(3), 2);
        Assert.True((await SeeAsync(sent.Id)).OnTheWay);
        Assert.Contains((await List.ListAsync(new(OnTheWay: true), StockDocumentSort.Day, true, Slice.All, keeper, default)).Rows, r => r.Id == sent.Id);
        var rest = await FollowedAsync(sent.Id, March(4));
        Assert.Equal((false, 1m, (3m, 30m)), ((await SeeAsync(sent.Id)).OnTheWay, rest.Lines[0].Line.Quantity, await BalanceAsync(to, item)));
        Assert.Equal("stock.nothing-out", await RefusedAsync(() => Desk.FollowAsync(StockDocumentId.New(), sent.Id, keeper, default)));

        Assert.Equal("stock.others-follow", await RefusedAsync(() => CancelAsync(sent.Id)));
        await CancelAsync(rest.Id);
        var seen = await SeeAsync(sent.Id);
        Assert.Equal((true, 1m, (2m, 20m)), (seen.OnTheWay, seen.Lines[0].Left, await BalanceAsync(to, item)));
        Assert.Equal(2, seen.Links.Count(l => l.IsLater && l.Kind == StockDocumentKind.Arrival));
    }

    [Fact]
    public async Task Transfer_AtOnce_IsThere()
    {
        var (from, to, item) = (await WarehouseAsync(StockModel.Batch), await WarehouseAsync(StockModel.Average), await ProductAsync());
        await PostedAsync(StockDocumentKind.Receipt, new(March(1), default, from), Line(item, 5, 10));

        var sent = await PostedAsync(StockDocumentKind.Transfer, new(March(2), default, from, to, AtOnce: true), Line(item, 3), Line(item, 1));

        Assert.Equal((false, (1m, 10m), (4m, 40m)), (sent.OnTheWay, await BalanceAsync(from, item), await BalanceAsync(to, item)));
        await CancelAsync(sent.Id);
        Assert.Equal(((5m, 50m), (0m, 0m)), (await BalanceAsync(from, item), await BalanceAsync(to, item)));
    }

    [Fact]
    public async Task SupplierReturn_TakesFromItsReceipt_AndOthersAreRefused()
    {
        var (store, item) = (await WarehouseAsync(StockModel.Batch), await ProductAsync());
        await PostedAsync(StockDocumentKind.Receipt, new(March(1), default, store), Line(item, 5, 10));
        var dear = await PostedAsync(StockDocumentKind.Receipt, new(March(2), default, store), Line(item, 5, 20));

        var back = await FollowedAsync(dear.Id, March(3), 2);

        Assert.Equal((40m, (8m, 110m)), (back.Lines[0].Value, await BalanceAsync(store, item)));
        Assert.Equal("stock.source-missing", await RefusedAsync(() => PostedAsync(StockDocumentKind.SupplierReturn, new(March(3), default, store), Line(item, 1))));
        Assert.Equal("stock.beyond-receipt", await RefusedAsync(() => FollowedAsync(dear.Id, March(3), 4)));
    }

    [Fact]
    public async Task StockTaking_FollowsWhatWasCounted_AtItsMinute_AlsoWhenGoodsWereShippedMeanwhile()
    {
        var (store, more, less, same) = (await WarehouseAsync(StockModel.Batch), await ProductAsync(), await ProductAsync(), await ProductAsync());
        await PostedAsync(StockDocumentKind.Receipt, new(March(1), default, store), Line(more, 5, 10), Line(less, 5, 10), Line(same, 5, 10));
        var counted = await DraftAsync(StockDocumentKind.StockTaking, new(March(2), new(10, 0), store), Line(more, 4), Line(less, 3), Line(same, 5), Line(more, 2, 12));
        await PostedAsync(StockDocumentKind.Issue, new(March(2), new(10, 30), store), Line(less, 2), Line(same, 1));

        await PostAsync(counted);

        var sheet = await SeeAsync(counted);
        Assert.Equal([5m, 5m, 5m, 5m], sheet.Lines.Select(l => l.Line.Booked!.Value));
        Assert.Equal([10m, 20m, null, null], sheet.Lines.Select(l => l.Value));
        Assert.Equal(((6m, 60m), (1m, 10m), (4m, 40m)), (await BalanceAsync(store, more), await BalanceAsync(store, less), await BalanceAsync(store, same)));
        Assert.Equal(((3m, 30m), (5m, 50m)), (await BalanceAsync(store, less, March(2), new(10, 29)), await BalanceAsync(store, less, March(2), new(9, 59))));
    }

    [Fact]
    public async Task Post_OfWhatCannotBe_IsRefused_AndNothingMoves()
    {
        var (store, item) = (await WarehouseAsync(StockModel.Batch), await ProductAsync());
        async Task<string> Posting(StockDocumentKind kind, StockDocumentHead head, params StockDocumentLine[] lines) => await RefusedAsync(() => PostedAsync(kind, head, lines));
        var head = new StockDocumentHead(March(1), default, store);

        Assert.Equal("stock.no-lines", await Posting(StockDocumentKind.Receipt, head));
        Assert.Equal("stock.no-price", await Posting(StockDocumentKind.Receipt, head, Line(item, 1)));
        Assert.Equal("stock.unit-unknown", await Posting(StockDocumentKind.Receipt, head, Line(item, 1, 1, "litre")));
        Assert.Equal("stock.day-ahead", await Posting(StockDocumentKind.Receipt, head with { Day = new(2199, 1, 1) }, Line(item, 1, 1)));
        Assert.Equal("stock.target-missing", await Posting(StockDocumentKind.Transfer, head with { Target = store }, Line(item, 1)));
        Assert.Equal("stock.reason-missing", await Posting(StockDocumentKind.WriteOff, head, Line(item, 1)));
        Assert.Equal("number.out-of-range", await Posting(StockDocumentKind.Issue, head, Line(item, 0)));
        Assert.Equal("number.out-of-range", await Posting(StockDocumentKind.Issue, head, Line(item, 1e27m)));
        Assert.Equal("stock.warehouse-unknown", await Posting(StockDocumentKind.Issue, head with { Warehouse = WarehouseId.New() }, Line(item, 1)));
        Assert.Equal((0, 0), await BalanceAsync(store, item));
        Assert.Empty((await Movements.ListAsync(new(Product: item), Slice.All, await KeeperAsync(), default)).Rows);
    }

    [Fact]
    public async Task Rights_AreLookedAt_InTheJob_AndCostIsNotForAll()
    {
        var (store, item) = (await WarehouseAsync(StockModel.Batch), await ProductAsync(cost: 7));
        var (reader, mover) = (await office.PersonAsync(Unique("Reader"), Permissions.StockRead), await office.PersonAsync(Unique("Mover"), Permissions.StockRead, Permissions.StockMove));
        var id = StockDocumentId.New();

        Assert.Equal("identity.not-allowed", await RefusedAsync(() => Desk.AddAsync(id, StockDocumentKind.Receipt, reader, default)));
        await Desk.AddAsync(id, StockDocumentKind.Receipt, mover, default);
        // where his paper tells no price, the catalogue's is taken
        var version = await Desk.WriteAsync(id, new(March(1), default, store), [Line(item, 2)], (await SeeAsync(id)).Version, mover, default);
        await Desk.PostAsync(id, version, mover, default);

        Assert.Equal((2m, 14m), await BalanceAsync(store, item));
        var seen = (await Query.FindAsync(id, reader, default))!;
        Assert.Equal((null, null), (seen.Lines[0].Value, seen.Lines[0].Line.Price));
        Assert.All((await Movements.ListAsync(new(Product: item), Slice.All, reader, default)).Rows, row => Assert.Null(row.Value));
        Assert.Equal("identity.not-allowed", await RefusedAsync(() => Desk.CancelAsync(id, "no", seen.Version, mover, default)));
        Assert.Null(await Query.FindAsync(id, reader with { Scope = ActorScope.Branch }, default));
        Assert.Equal("stock.document-unknown", await RefusedAsync(async () => await Desk.CancelAsync(id, "no", seen.Version, await KeeperAsync() with { Scope = ActorScope.Branch }, default)));
        // of what he only finds, who does not see cost says none
        var count = StockDocumentId.New();
        await Desk.AddAsync(count, StockDocumentKind.StockTaking, mover, default);
        await Desk.PostAsync(count, await Desk.WriteAsync(count, new(March(2), default, store), [Line(item, 3, 1_000)], (await SeeAsync(count)).Version, mover, default), mover, default);
        Assert.Equal((3m, 21m), await BalanceAsync(store, item));
    }

    [Fact]
    public async Task Search_FindsADocumentByItsNote_WithinReach()
    {
        var (store, item, word, reader) = (await WarehouseAsync(StockModel.Batch), await ProductAsync(), Unique("crate"), await office.PersonAsync(Unique("Reader"), Permissions.StockRead));
        var receipt = await PostedAsync(StockDocumentKind.Receipt, new(March(1), default, store, Note: word), Line(item, 5, 10));
        var search = new SearchQuery(office.Services.GetRequiredService<IDbContextFactory<PortalDb>>());

        Assert.Equal((receipt.Id.Value, receipt.Number!), (await search.FindAsync(word, reader, default)).Select(r => (r.ObjectId, r.Title)).Single());
        Assert.Empty(await search.FindAsync(word, reader with { Scope = ActorScope.Branch }, default));
        Assert.Empty(await search.FindAsync(word, office.Gwen, default));
    }

    /// <summary>Whatever a program does, what was posted stays.</summary>
    [Fact]
    public async Task Database_LetsNobodyRewriteWhatWasPosted()
    {
        var (store, item) = (await WarehouseAsync(StockModel.Batch), await ProductAsync());
        var receipt = await PostedAsync(StockDocumentKind.Receipt, new(March(1), default, store), Line(item, 5, 10));

        foreach (var change in new[] { $"update stock.stock_document set day = day + 1 where id = '{receipt.Id.Value}'", $"update stock.stock_document set state = 'Draft', year = null, sequence = null where id = '{receipt.Id.Value}'", $"delete from stock.stock_document where id = '{receipt.Id.Value}'" })
        {
            await using var command = office.Owner.CreateCommand(change);
            Assert.Equal("23001", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => command.ExecuteNonQueryAsync())).SqlState);
        }
    }

    [Fact]
    public async Task Post_AtAMinuteThatIsStillToCome_IsRefused_AndAtThisOneIsNot()
    {
        var (store, item) = (await WarehouseAsync(StockModel.Batch), await ProductAsync(cost: 8));
        var now = DateOnly.FromDateTime(office.Clock.GetUtcNow().UtcDateTime);
        var minute = new TimeOnly(office.Clock.GetUtcNow().Hour, office.Clock.GetUtcNow().Minute);
        var late = await DraftAsync(StockDocumentKind.Receipt, new(now, minute.AddMinutes(1), store), Line(item, 4));
        var timely = await DraftAsync(StockDocumentKind.Receipt, new(now, minute, store), Line(item, 4));

        Assert.Equal("stock.minute-ahead", await RefusedAsync(() => PostAsync(late)));
        await PostAsync(timely);
        Assert.Equal((4, 32), await BalanceAsync(store, item));
    }

    [Fact]
    public async Task Receipt_OfWhoSeesNoCost_TakesThePriceOnHisPaper_AndShowsHimNoOther()
    {
        var keeper = await office.PersonAsync(Unique("Clerk"), Permissions.StockRead, Permissions.StockMove);
        var (store, known, unknown) = (await WarehouseAsync(StockModel.Batch), await ProductAsync(cost: 8), await ProductAsync());
        var id = StockDocumentId.New();
        await Desk.AddAsync(id, StockDocumentKind.Receipt, keeper, default);
        async Task<StockSheet> ReadAsync(StockDocumentId of) => (await Query.FindAsync(of, keeper, default))!;
        var draft = await ReadAsync(id);
        await Desk.WriteAsync(id, draft.Head with { Warehouse = store }, [Line(known, 1), Line(unknown, 2)], draft.Version, keeper, default);

        Assert.Equal("stock.no-price", await RefusedAsync(async () => await Desk.PostAsync(id, (await ReadAsync(id)).Version, keeper, default)));
        draft = await ReadAsync(id);
        await Desk.WriteAsync(id, draft.Head, [draft.Lines[0].Line, draft.Lines[1].Line with { Price = 3 }], draft.Version, keeper, default);
        Assert.Equal([null, 3m], (await ReadAsync(id)).Lines.Select(l => l.Line.Price));
        await Desk.PostAsync(id, (await ReadAsync(id)).Version, keeper, default);

        Assert.Equal((2, 6), await BalanceAsync(store, unknown));
        Assert.All((await ReadAsync(id)).Lines, l => Assert.Equal((null, null), (l.Line.Price, l.Value)));
        var copy = StockDocumentId.New();
        await Desk.CopyAsync(copy, id, keeper, default);
        Assert.All((await ReadAsync(copy)).Lines, l => Assert.Null(l.Line.Price));
    }
}
