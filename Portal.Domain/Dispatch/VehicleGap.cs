using Portal.Domain.Shared;

namespace Portal.Domain.Dispatch;

/// <summary>The time a vehicle has between two trips it holds, or before the first of them. Times are UTC.</summary>
/// <param name="FreeAt">When the trips before it are done; null when there are none.</param>
/// <param name="FreeWhere">Where the vehicle is then; null for where it is now.</param>
/// <param name="NextPickup">Where the next trip held begins; null while its place is unknown.</param>
/// <param name="NextOrderedFor">When that trip's window begins: vehicles drive in this order.</param>
/// <param name="NextAt">When the vehicle stands there unless another trip comes between: the window's begin, or the ETA where that is later.</param>
/// <param name="NextPromised">The end of that trip's window.</param>
public sealed record VehicleGap(
    DateTimeOffset? FreeAt, GeoPoint? FreeWhere, GeoPoint? NextPickup, DateTimeOffset NextOrderedFor, DateTimeOffset NextAt, DateTimeOffset NextPromised);
