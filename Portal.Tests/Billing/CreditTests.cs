using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Billing;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Identity;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Infrastructure.Billing;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales.Orders;
using static Portal.Tests.Sales.Orders.OrderOffice;

namespace Portal.Tests.Billing;

/// <summary>Credit limits on a real database: what they count, what a release holds for, and goods that go by trips.</summary>
public sealed class CreditTests(BillingOffice office) : IClassFixture<BillingOffice>
{
    private CreditControl Credit => office.Services.GetRequiredService<CreditControl>();

    private static async Task<string> RefusedAsync(Func<Task> job) => (await Assert.ThrowsAsync<RuleBrokenException>(job)).Code;

    private async Task LimitAsync(PartnerId client, decimal limit) =>
        await office.Services.GetRequiredService<AgreementRegistry>().AddAsync(client, new(AgreementKind.Agreement, "L-1", null, null, BillingOffice.Today, null, 0, new Money(limit, "EUR"), null), office.Head, default);

    private async Task<PartnerId> DebtorAsync(string name, decimal limit)
    {
        var id = await office.Services.GetRequiredService<PartnerRegistry>().AddAsync(new(name, PartnerKinds.Client, Responsible: office.Seller.UserId), office.Seller, default);
        await LimitAsync(id, limit);
        return id;
    }

    private async Task PostAsync(ShipmentId id) => await office.Shipping.PostAsync(id, (await office.ShipmentAsync(id)).Version, office.Keeper, default);

    private async Task ReleaseAsync(ShipmentId id, string why) => await Credit.ReleaseAsync(id, why, (await office.ShipmentAsync(id)).Version, office.Clerk, default);

    private async Task WriteAsync(ShipmentId id, SalesOrderId order, decimal quantity)
    {
        var sheet = await office.ShipmentAsync(id);
        await office.Shipping.WriteAsync(id, sheet.Head, sheet.Lines.Where(l => l.Line.Order == order).ToDictionary(l => (l.Line.Order, l.Line.OrderLine), _ => quantity), sheet.Version, office.Keeper, default);
    }

    [Fact]
    public async Task Limit_CountsWhatOtherOrdersHaveShipped_UntilItIsPaid()
    {
        var debtor = await DebtorAsync("Split & Co", 100);
        var (first, second) = (await office.SoldAsync(debtor, 60), await office.SoldAsync(debtor, 60));
        await PostAsync(await office.PickAsync(first));
        var more = await office.PickAsync(second);

        Assert.Equal("credit.over-limit", await RefusedAsync(() => PostAsync(more)));
        // asked for, it is counted once
        var invoice = InvoiceId.New();
        await office.Invoices.FromOrderAsync(invoice, first, 0, office.Clerk, default);
        await office.Invoices.IssueAsync(invoice, (await office.InvoiceAsync(invoice)).Version, office.Clerk, default);
        Assert.Equal("credit.over-limit", await RefusedAsync(() => PostAsync(more)));
        await office.Payments.BookAsync(PaymentId.New(), new(BillingOffice.Today, new(20, "EUR"), debtor, null, null), office.Clerk, default);
        await PostAsync(more);

        Assert.Equal(OrderState.Shipped, (await office.OrderAsync(second)).State);
    }

    [Fact]
    public async Task Limit_CountsAnInvoiceOfTheOffer_AsAskedForItsOrder()
    {
        await office.ReceiveAsync(office.Main, office.Shelf, 5);
        var (offer, secret) = await office.OutAsync(null, office.ShelfLine(1));
        await office.Clients.AcceptAsync(secret, new("Mira Vale", "198.51.100.7"), [], default);
        var invoice = InvoiceId.New();
        await office.Invoices.FromOfferAsync(invoice, offer, 0, office.Seller, default);
        await office.Invoices.IssueAsync(invoice, (await office.InvoiceAsync(invoice)).Version, office.Clerk, default);
        var order = await office.Orders.FromOfferAsync(SalesOrderId.New(), offer, office.Seller, default);
        await office.WriteOrderAsync(order, c => c, h => h with { Warehouse = office.Main });
        await office.PlaceAsync(order);
        await LimitAsync(office.Client, 120);

        await office.ShipAsync(order);

        Assert.Equal(OrderState.Shipped, (await office.OrderAsync(order)).State);
    }

