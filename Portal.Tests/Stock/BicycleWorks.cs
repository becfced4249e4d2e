using System.Globalization;
using System.Text;
using Microsoft.VisualBasic.FileIO;
using Portal.Tests.Support;

namespace Portal.Tests.Stock;

/// <summary>A maker of bicycles: its goods at standard cost, and what lies where.</summary>
internal sealed class BicycleWorks
{
    /// <summary>The file that everything else is looked up by.</summary>
    public const string Stock = "bom/aw_ProductInventory.csv";

    /// <summary>Goods by the number that other files know them by.</summary>
    public Dictionary<string, (string Code, string Name, string Cost)> Products { get; }

    /// <summary>Product, location, shelf, bin and quantity.</summary>
    public List<List<string>> Inventory { get; } = [.. Cells(Stock).Skip(1)];

    public BicycleWorks()
    {
        var products = Cells("bom/aw_Product.csv");
        var (number, name, cost) = (products[0].IndexOf("ProductNumber"), products[0].IndexOf("Name"), products[0].IndexOf("StandardCost"));
        Products = products.Skip(1).ToDictionary(p => p[0], p => (p[number], p[name], p[cost]));
    }

    /// <summary>The goods for the import of products.</summary>
    public string ProductsFile => Products.Values.Aggregate(new StringBuilder("code;name;unit;cost;currency\n"), (text, p) => text.Append(CultureInfo.InvariantCulture, $"{p.Code};\"{p.Name}\";pcs;{p.Cost};EUR\n")).ToString();

    /// <summary>What lies where for the import of opening stock.</summary>
    public string StockFile => Inventory.Aggregate(new StringBuilder("warehouse;product;quantity;date\n"), (text, row) => text.Append(CultureInfo.InvariantCulture, $"{Location(row[1])};{Products[row[0]].Code};{row[4]};2014-08-08\n")).ToString();

    /// <summary>What a location is called.</summary>
    public static string Location(string number) => $"Location {number}";

    private static List<List<string>> Cells(string path)
    {
        using var file = new TextFieldParser(SharedData.File(path)) { Delimiters = [","] };
        List<List<string>> rows = [];
        while (file.ReadFields() is { } fields) rows.Add([.. fields]);
        return rows;
    }
}
