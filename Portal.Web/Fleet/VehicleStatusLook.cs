using Portal.Domain.Fleet;

namespace Portal.Web.Fleet;

/// <summary>Sign and colour of a vehicle's status beside its word; the map's markers carry the same.</summary>
internal static class VehicleStatusLook
{
    /// <summary>The sign.</summary>
    public static string Sign(VehicleStatus status) => status switch
    {
        VehicleStatus.Free => "◎",
        VehicleStatus.Assigned => "◔",
        VehicleStatus.Accepted => "◑",
        VehicleStatus.OnTheWay => "➤",
        VehicleStatus.Arrived => "⚑",
        VehicleStatus.OnBoard => "●",
        _ => "–",
    };

    /// <summary>Name of the colour's CSS variable.</summary>
    public static string Colour(VehicleStatus status) => status switch
    {
        VehicleStatus.Free => "--text-2",
        VehicleStatus.Assigned or VehicleStatus.Accepted => "--blue",
        VehicleStatus.OnTheWay => "--violet",
        VehicleStatus.Arrived => "--teal",
        VehicleStatus.OnBoard => "--green",
        _ => "--grey",
    };
}
