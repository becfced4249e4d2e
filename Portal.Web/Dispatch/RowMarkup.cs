using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Components;
using Portal.Domain.Dispatch;
using Portal.Infrastructure.Dispatch;
using Portal.Web.Shared;

namespace Portal.Web.Dispatch;

/// <summary>
/// What a trip's row says, as one piece of markup, in a list and in the table; and the names it goes by in the page.
/// An open board holds dozens of rows; as nodes of every viewer's own they were a quarter of what it costs the server.
/// Viewers of one snapshot, language and time zone share them.
/// </summary>
internal sealed class RowMarkup
{
    /// <summary>A row as all viewers share it.</summary>
    /// <param name="Element">id of its element</param>
    /// <param name="Trip">id of its trip, in words</param>
    /// <param name="Version">version of its trip that it shows, in words</param>
    /// <param name="Inside">what it says</param>
    internal sealed record DrawnRow(string Element, string Trip, string Version, MarkupString Inside);

    private static readonly ConditionalWeakTable<BoardSnapshot, RowMarkup> Shared = [];

    private readonly BoardSnapshot board;
    private readonly ConcurrentDictionary<(BoardTrip, string Language, string Zone), DrawnRow> drawn = new(), cells = new();

    private RowMarkup(BoardSnapshot board) => this.board = board;

    /// <summary>The rows of a snapshot.</summary>
    public static RowMarkup Of(BoardSnapshot board) => Shared.GetValue(board, static b => new RowMarkup(b));

    /// <summary>A trip's row in a list: sign, time and way, then how it stands, its car and when that comes, who and what.</summary>
    public DrawnRow Draw(BoardTrip trip, Texts texts, LocalTime clock) =>
        drawn.GetOrAdd((trip, texts.Language, clock.Zone.Id), _ => new($"trip-{trip.Id.Value}", trip.Id.Value.ToString(), trip.Version.ToString(CultureInfo.InvariantCulture), Row(trip, texts, clock)));

    /// <summary>A trip's row in the table: its cells in the order of <see cref="TableColumn"/>.</summary>
    public DrawnRow DrawCells(BoardTrip trip, Texts texts, LocalTime clock) =>
        cells.GetOrAdd((trip, texts.Language, clock.Zone.Id), _ => new($"row-{trip.Id.Value}", trip.Id.Value.ToString(), trip.Version.ToString(CultureInfo.InvariantCulture), Cells(trip, texts, clock)));

    /// <summary>When the vehicle is expected where it is needed next; null once the trip has ended.</summary>
    public static DateTimeOffset? Eta(BoardTrip trip) => trip.State.IsEnded() ? null : trip.Eta;

    private MarkupString Row(BoardTrip trip, Texts texts, LocalTime clock) => new(
        $"""<span class="brow-sign" role="img" aria-label="{Safe(texts[$"tripState.{trip.State}"])}" style="--c:var({TripStateLook.Colour(trip.State)})">{TripStateLook.Sign(trip.State)}</span>"""
        + $"""<span class="brow-time">{Safe(clock.Short(trip.PickupFrom))}</span><span class="brow-way"><bdi>{Safe(trip.From)}</bdi> → <bdi>{Safe(trip.To)}</bdi>{Via(trip, texts)}</span>"""
        + $"""<span class="brow-more">{Chips(trip, texts)}<b>{Safe(trip.Plate)}</b>{(Eta(trip) is { } eta ? $"<span>{Safe(texts["board.eta", clock.Clock(eta)])}</span>" : "")}<span class="brow-rest">{Safe(Rest(trip, texts))}</span></span>""");

    private MarkupString Cells(BoardTrip trip, Texts texts, LocalTime clock) => new(
        $"""<td>{trip.Number.ToString(CultureInfo.InvariantCulture)}</td><td><span class="state" style="--c:var({TripStateLook.Colour(trip.State)})">{TripStateLook.Sign(trip.State)} {Safe(texts[$"tripState.{trip.State}"])}</span></td>"""
        + $"""<td title="{Safe(clock.Full(trip.PickupFrom))}">{Safe(clock.Short(trip.PickupFrom))}</td><td>{Chips(trip, texts)}</td>{Cut(trip.Who)}{Cut(trip.From)}{Cut(trip.To)}<td>{Safe(trip.Plate)}</td>{Cut(trip.DriverName)}"""
        + $"""<td>{(Eta(trip) is { } eta ? Safe(clock.Clock(eta)) : "")}</td><td class="num">{trip.PlannedKm?.ToString("0.0", CultureInfo.CurrentCulture)}</td>""");

    private static string Cut(string? text) => $"""<td class="cut" title="{Safe(text)}">{Safe(text)}</td>""";

    private string Chips(BoardTrip trip, Texts texts) =>
        (trip.IsReenacted ? Chip("", texts["board.reenacted-title"], $"↻ {texts["board.reenacted"]}") : "")
        + (LateChip.Words(trip, board, texts) is var (tone, title, text) ? Chip(tone, title, text) : "")
        + (trip.IsOffMap ? Chip("warn", texts["board.off-map-title"], texts["board.off-map"]) : "");

    private static string Chip(string tone, string title, string text) => $"""<span class="chip late {tone}" title="{Safe(title)}">{Safe(text)}</span>""";

    private static string Rest(BoardTrip trip, Texts texts) => string.Join(" · ", new[]
    {
        $"#{trip.Number.ToString(CultureInfo.InvariantCulture)}",
        trip.DriverName,
        trip.Who,
        trip.Passengers > 0 ? texts.Count("board.passengers", trip.Passengers) : null,
        trip.Cargo,
        trip.HasNote ? texts["board.has-note"] : null,
    }.Where(part => part is not null));

    private static string Via(BoardTrip trip, Texts texts) => trip.Via == 0 ? "" : $""" <span class="muted" title="{Safe(texts.Count("board.via", trip.Via))}">+{trip.Via.ToString(CultureInfo.InvariantCulture)}</span>""";

    private static string Safe(string? text) => WebUtility.HtmlEncode(text ?? "");
}
