using System.Globalization;
using Portal.Domain.Clients;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Infrastructure.Dispatch;

namespace Portal.Web.Dispatch;

/// <summary>Which trips of the board a viewer looks at. Lives in the address, so that a link shows the same.</summary>
public sealed record BoardFilter
{
    /// <summary>Only these states; empty for all that are open.</summary>
    public IReadOnlyList<TripState> States { get; init; } = [];
    public BranchId? Branch { get; init; }
    public PartnerId? Customer { get; init; }
    public VehicleId? Vehicle { get; init; }
    /// <summary>Words in number, client, caller, phone, addresses, plate or driver.</summary>
    public string Text { get; init; } = "";
    /// <summary>Only trips that are late or at risk.</summary>
    public bool LateOnly { get; init; }

    /// <summary>True when nothing narrows the board.</summary>
    public bool IsEmpty => States.Count == 0 && Branch is null && Customer is null && Vehicle is null && Text.Length == 0 && !LateOnly;

    /// <summary>True when the trip is looked at.</summary>
    public bool Shows(BoardTrip trip, BoardSnapshot board)
    {
        if (States.Count > 0 ? !States.Contains(trip.State) : trip.State.IsEnded()) return false;
        if (Branch is not null && trip.Branch != Branch) return false;
        if (Customer is not null && trip.Customer != Customer) return false;
        if (Vehicle is not null && trip.Vehicle != Vehicle) return false;
        if (LateOnly && board.Judge(trip) is not (Punctuality.Late or Punctuality.AtRisk)) return false;
        return Text.Length == 0 || Text.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(word => Holds(trip, word));
    }

    /// <summary>Reads the filter from the values of the query string; what cannot be read does not narrow.</summary>
    public static BoardFilter Parse(string? states, Guid? branch, Guid? customer, Guid? vehicle, string? text, bool late) => new()
    {
        States = [.. (states ?? "").Split(',').Select(word => Enum.TryParse<TripState>(word, out var state) && Enum.IsDefined(state) ? state : (TripState?)null).OfType<TripState>().Distinct()],
        Branch = branch is { } b ? new BranchId(b) : null,
        Customer = customer is { } c ? new PartnerId(c) : null,
        Vehicle = vehicle is { } v ? new VehicleId(v) : null,
        Text = text is null ? "" : text.Length > 80 ? text[..80] : text,
        LateOnly = late,
    };

    /// <summary>The values for the query string; null takes a key out of it.</summary>
    public Dictionary<string, object?> Query() => new()
    {
        ["state"] = States.Count > 0 ? string.Join(',', States) : null,
        ["branch"] = Branch?.Value, ["customer"] = Customer?.Value, ["vehicle"] = Vehicle?.Value,
        ["q"] = Text.Length > 0 ? Text : null, ["late"] = LateOnly ? true : null,
    };

    private static bool Holds(BoardTrip trip, string word)
    {
        return Has(trip.Who) || Has(trip.From) || Has(trip.To) || Has(trip.Plate) || Has(trip.DriverName) || Has(trip.CallerName) || Has(trip.CallerPhone)
            || trip.Number.ToString(CultureInfo.InvariantCulture).StartsWith(word.TrimStart('#'), StringComparison.Ordinal);

        bool Has(string? text) => text?.Contains(word, StringComparison.CurrentCultureIgnoreCase) == true;
    }
}
