using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Fleet;
using Portal.Web.Shared;

namespace Portal.Web.Api;

/// <summary>Carries out what drivers tell, each command once, at the moment it happened.</summary>
internal sealed class DriverCommands(
    CommandLog log, DriverDayQuery days, ShiftClock shifts, TripProgress progress, TripAssignment assignment, TimeProvider time)
{
    /// <summary>What a phone kept longer than this is not carried out any more.</summary>
    public static readonly TimeSpan Oldest = TimeSpan.FromHours(24);

    /// <summary>A step can be taken back so long after it; the page offers ten seconds, the rest is for a slow thumb.</summary>
    public static readonly TimeSpan UndoFor = TimeSpan.FromSeconds(15);

    /// <summary>The answer, or null when the trip was never this driver's.</summary>
    /// <exception cref="RuleBrokenException">the command itself is wrong: <c>command.key-reused</c>, <c>text.too-long</c>, <c>fleet.no-driver</c></exception>
    public async Task<DriverAnswer?> RunAsync(DriverCommand command, Actor actor, Texts texts, CancellationToken ct)
    {
        DriverDayQuery.Own(actor);
        if (command.Trip is { } trip && await days.HoldOfAsync(new(trip), actor, ct) is null) return null;
        var happened = Happened(command);
        var answer = await log.OnceAsync(new(command.Key, command.Name), actor, by => CarryOutAsync(command, happened, by, ct), texts.Of, ct);
        return new(answer.Done, answer.Code, answer.Text);
    }

    // The phone's clock may be wrong, but not in how long a command waited.
    private DateTimeOffset Happened(DriverCommand command)
    {
        var waited = command.SentAt - command.At;
        var now = time.GetUtcNow();
        return waited > TimeSpan.Zero ? now - waited : now;
    }

    private Task CarryOutAsync(DriverCommand command, DateTimeOffset happened, Actor actor, CancellationToken ct)
    {
        if (time.GetUtcNow() - happened > Oldest) throw new RuleBrokenException("driver.too-late", (int)Oldest.TotalHours);
        return command.Kind switch
        {
            DriverCommandKind.StartShift => shifts.StartOwnAsync(command.Vehicle is { } vehicle ? new(vehicle) : null, actor, ct, happened),
            DriverCommandKind.EndShift => shifts.EndAsync(Shift(command), actor, ct, happened),
            DriverCommandKind.StartBreak => shifts.StartBreakAsync(Shift(command), actor, ct, happened),
            DriverCommandKind.EndBreak => shifts.EndBreakAsync(Shift(command), actor, ct, happened),
            DriverCommandKind.ChangeVehicle => shifts.ChangeVehicleAsync(Shift(command), new(command.Vehicle ?? throw Incomplete()), actor, ct),
            DriverCommandKind.Advance => StepAsync(command, actor, (trip, _) => progress.AdvanceAsync(trip, command.To ?? throw Incomplete(), actor, at: happened, ct: ct), ct),
            DriverCommandKind.NoShow => StepAsync(command, actor, (trip, _) => progress.MarkNoShowAsync(trip, command.Reason ?? "", actor, at: happened, ct: ct), ct),
            DriverCommandKind.Fail => StepAsync(command, actor, (trip, _) => progress.FailAsync(trip, command.Reason ?? "", actor, at: happened, ct: ct), ct),
            DriverCommandKind.Note => StepAsync(command, actor, (trip, _) => progress.NoteAsync(trip, command.Note ?? "", actor, happened, ct), ct),
            DriverCommandKind.Undo => StepAsync(command, actor, (trip, hold) =>
                happened - hold.LastAt <= UndoFor ? assignment.UndoAsync(trip, actor, ct: ct) : throw new RuleBrokenException("driver.undo-late"), ct, undo: true),
            _ => throw Incomplete(),
        };
    }

    /// <summary>A step on a trip that is his; where it is so no more, he learns what became of it.</summary>
    private async Task StepAsync(DriverCommand command, Actor actor, Func<TripId, TripHold, Task> step, CancellationToken ct, bool undo = false)
    {
        var trip = new TripId(command.Trip ?? throw Incomplete());
        var hold = await days.HoldOfAsync(trip, actor, ct) ?? throw new RuleBrokenException("dispatch.trip-unknown");
        if (!hold.Own) throw new RuleBrokenException("driver.trip-taken", hold.Number);
        if (hold.State.IsEnded() && !undo) throw new RuleBrokenException("driver.trip-ended", hold.Number, hold.State);
        try
        {
            await step(trip, hold);
        }
        catch (RuleBrokenException refusal) when (refusal.Code is "identity.not-allowed" or "identity.out-of-reach")
        {
            // it was taken from him between the look and the step
            throw new RuleBrokenException("driver.trip-taken", hold.Number);
        }
    }

    private static ShiftId Shift(DriverCommand command) => new(command.Shift ?? throw Incomplete());

    private static RuleBrokenException Incomplete() => new("driver.command-incomplete");
}
