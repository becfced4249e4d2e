using System.Globalization;
using Portal.Domain.Shared;
using Portal.Infrastructure.Fleet;

namespace Portal.Infrastructure.Imports;

/// <summary>What to call a point that came without an address.</summary>
public sealed class PlaceNames(Roads roads)
{
    /// <summary>The nearest street and house; far from known streets the coordinates with five decimals (about a metre).</summary>
    public string Of(GeoPoint point) => roads.Streets?.Nearest(point)?.ToString()
        ?? string.Create(CultureInfo.InvariantCulture, $"{point.Latitude:0.00000}, {point.Longitude:0.00000}");
}
