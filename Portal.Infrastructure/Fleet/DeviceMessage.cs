using System.Buffers;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;

namespace Portal.Infrastructure.Fleet;

/// <summary>What a protocol decoder understood of one message, before anybody knows whose device it is.</summary>
public sealed class DeviceMessage
{
    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");

    /// <summary>The key by which the device calls itself.</summary>
    public required string DeviceKey { get; init; }
    /// <summary>The secret, where it came inside the message.</summary>
    public string? Secret { get; init; }
    /// <summary>When it was measured, UTC; empty means now.</summary>
    public DateTimeOffset? Time { get; init; }
    /// <summary>Where; empty when the device has no fix.</summary>
    public GeoPoint? Point { get; init; }
    /// <summary>False when the device itself says that its fix is not valid.</summary>
    public bool HasFix { get; init; } = true;
    /// <summary>Speed in <see cref="SpeedUnit"/>.</summary>
    public double? Speed { get; init; }
    /// <summary>The unit of <see cref="Speed"/> where the protocol fixes it; otherwise the device's setting holds.</summary>
    public SpeedUnit? SpeedUnit { get; init; }
    /// <summary>Heading in degrees, 0 = north, clockwise.</summary>
    public double? HeadingDeg { get; init; }
    /// <summary>Altitude in metres.</summary>
    public double? AltitudeM { get; init; }
    /// <summary>Radius of uncertainty in metres.</summary>
    public double? AccuracyM { get; init; }
    /// <summary>Charge of the battery, 0…100.</summary>
    public double? BatteryPercent { get; init; }
    /// <summary>Odometer in kilometres.</summary>
    public double? OdometerKm { get; init; }
    /// <summary>Ignition on or off.</summary>
    public bool? Ignition { get; init; }
    /// <summary>Everything else as one flat JSON object, or null.</summary>
    public string? Attributes { get; init; }
    /// <summary>Names of what was left out because it could not be read or kept, parted by blanks, or null.</summary>
    public string? Unread { get; init; }

    /// <summary>The list with one name more, as long as it stays short; a name that is odd itself, or long, is told as <c>extra</c>.</summary>
    internal static string Naming(string? unread, ReadOnlySpan<char> name)
    {
        const int MaxName = 64, MaxList = 500;
        if (name.Length > MaxName || name.ContainsAnyExcept(Plain)) name = "extra";
        return unread is null ? name.ToString() : unread.Length + name.Length < MaxList ? $"{unread} {name}" : unread;
    }
}
