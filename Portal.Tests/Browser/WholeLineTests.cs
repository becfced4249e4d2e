using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;
using Portal.Domain.Stock;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Fleet;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales.Offers;
using Portal.Infrastructure.Stock;
using Portal.Tests.Support;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>The whole line from the accepted offer by way of the signature at the client's door to the payment and the won deal: a client, a seller and a storekeeper who watch, a driver and an accountant.</summary>
public sealed class WholeLineTests(WholeLineTests.LineApp app) : IClassFixture<WholeLineTests.LineApp>
{
    /// <summary>An application with an offer that is out, goods in a warehouse, a client's door and a driver on shift.</summary>
    public sealed class LineApp : OfferPagesTests.SellingApp
    {
        public string Secret { get; private set; } = "";
        public VehicleId Van { get; private set; }

        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            await AddUserAsync("keeper", "warehouse-head");
            await AddUserAsync("driver", StandardRoles.Driver);
            await AddUserAsync("clerk", "finance-head");
            var system = Actor.System("test");
            await using var db = Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateFor(system);
            var (branch, client, shelf) = (await db.Set<Branch>().Select(b => b.Id).FirstAsync(), await db.Set<Partner>().Select(p => p.Id).FirstAsync(), await db.Set<Product>().FirstAsync(p => p.Code == "SH-1"));
            await StockAsync(shelf.Id, system);
            var (door, person, found) = (Place.OfPartner(PlaceId.New(), client, "Hall", "9 Mill Lane", new(50.47, 30.60)), new Person(PersonId.New(), "Bram Rook", null, null), new VehicleClass(VehicleClassId.New(), "Van", VehicleBody.Car));
            door.DescribeAccess("3", "Ring twice", null);
            var vehicle = new Vehicle(VehicleId.New(), "V 001", "Model", found.Id, branch, new(2, 400, 4));
            var employee = new Employee(EmployeeId.New(), person.Id, branch, null);
            employee.LinkUser(await db.Set<PortalUser>().Where(u => u.UserName == "driver").Select(u => u.Id).SingleAsync());
            var driver = new Driver(DriverId.New(), employee.Id, branch, person.Name, null);
            foreach (var entity in new object[] { Place.OfOurs(PlaceId.New(), branch, "Depot", "1 Dock Road", new(50.45, 30.52)), door, person, found, vehicle, employee, driver })
            {
                db.Add(entity);
                await db.SaveChangesAsync();
            }
            Services.GetRequiredService<UserRights>().Forget();
            await Services.GetRequiredService<ShiftClock>().StartOwnAsync(vehicle.Id, Dispatch.Orders.Driver(driver.Name, driver.Id), default);
            (Van, Secret) = (vehicle.Id, await OfferedAsync(shelf));
        }

        private async Task StockAsync(ProductId shelf, Actor system)
        {
            var (hall, stock, receipt) = (await Services.GetRequiredService<WarehouseRegistry>().OpenAsync("Hall", StockModel.Batch, null, system, default), Services.GetRequiredService<StockDesk>(), StockDocumentId.New());
            await stock.AddAsync(receipt, StockDocumentKind.Receipt, system, default);
            var draft = (await Services.GetRequiredService<StockDocumentQuery>().FindAsync(receipt, system, default))!;
            await stock.PostAsync(receipt, await stock.WriteAsync(receipt, draft.Head with { Warehouse = hall }, [new(Guid.CreateVersion7(), shelf, 10, "pcs") { Price = 60 }], draft.Version, system, default), system, default);
        }

