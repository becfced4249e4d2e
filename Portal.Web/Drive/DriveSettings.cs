namespace Portal.Web.Drive;

/// <summary>Settings of the driver's page, from the configuration's <c>Driver</c> section.</summary>
public sealed class DriveSettings
{
    /// <summary>
    /// Address that opens navigation on the phone; <c>{lat}</c>, <c>{lon}</c> and <c>{address}</c> are filled in.
    /// By default the phone's own choice of map (RFC 5870).
    /// </summary>
    public string MapLink { get; init; } = "geo:{lat},{lon}?q={lat},{lon}";
}
