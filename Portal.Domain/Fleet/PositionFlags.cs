namespace Portal.Domain.Fleet;

/// <summary>
/// Why a reading is kept but left out of drives and of the map. A clean reading has none.
/// The numbers are stored: never renumber.
/// </summary>
[Flags]
public enum PositionFlags : short
{
    /// <summary>A clean reading.</summary>
    None = 0,
    /// <summary>Latitude and longitude are both zero: a receiver without a fix says so.</summary>
    NullIsland = 1,
    /// <summary>Reaching the point from the one before would take more than <see cref="JumpFilter.MaxSpeedKmh"/>.</summary>
    Jump = 2,
    /// <summary>The device reported without coordinates, or said that its fix is not valid.</summary>
    NoFix = 4,
}