    [Fact]
    public async Task Release_HoldsForTheGoodsItWasGivenFor_AndForFewer()
    {
        var debtor = await DebtorAsync("Grow & Sons", 10);
        var (first, second) = (await office.SoldAsync(debtor, 100), await office.SoldAsync(debtor, 50));
        var id = await office.PickAsync(first);
        var early = (await office.ShipmentAsync(id)).Version;
        await ReleaseAsync(id, "pays tomorrow");
        Assert.Equal("pays tomorrow", (await Credit.FindAsync(id, office.Keeper, default))!.Release);
        await office.Shipping.TakeAlongAsync(id, second, (await office.ShipmentAsync(id)).Version, office.Keeper, default);

        Assert.Equal("credit.over-limit", await RefusedAsync(() => PostAsync(id)));
        var seen = (await Credit.FindAsync(id, office.Keeper, default))!;
        Assert.Null(seen.Release);
        Assert.Equal([CreditStop.OverLimit], seen.Stops);
        // who has seen fewer goods releases no more
        Assert.Equal("shared.changed-by", await RefusedAsync(() => Credit.ReleaseAsync(id, "all of it", early, office.Clerk, default)));
        await ReleaseAsync(id, "all of it");
        await WriteAsync(id, second, 0);
        Assert.Equal("all of it", (await Credit.FindAsync(id, office.Keeper, default))!.Release);
        await PostAsync(id);

        Assert.Equal([OrderState.Shipped, OrderState.Placed], [(await office.OrderAsync(first)).State, (await office.OrderAsync(second)).State]);
    }

    [Fact]
    public async Task Trip_OfGoodsThatAreHeldBack_IsRefused_AndNothingIsAddedToOneThatIsOrdered()
    {
        var debtor = await DebtorAsync("Road & Rail", 1000);
        var (first, second) = (await office.SoldAsync(debtor, 900), await office.SoldAsync(debtor, 200));
        var (yard, depot) = await PlacesAsync(debtor);
        foreach (var order in new[] { first, second }) await SendToAsync(order, yard);
        var (large, id) = (await office.PickAsync(first), await office.PickAsync(second));
        await TripAsync(depot, id);

        Assert.Equal("credit.over-limit", await RefusedAsync(async () => await office.Shipping.TakeAlongAsync(id, first, (await office.ShipmentAsync(id)).Version, office.Keeper, default)));
        await office.Shipping.DropAsync(large, (await office.ShipmentAsync(large)).Version, office.Keeper, default);
        var third = await office.SoldAsync(debtor, 2000);
        await SendToAsync(third, yard);
        var held = await office.PickAsync(third);
        Assert.Equal("credit.over-limit", await RefusedAsync(() => TripAsync(depot, held)));
        await ReleaseAsync(held, "a good client");
        await TripAsync(depot, held);

        Assert.Single((await office.ShipmentAsync(held)).Trips);
    }

