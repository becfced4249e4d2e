using Portal.Domain.Shared;

namespace Portal.Domain.Fleet;

/// <summary>
/// One report of a vehicle's device, in the product's units, whatever protocol it came by.
/// Holds what the device said; speed and heading that it did not say stay empty.
/// </summary>
public sealed record PositionReading
{
    /// <summary>How far ahead of our clock a device's clock may run.</summary>
    public static readonly TimeSpan FutureTolerance = TimeSpan.FromMinutes(5);

    // No receiver in use is older; what claims to be comes from a clock that was never set.
    private static readonly DateTimeOffset Earliest = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The vehicle the device was assigned to when the reading arrived.</summary>
    public required VehicleId Vehicle { get; init; }
    /// <summary>The reporting device; empty for an imported track.</summary>
    public DeviceId? Device { get; init; }
    /// <summary>When the position was measured, UTC.</summary>
    public required DateTimeOffset Time { get; init; }
    /// <summary>When the reading reached us, UTC; retention counts from it.</summary>
    public required DateTimeOffset Received { get; init; }
    /// <summary>Where; empty when the device reported without a fix.</summary>
    public GeoPoint? Point { get; init; }
    /// <summary>Speed in km/h.</summary>
    public double? SpeedKmh { get; init; }
    /// <summary>Heading in degrees, 0 = north, clockwise, below 360.</summary>
    public double? HeadingDeg { get; init; }
    /// <summary>Altitude in metres above sea level.</summary>
    public double? AltitudeM { get; init; }
    /// <summary>Radius of uncertainty in metres.</summary>
    public double? AccuracyM { get; init; }
    /// <summary>Charge of the device's battery, 0…100.</summary>
    public double? BatteryPercent { get; init; }
    /// <summary>Odometer in kilometres.</summary>
    public double? OdometerKm { get; init; }
    /// <summary>Ignition on or off.</summary>
    public bool? Ignition { get; init; }
    /// <summary>How fast the device's world runs; not stored. Jumps are judged by it.</summary>
    public double ClockRate { get; init; } = 1;
    /// <summary>Why the reading is left out of drives and of the map.</summary>
    public PositionFlags Flags { get; init; }
    /// <summary>Everything else the device said: one flat JSON object, or null.</summary>
    public string? Attributes { get; init; }

    /// <summary>False for a time that cannot be: ahead of us by more than <see cref="FutureTolerance"/>, or before satellites were in use. Such a reading goes to quarantine.</summary>
    public bool HasCredibleTime => Time >= Earliest && Time <= Received + FutureTolerance;
}
