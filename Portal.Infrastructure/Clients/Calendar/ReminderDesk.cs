using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Calendar;

/// <summary>A reminder that rang, with what it is about.</summary>
/// <param name="OfStart">of the beginning; else one that its person set himself</param>
public sealed record RungReminder(Guid Id, Guid User, InteractionId Interaction, InteractionKind Kind, string Subject, string Client, string? Text, DateTimeOffset Starts, DateTimeOffset RungAt, bool OfStart);

/// <summary>A person's reminders: sets, puts off and puts away his own, and reads those that rang.</summary>
public sealed class ReminderDesk(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Reminders shown at once.</summary>
    public const int Most = 20;

    /// <summary>Reminds the actor of an interaction at a time of his own.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.interaction-unknown</c>, <c>clients.remind-in-past</c></exception>
    public async Task<Guid> SetAsync(InteractionId interaction, DateTimeOffset at, string? text, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = contexts.CreateFor(actor);
        if (!await InteractionQuery.Within(db, actor).AnyAsync(i => i.Id == interaction, ct)) throw new RuleBrokenException("clients.interaction-unknown");
        var reminder = new Reminder(interaction, actor.UserId, at, text, time.GetUtcNow());
        db.Add(reminder);
        await db.SaveChangesAsync(ct);
        return reminder.Id;
    }

    /// <summary>One of the actor's rings again later.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.remind-in-past</c>, <c>clients.reminder-unknown</c></exception>
    public Task PutOffAsync(Guid id, DateTimeOffset until, Actor actor, CancellationToken ct) => DoAsync(id, reminder => reminder.Wait(until, time.GetUtcNow()), actor, ct);

    /// <summary>Puts one of the actor's away.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.reminder-unknown</c></exception>
    public Task FinishAsync(Guid id, Actor actor, CancellationToken ct) => DoAsync(id, reminder => reminder.Finish(time.GetUtcNow()), actor, ct);

    /// <summary>What rang and was not put away, the newest first; of the beginning of an interaction only while it is ahead.</summary>
    public async Task<IReadOnlyList<RungReminder>> RungAsync(Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await Rows(db, actor, db.Set<Reminder>().Where(r => r.User == actor.UserId && r.RungAt != null && r.DoneAt == null)).Take(Most).ToListAsync(ct);
    }

    /// <summary>One of the actor's that rang and still says something, or null.</summary>
    public async Task<RungReminder?> FindAsync(Guid id, Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await Rows(db, actor, db.Set<Reminder>().Where(r => r.Id == id && r.User == actor.UserId && r.RungAt != null && r.DoneAt == null)).FirstOrDefaultAsync(ct);
    }

    private static IQueryable<RungReminder> Rows(PortalDb db, Actor actor, IQueryable<Reminder> reminders) =>
        from r in reminders
        join i in InteractionQuery.Within(db, actor) on r.Interaction equals i.Id
        // what was moved since has a reminder of its new beginning
        where r.StartsAt == null || i.State == InteractionState.Planned && r.StartsAt == i.At
        orderby r.RungAt descending, r.Id
        select new RungReminder(r.Id, r.User, i.Id, i.Kind, i.Subject, db.Set<Partner>().Where(p => p.Id == i.Partner).Select(p => p.Name).First(), r.Text, i.At, r.RungAt!.Value,
            r.StartsAt != null);

    private async Task DoAsync(Guid id, Action<Reminder> change, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        var reminder = await db.Set<Reminder>().FirstOrDefaultAsync(r => r.Id == id && r.User == actor.UserId, ct) ?? throw new RuleBrokenException("clients.reminder-unknown");
        change(reminder);
        await db.SaveChangesAsync(ct);
    }
}