    [Fact]
    public async Task Told_OfGoodsThatNobodyReleased_ThoseWhoMightHaveAreTold_AndTheOfficeNeedsTheRightToMoveStock()
    {
        var debtor = await office.Services.GetRequiredService<PartnerRegistry>().AddAsync(new("Quick & Gone", PartnerKinds.Client, Responsible: office.Seller.UserId), office.Seller, default);
        var order = await office.SoldAsync(debtor, 300);
        var (yard, depot) = await PlacesAsync(debtor);
        await SendToAsync(order, yard);
        var id = await office.PickAsync(order);
        var trip = await TripAsync(depot, id);
        await using (var db = office.Open()) await db.Database.ExecuteSqlAsync($"update dispatch.trip set state = 'OnBoard' where id = {trip.Value}");
        await LimitAsync(debtor, 5);
        var delivery = (await office.ShipmentAsync(id)).Trips[0].Delivery;
        Task TellAsync(Actor by) => office.Results.TellAsync(delivery, new([], "Mira Vale", null, [], null), by, null, default);

        Assert.Equal("identity.not-allowed", await RefusedAsync(() => TellAsync(office.Seller)));
        await TellAsync(office.Keeper);

        Assert.Equal((ShipmentState.Posted, OrderState.Shipped), ((await office.ShipmentAsync(id)).State, (await office.OrderAsync(order)).State));
        await using var read = office.Open();
        var heads = await read.Set<PortalUser>().OfStaff().Holding(Permissions.BillingRelease, read).CountAsync();
        Assert.True(heads >= 2);
        Assert.Equal(heads, await office.ValueAsync<long>("select count(*) from core.outbox where kind = 'billing.credit-passed' and body::text like '%' || $1 || '%'", id.Value.ToString()));
    }

    [Fact]
    public async Task Order_WhoseGoodsWaitForATrip_IsNotChangedUnderIt()
    {
        var chain = await office.ProductAsync("Chain", 40);
        var order = await office.DraftOrderAsync(null, Line(chain, 3));
        var (yard, depot) = await PlacesAsync(office.Client);
        await office.WriteOrderAsync(order, c => c, h => h with { Warehouse = office.Main, Place = yard });
        await office.PlaceAsync(order);
        var id = await office.PickAsync(order);
        async Task ChangeAsync(string unit, decimal quantity)
        {
            var sheet = await office.OrderAsync(order, office.Seller);
            await office.Orders.ChangeAsync(order, sheet.Head, sheet.Written.Content with { Lines = [.. sheet.Written.Content.Lines.Select(l => l with { Unit = unit, Quantity = quantity })] }, [], sheet.Version, office.Seller, default);
        }

        await ReleaseIfHeldAsync(id);
        await TripAsync(depot, id);

        Assert.Equal("orders.on-trip", await RefusedAsync(() => ChangeAsync("box", 3)));
        Assert.Equal("orders.on-trip", await RefusedAsync(() => ChangeAsync("pcs", 2)));
        await ChangeAsync("pcs", 5);
        Assert.Equal(5, (await office.OrderAsync(order)).Items[0].Quantity);
    }

    // the other tests may have left the client a limit
    private async Task ReleaseIfHeldAsync(ShipmentId id)
    {
        if ((await Credit.FindAsync(id, office.Keeper, default))!.Stops.Count > 0) await ReleaseAsync(id, "known");
    }

    private async Task<(PlaceId Yard, PlaceId Depot)> PlacesAsync(PartnerId of)
    {
        var (yard, depot) = (Place.OfPartner(PlaceId.New(), of, "Yard", "9 Mill Lane", new(47.2, 38.9)), Place.OfOurs(PlaceId.New(), office.Branch, "Depot", "1 Dock Road", new(47, 39)));
        await using var db = office.Open();
        db.AddRange(yard, depot);
        await db.SaveChangesAsync();
        return (yard.Id, depot.Id);
    }

    private async Task SendToAsync(SalesOrderId order, PlaceId to)
    {
        var sheet = await office.OrderAsync(order, office.Seller);
        await office.Orders.ChangeAsync(order, sheet.Head with { Place = to }, sheet.Written.Content, sheet.Deliveries, sheet.Version, office.Seller, default);
    }

    private async Task<TripId> TripAsync(PlaceId depot, ShipmentId of)
    {
        var (id, from) = (TripId.New(), DateTimeOffset.UtcNow.AddHours(2));
        await office.Delivery.OrderAsync(id, [of], new(depot, from, from.AddHours(1)), (_, _) => "Goods", office.Keeper, default);
        return id;
    }
}
