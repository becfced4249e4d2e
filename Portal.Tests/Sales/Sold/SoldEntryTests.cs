using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Stock;
using Portal.Tests.Sales.Orders;
using static Portal.Tests.Sales.Orders.OrderOffice;

namespace Portal.Tests.Sales.Sold;

/// <summary>What our own documents enter into the figures of sales, and that these follow stock.</summary>
public sealed class SoldEntryTests(OrderOffice office) : IClassFixture<OrderOffice>
{
    private const string Drift = """
        with kept as (select month, product, branch, sum(revenue) r, sum(returned) b, sum(cost) c, sum(costed) d, sum(quantity) q, sum(purchases) p, sum(lines) l from analytics.product_month group by 1, 2, 3),
        told as (select date_trunc('month', day)::date m, product, branch, sum(revenue) r, coalesce(sum(revenue) filter (where quantity < 0), 0) b, coalesce(sum(cost), 0) c, coalesce(sum(revenue) filter (where cost is not null), 0) d, sum(quantity) q,
            count(distinct document) filter (where quantity > 0) p, count(*) filter (where quantity <> 0) l from sales.sale_line group by 1, 2, 3),
        of_clients as (select month, partner, manager, branch, source, region, sum(revenue) r, sum(returned) b, sum(cost) c, sum(costed) d, sum(quantity) q, sum(purchases) p, sum(lines) l from analytics.client_month group by 1, 2, 3, 4, 5, 6),
        told_of_clients as (select date_trunc('month', day)::date m, partner, manager, branch, source, region, sum(revenue) r, coalesce(sum(revenue) filter (where quantity < 0), 0) b, coalesce(sum(cost), 0) c, coalesce(sum(revenue) filter (where cost is not null), 0) d,
            sum(quantity) q, count(distinct document) filter (where quantity > 0) p, count(*) filter (where quantity <> 0) l from sales.sale_line group by 1, 2, 3, 4, 5, 6)
        select (select count(*) from (select * from kept where (r, b, c, d, q, p, l) <> (0, 0, 0, 0, 0, 0, 0) except select * from told) x) + (select count(*) from (select * from told where (r, b, c, d, q, p, l) <> (0, 0, 0, 0, 0, 0, 0) except select * from kept) x)
            + (select count(*) from (select * from of_clients where (r, b, c, d, q, p, l) <> (0, 0, 0, 0, 0, 0, 0) except select * from told_of_clients) x) + (select count(*) from (select * from told_of_clients where (r, b, c, d, q, p, l) <> (0, 0, 0, 0, 0, 0, 0) except select * from of_clients) x)
        """;

    private async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = office.Database.Owner.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    private async Task<List<SaleLine>> SoldAsync(SalesOrderId order)
    {
        await using var db = office.Open();
        return await db.Set<SaleLine>().AsNoTracking().Where(l => l.SalesOrder == order).OrderBy(l => l.Id).ToListAsync();
    }

    [Fact]
    public async Task Shipments_InParts_ComeToTheWholeOrder_AndServicesWithTheLast()
    {
        var (chain, fitting) = (await office.ProductAsync("Chain", 9), await office.ProductAsync("Fitting", kind: Domain.Pricing.ProductKind.Service));
        var third = Line(chain, 3) with { Asked = 33.335m };
        var order = await office.PlacedAsync(third, Line(fitting, 1), new(Guid.CreateVersion7(), OfferLineKind.Delivery, "Delivery") { Asked = 15, VatRate = 20 });

        await office.ShipAsync(order, 1);
        var first = await SoldAsync(order);
        await office.ShipAsync(order, 1);
        var last = await office.ShipAsync(order);

        var sold = await SoldAsync(order);
        Assert.Equal((33.34m, 10m, 1m), (Assert.Single(first).Revenue, first[0].Cost!.Value, first[0].Quantity));
        Assert.Equal([(33.34m, 10m), (33.33m, 10m), (33.34m, 10m), (20m, 10m), (15m, null)], sold.Select(l => (l.Revenue, l.Cost)));
        Assert.Equal(135.01m, sold.Sum(l => l.Revenue));
        Assert.All(sold, l => Assert.Equal((office.Client, office.Seller.UserId), (l.Partner!.Value, l.Manager!.Value)));
        Assert.Equal(["Delivery"], sold.Select(l => l.Name).OfType<string>());

        await office.Shipping.CancelAsync(last, "Too early", (await office.ShipmentAsync(last)).Version, office.Keeper, default);
        Assert.Equal([33.34m, 33.33m], (await SoldAsync(order)).Select(l => l.Revenue));
        await office.ShipAsync(order);
        Assert.Equal(135.01m, (await SoldAsync(order)).Sum(l => l.Revenue));
        Assert.Equal(0, await ScalarAsync<long>(Drift));
    }

