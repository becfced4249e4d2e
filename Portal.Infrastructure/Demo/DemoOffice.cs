using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Dispatch;

namespace Portal.Infrastructure.Demo;

/// <summary>Callers who go on ordering, and a colleague who assigns what the dispatcher leaves for some minutes.</summary>
public sealed class DemoOffice(IDbContextFactory<PortalDb> contexts, TripRegistration registration, AutomaticAssignment assignment, TimeProvider time)
{
    private const int MostWaiting = 14;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly Actor caller = Actor.System("simulation");
    private readonly Actor colleague = Actor.System("Simulated colleague");
    private DemoOrders? orders;
    private BranchId branch;

    /// <summary>One more order, unless enough wait already.</summary>
    public async Task OrderAsync(Random random, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        if (await db.Set<Trip>().CountAsync(t => t.State == TripState.Requested, ct) >= MostWaiting) return;
        orders ??= await ReadAsync(db, random, ct);
        await registration.RegisterAsync(TripId.New(), orders.Next(time.GetUtcNow().AddMinutes(random.Next(3, 30))), branch, caller, ct);
    }

    /// <summary>Assigns what is due soon and has waited too long.</summary>
    public async Task AssignAsync(CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var asked = now - Patience;
        var soon = now.AddMinutes(20);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var left = await db.Set<Trip>().Where(t => t.State == TripState.Requested && t.RequestedAt < asked && t.PickupFrom < soon && t.Source == null)
            .OrderBy(t => t.PickupFrom).Select(t => t.Id).Take(4).ToListAsync(ct);
        if (left.Count > 0) await assignment.RunAsync(left, colleague, ct);
    }

    private async Task<DemoOrders> ReadAsync(PortalDb db, Random random, CancellationToken ct)
    {
        branch = await db.Set<Branch>().OrderBy(b => b.Id).Select(b => b.Id).FirstAsync(ct);
        var clients = await db.Set<Partner>().Where(p => !p.Archived).OrderBy(p => p.Name).Select(p => p.Id).Take(100).ToListAsync(ct);
        var places = await db.Set<Place>().AsNoTracking().Where(p => p.Owner != PlaceOwner.Ours && p.Latitude != null && !p.Archived).OrderBy(p => p.Name).Take(200).ToListAsync(ct);
        return new DemoOrders(clients, places, random);
    }
}
