using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Orders;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Imports;
using Portal.Tests.Imports;

namespace Portal.Tests.Sales.Orders;

/// <summary>Orders from files: one draft a number, whole or not at all, once.</summary>
public sealed class OrdersImportTests(ImportRig rig) : IClassFixture<ImportRig>
{
    [Fact]
    public async Task Orders_ComeAsDrafts_WholeOrNotAtAll_AndARerunAddsNothing()
    {
        await using (var db = rig.Contexts.CreateFor(ImportRig.Importer))
        {
            db.AddRange(new Partner(PartnerId.New(), "Alder Co", PartnerKinds.Client), new Partner(PartnerId.New(), "Birch Co", PartnerKinds.Client));
            await db.SaveChangesAsync();
        }
        await rig.ImportAsync("products", "goods.csv", "code,name,kind,unit,cost,currency\nCH-1,Chain,goods,pcs,5,EUR\nPD-1,Pedal,goods,pcs,5,EUR\n");
        await rig.ImportAsync("prices", "retail.csv", "list,code,price\nRetail,CH-1,20\nRetail,PD-1,30\n");
        const string File = """
            order,customer,sku,qty,unit price,discount,delivery date,comment
            A-1,alder co,CH-1,2,,,2031-05-04,at the gate
            A-1,Alder Co,PD-1,1,25,10,2031-05-01,
            A-1,Alder Co,PD-1,1,25,10,2031-05-01,
            B-1,Birch Co,CH-1,3,,,,
            B-2,Birch Co,CH-1,1,,,,
            B-2,Birch Co,CH-9,1,,,,
            B-3,Nobody Known,CH-1,1,,,,
            B-4,Birch Co,CH-1,0,,,,
            B-5,Birch Co,CH-1,NaN,,,,
            B-6,Birch Co,CH-1,1e30,,,,
            B-7,Birch Co,CH-1,1,,,,
            B-7,Alder Co,CH-1,1,,,,
            B-8,Birch Co,CH-1,1,,,soon,
            """;

        var run = await rig.ImportAsync("orders", "orders.csv", File);
        var again = await rig.ImportAsync("orders", "orders.csv", File);

        Assert.Equal((ImportState.Completed, 13, 9, 4), (run.State, run.Rows, run.Refused, run.Applied));
        Assert.Equal(0, again.Applied);
        await using var read = rig.Contexts.CreateFor(ImportRig.Importer);
        var orders = await read.Set<SalesOrder>().Include(o => o.Items).OrderBy(o => o.Reference).ToListAsync();
        Assert.Equal(["A-1", "B-1"], orders.Select(o => o.Reference));
        Assert.Equal((OrderState.Draft, 2 * 20 + 2 * 22.5m, "at the gate"), (orders[0].State, orders[0].Net, orders[0].Note));
        Assert.Equal(new DateOnly(2031, 5, 4), orders[0].WantedOn);
        Assert.Equal([null, new DateOnly(2031, 5, 1), new DateOnly(2031, 5, 1)], orders[0].Items.OrderBy(i => i.Place).Select(i => i.WantedOn));
    }
}
