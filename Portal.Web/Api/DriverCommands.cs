using Portal.Domain.Dispatch;
using Portal.Domain.Fleet;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Dispatch;
using Portal.Infrastructure.Fleet;
using Portal.Infrastructure.Sales.Orders;
using Portal.Web.Shared;

namespace Portal.Web.Api;

/// <summary>Carries out what drivers tell, each command once, at the moment it happened.</summary>
internal sealed class DriverCommands(
    CommandLog log, DriverDayQuery days, ShiftClock shifts, TripProgress progress, TripAssignment assignment, DeliveryResults deliveries, TimeProvider time)
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
        // a clock that stood in the year 1 is not reckoned with: it is too late all the same
        var longest = 2 * Oldest;
        return time.GetUtcNow() - (waited < TimeSpan.Zero ? TimeSpan.Zero : waited < longest ? waited : longest);
    }

    private Task CarryOutAsync(DriverCommand command, DateTimeOffset happened, Actor actor, CancellationToken ct)
    {
        if (time.GetUtcNow() - happened > Oldest) throw new RuleBrokenException("driver.too-late", (int)Oldest.TotalHours);
        return command.Kind switch
        {
            DriverCommandKind.StartShift => shifts.StartOwnAsync(command.Vehicle is { } vehicle ? new(vehicle) : null, actor, ct, happened),
            DriverCommandKind.EndShift => OnShiftAsync(command, actor, shift => shifts.EndAsync(shift, actor, ct, happened), ct),
            DriverCommandKind.StartBreak => OnShiftAsync(command, actor, shift => shifts.StartBreakAsync(shift, actor, ct, happened), ct),
            DriverCommandKind.EndBreak => OnShiftAsync(command, actor, shift => shifts.EndBreakAsync(shift, actor, ct, happened), ct),
            DriverCommandKind.ChangeVehicle => OnShiftAsync(command, actor, shift => shifts.ChangeVehicleAsync(shift, new(command.Vehicle ?? throw Incomplete()), actor, ct), ct),
            DriverCommandKind.Advance => StepAsync(command, happened, actor, To(command).Step(), (trip, _) => progress.AdvanceAsync(trip, To(command), actor, at: happened, ct: ct), ct),
            DriverCommandKind.NoShow => StepAsync(command, happened, actor, TripAction.NoShow, (trip, _) => progress.MarkNoShowAsync(trip, command.Reason ?? "", actor, at: happened, ct: ct), ct),
            DriverCommandKind.Fail => StepAsync(command, happened, actor, TripAction.Failed, (trip, _) => progress.FailAsync(trip, command.Reason ?? "", actor, at: happened, ct: ct), ct),
            DriverCommandKind.Note => StepAsync(command, happened, actor, TripAction.Noted, (trip, _) => progress.NoteAsync(trip, command.Note ?? "", actor, happened, ct), ct),
            // what was handed over stands, also where somebody has ended the trip meanwhile
            DriverCommandKind.Deliver => StepAsync(command, happened, actor, TripAction.Noted, (_, _) => deliveries.TellAsync(
                new(command.Delivery ?? throw Incomplete()), new([.. command.Lines.Select(l => l.Line)], command.Receiver, command.Signature, command.Photos, command.Note), actor, happened, ct), ct, alsoEnded: true),
            DriverCommandKind.Undo => StepAsync(command, happened, actor, null, (trip, hold) =>
                happened - hold.LastAt <= UndoFor ? assignment.UndoAsync(trip, actor, ct: ct) : throw new RuleBrokenException("driver.undo-late"), ct),
            _ => throw Incomplete(),
        };
    }

    // a phone that started the shift offline does not know it yet: it means the one that runs
    private async Task OnShiftAsync(DriverCommand command, Actor actor, Func<ShiftId, Task> change, CancellationToken ct) =>
        await change(command.Shift is { } named ? new(named) : await days.OpenShiftAsync(actor, ct) ?? throw new RuleBrokenException("fleet.shift-not-open"));

    /// <summary>A step on a trip that is his; where it is so no more, he learns what became of it, and what he <paramref name="told"/> stands in its history.</summary>
    private async Task StepAsync(DriverCommand command, DateTimeOffset happened, Actor actor, TripAction? told, Func<TripId, TripHold, Task> step, CancellationToken ct, bool alsoEnded = false)
    {
        var trip = new TripId(command.Trip ?? throw Incomplete());
        var hold = await days.HoldOfAsync(trip, actor, ct) ?? throw new RuleBrokenException("dispatch.trip-unknown");
        if (!hold.Own) throw await TakenAsync();
        if (hold.State.IsEnded() && told is not null && !alsoEnded) throw await LateAsync(new("driver.trip-ended", hold.Number, hold.State));
        try
        {
            await step(trip, hold);
        }
        catch (RuleBrokenException refusal) when (refusal.Code is "identity.not-allowed" or "identity.out-of-reach")
        {
            // it was taken from him between the look and the step
            throw await TakenAsync();
        }

        Task<RuleBrokenException> TakenAsync() => LateAsync(new("driver.trip-taken", hold.Number));

        async Task<RuleBrokenException> LateAsync(RuleBrokenException refusal)
        {
            if (told is { } action) await progress.KeepUntakenAsync(trip, action, command.Reason ?? command.Note, happened, actor, ct);
            return refusal;
        }
    }

    private static TripState To(DriverCommand command) => command.To ?? throw Incomplete();

    private static RuleBrokenException Incomplete() => new("driver.command-incomplete");
}
