using Portal.Domain.Identity;
using Portal.Domain.Shared;

namespace Portal.Domain.Work;

/// <summary>Id of an <see cref="Assignment"/>.</summary>
public readonly record struct AssignmentId(Guid Value)
{
    /// <summary>A new time-ordered id.</summary>
    public static AssignmentId New() => new(Guid.CreateVersion7());
}

/// <summary>
/// Work that one person asks of another outside any process: given, accepted, reported with a result, and accepted by its giver
/// or returned with a reason. It may be withdrawn until it is done.
/// </summary>
public sealed class Assignment
{
    private const int MostTimeEntries = 500;

    private readonly List<AssignmentEvent> events = [];
    private readonly List<TimeEntry> times = [];

    private Assignment() { }

    public AssignmentId Id { get; private set; }
    public string Title { get; private set; } = "";
    public string? Description { get; private set; }
    /// <summary>User who gave it.</summary>
    public Guid Giver { get; private set; }
    /// <summary>User who does it.</summary>
    public Guid Performer { get; private set; }
    /// <summary>Who did it before, if it changed hands.</summary>
    public Guid? HandedFrom { get; private set; }
    /// <summary>User who looks at the result besides the giver.</summary>
    public Guid? Controller { get; private set; }
    /// <summary>Branch of the performer: whoever looks after its work sees the assignment.</summary>
    public BranchId? Branch { get; private set; }
    /// <summary>UTC.</summary>
    public DateTimeOffset? Deadline { get; private set; }
    /// <summary>0–100, more is more important.</summary>
    public int Priority { get; private set; }
    public ObjectKind? AboutKind { get; private set; }
    public Guid? AboutId { get; private set; }
    public AssignmentState State { get; private set; }
    /// <summary>What came of it, as last reported.</summary>
    public string? Result { get; private set; }
    public DateTimeOffset GivenAt { get; private set; }
    /// <summary>When the present performer got it.</summary>
    public DateTimeOffset HandedAt { get; private set; }
    public DateTimeOffset? EndedAt { get; private set; }
    public uint Version { get; private set; }
    public IReadOnlyList<AssignmentEvent> Events => events;
    public IReadOnlyList<TimeEntry> Times => times;

    /// <summary>True while somebody has to do something.</summary>
    public bool IsOpen => State < AssignmentState.Done;

    /// <summary>What it is about.</summary>
    public ObjectRef? About => AboutKind is { } kind && AboutId is { } id ? new(kind, id) : null;

    /// <summary>Time spent so far.</summary>
    public TimeSpan Spent => TimeSpan.FromMinutes(times.Sum(t => t.Minutes));

    /// <summary>Asks somebody to do something; whoever asks himself has accepted already.</summary>
    public static Assignment Give(AssignmentId id, AssignmentOrder order, BranchId? branch, DateTimeOffset now, Actor giver)
    {
        var given = new Assignment { Id = id, Giver = giver.UserId, GivenAt = now };
        given.Describe(order);
        given.Hand(order.Performer, branch, now);
        given.Note(AssignmentAction.Given, now, giver, null);
        return given;
    }

    /// <summary>Changes what is asked, by when and how important; who does it changes by <see cref="HandOver"/>.</summary>
    /// <exception cref="RuleBrokenException"><c>work.not-giver</c>, <c>work.ended</c></exception>
    public void Change(AssignmentOrder order, DateTimeOffset now, Actor actor)
    {
        actor = AsGiver(actor);
        RequireOpen();
        Describe(order);
        Note(AssignmentAction.Changed, now, actor, null);
    }

    /// <summary>The performer takes it on.</summary>
    /// <exception cref="RuleBrokenException"><c>work.not-performer</c>, <c>work.state</c></exception>
    public void Accept(DateTimeOffset now, Actor actor)
    {
        actor = AsPerformer(actor);
        Require(AssignmentState.Given);
        State = AssignmentState.Accepted;
        Note(AssignmentAction.Accepted, now, actor, null);
    }

    /// <summary>The performer tells what came of it. His own assignment is done with that.</summary>
    /// <exception cref="RuleBrokenException"><c>work.not-performer</c>, <c>work.state</c></exception>
    public void Report(string? result, DateTimeOffset now, Actor actor)
    {
        actor = AsPerformer(actor);
        if (State is not (AssignmentState.Given or AssignmentState.Accepted)) throw new RuleBrokenException("work.state", State);
        Result = Required.Text(result, "assignment.result", 4000);
        State = AssignmentState.Reported;
        Note(AssignmentAction.Reported, now, actor, Result);
        if (Giver == Performer && Controller is null) Approve(now, actor);
    }

    /// <summary>The giver or controller is content.</summary>
    /// <exception cref="RuleBrokenException"><c>work.not-giver</c>, <c>work.state</c></exception>
    public void Approve(DateTimeOffset now, Actor actor)
    {
        actor = AsJudge(actor);
        Require(AssignmentState.Reported);
        End(AssignmentState.Done, now);
        Note(AssignmentAction.Approved, now, actor, null);
    }

    /// <summary>The giver or controller wants more done; the reason goes to the performer.</summary>
    /// <exception cref="RuleBrokenException"><c>work.not-giver</c>, <c>work.state</c></exception>
    public void Return(string? reason, DateTimeOffset now, Actor actor)
    {
        actor = AsJudge(actor);
        Require(AssignmentState.Reported);
        reason = Required.Text(reason, "assignment.reason", 1000);
        State = AssignmentState.Accepted;
        Note(AssignmentAction.Returned, now, actor, reason);
    }

