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
/// The bars of the lanes as one piece of markup for each vehicle. A lane holds a score of bars and a board dozens of lanes:
/// as nodes of every viewer's own they were a third of what an open board costs the server. Viewers of one snapshot and language share them.
/// </summary>
public sealed class LaneBars
{
    private static readonly ConditionalWeakTable<BoardSnapshot, LaneBars> Shared = [];

    private readonly BoardSnapshot board;
    private readonly ConcurrentDictionary<(BoardVehicle, string), MarkupString> drawn = new();

    private LaneBars(BoardSnapshot board)
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
    public static LaneBars Of(BoardSnapshot board) => Shared.GetValue(board, static b => new LaneBars(b));

    /// <summary>Trips whose bars lie on the vehicle's lane.</summary>
    public IEnumerable<BoardTrip> Trips(BoardVehicle vehicle) =>
        board.Of(vehicle.Id).Where(t => t.State != TripState.Cancelled && t.Occupies is var taken && taken.To > Begin && taken.From < End);

    /// <summary>The bars of a lane; the selected trip's stands out.</summary>
    public MarkupString Draw(BoardVehicle vehicle, TripId? selected, Texts texts) =>
        selected is { } one && Trips(vehicle).Any(t => t.Id == one)
            ? Bars(vehicle, one, texts)
            : drawn.GetOrAdd((vehicle, texts.Language), _ => Bars(vehicle, null, texts));

    /// <summary>Where a moment lies, as a share of the lane in per cent.</summary>
    public string Percent(DateTimeOffset at) => Percent(Share(at));

    private MarkupString Bars(BoardVehicle vehicle, TripId? selected, Texts texts)
    {
        var html = new StringBuilder();
        foreach (var trip in Trips(vehicle))
        {
            var (from, to) = (Share(trip.Occupies.From), Share(trip.Occupies.To));
            var state = texts[$"tripState.{trip.State}"];
            html.Append("<button type=\"button\" class=\"").Append(Look(trip, selected)).Append("\" data-trip=\"").Append(trip.Id.Value)
                .Append("\" style=\"left:").Append(Percent(from)).Append(";width:").Append(Percent(to - from)).Append(";--c:var(").Append(TripStateLook.Colour(trip.State))
                .Append(")\" title=\"").Append(WebUtility.HtmlEncode($"{state} · {trip.From} → {trip.To}")).Append("\">")
                .Append(TripStateLook.Sign(trip.State)).Append(' ').Append(trip.Number).Append("</button>");
        }
        return new(html.ToString());
    }

    private string Look(BoardTrip trip, TripId? selected) => string.Concat(
        "bar", trip.Id == selected ? " chosen" : "", board.IsFresh(trip) ? " marked" : "", trip.State.IsEnded() ? " done" : "")
        + (board.Judge(trip) is Punctuality.Late or Punctuality.AtRisk ? " bad" : "") + (trip.State is TripState.Assigned or TripState.Accepted ? " may-move" : "");

    /// <summary>Where a moment lies, as a share of the lane from 0 to 1.</summary>
    public double Share(DateTimeOffset at) => Math.Clamp((at - Begin) / (End - Begin), 0, 1);

    private static string Percent(double share) => (100 * share).ToString("0.##", CultureInfo.InvariantCulture) + "%";
}
