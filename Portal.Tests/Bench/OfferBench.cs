using System.Diagnostics;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Sales.Offers;
using Portal.Infrastructure.Work;
using Portal.Tests.Support;

namespace Portal.Bench;

/// <summary>How long a seller waits for the totals of an offer of 300 products after he has changed a line: prices, discounts, floors and the save.</summary>
internal static class OfferBench
{
    private const int Lines = 300;

    private static readonly Actor Seller = Actor.System("bench");

    /// <summary>Reports <c>sales.offer_recalc</c>, the 95th percentile in milliseconds; the limit is 50.</summary>
    public static async Task RunAsync(Measurements measurements)
    {
        var database = new PortalDatabase();
        await database.InitializeAsync();
        try
        {
            await using var pool = database.Pooled(20);
            await using var services = new ServiceCollection().AddLogging().AddSingleton(pool).AddSingleton(TimeProvider.System)
                .AddPortalDb().AddProcesses().AddClients().AddWork(new(Path.GetTempPath())).AddSales().AddPricing().AddOffers().AddSingleton<UserRights>()
                .AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider()).BuildServiceProvider();
            var (client, products) = await StockAsync(services);
            var desk = services.GetRequiredService<OfferDesk>();
            var id = await desk.AddAsync(new("Bench", null, client), Seller, default);
            var sheet = (await services.GetRequiredService<OfferQuery>().FindAsync(id, null, Seller, default))!;
            var content = sheet.Written.Content with { Lines = [.. products.Select(p => new OfferLine(Guid.CreateVersion7(), OfferLineKind.Product, p.Name) { Product = p.Id, Code = p.Code, Unit = p.Unit, VatRate = 20, Quantity = 2 })] };
            var written = await desk.WriteAsync(id, content, sheet.Version, Seller, default);
            var waits = new List<double>();
            for (var i = 0; i < (measurements.Quick ? 20 : 200); i++)
            {
                var line = i % Lines;
                content = written.Content with { Lines = [.. written.Content.Lines.Select((l, at) => at == line ? l with { Quantity = l.Quantity + 1 } : l)] };
                var began = Stopwatch.GetTimestamp();
                written = await desk.WriteAsync(id, content, written.Version, Seller, default);
                if (i >= 5) waits.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
            measurements.Report($"{SalesBench.Name}.offer_recalc", Percentile.Of(waits, 0.95), "ms");
        }
        finally
        {
            await database.DisposeAsync();
        }
    }

    private static async Task<(PartnerId Client, List<Product> Products)> StockAsync(IServiceProvider services)
    {
        await using var db = services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateFor(Seller);
        db.Add(new Company(CompanyId.New(), "Bench", "EUR", "UTC"));
        await db.SaveChangesAsync();
        var client = await services.GetRequiredService<PartnerRegistry>().AddAsync(new("Client", PartnerKinds.Client), Seller, default);
        var products = Enumerable.Range(1, Lines).Select(i => new Product(ProductId.New(), new($"P-{i:000}", $"Product {i}", null, ProductKind.Goods, "pcs", 20, new(50 + i, "EUR"), 20))).ToList();
        db.AddRange(products);
        foreach (var (name, markup) in new[] { ("Retail", 2m), ("Wholesale", 1.5m), ("Partner", 1.4m) })
        {
            var list = new PriceList(PriceListId.New(), new(name, PriceListKind.Retail, "EUR"));
            db.Add(list);
            foreach (var product in products) db.Add(new ListPrice(list.Id, product.Id, "", 0, product.Cost!.Value * markup));
        }
        for (var i = 0; i < 10; i++) db.Add(new DiscountRule(DiscountRuleId.New(), i, new($"Discount {i}", Percent: 1, FromQuantity: i + 1)));
        await db.SaveChangesAsync();
        return (client, products);
    }
}
