using Portal.Web.Shared;

namespace Portal.Web.Processes;

/// <summary>Who drew a map, for people: the maps that came with the product have no person behind them.</summary>
internal static class MapAuthor
{
    // The name under which MapLibrary publishes them.
    private const string Shipped = "shipped-maps";

    public static string Show(string name, Texts texts) => name == Shipped ? texts["maps.shipped"] : name;
}
