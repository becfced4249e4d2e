using System.Collections.Frozen;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Sales.Orders;
using Portal.Infrastructure.Stock;
using static Portal.Tests.Sales.Orders.OrderOffice;

namespace Portal.Tests.Sales.Orders;

/// <summary>Shipments on a real database: in parts, of several orders, with what is set aside, twice, and taken back.</summary>
public sealed class ShipmentTests(OrderOffice office) : IClassFixture<OrderOffice>
{
    private static async Task<string> RefusedAsync(Func<Task> job) => (await Assert.ThrowsAsync<RuleBrokenException>(job)).Code;

    [Fact]
    public async Task Ship_InParts_MovesTheGoods_AndTheOrderFollows_WithItsCost()
    {
        var chain = await office.ProductAsync("Chain", 4);
        await office.ReceiveAsync(office.Main, chain.Id, 10, 12);
        var order = await office.PlacedAsync(Line(chain, 6), Offers.OfferOffice.FreeLine("Frame", 90));

        var first = await office.ShipAsync(order, 5);
        var part = await office.OrderAsync(order);
        await office.ShipAsync(order);

        var whole = await office.OrderAsync(order);
        Assert.Equal((OrderState.PartShipped, 5m, 4 * 10m + 12), (part.State, part.Items[0].Shipped, part.Items[0].Cost!.Value));
        Assert.Equal(1, part.Items[1].Shipped);
        Assert.Equal((OrderState.Shipped, 6m, 4 * 10m + 24), (whole.State, whole.Items[0].Shipped, whole.Items[0].Cost!.Value));
        Assert.Null((await office.OrderAsync(order, office.Seller)).Items[0].Cost);
        Assert.Equal((8m, 0m), await office.InHallAsync(chain));
        Assert.Matches(@"^\d{4}-\d{4}$", (await office.ShipmentAsync(first)).Number!);
        Assert.Equal("orders.not-open", await RefusedAsync(() => office.PickAsync(order)));
    }

    [Fact]
    public async Task Pick_ProposesWhatIsThere_ForOneAddressFromOneWarehouse()
    {
        var (chain, pedal, bell) = (await office.ProductAsync("Chain", 3), await office.ProductAsync("Pedal", 9), await office.ProductAsync("Bell", 9));
        var (chains, pedals, bells) = (Line(chain, 5), Line(pedal, 2), Line(bell, 1));
        var order = await office.DraftOrderAsync(null, chains, pedals, bells);
        await office.WriteOrderAsync(order, c => c, h => h with { Warehouse = office.Main }, new OrderDelivery(bells.Id, null, office.Shop));
        await office.PlaceAsync(order);

        var sheet = await office.ShipmentAsync(await office.PickAsync(order));

        Assert.Equal([("Chain", 3m), ("Pedal", 2m)], sheet.Lines.Select(l => (l.Line.Name, l.Line.Quantity)));
        Assert.Equal([5m, 2m], sheet.Lines.Select(l => l.Open));
    }

    [Fact]
    public async Task Ship_OfWhatIsSetAsideForAnother_IsRefused_AndOnesOwnIsUsedUp()
    {
        var chain = await office.ProductAsync("Chain", 5);
        var (mine, other) = (await office.PlacedAsync(Line(chain, 4)), await office.PlacedAsync(Line(chain, 3)));
        var early = await office.PickAsync(mine);
        await office.Fulfilment.ReserveAsync(other, office.Seller, default);
        var seen = (await office.ShipmentAsync(early)).Version;

        Assert.Equal("stock.reserved", await RefusedAsync(() => office.Shipping.PostAsync(early, seen, office.Keeper, default)));
        Assert.Equal((OrderState.Placed, (5m, 3m)), ((await office.OrderAsync(mine)).State, await office.InHallAsync(chain)));
        Assert.Equal(2, (await office.ShipmentAsync(await office.PickAsync(mine))).Lines[0].Line.Quantity);

        await office.ShipAsync(other);
        Assert.Equal((OrderState.Shipped, (2m, 0m)), ((await office.OrderAsync(other)).State, await office.InHallAsync(chain)));
    }

