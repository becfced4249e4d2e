using System.Globalization;
using Portal.Infrastructure.Imports;
using Portal.Tests.Imports;
using Portal.Tests.Support;

namespace Portal.Tests.Stock;

/// <summary>Opening stock from files: posted receipts, once, and what cannot be is refused in words.</summary>
public sealed class StockImportTests(ImportRig rig) : IClassFixture<ImportRig>
{
    /// <summary>The bicycle works: 432 of its products lie at standard cost, 200 of them at none.</summary>
    [SharedDataFact(BicycleWorks.Stock)]
    public async Task OpeningInventory_OfTheBicycleWorks_ComesToItsStandardCost_AndARerunAddsNothing()
    {
        var works = new BicycleWorks();
        var (known, inventory) = (works.Products, works.Inventory);
        var lying = inventory.Where(row => row[4] != "0").ToList();
        await rig.ImportAsync("products", "bicycles.csv", works.ProductsFile);

        var run = await rig.ImportAsync("stock", "inventory.csv", works.StockFile);
        var again = await rig.ImportAsync("stock", "inventory.csv", works.StockFile);

        // where nothing lies, nothing is taken in
        Assert.Equal((ImportState.Completed, inventory.Count, inventory.Count - lying.Count, lying.Count), (run.State, run.Rows, run.Refused, run.Applied));
        Assert.Equal(0, again.Applied);
        Assert.Equal(20_092_679.1712m, await rig.ScalarAsync<decimal>("select sum(c.quantity * p.cost) from stock.card c join pricing.product p on p.id = c.product"));
        // what lies there is worth whole cents, rounded line by line
        var cents = lying.Sum(row => Math.Round(decimal.Parse(row[4], CultureInfo.InvariantCulture) * decimal.Parse(known[row[0]].Cost, CultureInfo.InvariantCulture), 2, MidpointRounding.AwayFromZero));
        Assert.Equal(cents, await rig.ScalarAsync<decimal>("select sum(value) from stock.card"));
        Assert.Equal((432, 200L), (inventory.Select(row => row[0]).Distinct().Count(), await rig.ScalarAsync<long>("select count(distinct product) from stock.card where quantity > 0 and value = 0")));
        Assert.Equal(lying.Count(row => decimal.Parse(known[row[0]].Cost, CultureInfo.InvariantCulture) == 0), run.Notes["costs-nothing"]);
        Assert.Equal(inventory.Select(row => row[1]).Distinct().Count(), await rig.ScalarAsync<long>("select count(*) from stock.stock_document where state = 'Posted' and kind = 'Receipt'"));
    }

    [Fact]
    public async Task Rows_ThatCannotBe_AreRefusedWithReasons()
    {
        await rig.ImportAsync("products", "few.csv", "code,name,kind,cost,currency\nS-1,Chain,goods,5,EUR\nS-2,Fitting,service,5,EUR\nS-3,Bare,goods,,\n");

        var run = await rig.ImportAsync("stock", "few-stock.csv", "warehouse,product,quantity,unit,cost\nYard,S-1,3,,\nYard,S-1,-2,,\nYard,S-2,1,,\nYard,S-3,1,,\nYard,S-3,1,,4\nYard,S-9,1,,\nYard,S-1,1,litre,\n,S-1,1,,\n");

        Assert.Equal((8, 6, 2), (run.Rows, run.Refused, run.Applied));
        Assert.Equal(19m, await rig.ScalarAsync<decimal>("select sum(c.value) from stock.card c join stock.warehouse w on w.id = c.warehouse where w.name = 'Yard'"));
    }
}
