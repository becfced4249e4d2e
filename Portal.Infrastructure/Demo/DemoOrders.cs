using Portal.Domain.Clients;
using Portal.Domain.Dispatch;

namespace Portal.Infrastructure.Demo;

/// <summary>Makes up orders between the town's places, as callers would give them.</summary>
public sealed class DemoOrders(IReadOnlyList<PartnerId> clients, IReadOnlyList<Place> places, Random random)
{
    private static readonly string[] Notes = ["Ring twice", "Fragile", "Back entrance", "Waits at reception", "Two suitcases", "Invoice goes by mail"];

    /// <summary>An order whose vehicle is promised from <paramref name="from"/> within fifteen minutes.</summary>
    public TripOrder Next(DateTimeOffset from)
    {
        var cargo = random.Next(4) == 0;
        var pickup = places[random.Next(places.Count)];
        var dropoff = places[random.Next(places.Count)];
        while (dropoff.Id == pickup.Id) dropoff = places[random.Next(places.Count)];
        var caller = random.Next(200, 500);
        var passengers = cargo ? 0 : random.Next(10) == 0 ? random.Next(5, 8) : random.Next(1, 4);
        return new TripOrder
        {
            Customer = random.Next(3) == 0 ? null : clients[random.Next(clients.Count)],
            CallerName = DemoNames.Person(caller),
            CallerPhone = DemoNames.Phone(caller),
            Pickup = Stop(pickup, caller),
            Dropoff = Stop(dropoff, caller + 1),
            PickupFrom = from,
            PickupUntil = from.AddMinutes(15),
            Passengers = passengers,
            Cargo = cargo ? $"{random.Next(2, 9)} boxes" : null,
            Needs = cargo ? new TripNeeds { PayloadKg = random.Next(1, 6) * 60, VolumeM3 = 1 } : new TripNeeds { Seats = passengers },
            Note = random.Next(4) == 0 ? Notes[random.Next(Notes.Length)] : null,
        };
    }

    private static TripStop Stop(Place place, int contact) => new()
    {
        Place = place.Id,
        Address = $"{place.Name}, {place.Address}",
        Latitude = place.Latitude,
        Longitude = place.Longitude,
        Door = place.Door,
        AccessNote = place.AccessNote,
        Contact = DemoNames.Person(contact),
        Phone = DemoNames.Phone(contact),
    };
}
