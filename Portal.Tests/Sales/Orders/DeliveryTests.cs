using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Domain.Work;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Sales.Orders;
using Portal.Infrastructure.Stock;
using Portal.Infrastructure.Work;
using static Portal.Tests.Sales.Orders.OrderOffice;

namespace Portal.Tests.Sales.Orders;

/// <summary>Shipments on trips, on a real database: several at once in a good order, and what becomes of them at the client's door.</summary>
public sealed class DeliveryTests(OrderOffice office) : IClassFixture<OrderOffice>
{
    private static readonly byte[] Png = [0x89, .. "PNG\r\n"u8, 0x1a, 0x0a, 1, 2, 3];

    private readonly DateTimeOffset soon = DateTimeOffset.UtcNow.AddHours(2);
    private static readonly DriverId Own = DriverId.New();
    private static readonly Actor Rook = Dispatch.Orders.Driver("Bram Rook", Own);

    private static async Task<string> RefusedAsync(Func<Task> job) => (await Assert.ThrowsAsync<RuleBrokenException>(job)).Code;

    private static string Words(IReadOnlyList<string> numbers, int? packages) => $"{string.Join(", ", numbers)} ({packages})";

    private async Task<T> AddAsync<T>(T entity) where T : class
    {
        await using var db = office.Open();
        db.Add(entity);
        await db.SaveChangesAsync();
        return entity;
    }

    private async Task<PlaceId> DepotAsync() => (await AddAsync(Place.OfOurs(PlaceId.New(), office.Branch, "Depot", "1 Dock Road", new(47, 39)))).Id;

    /// <summary>So many of a product that lie at the client's door, so far north of the depot, or on their way there.</summary>
    private async Task<(ShipmentId Id, SalesOrderId Order)> ShippedAsync(ProductHint product, decimal quantity, double north, PartnerId? client = null, decimal? kg = 10, bool post = true)
    {
        var place = await AddAsync(Place.OfPartner(PlaceId.New(), client ?? office.Client, $"Yard {north}", $"{north} Mill Lane", new(47 + north / 10, 39)));
        var order = await office.DraftOrderAsync(client, Line(product, quantity));
        await office.WriteOrderAsync(order, c => c, h => h with { Warehouse = office.Main, Place = place.Id });
        await office.PlaceAsync(order);
        var id = await office.PickAsync(order);
        var sheet = await office.ShipmentAsync(id);
        var version = await office.Shipping.WriteAsync(id, sheet.Head with { WeightKg = kg, VolumeM3 = 0.5m, Packages = 2 }, new Dictionary<(SalesOrderId, Guid), decimal>(), sheet.Version, office.Keeper, default);
        if (post) await office.Shipping.PostAsync(id, version, office.Keeper, default);
        return (id, order);
    }

    private async Task<TripId> TripAsync(params ShipmentId[] of)
    {
        var id = TripId.New();
        await office.Delivery.OrderAsync(id, of, new(await DepotAsync(), soon, soon.AddHours(1)), Words, office.Keeper, default);
        return id;
    }

    private async Task<Trip> LoadAsync(TripId id)
    {
        await using var db = office.Open();
        return await db.Set<Trip>().AsNoTracking().SingleAsync(t => t.Id == id);
    }

    private async Task<IReadOnlyList<TripDelivery>> StopsAsync(TripId trip) => await office.Deliveries.OfTripAsync(trip, office.Keeper, default);

    /// <summary>A shipment at the client's door: its trip is loaded and driven by the driver.</summary>
    private async Task<(DeliveryId Delivery, TripId Trip)> AtTheDoorAsync(params ShipmentId[] of)
    {
        var trip = await TripAsync(of);
        await LoadedAsync(trip);
        return ((await StopsAsync(trip))[0].Id, trip);
    }

