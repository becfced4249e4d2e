using System.Globalization;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Imports;

/// <summary>What to call a point that came without an address.</summary>
public sealed class PlaceNames
{
    /// <summary>The coordinates as text, five decimals (about a metre).</summary>
    public string Of(GeoPoint point) => string.Create(CultureInfo.InvariantCulture, $"{point.Latitude:0.00000}, {point.Longitude:0.00000}");
}