    [Fact]
    public async Task Ship_SaidManyTimesAtOnce_ShipsOnce()
    {
        var chain = await office.ProductAsync("Chain", 9);
        var order = await office.PlacedAsync(Line(chain, 4));
        var id = ShipmentId.New();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => office.Shipping.BeginAsync(id, order, office.Keeper, default)));
        var seen = (await office.ShipmentAsync(id)).Version;

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => office.Shipping.PostAsync(id, seen, office.Keeper, default)));

        Assert.Equal((5m, 0m), await office.InHallAsync(chain));
        Assert.Single((await office.ShipmentAsync(id)).Papers);
    }

    [Fact]
    public async Task Ship_TwoListsOfOneOrder_TheSecondFindsNothingLeft()
    {
        var chain = await office.ProductAsync("Chain", 9);
        var order = await office.PlacedAsync(Line(chain, 4));
        var (a, b) = (await office.PickAsync(order), await office.PickAsync(order));
        await office.Shipping.PostAsync(a, (await office.ShipmentAsync(a)).Version, office.Keeper, default);

        Assert.Equal("orders.not-open", await RefusedAsync(async () => await office.Shipping.PostAsync(b, (await office.ShipmentAsync(b)).Version, office.Keeper, default)));
        Assert.Equal((5m, 0m), await office.InHallAsync(chain));
    }

    [Fact]
    public async Task Ship_OfSeveralOrders_GivesEachItsOwn_AndOneOfAnotherClientNot()
    {
        var chain = await office.ProductAsync("Chain", 20);
        var (a, b) = (await office.PlacedAsync(Line(chain, 2)), await office.PlacedAsync(Line(chain, 1, "box")));
        await office.Fulfilment.ReserveAsync(b, office.Seller, default);
        var stranger = await office.Services.GetRequiredService<PartnerRegistry>().AddAsync(new("Other Works", PartnerKinds.Client, Responsible: office.Seller.UserId), office.Seller, default);
        var foreign = await office.DraftOrderAsync(stranger, Line(chain, 1));
        await office.WriteOrderAsync(foreign, c => c, h => h with { Warehouse = office.Main });
        await office.PlaceAsync(foreign);
        var id = await office.PickAsync(a);
        Assert.Contains((await office.ShipmentAsync(id)).Others, o => o.Id == b);

        Assert.Equal("shipments.other-client", await RefusedAsync(async () => await office.Shipping.TakeAlongAsync(id, foreign, (await office.ShipmentAsync(id)).Version, office.Keeper, default)));
        await office.Shipping.TakeAlongAsync(id, b, (await office.ShipmentAsync(id)).Version, office.Keeper, default);
        await office.Shipping.PostAsync(id, (await office.ShipmentAsync(id)).Version, office.Keeper, default);

        var sheet = await office.ShipmentAsync(id);
        Assert.Equal((2, 2), (sheet.Orders.Count, sheet.Papers.Count));
        Assert.Equal([OrderState.Shipped, OrderState.Shipped], new[] { (await office.OrderAsync(a)).State, (await office.OrderAsync(b)).State });
        Assert.Equal((8m, 0m), await office.InHallAsync(chain));
    }

    [Fact]
    public async Task Ship_OfAKit_TakesItsParts()
    {
        var (chain, pedal) = (await office.ProductAsync("Chain", 6), await office.ProductAsync("Pedal", 20));
        var order = await office.PlacedAsync(Line(await office.ProductAsync("Drive", 0, ProductKind.Kit, (chain.Id, 1), (pedal.Id, 2)), 3));

        await office.ShipAsync(order, 2);

        Assert.Equal(((4m, 0m), (16m, 0m)), (await office.InHallAsync(chain), await office.InHallAsync(pedal)));
        Assert.Equal(60, (await office.OrderAsync(order)).Items[0].Cost);
    }

    [Fact]
    public async Task Cancel_BringsTheGoodsBack_SetAsideForTheirOrder_AndItsIssueAloneIsNotCancelled()
    {
        var chain = await office.ProductAsync("Chain", 5);
        var order = await office.PlacedAsync(Line(chain, 4));
        await office.Fulfilment.ReserveAsync(order, office.Seller, default);
        var id = await office.ShipAsync(order, 3);
        var sheet = await office.ShipmentAsync(id);
        var (documents, cards) = (office.Services.GetRequiredService<StockDesk>(), office.Services.GetRequiredService<StockDocumentQuery>());
        var issue = (await cards.FindAsync(sheet.Papers[0].Id, office.Keeper, default))!;

        Assert.Equal("stock.of-shipment", await RefusedAsync(() => documents.CancelAsync(issue.Id, "wrong", issue.Version, office.Keeper, default)));
        Assert.Equal("orders.shipped-already", await RefusedAsync(async () => await office.Fulfilment.CancelAsync(order, "wrong", (await office.OrderAsync(order)).Version, office.Seller, default)));
        await office.Shipping.CancelAsync(id, "the lorry broke down", sheet.Version, office.Keeper, default);
        await office.Shipping.CancelAsync(id, "again", sheet.Version, office.Keeper, default);

        var back = await office.OrderAsync(order);
        Assert.Equal((OrderState.Placed, 0m, 4m), (back.State, back.Items[0].Shipped, back.Items[0].Reserved));
        Assert.Null(back.Items[0].Cost);
        Assert.Equal((5m, 4m), await office.InHallAsync(chain));
        Assert.Equal("the lorry broke down", (await office.ShipmentAsync(id)).Reason);
        Assert.Equal(StockDocumentState.Cancelled, (await cards.FindAsync(issue.Id, office.Keeper, default))!.State);
    }

    [Fact]
    public async Task Cancel_OfWhatTheClientHasBroughtBack_IsRefused_AndNothingIsHalfDone()
    {
        var chain = await office.ProductAsync("Chain", 5);
        var order = await office.PlacedAsync(Line(chain, 4));
        var id = await office.ShipAsync(order);
        var (documents, cards, back) = (office.Services.GetRequiredService<StockDesk>(), office.Services.GetRequiredService<StockDocumentQuery>(), StockDocumentId.New());
        await documents.FollowAsync(back, (await office.ShipmentAsync(id)).Papers[0].Id, office.Keeper, default);
        await documents.PostAsync(back, (await cards.FindAsync(back, office.Keeper, default))!.Version, office.Keeper, default);

        Assert.Equal("stock.others-follow", await RefusedAsync(async () => await office.Shipping.CancelAsync(id, "wrong", (await office.ShipmentAsync(id)).Version, office.Keeper, default)));
        Assert.Equal((OrderState.Shipped, ShipmentState.Posted), ((await office.OrderAsync(order)).State, (await office.ShipmentAsync(id)).State));
    }

    [Fact]
    public async Task Ship_OfWhatCannotBe_IsRefusedInWords_AndMovesNothing()
    {
        var chain = await office.ProductAsync("Chain", 5);
        var order = await office.PlacedAsync(Line(chain, 4));
        var id = await office.PickAsync(order);
        async Task<string> WriteAsync(decimal quantity, DateOnly? day = null)
        {
            var sheet = await office.ShipmentAsync(id);
            return await RefusedAsync(async () => await office.Shipping.PostAsync(id, await office.Shipping.WriteAsync(id, sheet.Head with { Day = day ?? sheet.Head.Day }, new Dictionary<(SalesOrderId, Guid), decimal> { [(order, sheet.Lines[0].Line.OrderLine)] = quantity }, sheet.Version, office.Keeper, default), office.Keeper, default));
        }

        Assert.Equal("number.out-of-range", await WriteAsync(-1));
        Assert.Equal("number.out-of-range", await WriteAsync(decimal.MaxValue));
        Assert.Equal("orders.more-than-open", await WriteAsync(5));
        Assert.Equal("stock.day-ahead", await WriteAsync(1, new(2099, 1, 1)));
        Assert.Equal("identity.not-allowed", await RefusedAsync(async () => await office.Shipping.PostAsync(id, (await office.ShipmentAsync(id)).Version, office.Seller, default)));
        Assert.Equal("shared.changed-by", await RefusedAsync(() => office.Shipping.PostAsync(id, 1, office.Keeper, default)));
        Assert.Equal((5m, 0m), await office.InHallAsync(chain));
        Assert.Equal("shipments.no-lines", await WriteAsync(0));
    }

    [Fact]
    public async Task Ship_OfAListThatItsOrderHasLeftBehind_IsRefused_UntilItIsWrittenAnew()
    {
        var chain = await office.ProductAsync("Chain", 250);
        var (order, other) = (await office.PlacedAsync(Line(chain, 10)), await office.PlacedAsync(Line(chain, 1)));
        var id = await office.PickAsync(order);
        await office.Shipping.TakeAlongAsync(id, other, (await office.ShipmentAsync(id)).Version, office.Keeper, default);
        var was = await office.OrderAsync(order, office.Seller);
        Assert.All((await office.ShipmentAsync(id)).Lines, l => Assert.False(l.IsStale));
        await office.Orders.ChangeAsync(order, was.Head, was.Written.Content with { Lines = [.. was.Written.Content.Lines.Select(l => l with { Unit = "box", Quantity = 20 })] }, was.Deliveries, was.Version, office.Seller, default);

        Assert.Equal([true, false], (await office.ShipmentAsync(id)).Lines.Select(l => l.IsStale));
        Assert.Equal("shipments.stale", await RefusedAsync(async () => await office.Shipping.PostAsync(id, (await office.ShipmentAsync(id)).Version, office.Keeper, default)));
        Assert.Equal((250m, 0m), await office.InHallAsync(chain));
        await office.Shipping.RenewAsync(id, (await office.ShipmentAsync(id)).Version, office.Keeper, default);
        Assert.Equal([("box", 20m), ("pcs", 1m)], (await office.ShipmentAsync(id)).Lines.Select(l => (l.Line.Unit, l.Line.Quantity)));
        await office.Shipping.PostAsync(id, (await office.ShipmentAsync(id)).Version, office.Keeper, default);
        Assert.Equal(((49m, 0m), 20m), (await office.InHallAsync(chain), (await office.OrderAsync(order)).Items[0].Shipped));
    }

    [Fact]
    public async Task Ship_OfWhatLeavesAnotherWarehouseByNow_IsRefused_AndGoesFromTheListAnew()
    {
        var chain = await office.ProductAsync("Chain", 5);
        var order = await office.PlacedAsync(Line(chain, 4));
        var id = await office.PickAsync(order);
        var was = await office.OrderAsync(order, office.Seller);
        await office.Orders.ChangeAsync(order, was.Head with { Warehouse = office.Shop }, was.Written.Content, was.Deliveries, was.Version, office.Seller, default);

        Assert.Equal("shipments.stale", await RefusedAsync(async () => await office.Shipping.PostAsync(id, (await office.ShipmentAsync(id)).Version, office.Keeper, default)));
        await office.Shipping.RenewAsync(id, (await office.ShipmentAsync(id)).Version, office.Keeper, default);
        Assert.Empty((await office.ShipmentAsync(id)).Lines);
    }

    [Fact]
    public async Task Posted_StaysAsItWasPosted_WhateverAProgramDoes()
    {
        var chain = await office.ProductAsync("Chain", 5);
        var id = await office.ShipAsync(await office.PlacedAsync(Line(chain, 4)));
        await using var db = office.Open();
        Assert.Equal(PostgresErrorCodes.RestrictViolation, (await Assert.ThrowsAsync<PostgresException>(() => db.Database.ExecuteSqlAsync($"update sales.shipment set lines = '[]' where id = {id.Value}"))).SqlState);
        Assert.Equal(PostgresErrorCodes.RestrictViolation, (await Assert.ThrowsAsync<PostgresException>(() => db.Database.ExecuteSqlAsync($"delete from sales.shipment where id = {id.Value}"))).SqlState);
    }

    [Fact]
    public async Task Delivery_IsOrderedOnce_WithTheDoorThePersonAndTheWeight_AndStandsBeforeCancelling()
    {
        var chain = await office.ProductAsync("Chain", 5);
        var (person, depot) = (new Person(PersonId.New(), "Mira Vale", "+380 50 111 22 33", null), Place.OfOurs(PlaceId.New(), office.Branch, "Depot", "1 Dock Road", null));
        var yard = Place.OfPartner(PlaceId.New(), office.Client, "Yard", "9 Mill Lane", new(47.2, 38.9));
        yard.DescribeAccess("3", "Ring twice", person.Id);
        await using (var db = office.Open())
        {
            db.AddRange(person, depot, yard);
            await db.SaveChangesAsync();
        }
        var order = await office.DraftOrderAsync(null, Line(chain, 2));
        await office.WriteOrderAsync(order, c => c, h => h with { Warehouse = office.Main, Place = yard.Id });
        await office.PlaceAsync(order);
        var id = await office.PickAsync(order);
        var sheet = await office.ShipmentAsync(id);
        await office.Shipping.PostAsync(id, await office.Shipping.WriteAsync(id, sheet.Head with { WeightKg = 12.4m, VolumeM3 = 0.2m }, new Dictionary<(SalesOrderId, Guid), decimal>(), sheet.Version, office.Keeper, default), office.Keeper, default);
        var (delivery, trip, from) = (office.Services.GetRequiredService<ShipmentDelivery>(), TripId.New(), DateTimeOffset.UtcNow.AddHours(2));
        Task OrderAsync(TripId as_) => delivery.OrderAsync(as_, [id], new(depot.Id, from, from.AddHours(1)), (_, _) => "Shipment", office.Keeper, default);

        await Task.WhenAll(OrderAsync(trip), OrderAsync(trip), OrderAsync(trip));

        Assert.Equal("shipments.trip-there", await RefusedAsync(() => OrderAsync(TripId.New())));
        Assert.Equal("shipments.trip-there", await RefusedAsync(async () => await office.Shipping.CancelAsync(id, "wrong", (await office.ShipmentAsync(id)).Version, office.Keeper, default)));
        Assert.Equal(trip, Assert.Single((await office.ShipmentAsync(id)).Trips).Id);
        await using var read = office.Open();
        var known = await read.Set<Trip>().SingleAsync(t => t.Id == trip);
        Assert.Equal(("9 Mill Lane", "3", "Ring twice", "Mira Vale", "+380 50 111 22 33"), (known.Dropoff.Address, known.Dropoff.Door, known.Dropoff.AccessNote, known.Dropoff.Contact, known.Dropoff.Phone));
        Assert.Equal(("1 Dock Road", 13, 0.2m, office.Client), (known.Pickup.Address, known.Needs.PayloadKg, known.Needs.VolumeM3, known.Customer!.Value));
    }

    [Fact]
    public async Task List_FindsShipmentsByClientAndOrder_WithinTheReadersReach()
    {
        var chain = await office.ProductAsync("Chain", 5);
        var order = await office.PlacedAsync(Line(chain, 4));
        var id = await office.ShipAsync(order);
        Assert.Equal(id, Assert.Single((await office.Shipments.ListAsync(new(Order: order), ShipmentSort.Number, true, Slice.All, office.Seller, default)).Rows).Id);
        Assert.Contains((await office.Shipments.ListAsync(new("lantern", ShipmentState.Posted, office.Main), ShipmentSort.Day, false, Slice.All, office.Keeper, default)).Rows, r => r.Id == id);
        var stranger = office.Seller with { UserId = Guid.NewGuid(), Scope = ActorScope.Own, Permissions = office.Seller.Permissions.Where(p => p != Domain.Identity.Permissions.StockRead).ToFrozenSet() };
        Assert.Empty((await office.Shipments.ListAsync(new(Order: order), ShipmentSort.Number, true, Slice.All, stranger, default)).Rows);
        Assert.Null(await office.Shipments.FindAsync(id, stranger, default));
    }
}
