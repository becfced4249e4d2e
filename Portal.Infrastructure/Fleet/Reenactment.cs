using Microsoft.Extensions.Logging;
using Npgsql;
using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Dispatch;

namespace Portal.Infrastructure.Fleet;

/// <summary>
/// Plays a window of the past as if it were now: its positions go through the devices' way in under shifted times, its trips are
/// asked for again at their moments. One at a time on all nodes. Who started it says whose vehicles and trips are in it: whose rights end at
/// another branch neither holds nor stops it.
/// </summary>
public sealed class Reenactment(
    ReenactmentScript script, ReenactmentCast cast, TelemetryIntake intake, TripRegistration registration, NpgsqlDataSource data,
    TimeProvider time, ILogger<Reenactment> log) : IAsyncDisposable
{
    /// <summary>A request comes in so long before the past pickup, in the window's time.</summary>
    public static readonly TimeSpan Lead = TimeSpan.FromMinutes(10);

    /// <summary>The vehicle is promised no later than this after the shifted pickup, in our time.</summary>
    public static readonly TimeSpan Promise = TimeSpan.FromMinutes(10);

    // A burst of requests must not hold the positions up.
    private const int RequestsPerTick = 8;
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);
    private readonly SemaphoreSlim starting = new(1, 1);
    private readonly CancellationTokenSource disposing = new();
    private Play? play;

    /// <summary>The running re-enactment or the last one here; null when there was none since the start.</summary>
    public ReenactmentProgress? Progress => Volatile.Read(ref play)?.Progress;

    /// <summary>Raises the curtain. Returns once the cast is on stage and the play has begun.</summary>
    /// <exception cref="RuleBrokenException"><c>reenactment.running</c>, <c>reenactment.nothing</c>, <c>reenactment.window</c></exception>
    public async Task StartAsync(ReenactmentPlan plan, Actor actor, CancellationToken ct)
    {
        plan = plan.Checked();
        var scene = await script.SceneAsync(plan.Window, actor, ct);
        if (scene.Positions == 0 && scene.Requests == 0) throw new RuleBrokenException("reenactment.nothing");
        await starting.WaitAsync(ct);
        try
        {
            if (Progress is { IsRunning: true }) throw new RuleBrokenException("reenactment.running");
            var stage = await AdvisoryLock.TryTakeAsync(data, Reenacted.SourcePrefix, ct) ?? throw new RuleBrokenException("reenactment.running");
            try
            {
                var source = $"{Reenacted.SourcePrefix} {time.GetUtcNow():yyyy-MM-dd HH:mm:ss}";
                var player = Actor.System(Reenacted.SourcePrefix) with { UserId = actor.UserId, Name = $"{actor.Name} · {Reenacted.SourcePrefix}", BranchId = actor.BranchId };
                var reach = actor.OnlyBranch();
                var past = await script.VehiclesAsync(plan.Window, actor, ct);
                var vehicles = await cast.EnterAsync(past, plan.Speed, source, player, reach, ct);
                var requests = await script.RequestsAsync(plan.Window, actor, ct);
                var next = new Play(plan, source, scene, vehicles, past.Count - vehicles.Count, requests, player, reach, stage);
                Volatile.Write(ref play, next);
                next.Working = Task.Run(() => RunAsync(next), CancellationToken.None);
            }
            catch
            {
                await stage.DisposeAsync();
                throw;
            }
        }
        finally
        {
            starting.Release();
        }
    }

    /// <summary>Holds the play, or lets it go on.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.out-of-reach</c></exception>
    public void Pause(bool pause, Actor actor)
    {
        if (Directed(actor) is { } running) running.Paused = pause;
    }

    /// <summary>Ends the play; what it made stays until it is cleared away.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.out-of-reach</c></exception>
    public async Task StopAsync(Actor actor)
    {
        if (Directed(actor) is not { } running) return;
        await running.Stopping.CancelAsync();
        await running.Working;
    }

    private Play? Directed(Actor actor)
    {
        actor.Require(Permissions.Reenact);
        var running = Volatile.Read(ref play);
        return running?.Progress.IsDirectedBy(actor) != false ? running : throw new RuleBrokenException("identity.out-of-reach");
    }

    /// <summary>Ends the play with the application.</summary>
    public async ValueTask DisposeAsync()
    {
        await disposing.CancelAsync();
        if (Volatile.Read(ref play) is { } running) await running.Working;
        disposing.Dispose();
        starting.Dispose();
    }

    private async Task RunAsync(Play run)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(run.Stopping.Token, disposing.Token);
        try
        {
            await PlayAsync(run, stop.Token);
            run.State = ReenactmentState.Ended;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            run.State = ReenactmentState.Stopped;
        }
        catch (Exception e)
        {
            log.LogError(e, "The re-enactment of {From} stopped", run.Plan.Window.From);
            run.State = ReenactmentState.Failed;
        }
        finally
        {
            await run.Stage.DisposeAsync();
        }
    }

    private async Task PlayAsync(Play run, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(Tick, time);
        var last = time.GetTimestamp();
        run.State = ReenactmentState.Playing;
        while (run.Played < run.Plan.Window.Length || run.Unsent.Count > 0 || run.Asked < run.Requests.Count)
        {
            await timer.WaitForNextTickAsync(ct);
            var elapsed = time.GetElapsedTime(last);
            last = time.GetTimestamp();
            run.State = run.Paused ? ReenactmentState.Paused : ReenactmentState.Playing;
            if (run.Paused) continue;
            run.Played = Min(run.Played + elapsed * run.Plan.Speed, run.Plan.Window.Length);
            await ReadOnAsync(run, ct);
            await SendAsync(run, ct);
            await RequestAsync(run, ct);
        }
    }

    // The next half minute of our time is read in one go.
    private async Task ReadOnAsync(Play run, CancellationToken ct)
    {
        var (from, length) = (run.Plan.Window.From, run.Plan.Window.Length);
        while (run.Loaded < length && run.Loaded <= run.Played)
        {
            var to = Min(run.Loaded + TimeSpan.FromSeconds(30) * run.Plan.Speed, length);
            foreach (var position in await script.PositionsAsync(new(from + run.Loaded, from + to), run.PastIds, ct)) run.Ahead.Enqueue(position);
            run.Loaded = to;
        }
    }

    private async Task SendAsync(Play run, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        var due = run.Unsent;
        run.Unsent = [];
        while (run.Ahead.TryPeek(out var next) && next.Time - run.Plan.Window.From <= run.Played)
        {
            run.Ahead.Dequeue();
            due.Add(Message(run, next, now));
        }
        var waiting = new List<(DeviceMessage Message, Task<bool> Durable)>(due.Count);
        foreach (var message in due)
            switch (intake.Accept(message, message.Secret, out var durable))
            {
                case IntakeAnswer.Taken: waiting.Add((message, durable)); break;
                // A device keeps what was not taken and sends it again.
                case IntakeAnswer.Busy or IntakeAnswer.TooMany: run.Unsent.Add(message); break;
                default: run.Refused++; break;
            }
        foreach (var (message, durable) in waiting)
            if (await durable.WaitAsync(ct)) run.Sent++;
            else run.Unsent.Add(message);
    }

    private static DeviceMessage Message(Play run, PastPosition past, DateTimeOffset now)
    {
        var actor = run.Vehicles[past.Vehicle];
        return new DeviceMessage
        {
            DeviceKey = actor.DeviceKey, Secret = actor.Secret, Time = Shifted(run, past.Time, now), Point = past.Point,
            Speed = past.SpeedKmh, SpeedUnit = SpeedUnit.KilometresPerHour, HeadingDeg = past.HeadingDeg,
        };
    }

    private async Task RequestAsync(Play run, CancellationToken ct)
    {
        for (var n = 0; n < RequestsPerTick && run.Asked < run.Requests.Count && run.Requests[run.Asked].Pickup - Lead - run.Plan.Window.From <= run.Played; n++)
        {
            var past = run.Requests[run.Asked++];
            var pickup = Shifted(run, past.Pickup, time.GetUtcNow());
            var order = new TripOrder
            {
                CallerName = past.Caller, CallerPhone = past.Phone, Pickup = past.From, Dropoff = past.To, Passengers = Math.Max(1, past.Passengers),
                PickupFrom = pickup, PickupUntil = pickup + Promise,
            };
            try
            {
                await registration.RegisterAsync(TripId.New(), order, past.Branch, run.Player, ct, run.Source);
                run.Entered++;
            }
            catch (RuleBrokenException refusal)
            {
                log.LogWarning(refusal, "A past request could not be entered again");
                run.RequestsRefused++;
            }
        }
    }

    // The played moment is now; what lay a minute before it lies 60 s / speed before now.
    private static DateTimeOffset Shifted(Play run, DateTimeOffset past, DateTimeOffset now)
    {
        var at = now - (run.Played - (past - run.Plan.Window.From)) / run.Plan.Speed;
        return at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMillisecond));
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private sealed class Play(
        ReenactmentPlan plan, string source, ReenactmentScene scene, Dictionary<Guid, ReenactedVehicle> vehicles, int leftOut,
        List<PastRequest> requests, Actor player, BranchId? reach, AdvisoryLock stage)
    {
        public ReenactmentPlan Plan { get; } = plan;
        public string Source { get; } = source;
        public Dictionary<Guid, ReenactedVehicle> Vehicles { get; } = vehicles;
        public Guid[] PastIds { get; } = [.. vehicles.Keys];
        public List<PastRequest> Requests { get; } = requests;
        public Actor Player { get; } = player;
        public AdvisoryLock Stage { get; } = stage;
        public CancellationTokenSource Stopping { get; } = new();
        public Queue<PastPosition> Ahead { get; } = new();
        public List<DeviceMessage> Unsent { get; set; } = [];
        public Task Working { get; set; } = Task.CompletedTask;
        public volatile bool Paused;
        public ReenactmentState State { get; set; } = ReenactmentState.Preparing;
        public TimeSpan Played { get; set; }
        public TimeSpan Loaded { get; set; }
        public int Asked { get; set; }
        public int Sent { get; set; }
        public int Refused { get; set; }
        public int Entered { get; set; }
        public int RequestsRefused { get; set; }

        public ReenactmentProgress Progress => new(Plan, State, Source, Played, scene, Vehicles.Count, leftOut, Sent, Refused, Entered, RequestsRefused, reach);
    }
}