        // an offer of four shelves that is out; the secret of its link
        private async Task<string> OfferedAsync(Product shelf)
        {
            var (desk, query, seller) = (Services.GetRequiredService<OfferDesk>(), Services.GetRequiredService<OfferQuery>(), await ActorAsync("seller"));
            var offer = await desk.AddAsync(new("Shelves", Deal, null), seller, default);
            var sheet = (await query.FindAsync(offer, null, seller, default))!;
            var line = new OfferLine(Guid.CreateVersion7(), OfferLineKind.Product, shelf.Name) { Product = shelf.Id, Code = shelf.Code, Unit = "pcs", Quantity = 4, VatRate = 20 };
            var written = await desk.WriteAsync(offer, sheet.Written.Content with { Lines = [line] }, sheet.Version, seller, default);
            await desk.IssueAsync(offer, written.Version, seller, default);
            return await Services.GetRequiredService<OfferPost>().LinkAsync(offer, seller, default);
        }
    }

    private async Task AcceptAsync()
    {
        await using var client = await Chromium.OpenAsync(app.Address, new() { ViewportSize = new() { Width = 390, Height = 844 }, JavaScriptEnabled = false });
        await client.Page.GotoAsync($"/o/{app.Secret}");
        await client.Page.Locator("form[action$=accept] input[name=name]").FillAsync("Mira Vale");
        await client.Page.ClickAsync("button:has-text('Accept the offer')");
        await Expect(client.Page.Locator("main")).ToHaveAttributeAsync("data-state", "Accepted");
        client.AssertClean();
    }

    private static async Task PressAsync(BrowserWindow driver, string word)
    {
        await Expect(driver.Page.Locator("#step")).ToHaveTextAsync(word);
        await Expect(driver.Page.Locator("#step")).ToHaveAttributeAsync("aria-disabled", "false");
        await driver.Page.Locator("#step").ClickAsync();
    }

    private async Task DeliverAsync()
    {
        await using var driver = await app.OpenWindowAsync("driver", new() { ViewportSize = new() { Width = 390, Height = 844 }, HasTouch = true, IsMobile = true, Locale = "en-GB" });
        await driver.GoToAsync("/drive");
        foreach (var word in new[] { "Accept", "I am on my way", "I have arrived", "On board" }) await PressAsync(driver, word);
        await Expect(driver.Page.Locator(".here .address")).ToHaveTextAsync("9 Mill Lane");
        await PressAsync(driver, "Hand over");
        await driver.Page.Locator("#receiver").FillAsync("Mira Vale");
        var pad = driver.Page.Locator("#sign");
        await pad.ScrollIntoViewIfNeededAsync();
        var box = (await pad.BoundingBoxAsync())!;
        await driver.Page.Mouse.MoveAsync(box.X + 20, box.Y + 60);
        await driver.Page.Mouse.DownAsync();
        await driver.Page.Mouse.MoveAsync(box.X + 180, box.Y + 30, new() { Steps = 5 });
        await driver.Page.Mouse.UpAsync();
        // a thumb that strikes twice hands over once
        await driver.Page.Locator("#ask button.primary").DblClickAsync();
        await PressAsync(driver, "Done");
        await Expect(driver.Page.Locator(".idle")).ToBeVisibleAsync();
        driver.AssertClean();
    }

    // the accountant asks for all of it, and the money comes
    private async Task PayAsync(string order)
    {
        await using var clerk = await app.OpenWindowAsync("clerk");
        await clerk.GoToAsync(order);
        await clerk.Page.Locator("[data-part]").First.ClickAsync();
        await clerk.Page.IsAtAsync(url => url.Contains("/invoices/", StringComparison.Ordinal));
        await clerk.Page.GetByRole(AriaRole.Button, new() { Name = "Issue", Exact = true }).ClickAsync();
        await Expect(clerk.Page.Locator("h1 .chip")).ToHaveTextAsync("Issued");
        await clerk.GoToAsync("/payments");
        await clerk.Page.GetByRole(AriaRole.Button, new() { Name = "Book a payment" }).ClickAsync();
        var dialog = clerk.Page.GetByRole(AriaRole.Dialog);
        await dialog.Locator("#payment-client").FillAsync("Lantern");
        await dialog.Locator("#payment-client-list li").First.WaitForAsync();
        await clerk.Page.Keyboard.PressAsync("Enter");
        await dialog.GetByLabel("Amount").FillAsync("480");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Book", Exact = true }).ClickAsync();
        await clerk.Page.IsAtAsync(url => url.Contains("/payments/", StringComparison.Ordinal));
        await clerk.Page.GetByRole(AriaRole.Button, new() { Name = "Give to invoices" }).ClickAsync();
        await Expect(clerk.Page.GetByRole(AriaRole.Button, new() { Name = "Give to invoices" })).ToHaveCountAsync(0);
        clerk.AssertClean();
    }

    [Fact]
    public async Task Line_FromTheAcceptedOfferToTheWonDeal_IsSeenByWhoWatches()
    {
        await using var seller = await app.OpenWindowAsync("seller");
        await seller.GoToAsync($"/deals/{app.Deal.Value}");
        await Expect(seller.Page.GetByRole(AriaRole.Region, new() { Name = "Offers" })).ToBeVisibleAsync();
        await AcceptAsync();
        // the button comes by itself once the client has answered
        await seller.Page.GetByRole(AriaRole.Button, new() { Name = "Make the order" }).ClickAsync();
        await seller.Page.IsAtAsync(url => url.Contains("/orders/", StringComparison.Ordinal));
        await Expect(seller.Page.Locator("h1 .chip")).ToHaveTextAsync("Draft");
        await seller.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(seller.Page.Locator("h1 .chip")).ToHaveTextAsync("Placed");
        await seller.Page.ClickAsync("button:has-text('Set goods aside')");
        await Expect(seller.Page.Locator("[data-item='Oak shelf'] [data-of=reserved]")).ToHaveTextAsync("4");
        // a page that was loaded again would have forgotten it
        await seller.Page.EvaluateAsync("() => { window.same = true; }");

        await using var keeper = await app.OpenWindowAsync("keeper");
        await keeper.GoToAsync(new Uri(seller.Page.Url).PathAndQuery);
        await keeper.Page.ClickAsync("button:has-text('Ship')");
        await Expect(keeper.Page.Locator("h1")).ToContainTextAsync("Pick list");
        await keeper.Page.GetByLabel("Weight, kg").FillAsync("48");
        await keeper.Page.Keyboard.PressAsync("Tab");
        await keeper.Page.Locator("[data-saved=yes]").WaitForAsync();
        await keeper.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(keeper.Page.Locator("h1 .chip")).ToHaveTextAsync("Shipped");
        await keeper.GoToAsync("/shipments");
        await keeper.Page.Locator("tbody .pick input").CheckAsync();
        await keeper.Page.GetByRole(AriaRole.Region, new() { Name = "chosen" }).GetByRole(AriaRole.Button, new() { Name = "Order delivery" }).ClickAsync();
        var dialog = keeper.Page.GetByRole(AriaRole.Dialog);
        await Expect(dialog).ToContainTextAsync("1 shipment · 48 kg");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Order delivery" }).ClickAsync();
        await Expect(keeper.Page.Locator("tbody tr").First).ToContainTextAsync("requested", new() { IgnoreCase = true });

        TripId trip;
        await using (var db = app.Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContext()) trip = await db.Set<Trip>().Select(t => t.Id).SingleAsync();
        await app.Services.GetRequiredService<TripAssignment>().AssignAsync(trip, app.Van, Dispatch.Orders.Dispatcher("Ida Marsh"));
        await Expect(keeper.Page.Locator("tbody tr").First).ToContainTextAsync("assigned", new() { IgnoreCase = true });
        await DeliverAsync();

        // neither has touched anything
        await Expect(keeper.Page.Locator("tbody tr").First).ToContainTextAsync("Delivered");
        await Expect(seller.Page.Locator("[data-delivery=Delivered]")).ToContainTextAsync("Mira Vale");
        await PayAsync(new Uri(seller.Page.Url).PathAndQuery);
        await Expect(seller.Page.GetByRole(AriaRole.Region, new() { Name = "Invoices" }).Locator(".chip")).ToHaveTextAsync("Paid");
        Assert.True(await seller.Page.EvaluateAsync<bool>("() => window.same === true"));
        var signature = await seller.Page.RunAndWaitForDownloadAsync(() => seller.Page.Locator("[data-delivery=Delivered]").GetByRole(AriaRole.Link, new() { Name = "signature" }).ClickAsync());
        Assert.Matches(new Regex(@"\.png$"), signature.SuggestedFilename);
        await seller.ShootAsync("order-delivered");
        await keeper.Page.Locator("tbody td a").First.ClickAsync();
        await Expect(keeper.Page.Locator("[data-of=delivered]")).ToHaveTextAsync("4");
        await keeper.ShootAsync("shipment-delivered");
        await seller.GoToAsync($"/deals/{app.Deal.Value}");
        await Expect(seller.Page.GetByRole(AriaRole.Region, new() { Name = "Orders" })).ToContainTextAsync("Shipped");
        await seller.Page.GetByRole(AriaRole.Button, new() { Name = "Won", Exact = true }).ClickAsync();
        await Expect(seller.Page.Locator(".deal .actions .chip").First).ToContainTextAsync("Won");
        seller.AssertClean();
        keeper.AssertClean();
    }
}
