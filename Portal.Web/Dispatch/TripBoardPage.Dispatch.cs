using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Infrastructure.Dispatch;
using Portal.Web.Shared;

namespace Portal.Web.Dispatch;

/// <content>Trips given to cars, moved on, ended and taken back. The panel acts on its own trip, the bulk bar on the ticked ones.</content>
public sealed partial class TripBoardPage
{
    /// <summary>Trips about to be ended, while the dispatcher is asked why.</summary>
    private sealed record Ending(TripState To, IReadOnlyList<BoardTrip> Trips, bool Bulk);

    private readonly Dictionary<TripId, (uint Version, Guid Line)> heard = [];
    private UndoJournal journal = default!;
    private Ending? ending;
    private BoardTrip? moving;
    private bool reassigning, askingAll, busy;

    private Task AssignRankedAsync(int place)
    {
        // Nothing is chosen, or the cars are still being looked for: there is nothing to say yet.
        if (!state.MayAssign || Meant is not { } trip || candidates is not { } cars) return Task.CompletedTask;
        // of a trip that has a car the others are not in sight: the key shows them before it takes the trip away
        if (trip.State != TripState.Requested && !reassigning) reassigning = true;
        else if (cars.Count == 0) toasts.Show(ToastKind.Warn, T[CandidateList.NoneKey(trip.FromPoint is null)]);
        else if (place >= cars.Count && !CandidateList.NoneOfClass(cars)) toasts.Show(ToastKind.Warn, T.Count("board.cars-ranked", cars.Count));
        else if (CandidateList.NoneOfClass(cars)) toasts.Show(ToastKind.Warn, T["board.none-of-class"]);
        else if (cars[place].Ranked.Refused) toasts.Show(ToastKind.Warn, $"{cars[place].Ranked.Vehicle.Plate}: {CandidateList.Words(cars[place], T, Clock)}");
        else return AssignAsync(cars[place].Ranked.Vehicle.Vehicle);
        return RefreshAsync();
    }

    private Task AssignAsync(VehicleId to)
    {
        if (state.SelectedTrip is { } seen && IsNews(seen)) return Task.CompletedTask;
        (reassigning, near, pin) = (false, null, null);
        return state.SelectedTrip is { } trip ? GiveAsync(trip, to) : Task.CompletedTask;
    }

    private Task GiveAsync(BoardTrip trip, VehicleId to)
    {
        // a car that came to work a moment ago may be proposed before it stands on the board
        var plate = state.Board.Vehicles.FirstOrDefault(v => v.Id == to)?.Plate ?? Proposed(to)?.Vehicle.Plate ?? "";
        return DoAsync(T["board.assigned", trip.Number, plate] + Chained(trip, to), async who => trip.State == TripState.Requested
            ? await assignment.AssignAsync(trip.Id, to, who, trip.Version)
            : await assignment.ReassignAsync(trip.Id, to, who, trip.Version));
    }

    // where the car does another trip first: after which, and when it takes these people up
    private string Chained(BoardTrip trip, VehicleId to)
    {
        if (state.TripBefore(trip, to) is not { } first) return "";
        var arrival = trip.Id == state.Selected ? Proposed(to)?.Arrival : null;
        return T["board.assigned-after", first.Number] + (arrival is { } at ? $", {Clock.Short(at > trip.PickupFrom ? at : trip.PickupFrom)}" : "");
    }

    private RankedVehicle? Proposed(VehicleId car) => candidates?.FirstOrDefault(c => c.Ranked.Vehicle.Vehicle == car)?.Ranked;

    private Task MoveAsync()
    {
        moving = state.MayAssign && Meant is { State: TripState.Requested or TripState.Assigned or TripState.Accepted } trip ? trip : null;
        return RefreshAsync();
    }

    // the trip as it stood when the dialog opened: who was faster meanwhile is told
    private Task MoveAsync(BoardTrip trip, VehicleId to)
    {
        (moving, reassigning) = (null, false);
        return GiveAsync(trip, to);
    }

    private Task ReleaseAsync() => Meant is { State: > TripState.Requested and < TripState.OnBoard } trip
        ? DoAsync(T["board.released", trip.Number], async who => await assignment.ReleaseAsync(trip.Id, null, who, trip.Version))
        : Task.CompletedTask;

    private Task AdvanceAsync(TripState to) => Meant is { } trip
        ? DoAsync(T["board.moved-on", trip.Number, T[$"tripState.{to}"]], async who => await progress.AdvanceAsync(trip.Id, to, who, trip.Version))
        : Task.CompletedTask;

    /// <summary>Runs one action of one press and notes it for taking back.</summary>
    private async Task DoAsync(string words, Func<Actor, Task<TripStanding>> job)
    {
        TripStanding? done = null;
        if (await refusals.TryAsync(async () => done = await job(await current.GetAsync())))
        {
            ownVersion = done!.Version;
            journal.Add(words, [done]);
        }
    }

