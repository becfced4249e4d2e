using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.JSInterop;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Infrastructure.Dispatch;

namespace Portal.Web.Dispatch;

/// <content>The trip and vehicle under work, and trips ticked for a bulk action.</content>
public sealed partial class TripBoardPage
{
    private static readonly TimeSpan TakenIn = TimeSpan.FromSeconds(1);

    private enum Panel { None, Trip, Order, Unknown }

    private Panel panel;
    private TripDetails? details;
    private IReadOnlyList<Candidate>? candidates;
    private VehicleId? vehicle, followed;
    private (uint Version, TripState State)? read, told;
    private IReadOnlyList<TripHistoryLine> news = [];
    private Guid? newsSince;
    private long? newsShown;
    private uint? ownVersion;

    private async Task PressAsync(TripId trip, bool tick, bool stretch)
    {
        if (state.Board.Find(trip) is null) return;
        if (tick) Tick(trip);
        else if (stretch && state.Selected is { } anchor) TickBetween(anchor, trip);
        else await SelectAsync(trip);
        StateHasChanged();
    }

    private static bool IsWaiting(BoardTrip trip) => trip.State == TripState.Requested;

    private string NoneWaiting => filter.IsEmpty ? T["board.none-waiting"] : T["board.none-shown"];

    private void Tick(TripId trip)
    {
        if (!state.Chosen.Remove(trip)) state.Chosen.Add(trip);
    }

    private void TickBetween(TripId a, TripId b)
    {
        foreach (var rows in new[] { view == BoardView.Table ? state.Table.Rows : state.Waiting.Rows, state.UnderWay.Rows, state.All })
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
        Leave();
        DrawMap();
        KeepInAddress();
        StateHasChanged();
        await ReadSelectedAsync();
    }

    private async Task SelectVehicleAsync(VehicleId? chosen)
    {
        // the browser may name a vehicle that the viewer must not see
        if (chosen is { } named && state.Board.Vehicles.All(v => v.Id != named) && scope?.Allows(named) != true) return;
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
            BoardView.Table => state.Table.Rows,
            BoardView.Columns => [.. state.All.OrderBy(t => t.State)],
            _ => [.. state.Waiting.Rows, .. state.UnderWay.Rows],
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
        // its own car is told above the others
        var ranked = trip.State is TripState.Requested or TripState.Assigned or TripState.Accepted
            ? (await candidatesBy.ForTripAsync(trip.Id, RankedCars + 1, await current.GetAsync(), closing.Token)).Where(c => c.Ranked.Vehicle.Vehicle != trip.Vehicle).Take(RankedCars).ToList()
            : null;
        // meanwhile another trip may have been chosen: the cars of this one must not be given to that one; or this one changed and was read again
        if (state.Selected != trip.Id || read != (trip.Version, trip.State)) return;
        Hear(found);
        (details, candidates, told) = (found, ranked, read);
        StateHasChanged();
    }

    // The next trip in the panel begins with nothing of the last.
    private void Leave() => (candidates, details, read, told, news, newsSince, reassigning) = (null, null, null, null, [], null, false);

    // Who has a trip open learns what others did to it since then, or since his own last action, newest first.
    private void Hear(TripDetails? now)
    {
        if (now is not { History: [var last, ..] } || last.Id == details?.History[0].Id) return;
        newsSince ??= last.Id;
        (news, newsShown) = ([.. now.History.TakeWhile(line => line.Id != newsSince && line.ByUser != actor!.UserId)], null);
        if (news.Count > 0) reassigning = false;
    }

    private void CloseNews() => (news, newsSince) = ([], details?.History[0].Id);

    private void Showed() => newsShown = Stopwatch.GetTimestamp();

    /// <summary>True while what is pressed was meant for what stood in the panel before somebody else changed the trip: nobody reads the new faster.</summary>
    private bool IsNews(BoardTrip trip) =>
        (told is { } known && known != (trip.Version, trip.State) && trip.Version != ownVersion)
        || (news.Count > 0 && (newsShown is not { } at || Stopwatch.GetElapsedTime(at) < TakenIn));

    /// <summary>The trip that keys and clicks are meant for: none while what somebody else did to it is news.</summary>
    private BoardTrip? Meant => state.SelectedTrip is { } trip && !IsNews(trip) ? trip : null;

    private Task CloseAsync()
    {
        (panel, editing, picking, moving, ending, near, pin) = (Panel.None, null, 0, null, null, null, null);
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
}
