using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Options;
using Microsoft.JSInterop;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Infrastructure.Fleet;
using Portal.Web.Shared;

namespace Portal.Web.Fleet;

/// <summary>
/// The live map. Positions go from <see cref="LiveFleet"/> to the canvas in binary batches, for the visible part of the map only,
/// and never pass through Blazor's rendering. With <see cref="TracksUrl"/> it plays stored tracks instead.
/// </summary>
public sealed partial class FleetMap(IJSRuntime js, LiveFleet live, IOptions<MapOptions> settings, LocalTime clock, TimeProvider time) : ComponentBase, IAsyncDisposable
{
    // A browser that does not answer for so long has lost the batch with its connection; it then gets a whole picture.
    private static readonly TimeSpan AnswerWait = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan DeadAfter = TimeSpan.FromDays(1);

    // The browser gets a little more than it shows, so that a short drag uncovers no empty strip.
    private const double Margin = 0.2;

    private static readonly int[] Rates = [1, 5, 10, 30, 60, 120, 300, 600];

    private readonly ScriptObject map = new();
    private readonly VehicleHandles handles = new();
    private readonly Dictionary<VehicleId, RosterVehicle> told = [];
    private ElementReference element;
    private ElementReference bar;
    private LiveScope? scope;
    private LiveWatch? watch;
    private Task watching = Task.CompletedTask;
    private GeoBounds? window;
    private Drawing drawn = new();

    /// <summary>Rights of the viewer; null shows no live vehicles.</summary>
    [Parameter] public LiveScope? Scope { get; set; }

    /// <summary>What is said of the vehicles; a new instance when something changed.</summary>
    [Parameter] public IReadOnlyDictionary<VehicleId, RosterVehicle>? Roster { get; set; }

    /// <summary>The marked vehicle.</summary>
    [Parameter] public VehicleId? Selected { get; set; }

    /// <summary>Raised when a vehicle is clicked, or nothing (null).</summary>
    [Parameter] public EventCallback<VehicleId?> SelectedChanged { get; set; }

    /// <summary>The vehicle kept in the window.</summary>
    [Parameter] public VehicleId? Followed { get; set; }

    /// <summary>Raised with null when the viewer drags the map away from the followed vehicle.</summary>
    [Parameter] public EventCallback<VehicleId?> FollowedChanged { get; set; }

    /// <summary>Trips to draw; a new instance when something changed.</summary>
    [Parameter] public IReadOnlyList<MapTrip>? Trips { get; set; }

    /// <summary>Raised when a trip's stop is clicked.</summary>
    [Parameter] public EventCallback<Guid> TripSelected { get; set; }

    /// <summary>Own places to draw; a new instance when something changed.</summary>
    [Parameter] public IReadOnlyList<MapPlace>? Places { get; set; }

    /// <summary>While true a click picks a point instead of a vehicle.</summary>
    [Parameter] public bool Picking { get; set; }

    /// <summary>Raised with the picked point.</summary>
    [Parameter] public EventCallback<GeoPoint> Picked { get; set; }

    /// <summary>A marked point, such as the one picked.</summary>
    [Parameter] public GeoPoint? Pin { get; set; }

    /// <summary>Raised on a right click or the menu key, with the point and where on the map it lies.</summary>
    [Parameter] public EventCallback<MapContext> ContextAsked { get; set; }

    /// <summary>Statuses to show; null shows all. The selected vehicle is always shown.</summary>
    [Parameter] public IReadOnlySet<VehicleStatus>? Shown { get; set; }

    /// <summary>Where the map opens; null opens where the viewer left it (<see cref="Keep"/>), else on <see cref="Around"/>, the company's local layer or the configured home.</summary>
    [Parameter] public MapView? View { get; set; }

    /// <summary>What is worth seeing when nobody has moved the map yet; asked once, when the map opens.</summary>
    [Parameter] public Func<IReadOnlyList<GeoPoint>>? Around { get; set; }

    /// <summary>Name under which the browser keeps where the viewer left this map; null keeps nothing.</summary>
    [Parameter] public string? Keep { get; set; }