    private async Task LoadedAsync(TripId trip)
    {
        await using var db = office.Open();
        if (!await db.Set<Driver>().AnyAsync(d => d.Id == Own))
        {
            var person = await AddAsync(new Person(PersonId.New(), "Bram Rook", null, null));
            var employee = await AddAsync(new Employee(EmployeeId.New(), person.Id, office.Branch, null));
            await AddAsync(new Driver(Own, employee.Id, office.Branch, person.Name, null));
        }
        await db.Database.ExecuteSqlAsync($"update dispatch.trip set state = 'OnBoard', driver = {Own.Value} where id = {trip.Value}");
    }

    private async Task<Guid> ProvedAsync(DeliveryId delivery, Actor? by = null, byte[]? content = null, StoredFileId? as_ = null)
    {
        var file = as_ ?? StoredFileId.New();
        await office.Results.ProveAsync(delivery, file, "signature.png", new MemoryStream(content ?? Png), by ?? Rook, default);
        return file.Value;
    }

    private static DeliveryResult Taken(Guid? signature, params HandedLine[] lines) => new(lines, "Mira Vale", signature, [], null);

    private async Task<HandedLine> LineAsync(ShipmentId of, decimal quantity, string? why = "Damaged") => (await office.ShipmentAsync(of)).Lines[0].Line is var line ? new(line.Order, line.OrderLine, quantity, why) : null!;