    /// <summary>Tells whoever took a trip from a driver what that driver did meanwhile without network, and told too late.</summary>
    private async Task HearLateAsync()
    {
        foreach (var taken in journal.Taken)
        {
            var (seen, last) = heard.GetValueOrDefault(taken.Id, (taken.Version, taken.Action));
            if (state.Board.Find(taken.Id) is not { } trip || trip.Version == seen) continue;
            heard[trip.Id] = (trip.Version, last);
            if (await current.FindAsync() is not { } who || await detailsBy.FindAsync(trip.Id, who, closing.Token) is not { } now) continue;
            foreach (var line in now.History.TakeWhile(l => l.Id != last).Where(l => l.Action == TripAction.Untaken).Reverse())
                toasts.Show(ToastKind.Warn, T["board.untaken", trip.Number, line.ByName, TripDeed.Told(line.Reason!, T), Clock.Short(line.At)]);
            heard[trip.Id] = (trip.Version, now.History[0].Id);
        }
    }

    // ——— ending ———

    private Task AskEndAsync(TripState to)
    {
        ending = state.SelectedTrip is { } trip ? new(to, [trip], Bulk: false) : null;
        near = null;
        return RefreshAsync();
    }

    private Task CancelChosenAsync()
    {
        ending = new(TripState.Cancelled, [.. state.Chosen.Select(state.Board.Find).OfType<BoardTrip>()], Bulk: true);
        near = null;
        return RefreshAsync();
    }

    private async Task EndAsync(string reason)
    {
        if (ending is not { } asked) return;
        ending = null;
        if (asked.Bulk) state.Chosen.Clear();
        var ended = new List<TripStanding>();
        foreach (var trip in asked.Trips)
            await refusals.TryAsync(async () => ended.Add(await EndAsync(trip, asked.To, reason, await current.GetAsync())));
        if (ended.Count > 0)
            journal.Add(ended.Count == 1 ? T["board.moved-on", ended[0].Number, T[$"tripState.{asked.To}"]] : T.Count("board.trips-cancelled", ended.Count), ended);
    }

    private Task<TripStanding> EndAsync(BoardTrip trip, TripState to, string reason, Actor who) => to switch
    {
        TripState.NoShow => progress.MarkNoShowAsync(trip.Id, reason, who, trip.Version),
        TripState.Failed => progress.FailAsync(trip.Id, reason, who, trip.Version),
        _ => progress.CancelAsync(trip.Id, reason, who, trip.Version),
    };

    private string EndTitle(Ending asked) => asked.Bulk ? T.Count("board.cancel-count", asked.Trips.Count) : T["board.end-number", T[$"board.end.{asked.To}"], asked.Trips[0].Number];

    private static IReadOnlyList<string> Usual(TripState end) => end switch
    {
        TripState.NoShow => ["board.reason.nobody", "board.reason.wrong-place"],
        TripState.Failed => ["board.reason.breakdown", "board.reason.accident", "board.reason.refused"],
        _ => ["board.reason.caller", "board.reason.duplicate", "board.reason.no-car"],
    };

    // ——— automatic assignment ———

    /// <summary>Waiting trips that an assignment of all would look at.</summary>
    private int AllWaiting => state.Board.Waiting.Count(t => t.PickupFrom <= ReachedUntil);

    /// <summary>Waiting trips that are due too late for it.</summary>
    private int WaitingLater => state.Board.Waiting.Length - AllWaiting;

    private DateTimeOffset ReachedUntil => Clock.Now + rules.Reach;

    private Task AutoSelectedAsync() => AutoAsync(state.Chosen.Count > 0 ? [.. state.Chosen] : state.SelectedTrip is { State: TripState.Requested } trip ? [trip.Id] : []);

    private Task AskAllAsync()
    {
        if (!state.MayAssign || busy) return Task.CompletedTask;
        if (AllWaiting == 0) toasts.Show(ToastKind.Warn, T["board.auto-nothing"]);
        else (askingAll, near) = (true, null);
        return RefreshAsync();
    }

    private Task AutoAllAsync()
    {
        askingAll = false;
        return AutoAsync(null);
    }

    private async Task AutoAsync(IReadOnlyCollection<TripId>? trips)
    {
        if (busy || trips is { Count: 0 }) return;
        busy = true;
        StateHasChanged();
        await refusals.TryAsync(async () =>
        {
            var outcome = await automatic.RunAsync(trips, await current.GetAsync(), closing.Token);
            if (outcome.Assigned.Count > 0) journal.Add(AutoWords(outcome), outcome.Assigned);
            else toasts.Show(ToastKind.Warn, AutoWords(outcome));
            foreach (var (_, refusal) in outcome.Refused.Take(2)) toasts.Show(ToastKind.Warn, T.Of(refusal));
        });
        busy = false;
        if (trips is not null) state.Chosen.Clear();
        StateHasChanged();
    }

    private string AutoWords(AssignmentOutcome outcome)
    {
        var given = T.Count("board.trips-given", outcome.Assigned.Count);
        var left = outcome.Unserved.Count + outcome.Refused.Count;
        if (left == 0) return given;
        var why = outcome.Unserved.CountBy(u => u.Why).OrderByDescending(w => w.Value).Take(3).Select(w => T[$"unserved.{w.Key}", w.Value]);
        return T["board.auto-done", given, $"{T.Count("board.trips-left", left)}{(outcome.Unserved.Count > 0 ? $": {string.Join(", ", why)}" : "")}"];
    }

    // ——— taking back ———

    private Task UndoLastAsync() => journal.TakeLastBackAsync();

    private async Task<string?> TakeBackAsync(TripStanding done) =>
        await refusals.CatchAsync(async () => await assignment.UndoAsync(done.Id, await current.GetAsync(), done.Action, closing.Token));
}