    [Fact]
    public async Task Return_CountsOnItsOwnDay_AtWhatWasPaidAndWhatItCost_AndNotWhenItIsCancelled()
    {
        var chain = await office.ProductAsync("Chain", 4);
        var order = await office.PlacedAsync(Line(chain, 4));
        await office.ShipAsync(order);
        var issue = await ScalarAsync<long>($"select movement from sales.sale_movement m join sales.sale_line l on l.id = m.line where l.sales_order = '{order.Value}'");

        var back = await StockAsync(StockDocumentKind.CustomerReturn, 0, office.Main, new StockDocumentLine(Guid.CreateVersion7(), chain.Id, 1, "pcs") { Source = issue });

        Assert.Equal([(4m, 80m, 40m), (-1m, -20m, -10m)], (await SoldAsync(order)).Select(l => (l.Quantity, l.Revenue, l.Cost!.Value)));
        Assert.Equal(-20, await ScalarAsync<decimal>($"select sum(returned) from analytics.product_month where product = '{chain.Id.Value}'"));
        Assert.Equal(1, await ScalarAsync<long>($"select sum(purchases) from analytics.product_month where product = '{chain.Id.Value}'"));

        var (desk, cards) = (office.Services.GetRequiredService<StockDesk>(), office.Services.GetRequiredService<StockDocumentQuery>());
        await desk.CancelAsync(back, "Not his", (await cards.FindAsync(back, Actor.System("test"), default))!.Version, Actor.System("test"), default);
        Assert.Equal([80m], (await SoldAsync(order)).Select(l => l.Revenue));
        Assert.Equal(0, await ScalarAsync<long>(Drift));
    }

    [Fact]
    public async Task Cost_OfWhatWasSold_FollowsALateReceipt()
    {
        var chain = await office.ProductAsync("Chain", 4);
        var order = await office.PlacedAsync(Line(chain, 3));
        await office.ShipAsync(order);

        await StockAsync(StockDocumentKind.Receipt, 3, office.Main, new StockDocumentLine(Guid.CreateVersion7(), chain.Id, 2, "pcs") { Price = 4 });

        Assert.Equal(2 * 4 + 10, Assert.Single(await SoldAsync(order)).Cost);
        Assert.Equal(18, await ScalarAsync<decimal>($"select sum(cost) from analytics.product_month where product = '{chain.Id.Value}'"));
        Assert.Equal(0, await ScalarAsync<long>(Drift));
    }

    [Fact]
    public async Task Cost_HandedOnByAnAverageBelowNothing_IsALineOfCostAlone_AndGoesWithItsReceipt()
    {
        var chain = await office.ProductAsync("Chain");
        await StockAsync(StockDocumentKind.Issue, 0, office.Shop, new StockDocumentLine(Guid.CreateVersion7(), chain.Id, 5, "pcs"));

        var receipt = await StockAsync(StockDocumentKind.Receipt, 0, office.Shop, new StockDocumentLine(Guid.CreateVersion7(), chain.Id, 4, "pcs") { Price = 15 });

        // 5 went at 10; with 4 at 15 there, one is still missing at 15
        Assert.Equal(25, await ScalarAsync<decimal>($"select sum(cost) from sales.sale_line where product = '{chain.Id.Value}' and quantity = 0 and revenue = 0"));
        Assert.Equal(25, await ScalarAsync<decimal>($"select sum(cost) from analytics.client_month c where partner is null and cost <> 0 and exists (select from sales.sale_line where product = '{chain.Id.Value}')"));
        var (desk, cards) = (office.Services.GetRequiredService<StockDesk>(), office.Services.GetRequiredService<StockDocumentQuery>());
        await desk.CancelAsync(receipt, "Twice", (await cards.FindAsync(receipt, Actor.System("test"), default))!.Version, Actor.System("test"), default);
        Assert.Equal(0, await ScalarAsync<long>($"select count(*) from sales.sale_line where product = '{chain.Id.Value}'"));
        Assert.Equal(0, await ScalarAsync<long>(Drift));
    }

    [Fact]
    public async Task Line_ThatIsSold_IsNotRewritten()
    {
        var chain = await office.ProductAsync("Chain", 1);
        var order = await office.PlacedAsync(Line(chain, 1));
        await office.ShipAsync(order);

        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => ScalarAsync<object>($"update sales.sale_line set revenue = 1 where sales_order = '{order.Value}' returning 1"));
    }

    [Theory]
    [InlineData(100, 3, 0, 1, 33.33)]
    [InlineData(100, 3, 1, 1, 33.34)]
    [InlineData(100, 3, 2, 1, 33.33)]
    [InlineData(0.01, 3, 0, 3, 0.01)]
    [InlineData(5, 0, 0, 1, 0)]
    public void Share_OfASum_LeavesNothingOver(decimal sum, decimal whole, decimal before, decimal part, decimal expected) => Assert.Equal(expected, SoldShare.Of(sum, whole, before, part, 2));

    private async Task<StockDocumentId> StockAsync(StockDocumentKind kind, int daysAgo, WarehouseId at, params StockDocumentLine[] lines)
    {
        var (desk, cards, id, system) = (office.Services.GetRequiredService<StockDesk>(), office.Services.GetRequiredService<StockDocumentQuery>(), StockDocumentId.New(), Actor.System("test"));
        await desk.AddAsync(id, kind, system, default);
        var draft = (await cards.FindAsync(id, system, default))!;
        await desk.PostAsync(id, await desk.WriteAsync(id, draft.Head with { Warehouse = at, Day = draft.Head.Day.AddDays(-daysAgo) }, lines, draft.Version, system, default), system, default);
        return id;
    }
}
