using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Sales.Orders;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Sales.Orders;

namespace Portal.Infrastructure.Demo;

/// <summary>A delivery of the demo company that is done: driven by a driver who has just brought something else, and handed over against a signature.</summary>
public sealed class DemoDelivery(IDbContextFactory<PortalDb> contexts, ShipmentDelivery delivery, DeliveryQuery stops, DeliveryResults results, TimeProvider time)
{
    // a picture of what somebody wrote with a finger
    private const string Signature =
        "iVBORw0KGgoAAAANSUhEUgAAALQAAAA8AQAAAADnVa0qAAABNElEQVR42u3TMW6DMBQGYFsMjKhbh0q+QnsCn6tLTZUhIzcoVyHqAXoFUKRmdZXFlSz/+Z8DVRCwdwjyAB/w/PxjFNYPdff/60mZVfcb3rkGxxUv8IV+6bGie7vwYNEgVHLZ2xv3oMdy1pj4AWiRtDxR3voeMEjPDqjfLDozeSOOR94rIl1PTuB0HyWCCQ6Huro6UbzdoXdswUd99ehkoO3xjoFdu87OPNhS0og2lOLnwGf4ZhufDE65rBb3k0M5cVjOQw+vwG/uqsboDEYhvgA/2QeMdZJ4esjOc0Y95BSzM32cpQ0py9G5cb277FzpNysXQU+5fWbnSk8MRKlq8iE7wz4yPa//cvZ5Xs7izew7srKXb8w45y4L6exiP0SDqNRyX0mJsYuZp2pj3255c/+vN/0Clur+igQoQqgAAAAASUVORK5CYII=";

    /// <summary>Brings a shipment to its client; false where there is nobody to drive.</summary>
    internal async Task<bool> FoundAsync(ShipmentId shipment, PlaceId depot, CargoWords words, Actor keeper, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(Actor.System("demo"));
        var crew = await db.Set<Trip>().Where(t => t.State == TripState.Completed && t.Vehicle != null && t.Driver != null).OrderByDescending(t => t.EndedAt).Select(t => new { Vehicle = t.Vehicle!.Value, Driver = t.Driver!.Value }).FirstOrDefaultAsync(ct);
        if (crew is null) return false;
        var (id, leaves) = (TripId.New(), time.GetUtcNow());
        await delivery.OrderAsync(id, [shipment], new(depot, leaves, leaves.AddHours(1)), words, keeper, ct);
        var trip = await db.Set<Trip>().Include(t => t.Events).FirstAsync(t => t.Id == id, ct);
        var now = time.GetUtcNow();
        trip.Assign(crew.Vehicle, crew.Driver, now, keeper);
        for (var state = TripState.Accepted; state <= TripState.Completed; state++) trip.Advance(state, now, keeper);
        await db.SaveChangesAsync(ct);
        var (stop, proof) = ((await stops.OfTripAsync(id, keeper, ct))[0].Id, StoredFileId.New());
        await results.ProveAsync(stop, proof, "signature.png", new MemoryStream(Convert.FromBase64String(Signature)), keeper, ct);
        await results.TellAsync(stop, new([], "Mira Vale", proof.Value, [], null), keeper, null, ct);
        return true;
    }
}
