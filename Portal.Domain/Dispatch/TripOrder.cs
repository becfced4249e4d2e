using Portal.Domain.Clients;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;

namespace Portal.Domain.Dispatch;

/// <summary>What a vehicle must offer for a trip. Payload in kilograms, volume in cubic metres.</summary>
public sealed record TripNeeds
{
    public VehicleClassId? Class { get; init; }
    public int Seats { get; init; }
    public int PayloadKg { get; init; }
    public decimal VolumeM3 { get; init; }
    public string[] Equipment { get; init; } = [];

    internal TripNeeds Checked() => this with
    {
        Seats = Required.Number(Seats, "trip.seats", 0, 200),
        PayloadKg = Required.Number(PayloadKg, "trip.payload", 0, 100_000),
        VolumeM3 = VolumeM3 is >= 0 and <= 1000 ? VolumeM3 : throw new RuleBrokenException("number.out-of-range", "trip.volume", 0, 1000),
        Equipment = Equipment.Select(code => Required.Text(code, "trip.equipment", 40)).Distinct().Order(StringComparer.Ordinal).ToArray(),
    };
}

/// <summary>
/// What a caller asks for: the content of the order card. The vehicle is promised at the pickup between
/// <see cref="PickupFrom"/> and <see cref="PickupUntil"/> (UTC).
/// </summary>
public sealed record TripOrder
{
    /// <summary>The client, or null for a free caller.</summary>
    public PartnerId? Customer { get; init; }
    public string CallerName { get; init; } = "";
    public string? CallerPhone { get; init; }
    public required TripStop Pickup { get; init; }
    public required TripStop Dropoff { get; init; }
    /// <summary>Stops on the way to the drop-off, in their order.</summary>
    public IReadOnlyList<TripStop> Via { get; init; } = [];
    public required DateTimeOffset PickupFrom { get; init; }
    public required DateTimeOffset PickupUntil { get; init; }
    /// <summary>People to carry; 0 when only cargo rides.</summary>
    public int Passengers { get; init; }
    public string? Cargo { get; init; }
    public TripNeeds Needs { get; init; } = new();
    public string? Note { get; init; }

    /// <summary>The order as it is kept: trimmed and within its bounds.</summary>
    /// <exception cref="RuleBrokenException">what is wrong with it, by the field's name</exception>
    public TripOrder Checked()
    {
        if (PickupUntil < PickupFrom) throw new RuleBrokenException("dispatch.window-reversed");
        if (PickupUntil - PickupFrom > TimeSpan.FromHours(24)) throw new RuleBrokenException("dispatch.window-too-long");
        if (Via.Count >= StopOrder.MostStops) throw new RuleBrokenException("dispatch.too-many-stops", StopOrder.MostStops);
        var cargo = Required.Optional(Cargo, "trip.cargo", 300);
        if (Passengers == 0 && cargo is null && Needs.PayloadKg == 0) throw new RuleBrokenException("dispatch.nothing-to-carry");
        return this with
        {
            CallerName = Required.Text(CallerName, "trip.caller", 200),
            CallerPhone = Required.Optional(CallerPhone, "trip.caller-phone", 40),
            Pickup = Pickup.Checked("trip.pickup"),
            Dropoff = Dropoff.Checked("trip.dropoff"),
            Via = [.. Via.Select(stop => stop.Checked("trip.dropoff"))],
            Passengers = Required.Number(Passengers, "trip.passengers", 0, 200),
            Cargo = cargo,
            Needs = Needs.Checked(),
            Note = Required.Optional(Note, "trip.note", 1000),
        };
    }
}
