using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Fleet;
using Portal.Web.Shared;
using Portal.Web.Shell;

namespace Portal.Web.Fleet;

/// <summary>The whole fleet on a map. Viewport, selection and filter live in the address.</summary>
public sealed partial class LiveMapPage : ComponentBase
{
    private const int FoundAtMost = 12;
    private const int LookZoom = 16;
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1), LatelyIs = TimeSpan.FromHours(1);
    private const int TicksPerCount = 5;

    private readonly PageLife closing = new();
    private Task working = Task.CompletedTask;
    private IReadOnlyDictionary<VehicleId, RosterVehicle>? roster;
    private Dictionary<VehicleStatus, int> counts = [];
    private HashSet<VehicleStatus> statuses = [];
    private IReadOnlySet<VehicleStatus>? shown;
    private LiveScope? scope;
    private LiveVehicle? position;
    private MapView? opening;
    private MapView? view;
    private VehicleId? selected;
    private VehicleId? followed;
    private string keep = "";
    private IDisposable? keys;
    private ElementReference box;
    private FleetMap? map;
    private string sought = "";
    private int fresh;
    private int outdated;

    [SupplyParameterFromQuery(Name = "vehicle")] private Guid? VehicleInAddress { get; set; }
    [SupplyParameterFromQuery(Name = "lat")] private double? Latitude { get; set; }
    [SupplyParameterFromQuery(Name = "lon")] private double? Longitude { get; set; }
    [SupplyParameterFromQuery(Name = "z")] private int? Zoom { get; set; }
    [SupplyParameterFromQuery(Name = "status")] private string? StatusesInAddress { get; set; }
    [SupplyParameterFromQuery(Name = "follow")] private bool FollowInAddress { get; set; }

    /// <inheritdoc/>
    protected override async Task OnInitializedAsync()
    {
        var actor = await Current.GetAsync();
        keep = $"map.{actor.UserId:n}";
        if (Latitude is { } latitude && Longitude is { } longitude && Zoom is { } zoom && new GeoPoint(latitude, longitude).IsOnGlobe)
            view = opening = new(latitude, longitude, Math.Clamp(zoom, 3, 20));
        statuses = [.. (StatusesInAddress ?? "").Split(',').Select(word => Enum.TryParse<VehicleStatus>(word, out var status) ? status : (VehicleStatus?)null).OfType<VehicleStatus>()];
        shown = statuses.Count > 0 ? statuses : null;
        if (VehicleInAddress is { } id) selected = new(id);
        if (FollowInAddress) followed = selected;
        keys = Shortcuts.Use(
            new("/", "map.find", () => box.FocusAsync().AsTask()),
            new("F", "map.follow", () => Act(() => Follow(followed is null ? selected : null))),
            new("Escape", "map.close", () => Act(() => Select(null))));
        await ReadAsync(closing.Token);
        if (opening is null && position is { } at) opening = new(at.Point.Latitude, at.Point.Longitude, LookZoom);
        working = Task.WhenAll(
            closing.HearAsync(Changes.Watch(c => c.Object.Kind is default(ObjectKind) or ObjectKind.Vehicle or ObjectKind.Driver or ObjectKind.Shift or ObjectKind.Trip, closing.Token), _ =>
            {
                Volatile.Write(ref outdated, 1);
                return Task.CompletedTask;
            }, DispatchExceptionAsync),
            closing.UntilLeftAsync(TickAsync, DispatchExceptionAsync));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        keys?.Dispose();
        closing.Dispose();
        await working;
    }

    // Once a second: a morning's burst of changes costs one reading, and ages grow without messages.
    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(Tick, Time);
        for (var ticks = 1; await timer.WaitForNextTickAsync(closing.Token); ticks++)
        {
            if (Interlocked.Exchange(ref outdated, 0) == 1) await ReadAsync(closing.Token);
            if (ticks % TicksPerCount == 0) CountFresh();
            position = Known(selected);
            StateHasChanged();
        }
    }

    private async Task ReadAsync(CancellationToken ct)
    {
        var actor = await Current.GetAsync();
        roster = await Roster.AllAsync(actor, ct);
        if (scope is null || actor.OnlyBranch() is not null) scope = LiveScope.Fleet(actor, GeoBounds.World, roster.Keys);
        counts = roster.Values.CountBy(v => v.Status).ToDictionary();
        CountFresh();
        position = Known(selected);
    }

    // A map that nobody has moved yet opens on the vehicles at work, real ones before those of a re-enactment, else on those heard of within the hour.
    private IReadOnlyList<GeoPoint> Around()
    {
        var heard = Live.All().Where(v => Time.GetUtcNow() - v.Time < LatelyIs && roster!.ContainsKey(v.Vehicle)).ToList();
        var working = heard.FindAll(v => roster![v.Vehicle].Status != VehicleStatus.OffShift);
        var real = working.FindAll(v => !roster![v.Vehicle].IsReenacted);
        return MapView.Gathered((real.Count > 0 ? real : working.Count > 0 ? working : heard).Select(v => v.Point));
    }

    // an address or a forged event may name a vehicle that the viewer must not see
    private LiveVehicle? Known(VehicleId? vehicle) => vehicle is { } id && roster!.ContainsKey(id) ? Live.Find(id) : null;

    private void CountFresh() => fresh = Live.All().Count(v => !IsStale(v) && roster!.ContainsKey(v.Vehicle));

    private bool IsStale(LiveVehicle vehicle) => !Settings.Value.IsLive(vehicle, Time.GetUtcNow());

    private string Age(LiveVehicle vehicle) => (Time.GetUtcNow() - vehicle.Time) switch
    {
        { TotalMinutes: < 1 } age => T["map.age-seconds", Math.Max(0, (int)age.TotalSeconds)],
        { TotalHours: < 1 } age => T["map.age-minutes", (int)age.TotalMinutes],
        { TotalDays: < 1 } age => T["map.age-hours", (int)age.TotalHours],
        var age => T["map.age-days", (int)age.TotalDays],
    };

    private IEnumerable<KeyValuePair<VehicleId, RosterVehicle>> Found() => roster!
        .Where(v => v.Value.Plate.Contains(sought.Trim(), StringComparison.CurrentCultureIgnoreCase) || v.Value.Driver?.Contains(sought.Trim(), StringComparison.CurrentCultureIgnoreCase) == true)
        .OrderBy(v => v.Value.Plate, StringComparer.CurrentCulture).Take(FoundAtMost);

    private async Task FindKeyAsync(KeyboardEventArgs e)
    {
        if (e.Key == "Escape") sought = "";
        if (e.Key == "Enter" && sought.Trim().Length > 0 && Found().FirstOrDefault() is { Value: not null } first) await GoToAsync(first.Key);
    }

    private async Task GoToAsync(VehicleId vehicle)
    {
        sought = "";
        Select(vehicle);
        if (map is not null && Known(vehicle) is { } at) await map.GoToAsync(at.Point, LookZoom);
    }

    private void Select(VehicleId? vehicle)
    {
        selected = vehicle;
        if (vehicle is null) followed = null;
        position = Known(vehicle);
        KeepInAddress();
    }

    private void Follow(VehicleId? vehicle)
    {
        followed = vehicle;
        KeepInAddress();
    }

    private void Toggle(VehicleStatus status)
    {
        statuses = [.. statuses];
        if (!statuses.Remove(status)) statuses.Add(status);
        shown = statuses.Count > 0 ? statuses : null;
        KeepInAddress();
    }

    private void Moved(MapView to)
    {
        view = to;
        // A followed vehicle moves the map every few seconds: the address names the vehicle instead.
        if (followed is null) KeepInAddress();
    }

    private void KeepInAddress() => Page.NavigateTo(Page.GetUriWithQueryParameters("/map", new Dictionary<string, object?>
    {
        ["vehicle"] = selected?.Value,
        ["lat"] = view?.Latitude.ToString("0.00000", CultureInfo.InvariantCulture),
        ["lon"] = view?.Longitude.ToString("0.00000", CultureInfo.InvariantCulture),
        ["z"] = view?.Zoom,
        ["status"] = statuses.Count > 0 ? string.Join(',', statuses.Order()) : null,
        ["follow"] = followed is null ? null : true,
    }), replace: true);

    private Task Act(Action act)
    {
        act();
        StateHasChanged();
        return Task.CompletedTask;
    }
}
