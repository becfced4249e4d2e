using System.Globalization;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Web.Shared;

namespace Portal.Web.Dispatch;

/// <summary>How a caller says when.</summary>
public enum OrderTime { Now, At, Between }

/// <summary>What stands on an order card, whole or half typed. Kept in the browser, so that a lost connection loses nothing.</summary>
public sealed class OrderDraft
{
    private const int MostPassengers = 200, MostKg = 100_000;

    /// <summary>How long a vehicle called "now" may take, and one called for a moment may be late.</summary>
    private static readonly TimeSpan NowWithin = TimeSpan.FromMinutes(15), AtWithin = TimeSpan.FromMinutes(10);

    /// <summary>Id of the trip to be; made with the draft, so that sending twice registers once.</summary>
    public Guid Trip { get; set; } = TripId.New().Value;
    public Guid? Customer { get; set; }
    public string Who { get; set; } = "";
    public string Phone { get; set; } = "";
    public TripStop From { get; set; } = new();
    public TripStop To { get; set; } = new();
    /// <summary>What the card does not ask for but a trip may have, kept through a change: stops on the way.</summary>
    public IReadOnlyList<TripStop> Via { get; set; } = [];
    public OrderTime Time { get; set; }
    /// <summary>On the reader's clock.</summary>
    public DateTime? At { get; set; }
    /// <inheritdoc cref="At"/>
    public DateTime? Until { get; set; }
    /// <summary>As it was typed: what makes no sense is refused on saving, by name.</summary>
    public string Passengers { get; set; } = "1";
    public string Cargo { get; set; } = "";
    public Guid? Class { get; set; }
    /// <inheritdoc cref="Passengers"/>
    public string PayloadKg { get; set; } = "";
    /// <summary>What the card does not ask for but an imported order may, kept through a change: seats beside those of the passengers, cubic metres.</summary>
    public int Seats { get; set; }
    /// <inheritdoc cref="Seats"/>
    public decimal VolumeM3 { get; set; }
    public string Equipment { get; set; } = "";
    public string Note { get; set; } = "";

    /// <summary>True while nothing worth keeping was typed.</summary>
    public bool IsBlank => Who.Length + Phone.Length + From.Address.Length + To.Address.Length + Cargo.Length + Note.Length == 0;

    /// <summary>True when the way ends where it begins: a round trip, or a slip.</summary>
    public bool EndsWhereItBegins => From.Address.Trim() is { Length: > 0 } from && from.Equals(To.Address.Trim(), StringComparison.CurrentCultureIgnoreCase)
        || From.Point is { } point && point == To.Point;

    /// <summary>The card of a trip that is to be changed.</summary>
    public static OrderDraft Of(Trip trip, string? customer, LocalTime clock) => new()
    {
        Trip = trip.Id.Value, Customer = trip.Customer?.Value, Who = customer is null || trip.CallerName.Length > 0 ? trip.CallerName : customer, Phone = trip.CallerPhone ?? "",
        From = trip.Pickup, To = trip.Dropoff, Via = trip.Via, Time = OrderTime.Between, At = Local(trip.PickupFrom, clock), Until = Local(trip.PickupUntil, clock),
        Passengers = Typed(trip.Passengers), Cargo = trip.Cargo ?? "", Class = trip.Needs.Class?.Value, PayloadKg = Typed(trip.Needs.PayloadKg), Seats = trip.Needs.Seats, VolumeM3 = trip.Needs.VolumeM3,
        Equipment = string.Join(", ", trip.Needs.Equipment), Note = trip.Note ?? "",
    };

    /// <summary>The order as the domain takes it.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c> where a time is missing; <c>pricing.not-a-number</c>, <c>number.whole</c>, <c>number.out-of-range</c></exception>
    public TripOrder Order(LocalTime clock)
    {
        var (from, until) = Promised(clock) ?? throw new RuleBrokenException("text.required", "trip.time");
        return new()
        {
            Customer = Customer is { } customer ? new PartnerId(customer) : null, CallerName = Who, CallerPhone = Phone, Pickup = From, Dropoff = To, Via = Via,
            PickupFrom = from, PickupUntil = until, Passengers = Whole(Passengers, "trip.passengers", MostPassengers), Cargo = Cargo, Needs = Needs(), Note = Note,
        };
    }

    /// <summary>
    /// What to rank vehicles for while the card is being typed, under the promise that <see cref="Order"/> will save; null until the pickup
    /// is on the map, for now while the time is half typed. <paramref name="way"/> is the way to the drop-off, null while that is unknown.
    /// </summary>
    public TripDemand? Demand(LocalTime clock, TravelEstimate? way)
    {
        if (From.Point is not { } pickup) return null;
        var (from, until) = Promised(clock) ?? Now(clock);
        return new()
        {
            Id = new TripId(Trip), Needs = Needs(), Passengers = Whole(Passengers, "trip.passengers", MostPassengers), Pickup = pickup, Dropoff = To.Point ?? pickup,
            PickupFrom = from, PickupUntil = until, Ride = way is null ? TripDemand.UnknownRide : TimeSpan.FromSeconds(way.Seconds),
        };
    }

    /// <summary>When the passengers set out: the begin of the window; now while that is half typed.</summary>
    public DateTimeOffset LeavesAt(LocalTime clock) => (Promised(clock) ?? Now(clock)).From;

    /// <summary>The window in which the vehicle is promised; null while a time is half typed.</summary>
    private (DateTimeOffset From, DateTimeOffset Until)? Promised(LocalTime clock) => Time switch
    {
        OrderTime.Now => Now(clock),
        OrderTime.At => At is { } at ? (clock.ToUtc(at), clock.ToUtc(at) + AtWithin) : null,
        _ => At is { } from && Until is { } until ? (clock.ToUtc(from), clock.ToUtc(until)) : null,
    };

    private static (DateTimeOffset From, DateTimeOffset Until) Now(LocalTime clock) => (clock.Now, clock.Now + NowWithin);

    /// <summary>A moment on the reader's clock, to the minute.</summary>
    public static DateTime Local(DateTimeOffset at, LocalTime clock)
    {
        var local = clock.Of(at).DateTime;
        return local.AddTicks(-(local.Ticks % TimeSpan.TicksPerMinute));
    }

    private TripNeeds Needs() => new()
    {
        Class = Class is { } wanted ? new VehicleClassId(wanted) : null, Seats = Seats, PayloadKg = Whole(PayloadKg, "trip.payload", MostKg), VolumeM3 = VolumeM3,
        Equipment = Equipment.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
    };

    private static string Typed(int number) => number == 0 ? "" : number.ToString(CultureInfo.InvariantCulture);

    private static int Whole(string typed, string field, int most)
    {
        var number = TypedNumber.Of(typed, field, 0, most) ?? 0;
        if (number != decimal.Truncate(number)) throw new RuleBrokenException("number.whole", field);
        return number >= 0 && number <= most ? (int)number : throw new RuleBrokenException("number.out-of-range", field, 0, most);
    }
}
