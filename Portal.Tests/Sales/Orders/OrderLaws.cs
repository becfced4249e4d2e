using FsCheck;
using FsCheck.Fluent;
using Portal.Domain.Documents;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;

namespace Portal.Tests.Sales.Orders;

/// <summary>What holds for every order, whatever stands in it.</summary>
public sealed class OrderLaws
{
    private static readonly DateOnly Today = new(2026, 6, 1);
    private static readonly WarehouseId Hall = WarehouseId.New();
    private static readonly ProductId[] Products = [ProductId.New(), ProductId.New()];
    private static readonly Actor Seller = Actor.System("seller");

    private static readonly Gen<SupplyNeed> Need =
        from product in Gen.Elements(Products)
        from quantity in Gen.Choose(1, 50_000)
        from wanted in Gen.Choose(0, 20)
        select new SupplyNeed(Guid.NewGuid(), Hall, product, 1, quantity / 1000m, wanted == 0 ? null : Today.AddDays(wanted));

    private static readonly Gen<SupplyNeed[]> Needs = Gen.Choose(0, 8).SelectMany(count => Need.ArrayOf(count));

    [Fact]
    public void Supply_GivesNoMoreThanThereIs_AndAllOfItWhereItIsWanted() => Prop.ForAll(Needs.ToArbitrary(), Gen.Choose(-5, 90).ToArbitrary(), (needs, there) =>
    {
        var supply = OrderSupply.Of(needs, Products.ToDictionary(p => ((WarehouseId?)Hall, p), _ => (decimal)there), Today, 14);
        return Products.All(product =>
        {
            var asked = needs.Where(n => n.Product == product).ToList();
            return asked.Sum(n => supply[n.Line].There) == Math.Min(asked.Sum(n => n.Quantity), Math.Max(0, (decimal)there));
        }) && needs.All(n => supply[n.Line].There <= n.Quantity && supply[n.Line].PromiseOn == (supply[n.Line].There == n.Quantity ? Today : Today.AddDays(14)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Supply_GoesFirstToWhatIsWantedFirst() => Prop.ForAll(Needs.ToArbitrary(), Gen.Choose(0, 90).ToArbitrary(), (needs, there) =>
    {
        var supply = OrderSupply.Of(needs, Products.ToDictionary(p => ((WarehouseId?)Hall, p), _ => (decimal)there), Today, null);
        return needs.All(late => supply[late.Line].There == 0
            || needs.All(early => early.Product != late.Product || (early.WantedOn ?? DateOnly.MaxValue) >= (late.WantedOn ?? DateOnly.MaxValue) || supply[early.Line].There == early.Quantity));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Supply_OfAKit_IsThatOfItsScarcestPart()
    {
        var line = Guid.NewGuid();
        var supply = OrderSupply.Of([new(line, Hall, Products[0], 2, 10, null), new(line, Hall, Products[1], 1, 5, null)], new Dictionary<(WarehouseId?, ProductId), decimal> { [(Hall, Products[0])] = 6, [(Hall, Products[1])] = 40 }, Today, null);

        Assert.Equal(new(3, null), supply[line]);
    }

    /// <summary>However it is shipped and taken back, what was shipped lies between nothing and what was ordered, and the state tells the same.</summary>
    [Fact]
    public void Shipping_KeepsWithinTheOrder_AndTheStateFollows() => Prop.ForAll(Gen.Choose(1, 30).ToArbitrary(), Gen.Choose(-20, 20).Where(n => n != 0).ArrayOf().ToArbitrary(), (quantity, moves) =>
    {
        var line = new OfferLine(Guid.NewGuid(), OfferLineKind.Free, "Frame") { Quantity = quantity, Asked = 5, Price = 5 };
        var order = Order(line);
        var shipped = 0m;
        foreach (var move in moves)
        {
            if (move < 0) order.TakeBack(line.Id, Math.Min(-move, shipped));
            else if (!order.IsOpen || shipped + move > quantity) Assert.Throws<RuleBrokenException>(() => order.Ship(line.Id, move));
            else order.Ship(line.Id, move);
            shipped = order.Items[0].Shipped;
            if (shipped < 0 || shipped > quantity) return false;
            if (order.State != (shipped == quantity ? OrderState.Shipped : shipped > 0 ? OrderState.PartShipped : OrderState.Placed)) return false;
        }
        return true;
    }).QuickCheckThrowOnFailure();

    private static SalesOrder Order(params OfferLine[] lines)
    {
        var order = new SalesOrder(SalesOrderId.New(), CompanyId.New(), new(null, null, null, null), new(Domain.Clients.PartnerId.New()), new OfferContent("EUR", "en", Today) { Lines = lines }, [], new Dictionary<ProductId, OrderedGoods>(), Seller, DateTimeOffset.UnixEpoch);
        order.PlaceAsync(Today, Seller, DateTimeOffset.UnixEpoch, () => Task.FromResult(new DocumentNumber(2026, 1))).GetAwaiter().GetResult();
        return order;
    }

    [Fact]
    public void Change_OfWhatWasShipped_IsRefused_AndOfTheRestNot()
    {
        var line = new OfferLine(Guid.NewGuid(), OfferLineKind.Free, "Frame") { Quantity = 5, Asked = 5, Price = 5 };
        var order = Order(line);
        order.Ship(line.Id, 3);
        string Refused(Action job) => Assert.Throws<RuleBrokenException>(job).Code;
        void Change(params OfferLine[] lines) => order.Change(order.Head, order.Content with { Lines = lines }, [], new Dictionary<ProductId, OrderedGoods>());

        Assert.Equal("orders.below-shipped", Refused(() => Change(line with { Quantity = 2 })));
        Assert.Equal("orders.shipped-line", Refused(() => Change(line with { Id = Guid.NewGuid() })));
        Assert.Equal("orders.currency-stands", Refused(() => order.Change(order.Head, order.Content with { Currency = "USD" }, [], new Dictionary<ProductId, OrderedGoods>())));
        Assert.Equal("orders.client-stands", Refused(() => order.Change(order.Head with { Partner = Domain.Clients.PartnerId.New() }, order.Content, [], new Dictionary<ProductId, OrderedGoods>())));
        Assert.Equal("orders.shipped-already", Refused(() => order.Cancel("changed their mind", Seller, DateTimeOffset.UnixEpoch)));

        Change(line with { Quantity = 3 });
        Assert.Equal((OrderState.Shipped, 15m), (order.State, order.Net));
    }

    [Fact]
    public void Ship_OfNothing_OrTooMuch_IsRefused()
    {
        var line = new OfferLine(Guid.NewGuid(), OfferLineKind.Free, "Frame") { Quantity = 5, Asked = 5, Price = 5 };
        var order = Order(line);
        Assert.All(new[] { (0m, "number.out-of-range"), (-1, "number.out-of-range"), (decimal.MaxValue, "number.out-of-range"), (6, "orders.more-than-open") },
            wrong => Assert.Equal(wrong.Item2, Assert.Throws<RuleBrokenException>(() => order.Ship(line.Id, wrong.Item1)).Code));
        Assert.Equal("orders.line-unknown", Assert.Throws<RuleBrokenException>(() => order.Ship(Guid.NewGuid(), 1)).Code);
    }
}
