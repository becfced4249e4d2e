using Portal.Domain.Dispatch;

namespace Portal.Web.Dispatch;

/// <summary>Sign and colour of a trip's state beside its word; lists, table, lanes and map carry the same.</summary>
internal static class TripStateLook
{
    /// <summary>The sign.</summary>
    public static string Sign(TripState state) => state switch
    {
        TripState.Requested => "○",
        TripState.Assigned => "◔",
        TripState.Accepted => "◑",
        TripState.OnTheWay => "➤",
        TripState.Arrived => "⚑",
        TripState.OnBoard => "●",
        TripState.Completed => "✓",
        TripState.Cancelled => "⊘",
        TripState.NoShow => "⚠",
        _ => "✕",
    };

    /// <summary>Name of the colour's CSS variable.</summary>
    public static string Colour(TripState state) => state switch
    {
        TripState.Requested => "--slate",
        TripState.Assigned or TripState.Accepted => "--blue",
        TripState.OnTheWay => "--violet",
        TripState.Arrived => "--teal",
        TripState.OnBoard => "--green",
        TripState.NoShow => "--amber",
        TripState.Failed => "--red",
        _ => "--grey",
    };
}
