using Portal.Domain.Clients;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Domain.Dispatch;

/// <summary>Id of a <see cref="Trip"/>.</summary>
public readonly record struct TripId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static TripId New() => new(Guid.CreateVersion7());
}

/// <summary>The order to carry somebody or something, from request to completion. Every change leaves a <see cref="TripEvent"/>.</summary>
public sealed class Trip : ISearchable
{
    private readonly List<TripEvent> events = [];

    private Trip() { }

    /// <summary>Registers a request; it waits for a vehicle.</summary>
    public static Trip Register(TripId id, long number, BranchId branch, TripOrder order, DateTimeOffset now, Actor actor)
    {
        var trip = new Trip { Id = id, Number = number, Branch = branch, RequestedAt = now, State = TripState.Requested };
        trip.Take(order);
        trip.Record(TripAction.Registered, now, actor);
        return trip;
    }

    public TripId Id { get; private set; }
    /// <summary>Number people say on the phone; unique, rising, with gaps.</summary>
    public long Number { get; private set; }
    public BranchId Branch { get; private set; }
    public PartnerId? Customer { get; private set; }
    public string CallerName { get; private set; } = "";
    public string? CallerPhone { get; private set; }
    public TripStop Pickup { get; private set; } = new();
    public TripStop Dropoff { get; private set; } = new();
    /// <summary>Stops on the way to the drop-off, in their order.</summary>
    public IReadOnlyList<TripStop> Via { get; private set; } = [];
    public DateTimeOffset PickupFrom { get; private set; }
    /// <summary>The promise: the vehicle stands at the pickup no later than this.</summary>
    public DateTimeOffset PickupUntil { get; private set; }
    public int Passengers { get; private set; }
    public string? Cargo { get; private set; }
    public TripNeeds Needs { get; private set; } = new();
    public string? Note { get; private set; }

    public TripState State { get; private set; }
    public VehicleId? Vehicle { get; private set; }
    public DriverId? Driver { get; private set; }
    /// <summary>Why it was cancelled, failed or nobody showed up.</summary>
    public string? Reason { get; private set; }

    public DateTimeOffset RequestedAt { get; private set; }
    public DateTimeOffset? AssignedAt { get; private set; }
    public DateTimeOffset? AcceptedAt { get; private set; }
    public DateTimeOffset? DepartedAt { get; private set; }
    public DateTimeOffset? ArrivedAt { get; private set; }
    public DateTimeOffset? BoardedAt { get; private set; }
    public DateTimeOffset? EndedAt { get; private set; }

    /// <summary>Road distance pickup to drop-off in kilometres, as estimated when the order was taken.</summary>
    public double? PlannedKm { get; private set; }
    /// <summary>Travel time pickup to drop-off in seconds, as estimated when the order was taken.</summary>
    public int? PlannedSeconds { get; private set; }

    /// <summary>Name of the import or re-enactment it came from.</summary>
    public string? Source { get; private set; }
    public uint Version { get; private set; }
    public IReadOnlyList<TripEvent> Events => events;

    /// <summary>Changes the order while nobody has boarded.</summary>
    /// <exception cref="RuleBrokenException"><c>dispatch.trip-ended</c>, <c>dispatch.trip-on-board</c></exception>
    public void Edit(TripOrder order, DateTimeOffset now, Actor actor)
    {
        RequireOpen();
        if (State == TripState.OnBoard) throw new RuleBrokenException("dispatch.trip-on-board", Number);
        Take(order);
        Record(TripAction.Edited, now, actor);
    }

    /// <summary>What is asked for, to be changed.</summary>
    public TripOrder Order => new()
    {
        Customer = Customer, CallerName = CallerName, CallerPhone = CallerPhone, Pickup = Pickup, Dropoff = Dropoff, Via = Via, PickupFrom = PickupFrom, PickupUntil = PickupUntil,
        Passengers = Passengers, Cargo = Cargo, Needs = Needs, Note = Note,
    };

    /// <summary>The places of its way from pickup to drop-off, as far as they are known.</summary>
    public IEnumerable<GeoPoint> Way => new[] { Pickup }.Concat(Via).Append(Dropoff).Select(stop => stop.Point).OfType<GeoPoint>();

