using System.Globalization;
using System.Text;
using Microsoft.VisualBasic.FileIO;
using Portal.Infrastructure.Imports;
using Portal.Tests.Imports;
using Portal.Tests.Support;

namespace Portal.Tests.Stock;

/// <summary>Opening stock from files: posted receipts, once, and what cannot be is refused in words.</summary>
public sealed class StockImportTests(ImportRig rig) : IClassFixture<ImportRig>
{
    private const string Products = "bom/aw_Product.csv", Inventory = "bom/aw_ProductInventory.csv";

    /// <summary>The bicycle works: 432 of its products lie at standard cost, 200 of them at none.</summary>
    [SharedDataFact(Inventory)]
    public async Task OpeningInventory_OfTheBicycleWorks_ComesToItsStandardCost_AndARerunAddsNothing()
    {
        var products = Cells(Products);
        var (number, name, cost) = (products[0].IndexOf("ProductNumber"), products[0].IndexOf("Name"), products[0].IndexOf("StandardCost"));
        var known = products.Skip(1).ToDictionary(p => p[0], p => (Code: p[number], Name: p[name], Cost: p[cost]));
        var inventory = Cells(Inventory).Skip(1).ToList();
        var lying = inventory.Where(row => row[4] != "0").ToList();
        await rig.ImportAsync("products", "bicycles.csv", known.Values.Aggregate(new StringBuilder("code;name;unit;cost;currency\n"), (text, p) => text.Append(CultureInfo.InvariantCulture, $"{p.Code};\"{p.Name}\";pcs;{p.Cost};EUR\n")).ToString());
        var file = inventory.Aggregate(new StringBuilder("warehouse;product;quantity;date\n"), (text, row) => text.Append(CultureInfo.InvariantCulture, $"Location {row[1]};{known[row[0]].Code};{row[4]};2014-08-08\n")).ToString();

        var run = await rig.ImportAsync("stock", "inventory.csv", file);
        var again = await rig.ImportAsync("stock", "inventory.csv", file);

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

    private static List<List<string>> Cells(string path)
    {
        using var file = new TextFieldParser(SharedData.File(path)) { Delimiters = [","] };
        List<List<string>> rows = [];
        while (file.ReadFields() is { } fields) rows.Add([.. fields]);
        return rows;
    }
}
