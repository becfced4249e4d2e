using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Portal.Domain.Clients;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Sales.Orders;
using Portal.Tests.Support;
using Portal.Workflows.Expressions;
using static Microsoft.Playwright.Assertions;

namespace Portal.Tests.Browser;

/// <summary>A client complains on the phone: service registers the claim from its order, quality checks and explains it with a photo before her, her head decides, and the causes lead back to it.</summary>
public sealed class ClaimPagesTests(ClaimPagesTests.ServiceApp app) : IClassFixture<ClaimPagesTests.ServiceApp>
{
    // a red dot
    private static readonly byte[] Photo = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==");

    /// <summary>The trading application with people who look after claims, and an order that has gone to its client.</summary>
    public sealed class ServiceApp : OrderPagesTests.TradingApp
    {
        public SalesOrderId Order { get; private set; }
        public Guid Claim { get; set; }

        public override async Task InitializeAsync()
        {
            await base.InitializeAsync();
            foreach (var (user, role) in new[] { ("service", "customer-service"), ("quality", "quality"), ("judge", "quality-head") }) await AddUserAsync(user, role);
            var (system, id) = (Actor.System("test"), SalesOrderId.New());
            await using var db = await Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContextAsync();
            var client = await db.Set<Partner>().Where(p => p.Name == "Lantern Works").Select(p => p.Id).SingleAsync();
            var product = await db.Set<Portal.Domain.Pricing.Product>().SingleAsync(p => p.Code == "CH-1");
            await Services.GetRequiredService<OrderDesk>().AddAsync(id, client, system, default);
            var draft = await db.Set<SalesOrder>().AsNoTracking().FirstAsync(o => o.Id == id);
            var line = new OfferLine(Guid.CreateVersion7(), OfferLineKind.Product, product.Name) { Product = product.Id, Code = product.Code, Unit = "pcs", Quantity = 4, VatRate = 20 };
            var written = await Services.GetRequiredService<OrderDesk>().WriteAsync(id, draft.Head, draft.Content with { Lines = [line] }, [], draft.Version, system, default);
            await Services.GetRequiredService<OrderFulfilment>().PlaceAsync(id, written.Version, system, default);
            var shipment = ShipmentId.New();
            await Services.GetRequiredService<ShipmentDesk>().BeginAsync(shipment, id, system, default);
            await Services.GetRequiredService<ShipmentDesk>().PostAsync(shipment, await db.Set<Shipment>().Where(s => s.Id == shipment).Select(s => s.Version).SingleAsync(), system, default);
            Order = id;
        }

        /// <summary>Completes the one open task at a node of the claim as somebody of a role.</summary>
        public async Task CompleteAsync(string node, string user, params (string Name, Value Value)[] values)
        {
            await using var db = await Services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContextAsync();
            var task = await db.Set<TaskRow>().Where(t => t.BusinessId == Claim && t.Node == node && t.ClosedAt == null).Select(t => t.Id).SingleAsync();
            var who = await db.Set<PortalUser>().Where(u => u.UserName == user).Select(u => u.Id).SingleAsync();
            await Services.GetRequiredService<ProcessRunner>().CompleteAsync(task, ContextValue.Of(values), (await Services.GetRequiredService<UserRights>().FindAsync(who, default))!);
        }
    }

    private static ILocator Task(BrowserWindow window) => window.Page.Locator(".object-task");

    private static Task CompleteAsync(BrowserWindow window) => Task(window).GetByRole(AriaRole.Button, new() { Name = "Complete" }).ClickAsync();