    /// <summary>Keeps the estimate of the way from pickup to drop-off.</summary>
    public void Estimate(double km, int seconds)
    {
        PlannedKm = km;
        PlannedSeconds = seconds;
    }

    /// <summary>Gives the trip to a vehicle and driver, or to others while it is not under way.</summary>
    /// <exception cref="RuleBrokenException"><c>dispatch.trip-ended</c>, <c>dispatch.trip-under-way</c>, <c>dispatch.already-assigned-here</c></exception>
    public void Assign(VehicleId vehicle, DriverId driver, DateTimeOffset now, Actor actor)
    {
        RequireOpen();
        if (State.IsUnderWay()) throw new RuleBrokenException("dispatch.trip-under-way", Number);
        if (Vehicle == vehicle && Driver == driver) throw new RuleBrokenException("dispatch.already-assigned-here", Number);
        var action = Vehicle is null ? TripAction.Assigned : TripAction.Reassigned;
        Vehicle = vehicle;
        Driver = driver;
        State = TripState.Assigned;
        AssignedAt = now;
        AcceptedAt = null;
        Record(action, now, actor);
    }

    /// <summary>Takes the trip back from its vehicle; it waits again.</summary>
    /// <exception cref="RuleBrokenException"><c>dispatch.trip-not-held</c>, <c>dispatch.trip-on-board</c></exception>
    public void Release(string? reason, DateTimeOffset now, Actor actor)
    {
        if (!TripStates.Held.Contains(State)) throw new RuleBrokenException("dispatch.trip-not-held", Number);
        if (State == TripState.OnBoard) throw new RuleBrokenException("dispatch.trip-on-board", Number);
        Vehicle = null;
        Driver = null;
        State = TripState.Requested;
        AssignedAt = AcceptedAt = DepartedAt = ArrivedAt = null;
        Record(TripAction.Released, now, actor, reason);
    }

    /// <summary>Moves one step on: accepted, on the way, arrived, on board or completed, each only after the one before.</summary>
    /// <exception cref="RuleBrokenException"><c>dispatch.wrong-step</c> with number, state now and state asked for</exception>
    public void Advance(TripState to, DateTimeOffset now, Actor actor)
    {
        if (State is < TripState.Assigned or >= TripState.Completed || to != State + 1)
            throw new RuleBrokenException("dispatch.wrong-step", Number, State, to);
        State = to;
        Stamp(to, now);
        Record(to.Step(), now, actor);
    }

    /// <summary>The caller or the company calls it off before anybody boarded.</summary>
    public void Cancel(string reason, DateTimeOffset now, Actor actor)
    {
        RequireOpen();
        if (State == TripState.OnBoard) throw new RuleBrokenException("dispatch.trip-on-board", Number);
        Close(TripState.Cancelled, TripAction.Cancelled, reason, now, actor);
    }

    /// <summary>The vehicle stood at the pickup and nobody came.</summary>
    public void MarkNoShow(string reason, DateTimeOffset now, Actor actor)
    {
        if (State != TripState.Arrived) throw new RuleBrokenException("dispatch.no-show-needs-arrival", Number);
        Close(TripState.NoShow, TripAction.NoShow, reason, now, actor);
    }

    /// <summary>The trip could not be done: breakdown, accident, refused at the door.</summary>
    public void Fail(string reason, DateTimeOffset now, Actor actor)
    {
        if (!TripStates.Held.Contains(State)) throw new RuleBrokenException("dispatch.trip-not-held", Number);
        Close(TripState.Failed, TripAction.Failed, reason, now, actor);
    }

    /// <summary>Keeps what somebody has to say of the trip while it runs; it stands in the history and changes nothing else.</summary>
    /// <exception cref="RuleBrokenException"><c>dispatch.trip-ended</c>, <c>text.required</c></exception>
    public void AddNote(string note, DateTimeOffset now, Actor actor)
    {
        RequireOpen();
        Record(TripAction.Noted, now, actor, Required.Text(note, "trip.note", 300));
    }

