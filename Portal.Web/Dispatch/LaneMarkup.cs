using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.AspNetCore.Components;
using Portal.Domain.Dispatch;
using Portal.Infrastructure.Dispatch;
using Portal.Web.Shared;

namespace Portal.Web.Dispatch;

/// <summary>
/// The lanes, each as one piece of markup: the vehicle's name, then its bars. A lane holds a score of bars and a board dozens of lanes:
/// as nodes of every viewer's own they were a third of what an open board costs the server. Viewers of one snapshot, language and time zone share them.
/// </summary>
public sealed class LaneMarkup
{
    private static readonly ConditionalWeakTable<BoardSnapshot, LaneMarkup> Shared = [];

    private readonly BoardSnapshot board;
    private readonly ConcurrentDictionary<(BoardVehicle, string Language, string Zone), MarkupString> drawn = new();

    private LaneMarkup(BoardSnapshot board)
    {
        this.board = board;
        // to the quarter, so that bars move four times an hour and the now-line in between
        var quarter = TimeSpan.FromMinutes(15).Ticks;
        Begin = new DateTimeOffset(board.At.UtcTicks / quarter * quarter, TimeSpan.Zero).AddHours(-1);
        End = Begin.AddHours(7);
    }

    /// <summary>The lanes' left edge.</summary>
    public DateTimeOffset Begin { get; }

    /// <summary>The lanes' right edge.</summary>
    public DateTimeOffset End { get; }

    /// <summary>The lanes of a snapshot.</summary>
    public static LaneMarkup Of(BoardSnapshot board) => Shared.GetValue(board, static b => new LaneMarkup(b));

    /// <summary>Trips whose bars lie on the vehicle's lane.</summary>
    public IEnumerable<BoardTrip> Trips(BoardVehicle vehicle) =>
        board.Of(vehicle.Id).Where(t => t.State != TripState.Cancelled && t.Occupies is var taken && taken.To > Begin && taken.From < End);

    /// <summary>The inside of a vehicle's lane; the selected trip's bar stands out.</summary>
    public MarkupString Draw(BoardVehicle vehicle, TripId? selected, Texts texts, LocalTime clock) =>
        selected is { } one && Trips(vehicle).Any(t => t.Id == one)
            ? Lane(vehicle, one, texts, clock)
            : drawn.GetOrAdd((vehicle, texts.Language, clock.Zone.Id), _ => Lane(vehicle, null, texts, clock));

    /// <summary>Where a moment lies, as a share of the lane from 0 to 1.</summary>
    public double Share(DateTimeOffset at) => Math.Clamp((at - Begin) / (End - Begin), 0, 1);

    /// <summary>Where a moment lies, as a share of the lane in per cent.</summary>
    public string Percent(DateTimeOffset at) => Percent(Share(at));

    private MarkupString Lane(BoardVehicle vehicle, TripId? selected, Texts texts, LocalTime clock)
    {
        var until = clock.Clock(vehicle.ShiftUntil);
        var html = new StringBuilder($"""<button type="button" class="lane-name" title="{Safe(texts["board.lane-title", vehicle.DriverName, vehicle.Class, until])}{(vehicle.IsReenacted ? $" · {Safe(texts["board.reenacted"])}" : "")}"><b>{(vehicle.IsReenacted ? "↻ " : "")}{Safe(vehicle.Plate)}</b> <span class="muted">{Safe(vehicle.DriverName)}</span></button>""");
        html.Append("""<div class="lane-track">""");
        if (vehicle.ShiftUntil < End) html.Append($"""<span class="lane-off" style="left:{Percent(vehicle.ShiftUntil)}" title="{Safe(texts["board.shift-ends", until])}"></span>""");
        foreach (var trip in Trips(vehicle)) html.Append(Bar(trip, selected, texts));
        return new(html.Append("</div>").ToString());
    }

    private string Bar(BoardTrip trip, TripId? selected, Texts texts)
    {
        var (from, to) = (Share(trip.Occupies.From), Share(trip.Occupies.To));
        var title = $"#{trip.Number.ToString(CultureInfo.InvariantCulture)} · {texts[$"tripState.{trip.State}"]} · {trip.From} → {trip.To}";
        return $"""<button type="button" class="{Look(trip, selected)}" data-trip="{trip.Id.Value}" data-version="{trip.Version.ToString(CultureInfo.InvariantCulture)}" style="left:{Percent(from)};width:{Percent(to - from)};--c:var({TripStateLook.Colour(trip.State)})" title="{Safe(title)}">{TripStateLook.Sign(trip.State)}<span>{trip.Number}</span></button>""";
    }

    private string Look(BoardTrip trip, TripId? selected) => string.Concat(
        "bar", trip.Id == selected ? " chosen" : "", board.IsFresh(trip) ? " marked" : "", trip.State.IsEnded() ? " done" : "")
        + (board.Judge(trip) is Punctuality.Late or Punctuality.AtRisk ? " bad" : "") + (trip.State is TripState.Assigned or TripState.Accepted ? " may-move" : "");

    private static string Percent(double share) => (100 * share).ToString("0.##", CultureInfo.InvariantCulture) + "%";

    private static string Safe(string? text) => WebUtility.HtmlEncode(text ?? "");
}
