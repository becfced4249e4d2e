using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using Portal.Infrastructure.Dispatch;
using Portal.Web.Shared;

namespace Portal.Web.Dispatch;

/// <summary>The columns of the board's table, from left to right.</summary>
public enum TableColumn { Number, State, Pickup, Late, Who, From, To, Vehicle, Driver, Eta, Km }

/// <summary>How a viewer has the board's table: by which column it is sorted and which he does without. Lives in the address, so that a saved view keeps it.</summary>
/// <param name="By">column by which it is sorted; rows that say nothing there come last either way, equal ones by pickup</param>
/// <param name="Descending">the other way round</param>
/// <param name="Hidden">columns that are not shown; the number always is</param>
public sealed record TableLook(TableColumn By, bool Descending, ImmutableArray<TableColumn> Hidden)
{
    /// <summary>All columns, the earliest pickup first.</summary>
    public static readonly TableLook Usual = new(TableColumn.Pickup, false, []);

    // Viewers of one snapshot, order and language share the sorted rows.
    private static readonly ConditionalWeakTable<BoardSnapshot, ConcurrentDictionary<(TableColumn, bool, CultureInfo), ImmutableArray<BoardTrip>>> Shared = [];

    /// <summary>Key of a column's heading.</summary>
    public static string Heading(TableColumn column) => column switch
    {
        TableColumn.Number => "board.number",
        TableColumn.State => "board.state",
        TableColumn.Pickup => "board.pickup-time",
        TableColumn.Late => "board.lateness",
        TableColumn.Who => "order.who",
        TableColumn.From => "order.from",
        TableColumn.To => "order.to",
        TableColumn.Vehicle => "board.vehicle",
        TableColumn.Driver => "board.driver",
        TableColumn.Eta => "board.eta-word",
        _ => "board.km",
    };

    /// <summary>Reads the values of the query string; what cannot be read is as usual.</summary>
    public static TableLook Parse(string? sort, bool descending, string? hide) => new(
        Column(sort) ?? TableColumn.Pickup, descending,
        [.. (hide ?? "").Split(',').Select(Column).OfType<TableColumn>().Where(c => c != TableColumn.Number).Distinct().Order()]);

    /// <summary>The values for the query string; null takes a key out of it.</summary>
    public IEnumerable<KeyValuePair<string, object?>> Query() =>
    [
        new("sort", By == TableColumn.Pickup ? null : Word(By)), new("desc", Descending ? true : null),
        new("hide", Hidden.Length == 0 ? null : string.Join(',', Hidden.Select(Word))),
    ];

    /// <summary>The look after a press on a heading: by that column, or the other way round. The latest come first, else the least.</summary>
    public TableLook Pressed(TableColumn column) => this with { By = column, Descending = column == By ? !Descending : column == TableColumn.Late };

    /// <summary>The look with a column shown or not.</summary>
    public TableLook Showing(TableColumn column, bool shown) => this with { Hidden = shown ? Hidden.Remove(column) : [.. Hidden.Append(column).Distinct().Order()] };

    /// <summary>The rows in this order. They come by pickup.</summary>
    /// <param name="whole">true where the rows are all open ones of the board, as for everybody who filters nothing</param>
    public ImmutableArray<BoardTrip> Sort(ImmutableArray<BoardTrip> trips, BoardSnapshot board, bool whole) =>
        this is { By: TableColumn.Pickup, Descending: false } ? trips
        : whole ? Shared.GetValue(board, static _ => []).GetOrAdd((By, Descending, CultureInfo.CurrentCulture), _ => Sort(trips, board))
        : Sort(trips, board);

    private ImmutableArray<BoardTrip> Sort(ImmutableArray<BoardTrip> trips, BoardSnapshot board)
    {
        var words = StringComparer.Create(CultureInfo.CurrentCulture, ignoreCase: true);
        return By switch
        {
            TableColumn.Number => Values<long>(t => t.Number),
            TableColumn.State => Values<int>(t => (int)t.State),
            TableColumn.Pickup => Values<DateTimeOffset>(t => t.PickupFrom),
            TableColumn.Late => Values(t => Lateness(t, board)),
            TableColumn.Who => Words(t => t.Who),
            TableColumn.From => Words(t => t.From),
            TableColumn.To => Words(t => t.To),
            TableColumn.Vehicle => Words(t => t.Plate),
            TableColumn.Driver => Words(t => t.DriverName),
            TableColumn.Eta => Values(t => RowMarkup.Eta(t)),
            _ => Values(t => t.PlannedKm),
        };

        ImmutableArray<BoardTrip> Values<T>(Func<BoardTrip, T?> key) where T : struct => Ordered(trips.Select(t => (Trip: t, Key: key(t))).OrderBy(p => p.Key is null), p => p.Key, Comparer<T?>.Default);

        ImmutableArray<BoardTrip> Words(Func<BoardTrip, string?> key) => Ordered(trips.Select(t => (Trip: t, Key: key(t))).OrderBy(p => string.IsNullOrEmpty(p.Key)), p => p.Key, words);
    }

    private ImmutableArray<BoardTrip> Ordered<T>(IOrderedEnumerable<(BoardTrip Trip, T Key)> rows, Func<(BoardTrip Trip, T Key), T> key, IComparer<T> comparer) =>
        [.. (Descending ? rows.ThenByDescending(key, comparer) : rows.ThenBy(key, comparer)).Select(p => p.Trip)];

    // how far beyond its promise it is or will be; less than nothing while time is left
    private static TimeSpan? Lateness(BoardTrip trip, BoardSnapshot board) => board.Judge(trip) switch
    {
        Punctuality.Late or Punctuality.Soon => board.At - trip.PickupUntil,
        Punctuality.AtRisk => trip.Eta - trip.PickupUntil,
        _ => null,
    };

    private static TableColumn? Column(string? word) => Named.Of<TableColumn>(word);

    private static string Word(TableColumn column) => column.ToString().ToLowerInvariant();
}
