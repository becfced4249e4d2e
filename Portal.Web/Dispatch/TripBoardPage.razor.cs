using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
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
/// everything can be done by keys. Beside this file: keys, selection, orders and dispatch, each in its own.
/// </summary>
public sealed partial class TripBoardPage(
    IJSRuntime js, CurrentActor current, LiveBoard live, LiveFleet fleet, TripAssignment assignment, AutomaticAssignment automatic, TripProgress progress,
    TripDetailsQuery detailsBy, CandidateQuery candidatesBy, AddressQuery addresses, IDbContextFactory<PortalDb> contexts, DispatchSettingsStore settings, IOptions<MapOptions> mapSettings,
    Shortcuts shortcuts, Refusals refusals, Toasts toasts, NavigationManager page, Texts T) : ComponentBase
{
    /// <summary>A trip that a link names is shown with the streets around it.</summary>
    private const int TripZoom = 14;

    private static readonly TimeSpan MapAtMost = TimeSpan.FromSeconds(1), LatelyIs = TimeSpan.FromHours(1);

    private readonly PageLife closing = new();
    private readonly BoardState state = new();
    private readonly RedrawPace pace = new();
    private readonly long opensAt = Stopwatch.GetTimestamp();
    private readonly HashSet<string> written = [];
    private Task watching = Task.CompletedTask;
    private Actor? actor;
    private BoardFilter filter = new();
    private BoardView view;
    private TableLook table = TableLook.Usual;
    private IReadOnlyDictionary<VehicleId, RosterVehicle>? roster;
    private IReadOnlyList<MapTrip>? drawn;
    private List<(BranchId Id, string Name)> branches = [];
    private List<(VehicleClassId Id, string Name)> classes = [];
    private BranchId branch;
    private LiveScope? scope;
    private HashSet<VehicleId> reached = [];
    private MapView? opening, lookedAt;
    private IDisposable? keys;
    private IJSObjectReference? module;
    private DotNetObjectReference<BoardEvents>? events;
    private ElementReference root;
    private BoardHead? head;
    private FleetMap? map;
    private DateTimeOffset mapDrawn, carsCounted;
    private DispatchSettings rules = new();
    private bool scriptAsked, opened;
    private int liveCars;

    [SupplyParameterFromQuery(Name = "state")] private string? StatesInAddress { get; set; }
    [SupplyParameterFromQuery(Name = "branch")] private Guid? BranchInAddress { get; set; }
    [SupplyParameterFromQuery(Name = "customer")] private Guid? CustomerInAddress { get; set; }
    [SupplyParameterFromQuery(Name = "vehicle")] private Guid? VehicleInAddress { get; set; }
    [SupplyParameterFromQuery(Name = "q")] private string? TextInAddress { get; set; }
    [SupplyParameterFromQuery(Name = "late")] private bool LateInAddress { get; set; }
    [SupplyParameterFromQuery(Name = "view")] private string? ViewInAddress { get; set; }
    [SupplyParameterFromQuery(Name = "sort")] private string? SortInAddress { get; set; }
    [SupplyParameterFromQuery(Name = "desc")] private bool DescendingInAddress { get; set; }
    [SupplyParameterFromQuery(Name = "hide")] private string? HiddenInAddress { get; set; }
    [SupplyParameterFromQuery(Name = "trip")] private Guid? TripInAddress { get; set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        actor = await current.GetAsync();
        state.MayAssign = actor.Can(Permissions.TripAssign);
        rules = await settings.ReadAsync(closing.Token);
        journal = new(toasts, T, TakeBackAsync);
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
            var begun = await module.InvokeAsync<bool?>("open", root, events, actor.UserId, OrderCard.StoreOf(actor.UserId)) is true;
            opened = true;
            if (begun && panel != Panel.Order && actor.Can(Permissions.TripRegister)) toasts.Show(ToastKind.Good, T["board.draft-kept"]);
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
        closing.Dispose();
        await watching;
        await module.EndAsync("close", root);
        events?.Dispose();
    }

    private async Task ReadListsAsync(Actor viewer)
    {
        await using var db = await contexts.CreateDbContextAsync(closing.Token);
        branches = [.. (await db.Set<Branch>().AsNoTracking().Where(b => !b.Archived).OrderBy(b => b.Name).Take(200).Select(b => new { b.Id, b.Name }).ToListAsync(closing.Token)).Select(b => (b.Id, b.Name))];
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
                    var first = state.Board.Revision == 0;
                    Take(board);
                    // the trip in the address could not be looked for before there was a board
                    if (first) await InvokeAsync(ReadAddressAsync);
                    if (panel == Panel.Trip && state.SelectedTrip is { } trip && read != (trip.Version, trip.State)) await InvokeAsync(ReadSelectedAsync);
                    await InvokeAsync(() => journal.Look(state.Board));
                    if (journal.Taken.Count > 0) await InvokeAsync(HearLateAsync);
                    await InvokeAsync(StateHasChanged);
                    // the newest snapshot waits meanwhile
                    await Task.Delay(pace.After(Stopwatch.GetElapsedTime(opensAt)), ct);
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
        Reach();
        if (Clock.Now - carsCounted >= MapAtMost)
        {
            carsCounted = Clock.Now;
            liveCars = state.Board.Vehicles.Count(v => fleet.Find(v.Id) is { } heard && mapSettings.Value.IsLive(heard, carsCounted));
        }
        DrawMap(atOnce: roster is null);
    }

    // Whose rights end at a branch sees its cars on the map, and newer ones as they come to work; to all others nothing is kept of the cars.
    private void Reach()
    {
        if (!actor!.Can(Permissions.FleetRead)) return;
        if (actor.OnlyBranch() is null)
        {
            scope ??= LiveScope.Fleet(actor, GeoBounds.World);
            return;
        }
        var cars = state.Board.Vehicles.Select(v => v.Id).ToHashSet();
        if (scope is not null && reached.SetEquals(cars)) return;
        (reached, scope) = (cars, LiveScope.Fleet(actor, GeoBounds.World, cars));
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
        view = Named.Of<BoardView>(ViewInAddress) ?? BoardView.Map;
        table = TableLook.Parse(SortInAddress, DescendingInAddress, HiddenInAddress);
        Arrange();
        TripId? wanted = TripInAddress is { } id ? new TripId(id) : null;
        if (wanted != state.Selected && wanted is { } trip && state.Board.Revision > 0)
        {
            Leave();
            (state.Selected, panel) = (trip, state.Board.Find(trip) is null ? Panel.Unknown : Panel.Trip);
            if (opening is null && state.SelectedTrip?.FromPoint is { } at) opening = new(at.Latitude, at.Longitude, TripZoom);
            await ReadSelectedAsync();
        }
        DrawMap();
    }

    private void Arrange() => state.Look(filter, view == BoardView.Table ? table : null);

    private string Address(TableLook look)
    {
        var query = filter.Query();
        foreach (var (key, value) in look.Query()) query[key] = value;
        query["trip"] = state.Selected?.Value;
        // the bare address opens the viewer's default view, so what he shows instead is said
        query["view"] = view == BoardView.Map && query.Values.Any(value => value is not null) ? null : view.ToString().ToLowerInvariant();
        return page.GetUriWithQueryParameters("/board", query);
    }

    private void KeepInAddress()
    {
        var address = Address(table);
        written.Add(page.ToAbsoluteUri(address).AbsoluteUri);
        page.NavigateTo(address, replace: true);
    }

    private Task LookAsync(BoardFilter through)
    {
        filter = through;
        Arrange();
        DrawMap();
        KeepInAddress();
        return Task.CompletedTask;
    }

    private void Lay(TableLook look)
    {
        table = look;
        Arrange();
        KeepInAddress();
    }

    private async Task ShowAsync(BoardView another)
    {
        view = another;
        Arrange();
        opening = lookedAt;
        (roster, drawn, near) = (null, null, null);
        DrawMap();
        KeepInAddress();
        await RefreshAsync();
    }

    /// <summary>
    /// Where a map opens that nobody has moved yet: the cars at work, and the open trips due now or taken within the last hour; those of a re-enactment only where there are no others.
    /// </summary>
    private IReadOnlyList<GeoPoint> Around() => MapView.Gathered(Lately(reenacted: false) is { Count: > 0 } real ? real : Lately(reenacted: true));

    private List<GeoPoint> Lately(bool reenacted) =>
    [
        .. state.Board.Vehicles.Where(v => v.IsReenacted == reenacted).Select(v => fleet.Find(v.Id)).Where(at => at?.Time >= Clock.Now - LatelyIs).Select(at => at!.Point),
        .. state.Board.Open.Where(t => t.IsReenacted == reenacted && t.PickupFrom >= Clock.Now - LatelyIs && t.PickupFrom <= Clock.Now + LatelyIs).Select(t => t.FromPoint).OfType<GeoPoint>(),
    ];

    private void Moved(MapView to) => lookedAt = to;

    private Task RefreshAsync()
    {
        StateHasChanged();
        return Task.CompletedTask;
    }
}