    [Fact]
    public async Task Order_OfSeveralShipments_IsOneTrip_WithItsStopsInOrder_AndTheirWeight()
    {
        var chain = await office.ProductAsync("Chain", 50);
        var stranger = await office.Services.GetRequiredService<PartnerRegistry>().AddAsync(new("Other Works", PartnerKinds.Client, Responsible: office.Seller.UserId), office.Seller, default);
        var (far, near, middle) = (await ShippedAsync(chain, 1, 9), await ShippedAsync(chain, 1, 2, stranger, kg: 20.3m), await ShippedAsync(chain, 1, 5, kg: null));

        var id = TripId.New();
        var start = new DeliveryStart(await DepotAsync(), soon, soon.AddHours(1));
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => office.Delivery.OrderAsync(id, [far.Id, near.Id, middle.Id], start, Words, office.Keeper, default)));

        var (trip, stops) = (await LoadAsync(id), await StopsAsync(id));
        Assert.Equal([near.Id, middle.Id, far.Id], stops.Select(s => s.Shipment));
        Assert.Equal([1, 2, 3], stops.Select(s => s.Place));
        Assert.Equal(["2 Mill Lane", "5 Mill Lane", "9 Mill Lane"], trip.Via.Append(trip.Dropoff).Select(s => s.Address));
        Assert.Equal((31, 1.5m, (PartnerId?)null, office.Keeper.Name), (trip.Needs.PayloadKg, trip.Needs.VolumeM3, trip.Customer, trip.CallerName));
        Assert.EndsWith("(6)", trip.Cargo);
        Assert.InRange(trip.PlannedKm!.Value, 100, 140);
        var own = Assert.Single((await office.ShipmentAsync(middle.Id)).Trips);
        Assert.Equal((id, 2, 3, DeliveryState.Planned), (own.Id, own.Place, own.Stops, own.Result));
        Assert.Equal("shipments.trip-there", await RefusedAsync(() => TripAsync(near.Id)));
        Assert.Equal("shipments.trip-there", await RefusedAsync(async () => await office.Shipping.CancelAsync(near.Id, "wrong", (await office.ShipmentAsync(near.Id)).Version, office.Keeper, default)));
    }

    [Fact]
    public async Task Stops_StandInTheOrderThatSomebodySays_AndTheDriverFindsTheDoorThatADispatcherHasChanged()
    {
        var chain = await office.ProductAsync("Chain", 50);
        var (far, near, middle, later) = (await ShippedAsync(chain, 1, 9), await ShippedAsync(chain, 1, 2), await ShippedAsync(chain, 1, 5), await ShippedAsync(chain, 1, 7));
        var trip = await TripAsync(far.Id, near.Id, middle.Id);

        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => office.Delivery.ReorderAsync(trip, [middle.Id, far.Id, near.Id], Words, office.Keeper, default)));
        Assert.Equal([middle.Id, far.Id, near.Id], (await StopsAsync(trip)).Select(s => s.Shipment));
        Assert.Equal(["5 Mill Lane", "9 Mill Lane", "2 Mill Lane"], (await LoadAsync(trip)).Via.Append((await LoadAsync(trip)).Dropoff).Select(s => s.Address));
        Assert.Equal("deliveries.other-stops", await RefusedAsync(() => office.Delivery.ReorderAsync(trip, [middle.Id, far.Id, later.Id], Words, office.Keeper, default)));
        Assert.Equal("deliveries.other-stops", await RefusedAsync(() => office.Delivery.ReorderAsync(trip, [middle.Id, far.Id, far.Id], Words, office.Keeper, default)));
        Assert.Equal("identity.not-allowed", await RefusedAsync(() => office.Delivery.ReorderAsync(trip, [far.Id, middle.Id, near.Id], Words, Rook, default)));

        var order = (await LoadAsync(trip)).Order;
        await office.Services.GetRequiredService<TripRegistration>().EditAsync(trip, order with { Dropoff = order.Dropoff with { Address = "77 New Street", Door = "4" } }, Actor.System("test"));
        Assert.Equal("77 New Street", (await StopsAsync(trip))[2].Address);
        await office.Delivery.AddAsync(trip, [later.Id], Words, office.Keeper, default);
        await LoadedAsync(trip);
        var seen = await office.Deliveries.OfDriverAsync([trip.Value], Rook, default);
        Assert.Equal((4, "4"), (seen.Count, Assert.Single(seen, s => s.Stop.Address == "77 New Street").Stop.Door));
        Assert.Equal("dispatch.trip-on-board", await RefusedAsync(() => office.Delivery.ReorderAsync(trip, [far.Id, middle.Id, near.Id, later.Id], Words, office.Keeper, default)));

        // what was told stays where it was
        var told = seen.Single(s => s.Stop.Door == "4");
        await office.Results.TellAsync(new(told.Id), Taken(await ProvedAsync(new(told.Id))), Rook, null, default);
        await using var db = office.Open();
        Assert.Equal("77 New Street", (await db.Set<Delivery>().SingleAsync(d => d.Id == new DeliveryId(told.Id))).Stop.Address);
    }

    [Fact]
    public async Task Trip_TakesAnotherShipmentAlong_AndLetsOneGo_UntilItIsLoaded()
    {
        var chain = await office.ProductAsync("Chain", 50);
        var (far, near, middle) = (await ShippedAsync(chain, 1, 9), await ShippedAsync(chain, 1, 2), await ShippedAsync(chain, 1, 5));
        var trip = await TripAsync(far.Id, near.Id);
        Assert.Contains((await office.Deliveries.PlanAsync([middle.Id], office.Keeper, default)).Trips, t => t.Id == trip && t.Stops == 2 && t.LoadKg == 20);

        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => office.Delivery.AddAsync(trip, [middle.Id], Words, office.Keeper, default)));
        Assert.Equal([near.Id, middle.Id, far.Id], (await StopsAsync(trip)).Select(s => s.Shipment));
        Assert.Equal(30, (await LoadAsync(trip)).Needs.PayloadKg);

        await office.Delivery.TakeOffAsync(trip, far.Id, Words, office.Keeper, default);
        await office.Delivery.TakeOffAsync(trip, far.Id, Words, office.Keeper, default);
        await office.Delivery.TakeOffAsync(trip, near.Id, Words, office.Keeper, default);
        Assert.Equal("deliveries.last", await RefusedAsync(() => office.Delivery.TakeOffAsync(trip, middle.Id, Words, office.Keeper, default)));
        Assert.Equal(("5 Mill Lane", 0, 10), ((await LoadAsync(trip)).Dropoff.Address, (await LoadAsync(trip)).Via.Count, (await LoadAsync(trip)).Needs.PayloadKg));
        // what was taken off may go on another trip
        var (_, loaded) = await AtTheDoorAsync(far.Id);

        Assert.Equal("dispatch.trip-on-board", await RefusedAsync(() => office.Delivery.AddAsync(loaded, [near.Id], Words, office.Keeper, default)));
        Assert.Equal("deliveries.trip-unknown", await RefusedAsync(() => office.Delivery.AddAsync(TripId.New(), [near.Id], Words, office.Keeper, default)));
        Assert.Equal("identity.not-allowed", await RefusedAsync(() => office.Delivery.AddAsync(trip, [near.Id], Words, Rook, default)));
    }

    [Fact]
    public async Task Tell_AllTaken_OrderAndShipmentKnowWhoTookItWhen_HoweverOftenItIsSaid()
    {
        var chain = await office.ProductAsync("Chain", 9);
        var (id, order) = await ShippedAsync(chain, 4, 3);
        var (delivery, trip) = await AtTheDoorAsync(id);
        var signature = await ProvedAsync(delivery);
        var at = Dispatch.Orders.Now.AddMinutes(-20);

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => office.Results.TellAsync(delivery, Taken(signature), Rook, at, default)));

        var told = Assert.Single((await office.ShipmentAsync(id)).Trips);
        Assert.Equal((DeliveryState.Delivered, "Mira Vale", "Bram Rook"), (told.Result, told.Receiver, told.ByName));
        Assert.Equal(at.ToUnixTimeMilliseconds(), told.At!.Value.ToUnixTimeMilliseconds());
        Assert.Equal(new DeliveryProof(signature, true), Assert.Single(told.Proofs));
        var row = Assert.Single((await office.Shipments.ListAsync(new(Order: order), ShipmentSort.Number, true, Slice.All, office.Seller, default)).Rows);
        Assert.Equal((DeliveryState.Delivered, false), (row.Trip!.Result, row.MayBeDelivered));
        Assert.Equal((OrderState.Shipped, (5m, 0m)), ((await office.OrderAsync(order)).State, await office.InHallAsync(chain)));
        var proofs = await office.Services.GetRequiredService<Attachments>().OfAsync(new(ObjectKind.Shipment, id.Value), office.Keeper);
        Assert.Equal(("image/png", "Bram Rook"), (Assert.Single(proofs).ContentType, proofs[0].ByName));
        await using var db = office.Open();
        Assert.Equal(1, await db.Set<TimelineEntry>().CountAsync(e => e.AboutId == order.Value && e.What == "order.delivered"));
        Assert.Equal("shipments.told", await RefusedAsync(() => TripAsync(id)));
        Assert.Equal("deliveries.told", await RefusedAsync(() => office.Results.TellAsync(delivery, Taken(null), office.Keeper, null, default)));
        Assert.Equal(DeliveryState.Delivered, (await StopsAsync(trip))[0].State);
        Assert.Equal(PostgresErrorCodes.RestrictViolation, (await Assert.ThrowsAsync<PostgresException>(() => db.Database.ExecuteSqlAsync($"update sales.delivery set state = 'Refused' where id = {delivery.Value}"))).SqlState);
    }

    [Fact]
    public async Task Tell_PartRefused_ComesBackAtTheCostItWentOutAt_AndIsOpenInItsOrderAgain()
    {
        var chain = await office.ProductAsync("Chain", 2);
        await office.ReceiveAsync(office.Main, chain.Id, 10, 14);
        var (id, order) = await ShippedAsync(chain, 4, 3);
        var (delivery, _) = await AtTheDoorAsync(id);
        var signature = await ProvedAsync(delivery);

        await office.Results.TellAsync(delivery, Taken(signature, await LineAsync(id, 1)), Rook, null, default);

        var (sheet, after) = (await office.ShipmentAsync(id), await office.OrderAsync(order));
        Assert.Equal((DeliveryState.Partly, 3m, "Damaged"), (sheet.Trips[0].Result, sheet.Trips[0].Refused[0].Quantity, sheet.Trips[0].Refused[0].Reason));
        Assert.Equal([StockDocumentKind.Issue, StockDocumentKind.CustomerReturn], sheet.Papers.Select(p => p.Kind).Order());
        // 2 at 10 and 2 at 14 went out; a unit of them is worth 12
        Assert.Equal((OrderState.PartShipped, 1m, 12m), (after.State, after.Items[0].Shipped, after.Items[0].Cost!.Value));
        Assert.Equal((11m, 0m), await office.InHallAsync(chain));
        var back = (await office.Services.GetRequiredService<StockDocumentQuery>().FindAsync(sheet.Papers[1].Id, office.Keeper, default))!;
        Assert.Equal("stock.of-shipment", await RefusedAsync(() => office.Services.GetRequiredService<StockDesk>().CancelAsync(back.Id, "no", back.Version, office.Keeper, default)));
        Assert.Equal(3, (await office.ShipmentAsync(await office.PickAsync(order))).Lines[0].Line.Quantity);
    }

    [Fact]
    public async Task Tell_AKitRefused_BringsItsPartsBack_AndWhatWasMadeToOrderIsOnlyOpenAgain()
    {
        var (chain, pedal) = (await office.ProductAsync("Chain", 6), await office.ProductAsync("Pedal", 20));
        var kit = await office.ProductAsync("Drive", 0, ProductKind.Kit, (chain.Id, 1), (pedal.Id, 2));
        var place = await AddAsync(Place.OfPartner(PlaceId.New(), office.Client, "Yard", "7 Mill Lane", null));
        var order = await office.DraftOrderAsync(null, Line(kit, 3), Offers.OfferOffice.FreeLine("Frame", 90));
        await office.WriteOrderAsync(order, c => c, h => h with { Warehouse = office.Main, Place = place.Id });
        await office.PlaceAsync(order);
        var id = await office.ShipAsync(order);
        var (delivery, _) = await AtTheDoorAsync(id);
        var lines = (await office.ShipmentAsync(id)).Lines.Select(l => new HandedLine(l.Line.Order, l.Line.OrderLine, 0, "Too late")).ToArray();

        // who takes nothing signs nothing
        await office.Results.TellAsync(delivery, Taken(null, lines), Rook, null, default);

        Assert.Equal(((6m, 0m), (20m, 0m)), (await office.InHallAsync(chain), await office.InHallAsync(pedal)));
        var after = await office.OrderAsync(order);
        Assert.Equal((OrderState.Placed, DeliveryState.Refused), (after.State, (await office.ShipmentAsync(id)).Trips[0].Result));
        Assert.All(after.Items, i => Assert.Equal(0, i.Shipped));
        Assert.Equal(0, after.Items[0].Cost);
    }

    [Fact]
    public async Task Tell_WhatMakesNoSense_OrIsNotHis_IsRefused_AndNothingMoves()
    {
        var chain = await office.ProductAsync("Chain", 9);
        var (id, order) = await ShippedAsync(chain, 4, 3);
        var (other, _) = await ShippedAsync(chain, 1, 4);
        var (delivery, trip) = await AtTheDoorAsync(id);
        var signature = await ProvedAsync(delivery);
        var waiting = (await StopsAsync(await TripAsync(other)))[0].Id;
        async Task<string> TellAsync(DeliveryResult result, Actor? by = null, DeliveryId? of = null) => await RefusedAsync(() => office.Results.TellAsync(of ?? delivery, result, by ?? Rook, null, default));

        Assert.Equal("deliveries.no-proof", await TellAsync(Taken(null)));
        Assert.Equal("deliveries.no-proof", await TellAsync(Taken(Guid.NewGuid())));
        Assert.Equal("deliveries.no-reason", await TellAsync(Taken(signature, await LineAsync(id, 1, null))));
        Assert.Equal("deliveries.more-than-shipped", await TellAsync(Taken(signature, await LineAsync(id, 5))));
        Assert.Equal("number.out-of-range", await TellAsync(Taken(signature, await LineAsync(id, -1))));
        Assert.Equal("number.out-of-range", await TellAsync(Taken(signature, await LineAsync(id, decimal.MaxValue))));
        Assert.Equal("deliveries.line-unknown", await TellAsync(Taken(signature, await LineAsync(other, 0))));
        Assert.Equal("deliveries.unknown", await TellAsync(Taken(signature), Dispatch.Orders.Driver("Other", DriverId.New())));
        Assert.Equal("deliveries.unknown", await TellAsync(Taken(signature), of: waiting));
        Assert.Equal("deliveries.not-loaded", await TellAsync(Taken(null), office.Keeper, waiting));
        Assert.Equal("file.too-many", await TellAsync(Taken(signature) with { Photos = [.. await Task.WhenAll(Enumerable.Range(0, Delivery.MostPhotos + 1).Select(_ => ProvedAsync(delivery)))] }));
        Assert.Equal((OrderState.Shipped, DeliveryState.Planned, (4m, 0m)), ((await office.OrderAsync(order)).State, (await StopsAsync(trip))[0].State, await office.InHallAsync(chain)));
        // paper in the storekeeper's hand is proof enough
        await office.Results.TellAsync(delivery, Taken(null), office.Keeper, null, default);
        Assert.Equal(DeliveryState.Delivered, (await StopsAsync(trip))[0].State);
    }

    [Fact]
    public async Task Prove_TakesPicturesOnly_OncePerId_FromWhoDrives()
    {
        var chain = await office.ProductAsync("Chain", 9);
        var (id, _) = await ShippedAsync(chain, 4, 3);
        var (delivery, _) = await AtTheDoorAsync(id);
        var file = StoredFileId.New();

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => ProvedAsync(delivery, as_: file)));

        Assert.Single(await office.Services.GetRequiredService<Attachments>().OfAsync(new(ObjectKind.Shipment, id.Value), office.Keeper));
        Assert.Equal("file.other-type", await RefusedAsync(() => ProvedAsync(delivery, content: Encoding.UTF8.GetBytes("no picture"))));
        Assert.Equal("file.markup", await RefusedAsync(() => ProvedAsync(delivery, content: Encoding.UTF8.GetBytes("<svg onload=alert(1)>"))));
        Assert.Equal("deliveries.unknown", await RefusedAsync(() => ProvedAsync(delivery, Dispatch.Orders.Driver("Other", DriverId.New()))));
        Assert.Equal("deliveries.unknown", await RefusedAsync(() => ProvedAsync(delivery, office.Keeper, as_: file)));
    }

    [Fact]
    public async Task Tell_OfAShipmentThatNobodyHasPosted_PostsIt()
    {
        var chain = await office.ProductAsync("Chain", 9);
        var (id, order) = await ShippedAsync(chain, 4, 3, post: false);
        var (delivery, _) = await AtTheDoorAsync(id);

        await office.Results.TellAsync(delivery, Taken(await ProvedAsync(delivery), await LineAsync(id, 3)), Rook, null, default);

        Assert.Equal((ShipmentState.Posted, OrderState.PartShipped, (6m, 0m)), ((await office.ShipmentAsync(id)).State, (await office.OrderAsync(order)).State, await office.InHallAsync(chain)));
    }

    [Fact]
    public async Task Driver_SeesTheLinesOfHisStops_AndNobodyElses()
    {
        var chain = await office.ProductAsync("Chain", 9);
        var (a, b) = (await ShippedAsync(chain, 2, 6), await ShippedAsync(chain, 3, 3));
        var (_, trip) = await AtTheDoorAsync(a.Id, b.Id);

        var stops = await office.Deliveries.OfDriverAsync([trip.Value], Rook, default);

        Assert.Equal([("3 Mill Lane", 3m), ("6 Mill Lane", 2m)], stops.Select(s => (s.Stop.Address, s.Lines[0].Quantity)));
        Assert.Empty(await office.Deliveries.OfDriverAsync([trip.Value], Dispatch.Orders.Driver("Other", DriverId.New()), default));
        Assert.Empty(await office.Deliveries.OfTripAsync(trip, Rook, default));
    }
}
