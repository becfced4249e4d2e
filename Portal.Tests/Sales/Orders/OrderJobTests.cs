using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Sales.Orders;
using Portal.Infrastructure.Work;
using Portal.Infrastructure.Work.Handovers;
using static Portal.Tests.Sales.Orders.OrderOffice;

namespace Portal.Tests.Sales.Orders;

/// <summary>Orders in the database: from an offer and by hand, prices, numbers, goods set aside, change and cancellation.</summary>
public sealed class OrderJobTests(OrderOffice office) : IClassFixture<OrderOffice>
{
    private static async Task<string> RefusedAsync(Func<Task> job) => (await Assert.ThrowsAsync<RuleBrokenException>(job)).Code;

    [Fact]
    public async Task FromOffer_TakesWhatWasAgreed_OnceHoweverOftenItIsSaid()
    {
        var option = OfferLineSaid("Assembly", 50) with { IsOption = true };
        var (offer, secret) = await office.OutAsync(office.Deal, office.ShelfLine(4) with { Discount = 5 }, option, OfferLineSaid("Inspection", 30) with { IsOption = true });
        await office.Clients.AcceptAsync(secret, new("Mira Vale", "198.51.100.7"), [option.Id], default);
        var id = SalesOrderId.New();

        var first = await office.Orders.FromOfferAsync(id, offer, office.Seller, default);
        var second = await office.Orders.FromOfferAsync(SalesOrderId.New(), offer, office.Seller, default);
        await office.PlaceAsync(id);

        var sheet = await office.OrderAsync(id);
        Assert.Equal((id, id), (first, second));
        Assert.Equal((office.Client, office.Deal, offer), (sheet.Head.Partner!.Value, sheet.Deal!.Value, sheet.Offer!.Value.Id));
        Assert.Equal(["Oak shelf", "Assembly"], sheet.Written.Content.Lines.Select(l => l.Name));
        Assert.Equal((380m + 50, OrderState.Placed), (sheet.Written.Totals.Net, sheet.State));
        Assert.Matches(@"^\d{4}-\d{4}$", sheet.Number!);
        await using var db = office.Open();
        Assert.Equal(1, await db.Set<TimelineEntry>().CountAsync(e => e.AboutId == id.Value && e.What == "order.placed"));
    }

    private static OfferLine OfferLineSaid(string name, decimal price) => Offers.OfferOffice.FreeLine(name, price);

    [Fact]
    public async Task FromOffer_ThatNobodyHasAccepted_IsRefused()
    {
        var (offer, _) = await office.OutAsync(null);
        Assert.Equal("orders.offer-open", await RefusedAsync(() => office.Orders.FromOfferAsync(SalesOrderId.New(), offer, office.Seller, default)));
    }

