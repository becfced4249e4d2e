using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.EntityFrameworkCore;
using Microsoft.JSInterop;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Fleet;
using Portal.Web.Fleet;
using Portal.Web.Identity;
using Portal.Web.Shared;
using Portal.Web.Shell;

namespace Portal.Web.Dispatch;

/// <summary>
/// The dispatch board: map, lists and lanes over the same trips, live. Filter, view and selection live in the address;
/// everything can be done by keys.
/// </summary>
public sealed partial class TripBoardPage(
    IJSRuntime js, CurrentActor current, LiveBoard live, LiveFleet fleet, TripAssignment assignment, AutomaticAssignment automatic, TripProgress progress,
    TripDetailsQuery detailsBy, CandidateQuery candidatesBy, AddressQuery addresses, IDbContextFactory<PortalDb> contexts, DispatchSettingsStore settings,
    Shortcuts shortcuts, Refusals refusals, Toasts toasts, NavigationManager page, Texts T) : ComponentBase
{
    private const int RankedCars = 9;
    private static readonly TimeSpan RedrawAtMost = TimeSpan.FromMilliseconds(100), MapAtMost = TimeSpan.FromSeconds(1);

    private enum Panel { None, Trip, Order }

    private sealed record NearAnswer(double Left, double Top, string Address, IReadOnlyList<Candidate>? Cars);

    private readonly CancellationTokenSource closing = new();
    private readonly BoardState state = new();
    private readonly Stack<TripId> done = new();
    private readonly HashSet<string> written = [];
    private Task watching = Task.CompletedTask;
    private Actor? actor;
    private BoardFilter filter = new();
    private BoardView view;
    private Panel panel;
    private TripDetails? details, editing;
    private IReadOnlyList<Candidate>? candidates;
    private IReadOnlyDictionary<VehicleId, RosterVehicle>? roster;
    private IReadOnlyList<MapTrip>? drawn;
    private List<(BranchId Id, string Name)> branches = [];
    private List<(VehicleClassId Id, string Name)> classes = [];
    private BranchId branch;
    private LiveScope? scope;
    private MapView? opening, lookedAt;
    private VehicleId? vehicle, followed;
    private NearAnswer? near;
    private GeoPoint? pin;
    private TripState? ending;
    private TimeSpan positionGoodFor;
    private IDisposable? keys;
    private IJSObjectReference? module;
    private DotNetObjectReference<BoardEvents>? events;
    private ElementReference root;
    private BoardHead? head;
    private OrderCard? card;
    private FleetMap? map;
    private DateTimeOffset mapDrawn, carsCounted;
    private bool scriptAsked, opened, moving, busy;
    private int picking, liveCars;
    private (uint Version, TripState State)? read;

    [SupplyParameterFromQuery(Name = "state")] private string? StatesInAddress { get; set; }
    [SupplyParameterFromQuery(Name = "branch")] private Guid? BranchInAddress { get; set; }
    [SupplyParameterFromQuery(Name = "customer")] private Guid? CustomerInAddress { get; set; }
    [SupplyParameterFromQuery(Name = "vehicle")] private Guid? VehicleInAddress { get; set; }
    [SupplyParameterFromQuery(Name = "q")] private string? TextInAddress { get; set; }
    [SupplyParameterFromQuery(Name = "late")] private bool LateInAddress { get; set; }
    [SupplyParameterFromQuery(Name = "view")] private string? ViewInAddress { get; set; }
    [SupplyParameterFromQuery(Name = "trip")] private Guid? TripInAddress { get; set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        actor = await current.GetAsync();
        state.MayAssign = actor.Can(Permissions.TripAssign);
        if (actor.Can(Permissions.FleetRead)) scope = LiveScope.Fleet(actor, GeoBounds.World);
        positionGoodFor = (await settings.ReadAsync(closing.Token)).PositionGoodFor;
        await ReadListsAsync(actor);
        var watch = live.Watch(actor);
        Take(live.Current);
        await ReadAddressAsync();
        keys = shortcuts.Use(Keys());
        watching = WatchAsync(watch, closing.Token);
    }

    /// <inheritdoc/>
    protected override async Task OnParametersSetAsync()
    {
        if (actor is not null) await ReadAddressAsync();
    }

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        // the answer to an earlier render may come when the board is known but not yet drawn: there is nothing to open then
        if (scriptAsked || actor is null || root.Id is null) return;
        // another render may end while the script is still on its way
        scriptAsked = true;
        try
        {
            module = await js.InvokeAsync<IJSObjectReference>("import", "./Dispatch/TripBoardPage.razor.js");
            events = DotNetObjectReference.Create(new BoardEvents(this));
            await module.InvokeVoidAsync("open", root, events, actor.UserId);
            opened = true;
            StateHasChanged();
        }
        catch (JSDisconnectedException)
        {
            // the browser left before the page was open
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        keys?.Dispose();
        await closing.CancelAsync();
        await watching;
        try
        {
            if (module is not null)
            {
                await module.InvokeVoidAsync("close", root);
                await module.DisposeAsync();
            }
        }
        catch (JSDisconnectedException)
        {
            // the browser is gone, and its listeners with it
        }
        events?.Dispose();
        closing.Dispose();
    }

    private Shortcut[] Keys() =>
    [
        new("N", "board.new-order", NewAsync),
        new("/", "board.find", () => head?.FocusAsync().AsTask() ?? Task.CompletedTask),
        new("ArrowDown", "board.key.next", () => StepAsync(1)),
        new("ArrowUp", "board.key.previous", () => StepAsync(-1)),
        new("Enter", "board.key.open", OpenAsync),
        .. Enumerable.Range(1, RankedCars).Select(n => new Shortcut(n.ToString(CultureInfo.InvariantCulture), "board.key.assign", () => AssignRankedAsync(n - 1))),
        new("A", "board.key.auto", AutoSelectedAsync),
        new("Shift+A", "board.auto-all", AutoAllAsync),
        new("M", "board.move", MoveAsync),
        new("R", "board.release", ReleaseAsync),
        new("Z", "board.key.undo", UndoLastAsync),
        new("E", "board.edit", EditAsync),
        new("F", "board.key.follow", FollowAsync),
        new("X", "board.key.choose", ChooseAsync),
        new("[", "board.key.view-before", () => ShowAsync((BoardView)(((int)view + 3) % 4))),
        new("]", "board.key.view-after", () => ShowAsync((BoardView)(((int)view + 1) % 4))),
        new("Escape", "shell.close", CloseAsync),
    ];

    private async Task ReadListsAsync(Actor viewer)
    {
        await using var db = await contexts.CreateDbContextAsync(closing.Token);
        branches = [.. (await db.Set<Branch>().AsNoTracking().OrderBy(b => b.Name).Take(200).Select(b => new { b.Id, b.Name }).ToListAsync(closing.Token)).Select(b => (b.Id, b.Name))];
        if (viewer.OnlyBranch() is { } only) branches.RemoveAll(b => b.Id != only);
        classes = [.. (await db.Set<VehicleClass>().AsNoTracking().Where(c => !c.Archived).OrderBy(c => c.Name).Take(200).Select(c => new { c.Id, c.Name }).ToListAsync(closing.Token)).Select(c => (c.Id, c.Name))];
        branch = viewer.BranchId is { } own ? new(own) : branches.FirstOrDefault().Id;
    }

    // ——— what is shown ———

    private async Task WatchAsync(BoardWatch watch, CancellationToken ct)
    {
        try
        {
            using (watch)
                await foreach (var board in watch.ReadAsync(ct))
                {
                    Take(board);
                    if (panel == Panel.Trip && state.SelectedTrip is { } trip && read != (trip.Version, trip.State)) await InvokeAsync(ReadSelectedAsync);
                    await InvokeAsync(StateHasChanged);
                    // the newest snapshot waits meanwhile: a burst of changes costs one redraw
                    await Task.Delay(RedrawAtMost, ct);
                }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // the page was left
        }
        catch (Exception failure)
        {
            await DispatchExceptionAsync(failure);
        }
    }

    private void Take(BoardSnapshot board)
    {
        state.Take(board.SeenBy(actor!));
        if (Clock.Now - carsCounted >= MapAtMost)
        {
            carsCounted = Clock.Now;
            liveCars = state.Board.Vehicles.Count(v => fleet.Find(v.Id)?.Time >= carsCounted - positionGoodFor);
        }
        DrawMap(atOnce: roster is null);
    }

    // A burst of orders need not redraw the map's trips more than once a second; a choice shows at once.
    private void DrawMap(bool atOnce = true)
    {
        if (view != BoardView.Map || (!atOnce && Clock.Now - mapDrawn < MapAtMost)) return;
        mapDrawn = Clock.Now;
        var shown = BoardMap.Of(state.Board);
        if (roster is null || !shown.SaysTheSame(roster)) roster = shown.Roster;
        var trips = shown.TripsOf(state);
        if (drawn is null || !BoardMap.DrawsTheSame(drawn, trips)) drawn = trips;
    }

    private async Task ReadAddressAsync()
    {
        // the browser's answer to an address the board itself wrote is older than what the user did since
        if (written.Remove(page.Uri)) return;
        filter = BoardFilter.Parse(StatesInAddress, BranchInAddress, CustomerInAddress, VehicleInAddress, TextInAddress, LateInAddress);
        view = Enum.TryParse<BoardView>(ViewInAddress, ignoreCase: true, out var named) && Enum.IsDefined(named) ? named : BoardView.Map;
        state.Look(filter);
        TripId? wanted = TripInAddress is { } id ? new TripId(id) : null;
        if (wanted != state.Selected && wanted is { } trip && state.Board.Find(trip) is not null)
        {
            state.Selected = trip;
            panel = Panel.Trip;
            await ReadSelectedAsync();
        }
        DrawMap();
    }

    private void KeepInAddress()
    {
        var query = filter.Query();
        query["view"] = view == BoardView.Map ? null : view.ToString().ToLowerInvariant();
        query["trip"] = state.Selected?.Value;
        var address = page.GetUriWithQueryParameters("/board", query);
        written.Add(page.ToAbsoluteUri(address).AbsoluteUri);
        page.NavigateTo(address, replace: true);
    }

    private Task LookAsync(BoardFilter through)
    {
        filter = through;
        state.Look(filter);
        DrawMap();
        KeepInAddress();
        return Task.CompletedTask;
    }

    private async Task ShowAsync(BoardView another)
    {
        view = another;
        opening = lookedAt;
        (roster, drawn, near) = (null, null, null);
        DrawMap();
        KeepInAddress();
        await RefreshAsync();
    }

    private void Moved(MapView to) => lookedAt = to;

    private Task RefreshAsync()
    {
        StateHasChanged();
        return Task.CompletedTask;
    }

    // ——— selection ———

    private async Task PressAsync(TripId trip, bool tick, bool stretch)
    {
        if (state.Board.Find(trip) is null) return;
        if (tick) Tick(trip);
        else if (stretch && state.Selected is { } anchor) TickBetween(anchor, trip);
        else await SelectAsync(trip);
        StateHasChanged();
    }

    private void Tick(TripId trip)
    {
        if (!state.Chosen.Remove(trip)) state.Chosen.Add(trip);
    }

    private void TickBetween(TripId a, TripId b)
    {
        foreach (var rows in new[] { state.Waiting.Rows, state.UnderWay.Rows, state.All })
        {
            var (from, to) = (Place(rows, a), Place(rows, b));
            if (from < 0 || to < 0) continue;
            for (var i = Math.Min(from, to); i <= Math.Max(from, to); i++) state.Chosen.Add(rows[i].Id);
            return;
        }
    }

    private static int Place(ImmutableArray<BoardTrip> rows, TripId? trip)
    {
        for (var i = 0; i < rows.Length; i++)
            if (rows[i].Id == trip) return i;
        return -1;
    }

    private Task ChooseAsync()
    {
        if (state.Selected is { } trip) Tick(trip);
        return RefreshAsync();
    }

    private async Task SelectAsync(TripId trip)
    {
        state.Selected = trip;
        vehicle = state.SelectedTrip?.Vehicle;
        panel = Panel.Trip;
        (candidates, details, read) = (null, null, null);
        DrawMap();
        KeepInAddress();
        StateHasChanged();
        await ReadSelectedAsync();
    }

    private async Task SelectVehicleAsync(VehicleId? chosen)
    {
        vehicle = chosen;
        // the trip the vehicle works on is selected with it
        if (chosen is { } id && state.Board.Of(id).Where(t => !t.State.IsEnded()).MaxBy(t => t.State) is { } held) await SelectAsync(held.Id);
        else StateHasChanged();
        if (chosen is { } car && map is not null && fleet.Find(car) is { } at) await map.GoToAsync(at.Point);
    }

    private async Task StepAsync(int by)
    {
        ImmutableArray<BoardTrip> rows = view switch
        {
            BoardView.Map => [.. state.Waiting.Rows, .. state.UnderWay.Rows],
            BoardView.Columns => [.. state.All.OrderBy(t => t.State)],
            _ => state.All,
        };
        if (rows.Length == 0) return;
        var now = Place(rows, state.Selected);
        var next = rows[now < 0 ? 0 : Math.Clamp(now + by, 0, rows.Length - 1)];
        await SelectAsync(next.Id);
        if (module is null) return;
        var inWaiting = state.Waiting.IndexOf(next.Id);
        var (list, index) = view == BoardView.Table ? ("table", Place(rows, next.Id)) : inWaiting >= 0 ? ("waiting", inWaiting) : ("under-way", state.UnderWay.IndexOf(next.Id));
        await module.InvokeVoidAsync("reveal", root, list, index);
    }

    private async Task OpenAsync()
    {
        if (state.SelectedTrip is { } trip && panel == Panel.Trip && map is not null && trip.FromPoint is { } point) await map.GoToAsync(point);
        else if (state.Selected is { } selected) await SelectAsync(selected);
        else await StepAsync(0);
    }

    private async Task ReadSelectedAsync()
    {
        if (state.SelectedTrip is not { } trip) return;
        read = (trip.Version, trip.State);
        var found = await detailsBy.FindAsync(trip.Id, await current.GetAsync(), closing.Token);
        var ranked = trip.State is TripState.Requested or TripState.Assigned or TripState.Accepted
            ? await candidatesBy.ForTripAsync(trip.Id, RankedCars, await current.GetAsync(), closing.Token)
            : null;
        // meanwhile another trip may have been chosen: the cars of this one must not be given to that one
        if (state.Selected != trip.Id) return;
        (details, candidates) = (found, ranked);
        StateHasChanged();
    }

    private Task CloseAsync()
    {
        (panel, editing, picking, moving, ending, near, pin) = (Panel.None, null, 0, false, null, null, null);
        state.Selected = null;
        state.Chosen.Clear();
        KeepInAddress();
        DrawMap();
        return RefreshAsync();
    }

    private Task FollowAsync()
    {
        followed = followed is null ? vehicle ?? state.SelectedTrip?.Vehicle : null;
        vehicle = followed ?? vehicle;
        return RefreshAsync();
    }

    // ——— orders ———

    private Task NewAsync()
    {
        if (actor?.Can(Permissions.TripRegister) != true) return Task.CompletedTask;
        (editing, panel) = (null, Panel.Order);
        return RefreshAsync();
    }

    // the product's shortcuts are off while somebody types, and here he always does
    private Task OrderKeyAsync(KeyboardEventArgs pressed) => pressed.Key == "Escape" ? CloseAsync() : Task.CompletedTask;

    private Task EditAsync()
    {
        if (details is null || state.SelectedTrip is not { State: < TripState.OnBoard }) return Task.CompletedTask;
        (editing, panel) = (details, Panel.Order);
        return RefreshAsync();
    }

    private async Task SavedAsync(TripStanding standing)
    {
        if (editing is null) return;
        editing = null;
        await SelectAsync(standing.Id);
    }

    private Task PickedAsync(GeoPoint point) => card?.PickAsync(point) ?? Task.CompletedTask;

    private async Task NearAsync(MapContext asked)
    {
        pin = asked.Point;
        near = new(Math.Max(8, asked.X), Math.Max(8, asked.Y), addresses.At(asked.Point).Address, null);
        StateHasChanged();
        await refusals.TryAsync(async () => near = near with { Cars = await candidatesBy.NearAsync(asked.Point, 5, await current.GetAsync(), closing.Token) });
    }

    // ——— dispatch ———

    private Task AssignRankedAsync(int place) =>
        candidates is { } cars && place < cars.Count && !cars[place].Ranked.Refused ? AssignAsync(cars[place].Ranked.Vehicle.Vehicle) : Task.CompletedTask;

    private Task AssignAsync(VehicleId to)
    {
        (moving, near, pin) = (false, null, null);
        return state.SelectedTrip is { } trip ? GiveAsync(trip, to) : Task.CompletedTask;
    }

    private Task GiveAsync(BoardTrip trip, VehicleId to)
    {
        var plate = state.Board.Vehicles.FirstOrDefault(v => v.Id == to)?.Plate ?? "";
        return DoAsync(trip, T["board.assigned", trip.Number, plate], async who => trip.State == TripState.Requested
            ? await assignment.AssignAsync(trip.Id, to, who, trip.Version)
            : await assignment.ReassignAsync(trip.Id, to, who, trip.Version));
    }

    private Task ReleaseAsync() => state.SelectedTrip is { State: > TripState.Requested and < TripState.OnBoard } trip
        ? DoAsync(trip, T["board.released", trip.Number], async who => await assignment.ReleaseAsync(trip.Id, null, who, trip.Version))
        : Task.CompletedTask;

    private Task AdvanceAsync(TripState to) => state.SelectedTrip is { } trip
        ? DoAsync(trip, T["board.moved-on", trip.Number, T[$"tripState.{to}"]], async who => await progress.AdvanceAsync(trip.Id, to, who, trip.Version))
        : Task.CompletedTask;

    private async Task EndAsync(string reason)
    {
        var (to, chosen) = (ending, state.Chosen.Count > 0 ? state.Chosen.ToList() : state.Selected is { } one ? [one] : []);
        ending = null;
        foreach (var trip in chosen.Select(state.Board.Find).OfType<BoardTrip>())
            await DoAsync(trip, T["board.moved-on", trip.Number, T[$"tripState.{to}"]], async who => to switch
            {
                TripState.NoShow => await progress.MarkNoShowAsync(trip.Id, reason, who, trip.Version),
                TripState.Failed => await progress.FailAsync(trip.Id, reason, who, trip.Version),
                _ => await progress.CancelAsync(trip.Id, reason, who, trip.Version),
            });
        state.Chosen.Clear();
    }

    private Task CancelChosenAsync()
    {
        ending = TripState.Cancelled;
        return RefreshAsync();
    }

    private Task AutoSelectedAsync() => AutoAsync(state.Chosen.Count > 0 ? [.. state.Chosen] : state.SelectedTrip is { State: TripState.Requested } trip ? [trip.Id] : []);

    private Task AutoAllAsync() => AutoAsync(null);

    private async Task AutoAsync(IReadOnlyCollection<TripId>? trips)
    {
        if (busy || trips is { Count: 0 }) return;
        busy = true;
        StateHasChanged();
        await refusals.TryAsync(async () =>
        {
            var outcome = await automatic.RunAsync(trips, await current.GetAsync(), closing.Token);
            var given = outcome.Assigned.Select(s => s.Id).ToList();
            toasts.Show(given.Count > 0 ? ToastKind.Good : ToastKind.Warn, T["board.auto-done", T.Count("board.trips-given", given.Count), T.Count("board.trips-left", outcome.Unserved + outcome.Refused.Count)],
                given.Count == 0 ? null : () => UndoAllAsync(given));
            foreach (var (_, refusal) in outcome.Refused.Take(2)) toasts.Show(ToastKind.Warn, T.Of(refusal));
        });
        busy = false;
        state.Chosen.Clear();
        StateHasChanged();
    }

    private Task MoveAsync()
    {
        moving = state.MayAssign && state.SelectedTrip is { State: TripState.Requested or TripState.Assigned or TripState.Accepted };
        return RefreshAsync();
    }

    private Task UndoLastAsync() => done.TryPop(out var trip) ? UndoAllAsync([trip]) : Task.CompletedTask;

    private async Task UndoAllAsync(IReadOnlyList<TripId> trips)
    {
        foreach (var trip in trips)
            await refusals.TryAsync(async () =>
            {
                var standing = await assignment.UndoAsync(trip, await current.GetAsync(), ct: closing.Token);
                if (trips.Count == 1) toasts.Show(ToastKind.Good, T["board.undone", standing.Number]);
            });
    }

    /// <summary>Runs one action; what went through can be taken back for ten seconds by the toast, and by Z.</summary>
    private async Task DoAsync(BoardTrip trip, string words, Func<Actor, Task<TripStanding>> job)
    {
        if (!await refusals.TryAsync(async () => await job(await current.GetAsync()))) return;
        done.Push(trip.Id);
        toasts.Show(ToastKind.Good, words, () => UndoAllAsync([trip.Id]));
    }

    private static IReadOnlyList<string> Usual(TripState end) => end switch
    {
        TripState.NoShow => ["board.reason.nobody", "board.reason.wrong-place"],
        TripState.Failed => ["board.reason.breakdown", "board.reason.accident", "board.reason.refused"],
        _ => ["board.reason.caller", "board.reason.duplicate", "board.reason.no-car"],
    };

    /// <summary>What the browser may tell the board. Ids only; the jobs check rights and state.</summary>
    public sealed class BoardEvents(TripBoardPage board)
    {
        /// <summary>The pointer entered or left a list.</summary>
        [JSInvokable]
        public Task Hold(bool held) => board.InvokeAsync(() =>
        {
            board.state.Hold(held);
            if (!held) board.StateHasChanged();
        });

        /// <summary>A trip was clicked: with Ctrl to tick it, with Shift to tick all up to it.</summary>
        [JSInvokable]
        public Task Pressed(Guid trip, bool tick, bool stretch) => board.InvokeAsync(() => board.PressAsync(new(trip), tick, stretch));

        /// <summary>A vehicle's name was clicked.</summary>
        [JSInvokable]
        public Task VehiclePressed(Guid vehicle) => board.InvokeAsync(() => board.SelectVehicleAsync(new(vehicle)));

        /// <summary>A trip was dropped on a vehicle's lane.</summary>
        [JSInvokable]
        public Task Dropped(Guid trip, Guid vehicle) => board.InvokeAsync(() =>
            board.state.Board.Find(new(trip)) is { } dragged ? board.GiveAsync(dragged, new(vehicle)) : Task.CompletedTask);
    }
}
