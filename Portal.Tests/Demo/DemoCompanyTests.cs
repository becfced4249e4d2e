using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Billing;
using Portal.Domain.Claims;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Pricing;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Sales.Plans;
using Portal.Infrastructure.Billing;
using Portal.Infrastructure.Claims;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Demo;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Fleet;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Mail;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Processes;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Sales.Offers;
using Portal.Infrastructure.Sales.Orders;
using Portal.Infrastructure.Stock;
using Portal.Infrastructure.Work;
using Portal.Tests.Support;

namespace Portal.Tests.Demo;

public sealed class DemoCompanyTests(PortalDatabase database) : IClassFixture<PortalDatabase>
{
    [Fact]
    public async Task Found_CutShortBeforeTheMark_GoesOnWithoutDoublingAnything()
    {
        var folder = Directory.CreateTempSubdirectory("portal-demo-").FullName;
        try
        {
            await using var services = new ServiceCollection().AddLogging().AddSingleton(database.DataSource).AddPortalDb().AddIdentityFeature()
                .AddSingleton(new DatabaseOptions { DataFolder = folder }).AddProcesses().AddClients().AddPricing().AddWork(new(Path.Combine(folder, "files"))).AddSales().AddOffers().AddStock().AddOrders().AddBilling().AddClaims().AddSingleton<Roads>().AddSingleton<TripRegistration>()
                .AddSingleton(new PublicAddress((Uri?)null)).AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider()).AddDemo().BuildServiceProvider();
            var demo = services.GetRequiredService<DemoCompany>();

            await demo.FoundAsync(CancellationToken.None);
            var logins = await demo.LoginsAsync(CancellationToken.None);
            await ExecuteAsync("delete from core.setting");
            await ExecuteAsync("delete from identity.user_role where user_id in (select id from identity.portal_user where user_name in ('admin', 'ada'))");
            await ExecuteAsync("update identity.employee set \"user\" = null");
            await ExecuteAsync("delete from identity.portal_user where user_name in ('admin', 'ada')");
            await demo.FoundAsync(CancellationToken.None);
            await demo.FoundAsync(CancellationToken.None);

            await using var db = await services.GetRequiredService<IDbContextFactory<PortalDb>>().CreateDbContextAsync();
            Assert.Equal(logins, await demo.LoginsAsync(CancellationToken.None));
            Assert.Equal(logins.Select(l => l.UserName).Order(), await db.Set<PortalUser>().Select(u => u.UserName!).OrderBy(n => n).ToListAsync());
            Assert.Equal(60, await db.Set<Vehicle>().CountAsync());
            Assert.Equal(80, await db.Set<Driver>().CountAsync());
            Assert.InRange(await db.Set<Product>().CountAsync(), 100, 140);
            Assert.All(await db.Set<Product>().Select(p => db.Set<ListPrice>().Any(l => l.Product == p.Id)).ToListAsync(), Assert.True);
            var states = await db.Set<Trip>().Select(t => t.State).Distinct().ToListAsync();
            Assert.Equal(Enum.GetValues<TripState>(), states.Order());
            var deals = await db.Set<Deal>().ToListAsync();
            Assert.Equal(Enum.GetValues<DealState>(), deals.Select(d => d.State).Distinct().Order());
            Assert.Equal(await db.Set<Stage>().CountAsync(), deals.Where(d => d.State == DealState.Open).Select(d => d.Stage).Distinct().Count());
            var planned = await db.Set<SalesPlan>().ToListAsync();
            var month = new DateOnly(planned.Max(p => p.Month).Year, 1, 1);
            Assert.All(deals.Where(d => d.Manager is not null), d => Assert.Contains(planned, p => p.Pipeline == d.Pipeline && p.Manager == d.Manager && p.Month == month && p.Amount > 0));
            var leads = await db.Set<Lead>().ToListAsync();
            Assert.Equal((25, 1, 1), (leads.Count, leads.Count(l => l.Suspicion is not null), await db.Set<LeadForm>().CountAsync()));
            Assert.Equal(Enum.GetValues<LeadState>(), leads.Select(l => l.State).Distinct().Order());
            Assert.Equal(4, leads.Select(l => l.Stream).Distinct().Count());
            Assert.Equal([OrderState.Draft, OrderState.Placed, OrderState.Shipped, OrderState.Cancelled], (await db.Set<SalesOrder>().Select(o => o.State).Distinct().ToListAsync()).Order());
            var delivered = await db.Set<Delivery>().SingleAsync(d => d.State == DeliveryState.Delivered);
            Assert.NotNull(delivered.Signature);
            Assert.True((await db.Set<Delivery>().Where(d => d.Trip != delivered.Trip).GroupBy(d => d.Trip).Select(trip => trip.Count()).SingleAsync()) > 1);
            var claims = await db.Set<Claim>().ToListAsync();
            Assert.Equal([ClaimState.Registered, ClaimState.Examining, ClaimState.Waiting, ClaimState.Decided, ClaimState.Answered, ClaimState.Closed], claims.Select(c => c.State).Distinct().Order());
            Assert.Equal(Enum.GetValues<ClaimResult>(), claims.Select(c => c.Result).OfType<ClaimResult>().Order());
            Assert.Single(claims, c => c.Due < DateTimeOffset.UtcNow.AddDays(-1) && c.State == ClaimState.Registered);
            Assert.Equal(ClaimDimension.Warehouse, (await db.Set<ClaimIncident>().SingleAsync()).Dimension);
            var invoices = await db.Set<Invoice>().ToListAsync();
            Assert.Equal([InvoiceState.Issued, InvoiceState.PartPaid, InvoiceState.Paid], invoices.Select(i => i.State).Distinct().Order());
            Assert.Single(invoices, i => i.Open > 0 && i.DueOn < DateOnly.FromDateTime(DateTime.UtcNow));
            Assert.Single(await db.Set<Payment>().ToListAsync(), p => p.Partner is null && p.Free > 0);
            Assert.Equal(await db.Set<Trip>().MaxAsync(t => t.Number), await db.Set<Trip>().LongCountAsync());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = database.Owner.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
