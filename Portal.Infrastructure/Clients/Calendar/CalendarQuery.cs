using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Clients.Calendar;

/// <summary>A reminder that a person set himself, with what it is about.</summary>
public sealed record OwnReminder(Guid Id, InteractionId Interaction, string Subject, string? Text, DateTimeOffset At);

/// <summary>Reads calendars: what people have with clients in a stretch of time, as far as the reader may know of it.</summary>
public sealed class CalendarQuery(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Interactions one answer holds.</summary>
    public const int Most = 3000;

    /// <summary>Colleagues side by side.</summary>
    public const int MostInTeam = 12;

    /// <summary>Interactions of these users that touch the period, by their beginning; notes are no appointments.</summary>
    public async Task<IReadOnlyList<InteractionRow>> ListAsync(Period period, IReadOnlyCollection<Guid> users, Actor actor, CancellationToken ct)
    {
        actor.RequireStaff();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (from, to, earliest) = (period.From, period.To, period.From.AddMinutes(-Interaction.MostMinutes));
        return await InteractionRows.ReadAsync(db, InteractionQuery.Within(db, actor)
            .Where(i => i.At >= earliest && i.At < to && i.Kind != InteractionKind.Note && (i.At >= from || i.At.AddMinutes(i.Minutes) > from))
            .Where(i => users.Contains(i.Responsible) || db.Set<InteractionParticipant>().Any(p => p.Interaction == i.Id && p.User != null && users.Contains(p.User.Value)))
            .OrderBy(i => i.At).ThenBy(i => i.Id).Take(Most), ct);
    }

    /// <summary>Planned ones of the actor whose time has passed and of which nobody has said what came, the oldest first.</summary>
    public async Task<IReadOnlyList<InteractionRow>> OverdueAsync(int most, Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var now = time.GetUtcNow();
        return await InteractionRows.ReadAsync(db, InteractionQuery.Within(db, actor)
            .Where(i => i.Responsible == actor.UserId && i.State == InteractionState.Planned && i.At < now).OrderBy(i => i.At).ThenBy(i => i.Id).Take(most), ct);
    }

    /// <summary>The colleagues with most in the period among what the actor reaches, himself first.</summary>
    public async Task<IReadOnlyList<Guid>> BusyAsync(Period period, int most, Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (from, to) = (period.From, period.To);
        var busy = await InteractionQuery.Within(db, actor).Where(i => i.At >= from && i.At < to && i.Responsible != actor.UserId)
            .Where(i => db.Set<PortalUser>().OfStaff().Any(u => u.Id == i.Responsible))
            .GroupBy(i => i.Responsible).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).Select(g => g.Key).Take(most - 1).ToListAsync(ct);
        return [actor.UserId, .. busy];
    }

    /// <summary>Reminders the actor set himself that ring in the period.</summary>
    public async Task<IReadOnlyList<OwnReminder>> RemindersAsync(Period period, Actor actor, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (from, to) = (period.From, period.To);
        return await db.Set<Reminder>().Where(r => r.User == actor.UserId && r.StartsAt == null && r.DoneAt == null && r.At >= from && r.At < to)
            .Join(InteractionQuery.Within(db, actor), r => r.Interaction, i => i.Id, (r, i) => new { Reminder = r, i.Subject })
            .OrderBy(x => x.Reminder.At).ThenBy(x => x.Reminder.Id).Take(200)
            .Select(x => new OwnReminder(x.Reminder.Id, x.Reminder.Interaction, x.Subject, x.Reminder.Text, x.Reminder.At)).ToListAsync(ct);
    }
}