    [Fact]
    public async Task Claim_IsRegisteredFromItsOrder_Explained_Decided_MadeGood_AndCounted()
    {
        await using var service = await app.OpenWindowAsync("service");
        await using var quality = await app.OpenWindowAsync("quality");
        await quality.GoToAsync("/claims");
        await Expect(quality.Page.GetByRole(AriaRole.Heading, new() { Name = "No claims" })).ToBeVisibleAsync();

        await service.GoToAsync($"/orders/{app.Order.Value}");
        await service.Page.GetByRole(AriaRole.Region, new() { Name = "Claims" }).GetByRole(AriaRole.Link, new() { Name = "New claim" }).ClickAsync();
        await Expect(service.Page.Locator("h1")).ToHaveTextAsync("New claim");
        await service.Page.GetByLabel("Product or service").SelectOptionAsync(new SelectOptionValue { Label = "Chain" });
        await service.Page.GetByLabel("Quantity, pcs").FillAsync("9");
        await service.Page.GetByLabel("Kind").SelectOptionAsync("Damage");
        await service.Page.GetByLabel("What is wrong").FillAsync("Two links are bent");
        await service.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(service.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("No more than 4");
        await service.Page.GetByLabel("Quantity, pcs").FillAsync("2");
        await service.Page.GetByLabel("What is wrong").PressAsync("Control+Enter");
        await Expect(service.Page.Locator("h1")).ToContainTextAsync("Claim");
        app.Claim = Guid.Parse(service.Page.Url.Split('/')[^1]);
        await Expect(service.Page.Locator(".claim-page")).ToContainTextAsync("Chain · 2 pcs");
        await Expect(service.Page.Locator(".upload input[type=file]")).ToBeEnabledAsync();
        await service.Page.Locator(".upload input[type=file]").SetInputFilesAsync(new FilePayload { Name = "bent.png", MimeType = "image/png", Buffer = Photo });
        await Expect(service.Page.Locator(".claim-photos img")).ToHaveCountAsync(1);

        // quality sees it come without touching anything, and the map's first task with it
        await quality.Page.Locator("td a", new() { HasText = "-0001" }).ClickAsync();
        await Expect(quality.Page.Locator(".claim-photos img")).ToHaveCountAsync(1);
        await Expect(Task(quality).GetByRole(AriaRole.Heading, new() { Name = "Check the claim" })).ToBeVisibleAsync();
        await Task(quality).GetByRole(AriaRole.Group, new() { Name = "Justified *", Exact = true }).GetByLabel("Yes").CheckAsync();
        await Task(quality).GetByLabel("Findings *").FillAsync("Bent in transit");
        await CompleteAsync(quality);
        await Expect(quality.Page.Locator(".claim-page")).ToHaveAttributeAsync("data-state", "Examining");
        var explains = quality.Page.GetByRole(AriaRole.Region, new() { Name = "Cause" });
        await explains.GetByLabel("Cause").SelectOptionAsync(new SelectOptionValue { Label = "  Damaged on the way" });
        await explains.GetByLabel("Where it went wrong").SelectOptionAsync(new SelectOptionValue { Label = "Delivery" });
        await explains.GetByRole(AriaRole.Button, new() { Name = "Save" }).ClickAsync();
        await Expect(explains.GetByRole(AriaRole.Link, new() { Name = "Claims of the same cause" })).ToBeVisibleAsync();
        await quality.ShootAsync("claim");

        await app.CompleteAsync("tell", "service");
        await app.CompleteAsync("cause", "quality", ("causeText", Value.Of("Loose on the pallet")), ("responsible", Value.Of("delivery")));
        await using (var judge = await app.OpenWindowAsync("judge"))
        {
            await judge.GoToAsync($"/claims/{app.Claim}");
            await Expect(Task(judge).GetByRole(AriaRole.Heading, new() { Name = "Decide on the claim" })).ToBeVisibleAsync();
            await Task(judge).GetByLabel("Decision *").SelectOptionAsync("replace");
            await Task(judge).GetByLabel("What the client is told *").FillAsync("Two new ones come on Monday");
            await CompleteAsync(judge);
            await Expect(judge.Page.Locator("[data-paper=Order]")).ToBeVisibleAsync();
            judge.AssertClean();
        }
        // who registered it sees where it stands
        await Expect(service.Page.Locator(".claim-page")).ToHaveAttributeAsync("data-state", "Decided");
        await service.Page.Locator("[data-paper=Order]").ClickAsync();
        await Expect(service.Page.Locator("h1")).ToContainTextAsync("Order");

        await quality.GoToAsync("/claims/causes");
        await Expect(quality.Page.Locator("[data-sum=claims]")).ToHaveTextAsync("1");
        await quality.ShootAsync("causes");
        await quality.Page.Locator("tr[data-cause] a").ClickAsync();
        await Expect(quality.Page.Locator("td a", new() { HasText = "-0001" })).ToBeVisibleAsync();
        service.AssertClean();
        quality.AssertClean();
    }

    [Fact]
    public async Task Pages_OfClaims_FitAPhone()
    {
        await using var judge = await app.OpenWindowAsync("judge", new() { ViewportSize = new() { Width = 390, Height = 844 } });
        foreach (var page in new[] { "/claims", "/claims/causes", "/claims/incidents", "/claims/new", "/settings/claims" })
        {
            await judge.GoToAsync(page);
            await Expect(judge.Page.Locator("[data-ready=yes]")).ToBeVisibleAsync();
            Assert.True(await judge.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"), page);
        }
        judge.AssertClean();
    }
}