    /// <summary>It is no longer wanted.</summary>
    /// <exception cref="RuleBrokenException"><c>work.not-giver</c>, <c>work.ended</c></exception>
    public void Withdraw(string? reason, DateTimeOffset now, Actor actor)
    {
        actor = AsGiver(actor);
        RequireOpen();
        reason = Required.Text(reason, "assignment.reason", 1000);
        End(AssignmentState.Withdrawn, now);
        Note(AssignmentAction.Withdrawn, now, actor, reason);
    }

    /// <summary>What it asks has been decided where it belongs, by whomever: it is done, with what came of it. One that has ended stays as it is.</summary>
    /// <param name="outcome">code of what was decided, such as <c>pair.Merged</c></param>
    public void Settle(string outcome, DateTimeOffset now, Actor actor)
    {
        if (!IsOpen) return;
        End(AssignmentState.Done, now);
        Note(AssignmentAction.Settled, now, actor, outcome);
    }

    /// <summary>Somebody else does it from now on; he has to accept it first. Who may is decided before.</summary>
    /// <param name="toName">name of the new performer, for the history</param>
    /// <exception cref="RuleBrokenException"><c>work.ended</c></exception>
    public void HandOver(Guid to, string toName, BranchId? branch, DateTimeOffset now, Actor actor)
    {
        RequireOpen();
        if (to == Performer) return;
        actor = actor.ActingAs(Performer, Giver) ?? actor;
        HandedFrom = Performer;
        Hand(to, branch, now);
        Note(AssignmentAction.HandedOver, now, actor, toName);
    }

    /// <summary>Somebody else controls it from now on, in place of the giver who left.</summary>
    public void HandOverControl(Guid from, Guid to, string toName, DateTimeOffset now, Actor actor)
    {
        RequireOpen();
        if (Giver != from && Controller != from) return;
        Controller = to;
        Note(AssignmentAction.HandedOver, now, actor, toName);
    }

    /// <summary>Notes time that was spent on it.</summary>
    /// <param name="minutes">1–1,440</param>
    /// <exception cref="RuleBrokenException"><c>work.not-performer</c>, <c>work.time-ahead</c>, <c>work.times-full</c>, <c>number.out-of-range</c></exception>
    public void Spend(DateOnly day, int minutes, string? note, DateOnly today, Actor actor)
    {
        actor = AsPerformer(actor);
        if (State == AssignmentState.Withdrawn) throw new RuleBrokenException("work.ended", State);
        Required.Number(minutes, "assignment.minutes", 1, TimeEntry.MostMinutes);
        if (day > today) throw new RuleBrokenException("work.time-ahead");
        if (times.Count >= MostTimeEntries) throw new RuleBrokenException("work.times-full", MostTimeEntries);
        times.Add(new TimeEntry(day, minutes, Required.Optional(note, "assignment.note", 500), actor));
    }

    /// <summary>True for whoever gave it, does it or controls it, and for their substitutes.</summary>
    public bool Concerns(Actor actor) => actor.ActingAs(Giver, Performer, Controller) is not null;

    /// <summary>True for whoever does it, and for his substitute.</summary>
    public bool IsDoneBy(Actor actor) => actor.ActingAs(Performer) is not null;

    /// <summary>True for whoever gave it, and for his substitute.</summary>
    public bool IsGivenBy(Actor actor) => actor.ActingAs(Giver) is not null;

    /// <summary>True for whoever looks at its result, and for their substitutes.</summary>
    public bool IsJudgedBy(Actor actor) => actor.ActingAs(Giver, Controller) is not null;

    private void Describe(AssignmentOrder order)
    {
        Title = Required.Text(order.Title, "assignment.title", 200);
        Description = Required.Optional(order.Description, "assignment.description", 4000);
        Priority = Required.Number(order.Priority, "assignment.priority", 0, 100);
        Deadline = order.Deadline?.ToUniversalTime();
        Controller = order.Controller == Giver ? null : order.Controller;
        (AboutKind, AboutId) = (order.About?.Kind, order.About?.Id);
    }

    private void Hand(Guid to, BranchId? branch, DateTimeOffset now)
    {
        (Performer, Branch, HandedAt) = (to, branch, now);
        State = to == Giver ? AssignmentState.Accepted : AssignmentState.Given;
    }

    private void End(AssignmentState state, DateTimeOffset now) => (State, EndedAt) = (state, now);

    private void Note(AssignmentAction action, DateTimeOffset at, Actor actor, string? note) => events.Add(new AssignmentEvent(action, events.Count + 1, at, actor, note));

    private void Require(AssignmentState state)
    {
        if (State != state) throw new RuleBrokenException("work.state", State);
    }

    private void RequireOpen()
    {
        if (!IsOpen) throw new RuleBrokenException("work.ended", State);
    }

    private Actor AsPerformer(Actor actor) => actor.ActingAs(Performer) ?? throw new RuleBrokenException("work.not-performer");

    private Actor AsGiver(Actor actor) => actor.ActingAs(Giver) ?? throw new RuleBrokenException("work.not-giver");

    private Actor AsJudge(Actor actor) => actor.ActingAs(Giver, Controller) ?? throw new RuleBrokenException("work.not-giver");
}
