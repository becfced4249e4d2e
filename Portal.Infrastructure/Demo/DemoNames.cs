namespace Portal.Infrastructure.Demo;

/// <summary>Invented names for the demo company's people and clients; plainly fictional.</summary>
internal static class DemoNames
{
    private static readonly string[] First =
    [
        "Ada", "Bram", "Cleo", "Dario", "Elin", "Faro", "Greta", "Hugo", "Iva", "Jonas", "Kira", "Levan", "Mira", "Nilo", "Olena", "Pavlo", "Rada", "Sandu",
        "Tari", "Ulla", "Vera", "Wayan", "Yara", "Zeno",
    ];

    private static readonly string[] Last =
    [
        "Amberwell", "Brightoak", "Candlemere", "Dunmarsh", "Elderfen", "Farrowby", "Glimmerstone", "Hollowbrook", "Ironquill", "Juniperhill", "Kestrelmoor",
        "Larkspurton", "Moonwater", "Nettlecombe", "Oakenfold", "Pebblewick", "Quillhaven", "Rowanmere", "Saltmarsh", "Thistledown", "Umberfield", "Vinegrove", "Willowbank",
    ];

    /// <summary>Clients of the demo company.</summary>
    public static readonly string[] Clients =
    [
        "Copper Kettle Tea House", "Seven Gulls Shipping", "Paper Lantern Print", "Brass Button Tailors", "Northlight Dental", "Mossy Bank Savings", "Two Otters Furniture",
        "Silver Spoon Catering", "Clockwork Toys", "Greenleaf Pharmacy", "Bluebell School", "Old Lighthouse Hotel", "Windmill Bakery", "Quiet Harbour Books", "Sunny Side Eggs",
    ];

    /// <summary>The <paramref name="n"/>-th of 552 different names.</summary>
    public static string Person(int n) => $"{First[n % First.Length]} {Last[(n + n / First.Length) % Last.Length]}";

    /// <summary>A telephone number of the range kept for fiction (555-01xx).</summary>
    public static string Phone(int n) => $"+1 700 555 01{n % 100:00}";

    /// <summary>The <paramref name="n"/>-th licence plate, in a form no country uses.</summary>
    public static string Plate(int n) => $"{(char)('A' + n % 6)}{101 + n * 7 % 800:000}-DM";
}