    /// <summary>Raised when the viewer has moved the map.</summary>
    [Parameter] public EventCallback<MapView> ViewChanged { get; set; }

    /// <summary>Address of a <see cref="TrackFrame"/> to play instead of the live fleet. Give the component this address as its key.</summary>
    [Parameter] public string? TracksUrl { get; set; }

    /// <summary>Name of the map for those who do not see it.</summary>
    [Parameter] public string? Label { get; set; }

    /// <summary>Moves the window to a point; <paramref name="zoom"/> null keeps the zoom.</summary>
    public Task GoToAsync(GeoPoint point, int? zoom = null) => map.CallAsync("goTo", point.Latitude, point.Longitude, zoom);

    /// <summary>Fits points into the window.</summary>
    public Task FitAsync(IEnumerable<GeoPoint> points) => map.CallAsync("fit", JsData.Of(points.Select(p => new[] { p.Latitude, p.Longitude })));

    /// <inheritdoc/>
    protected override bool ShouldRender() => false;

    /// <inheritdoc/>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!firstRender || !await map.OpenAsync(js, "./Fleet/FleetMap.razor.js", this, self => [element, self, JsData.Of(Opening())])) return;
        if (TracksUrl is not null) await map.CallAsync("playFrom", bar, TracksUrl);
        StartWatching();
        await DrawAsync();
    }

    /// <inheritdoc/>
    protected override Task OnParametersSetAsync()
    {
        StartWatching();
        return DrawAsync();
    }

    /// <summary>Called by the module when the map rests: the window, its middle and zoom.</summary>
    [JSInvokable]
    public Task ViewMoved(double south, double west, double north, double east, double latitude, double longitude, int zoom)
    {
        if (!new GeoPoint(latitude, longitude).IsOnGlobe || !double.IsFinite(south + west + north + east)) return Task.CompletedTask;
        window = new GeoBounds(Math.Clamp(south, -90, 90), Math.Clamp(west, -180, 180), Math.Clamp(north, -90, 90), Math.Clamp(east, -180, 180)).Grown(Margin);
        if (scope is not null) watch?.Show(scope.Over(window.Value));
        StartWatching();
        return ViewChanged.InvokeAsync(new MapView(latitude, longitude, Math.Clamp(zoom, 0, 22)));
    }

    /// <summary>Called by the module on a click; 0 means that nothing was hit.</summary>
    [JSInvokable]
    public Task VehicleChosen(uint handle) => SelectedChanged.InvokeAsync(handles.Find(handle));

    /// <summary>Called by the module on a click on a trip.</summary>
    [JSInvokable]
    public Task TripChosen(Guid trip) => Trips?.Any(t => t.Id == trip) == true ? TripSelected.InvokeAsync(trip) : Task.CompletedTask;

    /// <summary>Called by the module on a click while picking.</summary>
    [JSInvokable]
    public Task PointPicked(double latitude, double longitude) =>
        Picking && new GeoPoint(latitude, longitude) is { IsOnGlobe: true } point ? Picked.InvokeAsync(point) : Task.CompletedTask;

    /// <summary>Called by the module on a right click or the menu key.</summary>
    [JSInvokable]
    public Task ContextOpened(double latitude, double longitude, double x, double y) =>
        new GeoPoint(latitude, longitude) is { IsOnGlobe: true } point ? ContextAsked.InvokeAsync(new MapContext(point, x, y)) : Task.CompletedTask;

    /// <summary>Called by the module when the viewer drags the map.</summary>
    [JSInvokable]
    public Task FollowEnded() => FollowedChanged.InvokeAsync(null);

    /// <summary>Called by the module when the viewer asks for all vehicles; those that are silent for a day do not count.</summary>
    [JSInvokable]
    public Task FitFleet() => scope is null ? Task.CompletedTask : FitAsync(live.All().Where(v => scope.Allows(v.Vehicle) && time.GetUtcNow() - v.Time < DeadAfter).Select(v => v.Point));

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        map.Leave();
        await watching;
        await map.DisposeAsync();
    }

    /// <summary>Begins to watch once the map is open, its window known and the viewer's rights given; takes over changed rights.</summary>
    private void StartWatching()
    {
        if (!map.IsOpen || window is not { } bounds || Scope is null || ReferenceEquals(Scope, scope)) return;
        scope = Scope;
        if (watching.IsCompleted) watching = WatchAsync(map.Closing);
        else watch?.Show(scope.Over(bounds));
    }

    private async Task WatchAsync(CancellationToken ct)
    {
        try
        {
            while (!ct.IsCancellationRequested) await WatchOnceAsync(ct);
        }
        catch (Exception gone) when (gone is JSDisconnectedException || ct.IsCancellationRequested)
        {
            // The browser or the page is gone.
        }
        catch (Exception failure)
        {
            await DispatchExceptionAsync(failure);
        }
    }

    private async Task WatchOnceAsync(CancellationToken ct)
    {
        try
        {
            using (watch = live.Watch(scope!.Over(window!.Value), ct))
            {
                await SendAsync(watch.Snapshot, [], snapshot: true, ct);
                await foreach (var batch in watch.ReadAsync()) await SendAsync(batch.Moved, batch.Gone, snapshot: false, ct);
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            // The answer was lost with the connection: the next round begins with a whole picture.
            told.Clear();
        }
    }

    private async Task SendAsync(IReadOnlyList<LiveVehicle> moved, IReadOnlyList<VehicleId> gone, bool snapshot, CancellationToken ct)
    {
        await TellAsync(moved.Select(v => v.Vehicle), ct);
        var records = new FleetRecord[moved.Count];
        for (var i = 0; i < records.Length; i++) records[i] = RecordOf(moved[i]);
        await AskAsync("apply", ct, FleetFrame.Encode(time.GetUtcNow(), records, [.. gone.Select(handles.Of)], snapshot));
    }

    /// <summary>Sends plates and drivers that the browser does not know, or knows otherwise.</summary>
    private async Task TellAsync(IEnumerable<VehicleId> shown, CancellationToken ct)
    {
        var news = new List<object>();
        foreach (var vehicle in shown)
        {
            if (Roster?.GetValueOrDefault(vehicle) is not { } entry || told.GetValueOrDefault(vehicle) == entry) continue;
            told[vehicle] = entry;
            news.Add(new { Handle = handles.Of(vehicle), Id = vehicle.Value, Plate = entry.Name, Label = entry.Driver });
        }
        if (news.Count > 0) await AskAsync("describe", ct, JsData.Of(news));
    }

    // One batch is under way at a time: a slow browser gets fewer, newer batches and slows nobody else.
    private async ValueTask AskAsync(string method, CancellationToken ct, object argument)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(AnswerWait);
        await map.AskAsync<object?>(method, patience.Token, argument);
    }

    private FleetRecord RecordOf(LiveVehicle v) =>
        new(handles.Of(v.Vehicle), v.Point, v.Time, v.HeadingDeg, v.SpeedKmh, Roster?.GetValueOrDefault(v.Vehicle)?.Status ?? VehicleStatus.OffShift);

    /// <summary>Sends to the canvas what has changed among the parameters.</summary>
    private async Task DrawAsync()
    {
        if (!map.IsOpen) return;
        var before = drawn;
        drawn = new(Roster, Trips, Places, Selected, Followed, Picking, Pin, Shown);
        if (!ReferenceEquals(before.Roster, Roster)) await RosterChangedAsync(before.Roster);
        if (!ReferenceEquals(before.Trips, Trips)) await map.CallAsync("setTrips", JsData.Of((Trips ?? []).Select(t => t.ForCanvas())));
        if (!ReferenceEquals(before.Places, Places))
            await map.CallAsync("setPlaces", JsData.Of((Places ?? []).Select(p => new { p.Id, p.Point.Latitude, p.Point.Longitude, p.Name })));
        if (before.Picking != Picking) await map.CallAsync("setPicking", Picking);
        if (before.Pin != Pin) await map.CallAsync("setPin", Pin?.Latitude, Pin?.Longitude);
        if (!ReferenceEquals(before.Shown, Shown)) await map.CallAsync("setShown", Shown?.Aggregate(0, (bits, status) => bits | 1 << (int)status) ?? 0xFF);
        if (before.Selected != Selected) await SelectAsync(Selected);
        if (before.Followed != Followed) await FollowAsync(Followed);
    }

    private async Task RosterChangedAsync(IReadOnlyDictionary<VehicleId, RosterVehicle>? before)
    {
        if (scope is null || window is not { } bounds) return;
        var changed = told.Keys.Where(v => Roster?.GetValueOrDefault(v)?.Status != before?.GetValueOrDefault(v)?.Status)
            .Select(live.Find).OfType<LiveVehicle>().Where(v => scope.Allows(v.Vehicle) && bounds.Contains(v.Point)).ToList();
        try
        {
            await TellAsync([.. told.Keys, .. changed.Select(v => v.Vehicle)], map.Closing);
            if (changed.Count > 0) await SendAsync(changed, [], snapshot: false, map.Closing);
        }
        catch (Exception gone) when (gone is JSDisconnectedException or OperationCanceledException)
        {
            // The watching loop notices as well and sends a whole picture.
        }
    }

    private Task SelectAsync(VehicleId? vehicle)
    {
        if (vehicle is not { } id) return map.CallAsync("select", 0, null);
        var trail = Scope?.Allows(id) == true ? live.Trail(id).Select(p => new[] { p.Point.Latitude, p.Point.Longitude, p.Time.ToUnixTimeMilliseconds() }) : null;
        return map.CallAsync("select", handles.Of(id), JsData.Of(trail));
    }

    private async Task FollowAsync(VehicleId? vehicle)
    {
        // It may be outside the window, and only what is inside comes to the browser.
        if (vehicle is { } id && Scope?.Allows(id) == true && live.Find(id) is { } position) await GoToAsync(position.Point);
        await map.CallAsync("follow", vehicle is { } followed ? handles.Of(followed) : 0);
    }

    private object Opening() => new
    {
        Latitude = View?.Latitude ?? settings.Value.HomeLatitude,
        Longitude = View?.Longitude ?? settings.Value.HomeLongitude,
        Zoom = View?.Zoom ?? settings.Value.HomeZoom,
        Given = View is not null || TracksUrl is not null,
        Around = (Around?.Invoke() ?? []).Select(p => new[] { p.Latitude, p.Longitude }),
        Keep,
        settings.Value.TileUrl,
        settings.Value.TileAttribution,
        MaxZoom = settings.Value.TileMaxZoom,
        LayersUrl = "/map/layers",
        LocalNote = T["map.local-note"],
        StaleAfter = settings.Value.StaleAfter.TotalMilliseconds,
        Language = CultureInfo.CurrentUICulture.Name,
        TimeZone = clock.Zone.Id,
        Live = TracksUrl is null,
        Words = new
        {
            ZoomIn = T["map.zoom-in"], ZoomOut = T["map.zoom-out"], FitFleet = T["map.fit-fleet"], Grouping = T["map.grouping"], Trails = T["map.trails"],
            Speed = T["map.speed"], Seen = T["map.seen"], Play = T["map.play"], Pause = T["map.pause"], NoTracks = T["map.no-tracks"], NotLoaded = T["map.tracks-not-loaded"],
            Statuses = Enum.GetValues<VehicleStatus>().Select(status => T[$"vehicleStatus.{status}"]),
        },
    };

    /// <summary>What the canvas was last told.</summary>
    private sealed record Drawing(
        IReadOnlyDictionary<VehicleId, RosterVehicle>? Roster = null, IReadOnlyList<MapTrip>? Trips = null, IReadOnlyList<MapPlace>? Places = null,
        VehicleId? Selected = null, VehicleId? Followed = null, bool Picking = false, GeoPoint? Pin = null, IReadOnlySet<VehicleStatus>? Shown = null);
}