    /// <summary>
    /// Keeps what a driver did and told only after the trip was taken from him or had ended. It stands in the history at the moment
    /// he did it, <paramref name="at"/>, and changes nothing else; told again within a minute of it, it stands once.
    /// </summary>
    public void KeepUntaken(TripAction told, string? words, DateTimeOffset at, Actor driver)
    {
        var reason = string.IsNullOrWhiteSpace(words) ? told.ToString() : $"{told} {Required.Text(words, "trip.note", 300)}";
        if (!events.Exists(e => e.Action == TripAction.Untaken && e.ByUser == driver.UserId && e.Reason == reason && (e.At - at).Duration() < TimeSpan.FromMinutes(1)))
            Record(TripAction.Untaken, at, driver, reason);
    }

    /// <summary>
    /// Takes the last action that still stands back: the trip is again as the action before it left it, moments included.
    /// A registration and an edit cannot be taken back.
    /// </summary>
    /// <exception cref="RuleBrokenException"><c>dispatch.nothing-to-undo</c></exception>
    public void Revert(DateTimeOffset now, Actor actor)
    {
        var standing = Standing();
        if (standing[^1].Action is TripAction.Registered or TripAction.Edited) throw new RuleBrokenException("dispatch.nothing-to-undo", Number);
        standing.RemoveAt(standing.Count - 1);
        var before = standing[^1];
        State = before.State;
        Vehicle = before.Vehicle;
        Driver = before.Driver;
        Reason = null;
        AssignedAt = Reached(TripState.Assigned);
        AcceptedAt = Reached(TripState.Accepted);
        DepartedAt = Reached(TripState.OnTheWay);
        ArrivedAt = Reached(TripState.Arrived);
        BoardedAt = Reached(TripState.OnBoard);
        EndedAt = null;
        Record(TripAction.Reverted, now, actor);

        DateTimeOffset? Reached(TripState state) =>
            State < state ? null : standing.FindLast(e => e.State == state && e.Action != TripAction.Edited)?.At;
    }

    /// <summary>The last action that was not taken back.</summary>
    public TripEvent LastStanding => Standing()[^1];

    /// <summary>Marks it as created by an import or a re-enactment.</summary>
    public void MarkSource(string source) => Source = Required.Text(source, "trip.source", 80);

    /// <inheritdoc/>
    public SearchEntry Describe() =>
        new(new(ObjectKind.Trip, Id.Value), $"#{Number} {CallerName}", $"{Pickup.Address} {Dropoff.Address} {CallerPhone}", Customer?.Value);

    private void Take(TripOrder order)
    {
        order = order.Checked();
        Customer = order.Customer;
        CallerName = order.CallerName;
        CallerPhone = order.CallerPhone;
        Pickup = order.Pickup;
        Dropoff = order.Dropoff;
        Via = order.Via;
        PickupFrom = order.PickupFrom;
        PickupUntil = order.PickupUntil;
        Passengers = order.Passengers;
        Cargo = order.Cargo;
        Needs = order.Needs;
        Note = order.Note;
    }

    private void Close(TripState state, TripAction action, string reason, DateTimeOffset now, Actor actor)
    {
        Reason = Required.Text(reason, "trip.reason", 300);
        State = state;
        EndedAt = now;
        Record(action, now, actor, Reason);
    }

    private void Stamp(TripState state, DateTimeOffset now)
    {
        switch (state)
        {
            case TripState.Accepted: AcceptedAt = now; break;
            case TripState.OnTheWay: DepartedAt = now; break;
            case TripState.Arrived: ArrivedAt = now; break;
            case TripState.OnBoard: BoardedAt = now; break;
            default: EndedAt = now; break;
        }
    }

    private void RequireOpen()
    {
        if (State.IsEnded()) throw new RuleBrokenException("dispatch.trip-ended", Number, State);
    }

    private List<TripEvent> Standing()
    {
        var standing = new List<TripEvent>();
        foreach (var e in events.OrderBy(e => e.Ordinal))
        {
            if (e.Action == TripAction.Reverted) standing.RemoveAt(standing.Count - 1);
            else if (e.Action is not (TripAction.Noted or TripAction.Untaken)) standing.Add(e);
        }
        return standing;
    }

    private void Record(TripAction action, DateTimeOffset at, Actor actor, string? reason = null) =>
        events.Add(new TripEvent(action, this, events.Count + 1, at, actor, reason));
}
