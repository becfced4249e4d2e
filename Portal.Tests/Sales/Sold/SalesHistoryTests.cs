using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Imports;
using Portal.Infrastructure.Sales.Sold;
using Portal.Tests.Imports;
using Portal.Tests.Support;

namespace Portal.Tests.Sales.Sold;

/// <summary>Sales of the time before, from files: whole documents, once, returns and lines without a client among them.</summary>
public sealed class SalesHistoryTests(ImportRig rig) : IClassFixture<ImportRig>
{
    private const string Retail = "sales/uci_online_retail.csv.gz";

    private static readonly Actor Reader = new() { UserId = Guid.NewGuid(), Name = "Rita Reader", Permissions = [Permissions.OrdersRead, Permissions.PricingCost] };

    private SoldQuery Sold => new(rig.Contexts);

    [Fact]
    public async Task History_IsTakenInOnce_WithReturnsAndLinesOfNobody_AndMovesNoStock()
    {
        const string File = """
            invoice;date;stock code;description;quantity;unit price;customer;country;cost
            H-1;2030-01-05;hs-a;Lamp;2;10,50;Hazel Co;Norway;12
            H-1;2030-01-05;hs-a;Lamp;2;10,50;Hazel Co;Norway;12
            H-1;2030-01-05;HS-A;Lamp, large;1;0,335;hazel co;Norway;0,2
            H-2;2030-01-06;hs-a;Lamp;-1;10,50;Hazel Co;Norway;-6
            H-3;2030-01-06;HS-A;;3;0;;;
            """;
        var run = await rig.ImportAsync("sales-history", "history.csv", File.Replace("2030", "2020"));
        var again = await rig.ImportAsync("sales-history", "history.csv", File.Replace("2030", "2020"));

        Assert.Equal((ImportState.Completed, 5, 0, 5), (run.State, run.Rows, run.Refused, run.Applied));
        Assert.Equal((1, 1, 1), (run.Notes["sale-without-client"], run.Notes["sale-returned"], run.Notes["sale-for-nothing"]));
        Assert.Equal(0, again.Applied);
        var from2020 = new SoldFilter(From: new(2020, 1, 1), Until: new(2020, 12, 31));
        var (page, totals, currency) = await Sold.ListAsync(from2020, SoldSort.Day, false, new(0, 50), Reader, default);
        // 21 + 21 + 0.34 − 10.50
        Assert.Equal((5, 3, 1, 2, 31.84m, -10.5m, 18.2m, 1, "EUR"), (totals.Lines, totals.Documents, totals.Clients, totals.Products, totals.Revenue, totals.Returned, totals.Cost, totals.WithoutCost, currency));
        Assert.Equal([("H-1", "hs-a"), ("H-1", "hs-a"), ("H-1", "HS-A"), ("H-2", "hs-a"), ("H-3", "HS-A")], page.Rows.Select(r => (r.Document, r.Code)));
        Assert.Equal(("Hazel Co", "Norway", null), (page.Rows[0].Partner, page.Rows[0].Region, page.Rows[4].Partner));
        Assert.Equal(0, await rig.ScalarAsync<long>("select count(*) from stock.movement"));
        Assert.Equal(2, (await Sold.ListAsync(from2020 with { Text = "large" }, SoldSort.Day, true, new(0, 50), Reader, default)).Totals.Lines);
        Assert.Equal(3, (await Sold.ListAsync(from2020 with { Text = "H-1" }, SoldSort.Day, true, new(0, 50), Reader, default)).Totals.Lines);
        Assert.Equal(4, (await Sold.ListAsync(from2020 with { Text = "hazel" }, SoldSort.Day, true, new(0, 50), Reader, default)).Totals.Lines);
        Assert.Equal((1, 1), ((await Sold.ListAsync(from2020 with { Returns = true }, SoldSort.Day, true, new(0, 50), Reader, default)).Totals.Lines, (await Sold.ListAsync(from2020 with { Nobodys = true }, SoldSort.Day, true, new(0, 50), Reader, default)).Totals.Lines));

        // who sees no cost reads none, and who answers for nobody reads nobody's sales
        var (plain, plainTotals, _) = await Sold.ListAsync(from2020, SoldSort.Day, false, new(0, 50), Reader with { Permissions = [Permissions.OrdersRead] }, default);
        Assert.Equal((null, true), (plainTotals.Cost, plain.Rows.All(r => r.Cost is null)));
        Assert.Equal(0, (await Sold.ListAsync(from2020, SoldSort.Day, false, new(0, 50), Reader with { Scope = ActorScope.Own }, default)).Totals.Lines);
    }

    [Fact]
    public async Task Rows_ThatCannotBe_AreRefusedWithTheirDocument()
    {
        const string File = """
            invoice,date,product,qty,price,currency,customer
            R-1,2019-02-01,rx-1,1,5,,Rowan Co
            R-2,2019-02-01,rx-1,0,5,,Rowan Co
            R-3,2019-02-01,rx-1,NaN,5,,Rowan Co
            R-4,2019-02-01,rx-1,1e30,5,,Rowan Co
            R-5,2019-02-01,rx-1,1000000000,1000000000000,,Rowan Co
            R-6,2199-02-01,rx-1,1,5,,Rowan Co
            R-7,,rx-1,1,5,,Rowan Co
            R-8,2019-02-01,rx-1,1,,,Rowan Co
            R-9,2019-02-01,rx-1,1,5,XAF,Rowan Co
            R-1,2019-02-01,,1,5,,Rowan Co
            R-10,2019-02-01,rx-1,1,5,eur,Rowan Co
            """;
        var run = await rig.ImportAsync("sales-history", "refused.csv", File);
        Assert.Equal((11, 10, 1), (run.Rows, run.Refused, run.Applied));

        var unknown = await rig.ImportAsync("sales-history", "unknown.csv", "invoice,date,product,qty,price,customer\nU-1,2019-02-01,rx-1,1,5,Nobody Known\nU-2,2019-02-01,rx-9,1,5,Rowan Co\n", settings => settings with { CreateMissing = false });
        Assert.Equal((2, 2, 0), (unknown.Rows, unknown.Refused, unknown.Applied));
    }

    /// <summary>A year of a retailer: every line counts, true duplicates too, and codes that differ in their case are different goods.</summary>
    [SharedDataFact(Retail)]
    public async Task YearOfARetailer_ComesToItsNet_WithEveryLine()
    {
        var run = await rig.ImportAsync("sales-history", "uci_online_retail.csv.gz", await File.ReadAllBytesAsync(SharedData.File(Retail)));

        Assert.Equal((ImportState.Completed, 541_909, 0, 541_909), (run.State, run.Rows, run.Refused, run.Applied));
        Assert.Equal((135_080, 10_624), (run.Notes["sale-without-client"], run.Notes["sale-returned"]));
        var (page, totals, _) = await Sold.ListAsync(new(From: new(2010, 12, 1), Until: new(2011, 12, 9)), SoldSort.Day, true, new(0, 50), Reader, default);
        Assert.Equal((541_909, 25_900, 4_372, 4_070, 9_747_747.93m), (totals.Lines, totals.Documents, totals.Clients, totals.Products, totals.Revenue));
        Assert.Equal((541_909, 50), (page.Total, page.Rows.Count));
        Assert.Equal(38, await rig.ScalarAsync<long>("select count(distinct region) from sales.sale_line where day between '2010-12-01' and '2011-12-09'"));
        Assert.Equal(373, await rig.ScalarAsync<int>("select max(day) - min(day) from sales.sale_line where day between '2010-12-01' and '2011-12-09'"));
    }
}
