using Portal.Workflows.Notation;

namespace Portal.Workflows.Maps;

/// <summary>The route maps that come with the product; a company publishes them as they are or redraws them.</summary>
public static class ShippedMaps
{
    /// <summary>From a client's need to the closed deal.</summary>
    public static MapDocument Sale => Read("Sale.bpmn");

    /// <summary>From a complaint to the quality report.</summary>
    public static MapDocument Claim => Read("Claim.bpmn");

    /// <summary>From prices below the least margin to the decision about them.</summary>
    public static MapDocument PriceApproval => Read("PriceApproval.bpmn");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<MapDocument> All => [Sale, Claim, PriceApproval];

    private static MapDocument Read(string name)
    {
        using var stream = typeof(ShippedMaps).Assembly.GetManifestResourceStream(name)!;
        return MapDocument.Read(stream);
    }
}
