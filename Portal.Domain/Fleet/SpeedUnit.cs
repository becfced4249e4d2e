namespace Portal.Domain.Fleet;

/// <summary>The unit in which a device reports its speed. Protocols leave it open, so it is a setting of the device.</summary>
public enum SpeedUnit { Knots, KilometresPerHour, MetresPerSecond, MilesPerHour }

/// <summary>Conversion to the product's one speed unit.</summary>
public static class SpeedUnits
{
    /// <summary>The value in km/h (international knot 1.852 km, mile 1.609344 km).</summary>
    public static double ToKmh(this SpeedUnit unit, double value) => unit switch
    {
        SpeedUnit.Knots => value * 1.852,
        SpeedUnit.KilometresPerHour => value,
        SpeedUnit.MetresPerSecond => value * 3.6,
        SpeedUnit.MilesPerHour => value * 1.609344,
        _ => throw new ArgumentOutOfRangeException(nameof(unit)),
    };
}