    [Fact]
    public async Task Place_ByHand_TakesTheNextNumber_AndTwiceChangesNothing()
    {
        var chain = await office.ProductAsync("Chain");
        var (a, b) = (await office.PlacedAsync(Line(chain, 2)), await office.DraftOrderAsync(null, Line(chain, 1, "box")));
        var seen = (await office.OrderAsync(b)).Version;
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => office.Fulfilment.PlaceAsync(b, seen, office.Seller, default)));

        var (first, second) = (await office.OrderAsync(a), await office.OrderAsync(b));
        Assert.Equal(int.Parse(first.Number![5..], null) + 1, int.Parse(second.Number![5..], null));
        Assert.Equal((40m, 200m), (first.Written.Totals.Net, second.Written.Totals.Net));
        await using var db = office.Open();
        Assert.Equal(1, await db.Set<TimelineEntry>().CountAsync(e => e.AboutId == b.Value));
    }

    [Fact]
    public async Task Place_OfWhatIsNotWhole_IsRefusedInWords()
    {
        var chain = await office.ProductAsync("Chain");
        var unpriced = await office.DraftOrderAsync(null, Line(chain, 1), OfferLineSaid("Frame", 5) with { Asked = null });
        Assert.Equal("offers.no-price", await RefusedAsync(() => office.PlaceAsync(unpriced)));
        var empty = await office.DraftOrderAsync(null);
        Assert.Equal("orders.no-lines", await RefusedAsync(() => office.PlaceAsync(empty)));
        var foreign = await office.DraftOrderAsync(null, OfferLineSaid("Frame", 5));
        await office.WriteOrderAsync(foreign, c => c with { Currency = "ISK" });
        Assert.Equal("orders.currency-without-rate", await RefusedAsync(() => office.PlaceAsync(foreign)));
        var nobody = SalesOrderId.New();
        await office.Orders.AddAsync(nobody, null, office.Seller, default);
        await office.WriteOrderAsync(nobody, c => c with { Lines = [Line(chain, 1)] });
        Assert.Equal("orders.no-client", await RefusedAsync(() => office.PlaceAsync(nobody)));
        Assert.Equal("pricing.unit-unknown", await RefusedAsync(() => office.WriteOrderAsync(nobody, c => c with { Lines = [Line(chain, 1, "pallet") with { Asked = 5 }] })));
        foreach (var wrong in new[] { 0m, -3, decimal.MaxValue }) Assert.Equal("offers.line", await RefusedAsync(() => office.WriteOrderAsync(nobody, c => c with { Lines = [Line(chain, wrong)] })));
    }

    [Fact]
    public Task Currency_OfADraft_TurnsPricesSaidByHandByTheRate_AndTellsWhereThereIsNone() => office.WithDollarsAsync(async () =>
    {
        var order = await office.DraftOrderAsync(null, OfferLineSaid("Frame", 40) with { Quantity = 5 });
        var dollars = await office.WriteOrderAsync(order, c => c with { Currency = "USD" });
        Assert.Equal((50m, 250m, null), (dollars.Content.Lines[0].Price, dollars.Totals.Net, dollars.WithoutRate));
        var lei = await office.WriteOrderAsync(order, c => c with { Currency = "MDL" });
        Assert.Equal((50m, "USD"), (lei.Content.Lines[0].Price, lei.WithoutRate));
    });

    [Fact]
    public async Task Place_BelowTheFloor_NeedsApproval_ButNotWhereTheOfferHadIt()
    {
        var order = await office.DraftOrderAsync(null, office.ShelfLine() with { Asked = 70 });
        Assert.Equal("orders.needs-approval", await RefusedAsync(() => office.PlaceAsync(order)));
        Assert.Equal(1, (await office.OrderAsync(order)).Approval!.Below);

        // what a client was offered and has accepted needs nobody's word, whatever it costs by now
        var chain = await office.ProductAsync("Chain", 0);
        await using var db = office.Open();
        await db.Database.ExecuteSqlAsync($"update pricing.product set margin_floor = 25 where id = {chain.Id.Value}");
        var (offer, secret) = await office.OutAsync(null, Line(chain, 2));
        await office.Clients.AcceptAsync(secret, new("Mira Vale", "198.51.100.7"), [], default);
        await db.Database.ExecuteSqlAsync($"update pricing.product set cost = 19 where id = {chain.Id.Value}");
        var agreed = await office.Orders.FromOfferAsync(SalesOrderId.New(), offer, office.Seller, default);
        await office.PlaceAsync(agreed);
        Assert.Equal(OrderState.Placed, (await office.OrderAsync(agreed)).State);
        Assert.Equal("orders.needs-approval", await RefusedAsync(async () => await office.PlaceAsync(await office.DraftOrderAsync(null, Line(chain, 2)))));
    }

    [Fact]
    public async Task Reserve_SetsAsideWhatIsFree_AndOthersSeeLess()
    {
        var chain = await office.ProductAsync("Chain", 5);
        var (a, b) = (await office.PlacedAsync(Line(chain, 3)), await office.PlacedAsync(Line(chain, 4)));

        Assert.True(await office.Fulfilment.ReserveAsync(a, office.Seller, default));
        Assert.False(await office.Fulfilment.ReserveAsync(b, office.Seller, default));
        Assert.True(await office.Fulfilment.ReserveAsync(a, office.Seller, default));

        var (first, second) = ((await office.OrderAsync(a)).Items[0], (await office.OrderAsync(b)).Items[0]);
        Assert.Equal((3m, 3m, 2m, 2m), (first.Reserved, first.Supply!.There, second.Reserved, second.Supply!.There));
        Assert.True(second.Supply.PromiseOn > first.Supply.PromiseOn);
        Assert.Equal((5m, 5m), await office.InHallAsync(chain));
    }

    [Fact]
    public async Task Reserve_OfAKit_SetsItsPartsAside()
    {
        var (chain, pedal) = (await office.ProductAsync("Chain", 6), await office.ProductAsync("Pedal", 20));
        var kit = await office.ProductAsync("Drive", 0, ProductKind.Kit, (chain.Id, 1), (pedal.Id, 2));
        var order = await office.PlacedAsync(Line(kit, 4));

        Assert.True(await office.Fulfilment.ReserveAsync(order, office.Seller, default));

        Assert.Equal(((6m, 4m), (20m, 8m)), (await office.InHallAsync(chain), await office.InHallAsync(pedal)));
        Assert.Equal((4m, 4m), ((await office.OrderAsync(order)).Items[0].Reserved, (await office.OrderAsync(order)).Items[0].Supply!.There));
    }

    [Fact]
    public async Task Change_TellsWhatFollows_LetsGoOfWhatIsNotNeeded_AndKeepsAgreedPrices()
    {
        var (chain, pedal) = (await office.ProductAsync("Chain", 9), await office.ProductAsync("Pedal", 9));
        var (chains, pedals) = (Line(chain, 5), Line(pedal, 2) with { Asked = 15 });
        var order = await office.PlacedAsync(chains, pedals);
        await office.Fulfilment.ReserveAsync(order, office.Seller, default);
        var sheet = await office.OrderAsync(order, office.Seller);
        var wanted = sheet.Written.Content with { Lines = [sheet.Written.Content.Lines[0] with { Quantity = 3 }, sheet.Written.Content.Lines[1]] };

        var effects = await office.OrderCards.EffectsAsync(order, sheet.Head, wanted, sheet.Deliveries, office.Seller, default);
        Assert.Equal(("Chain", 2m), (effects.Released.Single().Name, effects.Released.Single().Quantity));
        Assert.Contains(effects.Changes, c => c is { Code: OfferChangeCode.Quantity, Line: "Chain" });
        Assert.Equal(5, (await office.OrderAsync(order)).Items[0].Reserved);

        await office.Orders.ChangeAsync(order, sheet.Head, wanted, sheet.Deliveries, sheet.Version, office.Seller, default);
        var changed = await office.OrderAsync(order);
        Assert.Equal((3m, 60m + 30), (changed.Items[0].Reserved, changed.Written.Totals.Net));
        Assert.Equal((9m, 3m), await office.InHallAsync(chain));
        Assert.Equal("shared.changed-by", await RefusedAsync(() => office.Orders.ChangeAsync(order, sheet.Head, wanted, sheet.Deliveries, sheet.Version, office.Seller, default)));
    }

    [Fact]
    public async Task Cancel_LetsGo_KeepsNumberAndReason_AndTwiceChangesNothing()
    {
        var chain = await office.ProductAsync("Chain", 5);
        var order = await office.PlacedAsync(Line(chain, 3));
        await office.Fulfilment.ReserveAsync(order, office.Seller, default);
        Assert.Equal(3, (await office.OrderCards.EffectsOfCancellingAsync(order, office.Seller, default)).Released.Single().Quantity);
        var seen = (await office.OrderAsync(order)).Version;

        await office.Fulfilment.CancelAsync(order, "closed the shop", seen, office.Seller, default);
        await office.Fulfilment.CancelAsync(order, "again", seen, office.Seller, default);

        var sheet = await office.OrderAsync(order);
        Assert.Equal((OrderState.Cancelled, "closed the shop"), (sheet.State, sheet.Reason));
        Assert.NotNull(sheet.Number);
        Assert.Equal((5m, 0m), await office.InHallAsync(chain));
    }

    [Fact]
    public async Task Write_ForAnotherClient_TakesWhatIsOnlyOnceOfHim_AndRefusesWhatIsOfAnother()
    {
        var clients = office.Services.GetRequiredService<PartnerRegistry>();
        var other = await clients.AddAsync(new("Reed Mill", PartnerKinds.Client, Responsible: office.Seller.UserId), office.Seller, default);
        var (mine, his) = (Counterparty(other), Counterparty(office.Client));
        await using (var db = office.Open())
        {
            db.AddRange(mine, his, Place.OfPartner(PlaceId.New(), other, "Yard", "1 Mill Lane", null));
            await db.SaveChangesAsync();
        }
        var order = await office.DraftOrderAsync(null, OfferLineSaid("Frame", 5));
        await office.WriteOrderAsync(order, c => c, h => h with { Partner = other });

        var head = (await office.OrderAsync(order)).Head;
        Assert.Equal((other, mine.Id), (head.Partner!.Value, head.Counterparty!.Value));
        Assert.NotNull(head.Place);
        Assert.Equal("orders.not-of-client", await RefusedAsync(() => office.WriteOrderAsync(order, c => c, h => h with { Counterparty = his.Id })));
    }

    private static Counterparty Counterparty(PartnerId partner) => new(CounterpartyId.New(), partner, "Reed Mill Ltd", null);

    [Fact]
    public async Task Deliveries_GoWhereTheirLineSays()
    {
        var chain = await office.ProductAsync("Chain", 5);
        var (first, second) = (Line(chain, 2), Line(chain, 3));
        var order = await office.DraftOrderAsync(null, first, second);
        await office.WriteOrderAsync(order, c => c, h => h with { WantedOn = new(2030, 5, 2) }, new OrderDelivery(second.Id, null, office.Shop, new(2030, 4, 1)));

        var items = (await office.OrderAsync(order)).Items;
        Assert.Equal((null, office.Shop, new DateOnly(2030, 4, 1)), (items[0].Delivery.WantedOn, items[1].Delivery.Warehouse!.Value, items[1].Delivery.WantedOn!.Value));
        Assert.Equal((2m, 0m), (items[0].Supply!.There, items[1].Supply!.There));
    }

    [Fact]
    public async Task Suggestions_AreTheClientsOwn_ThenThoseOfClientsLikeHim()
    {
        var clients = office.Services.GetRequiredService<PartnerRegistry>();
        var (a, b) = (await clients.AddAsync(new("Alder Co", PartnerKinds.Client, Responsible: office.Seller.UserId), office.Seller, default), await clients.AddAsync(new("Birch Co", PartnerKinds.Client, Responsible: office.Seller.UserId), office.Seller, default));
        var (bell, lamp, rack) = (await office.ProductAsync("Bell"), await office.ProductAsync("Lamp"), await office.ProductAsync("Rack"));
        foreach (var (client, lines) in new[] { (a, new[] { Line(bell, 7) }), (b, [Line(bell, 2), Line(lamp, 3)]), (b, [Line(lamp, 4)]) })
            await office.PlaceAsync(await office.DraftOrderAsync(client, lines));

        var found = await office.Suggestions.OfAsync(a, [], office.Seller, default);
        Assert.Equal([("Bell", true, 1, 7m), ("Lamp", false, 2, 4m)], found.Take(2).Select(s => (s.Product.Name, s.IsOwn, s.Orders, s.Quantity)));
        Assert.DoesNotContain(await office.Suggestions.OfAsync(a, [bell.Id], office.Seller, default), s => s.Product.Name is "Bell" or "Rack");
    }

    [Fact]
    public async Task List_FindsByNumberAndClient_AndEndsAtTheReadersReach()
    {
        var order = await office.PlacedAsync(OfferLineSaid("Frame", 5));
        var number = (await office.OrderAsync(order)).Number;
        Assert.Equal(order, Assert.Single((await office.OrderList.ListAsync(new(number), OrderSort.Number, true, Slice.All, office.Seller, default)).Rows).Id);
        Assert.Contains((await office.OrderList.ListAsync(new("lantern", Open: true), OrderSort.WantedOn, false, Slice.All, office.Seller, default)).Rows, r => r.Id == order);
        var stranger = office.Seller with { UserId = Guid.NewGuid(), Scope = ActorScope.Own };
        Assert.Empty((await office.OrderList.ListAsync(new(number), OrderSort.Number, true, Slice.All, stranger, default)).Rows);
        Assert.Null(await office.OrderCards.FindAsync(order, stranger, default));
        Assert.Equal("identity.not-allowed", await RefusedAsync(() => office.Fulfilment.ReserveAsync(order, office.Keeper, default)));
    }

    [Fact]
    public async Task Copy_AndDrop_LeaveTheOtherAlone()
    {
        var chain = await office.ProductAsync("Chain");
        var order = await office.PlacedAsync(Line(chain, 2));
        var copy = SalesOrderId.New();
        await office.Orders.CopyAsync(copy, order, office.Seller, default);
        await office.Orders.CopyAsync(copy, order, office.Seller, default);

        var sheet = await office.OrderAsync(copy);
        Assert.Equal((OrderState.Draft, 40m, order), (sheet.State, sheet.Written.Totals.Net, sheet.Copy!.Value.Id));
        await office.Orders.DropAsync(copy, sheet.Version, office.Seller, default);
        Assert.Null(await office.OrderCards.FindAsync(copy, office.Head, default));
        Assert.Equal("orders.not-draft", await RefusedAsync(async () => await office.Orders.DropAsync(order, (await office.OrderAsync(order)).Version, office.Seller, default)));
    }

    [Fact]
    public async Task Handover_TakesOpenOrdersAlong_AndLeavesWhatIsDone()
    {
        var (leaver, heir, head, driver) = (await office.AddAsync("Lea Leaver", "sales"), await office.AddAsync("Hal Heir", "sales"), await office.AddAsync("Dora Chief", "director"), await office.AddAsync("Dan Wheel", "dispatcher"));
        var (open, given) = (SalesOrderId.New(), SalesOrderId.New());
        foreach (var id in new[] { open, given }) await office.Orders.AddAsync(id, office.Client, leaver, default);
        await office.WriteOrderAsync(given, c => c with { Lines = [OfferLineSaid("Frame", 5)] });
        await office.PlaceAsync(given);
        await office.Fulfilment.CancelAsync(given, "Not needed", (await office.OrderAsync(given)).Version, office.Seller, default);
        var handover = office.Services.GetRequiredService<Handover>();

        Assert.Equal("Lantern Works", Assert.Single((await handover.ItemsAsync(leaver.UserId, HeldKind.Order, "lantern", new(0, 10), head)).Rows).Title);
        Assert.Equal("work.heir-without-orders", await RefusedAsync(() => handover.RunAsync(new(leaver.UserId, [new(HeldKind.Order, [driver.UserId])]), head)));
        var report = await handover.RunAsync(new(leaver.UserId, [new(HeldKind.Order, [heir.UserId])]), head);

        Assert.Equal((1, 0), (report.Moved, report.Stayed));
        Assert.Equal(("Hal Heir", "Lea Leaver"), ((await office.OrderAsync(open)).Manager, (await office.OrderAsync(given)).Manager));
    }

    [Fact]
    public async Task Card_OfTheClientOfADeal_IsThereForWhoseWorkIsAboutTheDeal()
    {
        var (cards, work) = (office.Services.GetRequiredService<PartnerCardQuery>(), AssignmentId.New());
        await office.Services.GetRequiredService<AssignmentDesk>().GiveAsync(work, new() { Title = "Check the stock", Performer = office.Keeper.UserId, About = new(ObjectKind.Deal, office.Deal.Value) }, office.Seller);
        var through = new ObjectRef(ObjectKind.Assignment, work.Value);

        Assert.Equal("Lantern Works", (await cards.OfDealAsync(office.Deal, through, office.Keeper))!.Name);
        Assert.Null(await cards.OfDealAsync(await office.OpenDealAsync("Another"), through, office.Keeper));
        Assert.Null(await cards.OfDealAsync(office.Deal, through, Dispatch.Orders.Person("Ned Nobody")));
    }
}
