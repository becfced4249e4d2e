using System.Globalization;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Pricing;
using Portal.Infrastructure.Imports;
using Portal.Tests.Imports;
using Portal.Tests.Support;

namespace Portal.Tests.Pricing;

/// <summary>Products and prices from files: a rerun changes nothing, a newer file changes what it tells, what cannot be is refused in words.</summary>
public sealed class PriceImportTests(ImportRig rig) : IClassFixture<ImportRig>
{
    private const string Maven = "crm/maven_products.csv";

    private async Task<List<string>> RefusalsAsync(ImportRun run) =>
        (await rig.ScalarAsync<string[]>($"select coalesce(array_agg(refusal || ' ' || array_to_string(refusal_args, ' ') order by line), '{{}}') from imports.staged_row where run = '{run.Id}' and refusal is not null")).ToList();

    [SharedDataFact(Maven)]
    public async Task Products_OfTheCrm_AreTakenInWithTheirGroupsAndPrices()
    {
        var content = await File.ReadAllBytesAsync(SharedData.File(Maven));

        var run = await rig.ImportAsync("products", "maven_products.csv", content);
        var again = await rig.ImportAsync("products", "maven_products.csv", content);

        Assert.Equal((ImportState.Completed, 7, 0, 7), (run.State, run.Rows, run.Refused, run.Applied));
        Assert.Equal((7, 0), (again.Rows, again.Applied));
        Assert.Equal("GTK,GTX,MG", await rig.ScalarAsync<string>("select string_agg(distinct g.name, ',' order by g.name) from pricing.product p join pricing.product_group g on g.id = p.\"group\""));
        Assert.Equal(26768m, await rig.ScalarAsync<decimal>($"select l.price from pricing.list_price l join pricing.product p on p.id = l.product join pricing.price_list pl on pl.id = l.list where p.code = 'GTK 500' and pl.name = '{run.Source}'"));
    }

    [Fact]
    public async Task Products_FiftyThousand_AreTakenInOnce_AndARowThatTellsMoreChangesItsOwn()
    {
        var text = new StringBuilder("code;name;group;unit;vat;cost\n");
        for (var i = 0; i < 50_000; i++) text.Append(CultureInfo.InvariantCulture, $"B-{i:00000};Part {i};Big › Shelf {i % 40};pcs;20;{i % 900}.5\n");

        var run = await rig.ImportAsync("products", "big.csv", text.ToString());
        var other = await rig.ImportAsync("products", "big.csv", text.ToString().Replace("Part 77;", "Part seventy-seven;"));

        Assert.Equal((50_000, 0, 50_000), (run.Rows, run.Refused, run.Applied));
        Assert.Equal((49_999, 1), (other.Known, other.Applied));
        Assert.Equal(50_000, await rig.ScalarAsync<long>("select count(*) from pricing.product where code like 'B-%'"));
        Assert.Equal(41, await rig.ScalarAsync<long>("select count(*) from pricing.product_group where name = 'Big' or name like 'Shelf %'"));
        Assert.Equal(50_000, await rig.ScalarAsync<long>("select count(*) from core.audit where object_kind = 'Product' and action = 'added' and after ->> 'Code' like 'B-%'"));
        Assert.Equal("Part seventy-seven", await rig.ScalarAsync<string>("select name from pricing.product where code = 'B-00077'"));
    }

    [Fact]
    public async Task Products_ThatCannotBe_AreRefusedWithReasons_AndTheOthersTakenIn()
    {
        var run = await rig.ImportAsync("products", "dirt.csv", """
            code,name,kind,vat,cost,price
            D-1,Good one,goods,20,5,9
            D-2,Negative,goods,20,-5,
            D-3,Thirty digits,goods,20,123456789012345678901234567890,
            D-4,Too much tax,goods,120,,
            D-5,,goods,20,,
            D-6,Odd kind,gizmo,20,,
            D-1,Twice,goods,20,,
            D-7,No number,goods,20,five,
            D-8,"=HYPERLINK(""x"")",goods,20,,
            """);

        Assert.Equal((9, 7, 2), (run.Rows, run.Refused, run.Applied));
        Assert.Equal(["out-of-range cost -5", "out-of-range cost 123456789012345678901234567890", "out-of-range vat-rate 120", "missing name", "product-kind-unknown gizmo", "code-twice 2", "not-a-number cost five"], await RefusalsAsync(run));
        Assert.Equal(5m, await rig.ScalarAsync<decimal>("select cost from pricing.product where code = 'D-1'"));
    }

    /// <summary>A list that a file opens has one currency, holds after those that were there, and is told of before it is opened.</summary>
    [Fact]
    public async Task Products_ThatOpenAList_GiveItOneCurrency_BehindTheOthers()
    {
        var run = await rig.ImportAsync("products", "two currencies.csv", """
            code;name;price;price list;currency
            TC-1;Chair;1.250,75;Two currencies;EUR
            TC-2;Table;2,500;Two currencies;USD
            TC-3;Shelf;2,500;Two currencies;
            """);

        Assert.Equal((3, 1, 2), (run.Rows, run.Refused, run.Applied));
        Assert.Equal(2, run.Notes["list-new"]);
        Assert.Equal(["list-currency EUR"], await RefusalsAsync(run));
        Assert.Equal("1250.75,2.5", await rig.ScalarAsync<string>("select string_agg(trim_scale(l.price)::text, ',' order by p.code) from pricing.list_price l join pricing.product p on p.id = l.product where p.code like 'TC-%'"));
        Assert.True(await rig.ScalarAsync<bool>("select l.priority > (select max(o.priority) from pricing.price_list o where o.id < l.id and not o.archived) or not exists (select from pricing.price_list o where o.id < l.id) from pricing.price_list l where l.name = 'Two currencies'"));
    }

    [Fact]
    public async Task Prices_GoIntoTheirLists_ChangeThere_AndWhatCannotBeIsRefused()
    {
        await rig.ImportAsync("products", "catalogue.csv", "code,name,unit\nP-1,Peg,pcs\nP-2,Pole,pcs\n");

        var run = await rig.ImportAsync("prices", "prices.csv", """
            code,price list,price,from quantity,currency
            P-1,Spring,10.50,,EUR
            P-1,Spring,9.75,10,EUR
            Pole,Spring,"20,25",,EUR
            P-1,Spring,-1,50,EUR
            P-9,Spring,5,,EUR
            P-1,Spring,11,,EUR
            P-1,Spring,5,60,dollars
            P-2,Spring,99999999999999999999999999999999,70,EUR
            """);
        var again = await rig.ImportAsync("prices", "prices.csv", "code,price list,price,from quantity,currency\nP-1,Spring,10.50,,EUR\nP-1,Spring,9.25,10,EUR\nP-2,Spring,3,,USD\n");

        Assert.Equal((8, 5, 3), (run.Rows, run.Refused, run.Applied));
        Assert.Equal(["out-of-range price -1", "product-unknown P-9", "price-twice 2", "currency-unknown currency dollars", "out-of-range price 99999999999999999999999999999999"], await RefusalsAsync(run));
        Assert.Equal((3, 1, 1, 1), (again.Rows, again.Refused, again.Known, again.Applied));
        await using var db = await rig.Contexts.CreateDbContextAsync();
        var spring = await db.Set<PriceList>().Where(l => l.Name == "Spring").Select(l => l.Id).SingleAsync();
        Assert.Equal([9.25m, 10.5m, 20.25m], await db.Set<ListPrice>().Where(p => p.List == spring).Select(p => p.Price).OrderBy(p => p).ToListAsync());
    }
}
