using Microsoft.EntityFrameworkCore;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Dispatch;

/// <summary>A vehicle and the open shift on it, if there is one.</summary>
internal sealed record CrewedVehicle(Vehicle Vehicle, Shift? Shift)
{
    /// <summary>
    /// Reads both and keeps the shift as it is until the transaction ends: its end waits for this, and this for it,
    /// so that no trip is given to a driver who goes home.
    /// </summary>
    /// <exception cref="RuleBrokenException"><c>fleet.vehicle-unknown</c></exception>
    public static async Task<CrewedVehicle> HoldAsync(PortalDb db, VehicleId id, CancellationToken ct)
    {
        var vehicle = await db.Set<Vehicle>().SingleOrDefaultAsync(v => v.Id == id, ct) ?? throw new RuleBrokenException("fleet.vehicle-unknown");
        await db.Database.ExecuteSqlAsync($"select 1 from fleet.shift where vehicle = {id.Value} and started_at is not null and ended_at is null for share", ct);
        return new(vehicle, await db.Set<Shift>().SingleOrDefaultAsync(s => s.Vehicle == id && s.StartedAt != null && s.EndedAt == null, ct));
    }
}
