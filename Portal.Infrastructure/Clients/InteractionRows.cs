using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Clients;

/// <summary>Who takes part: a person of the client or one of us.</summary>
public sealed record Participant(PersonId? Person, Guid? User, string Name);

/// <summary>An interaction as the history and the calendar show it.</summary>
public sealed record InteractionRow(
    InteractionId Id, PartnerId Partner, string Client, InteractionKind Kind, InteractionDirection Direction, InteractionState State, DateTimeOffset At, int Minutes, string Subject, string? Text, string? Stage,
    string? Outcome, int? Remind, Guid ResponsibleId, string? Responsible, InteractionId? After, Guid ByUser, string ByName, DateTimeOffset ChangedAt, int Revision, uint Version)
{
    /// <summary>Those who take part, by name; who is responsible need not be among them.</summary>
    public IReadOnlyList<Participant> With { get; init; } = [];

    /// <summary>When it ends, UTC.</summary>
    public DateTimeOffset Until => At.AddMinutes(Minutes);

    /// <summary>True when it is in this user's calendar.</summary>
    public bool IsOf(Guid user) => ResponsibleId == user || With.Any(p => p.User == user);
}

/// <summary>Reads interactions with the names around them.</summary>
internal static class InteractionRows
{
    /// <summary>The interactions in the order given.</summary>
    public static async Task<IReadOnlyList<InteractionRow>> ReadAsync(PortalDb db, IQueryable<Interaction> interactions, CancellationToken ct)
    {
        var rows = await interactions.Select(i => new InteractionRow(
            i.Id, i.Partner, db.Set<Partner>().Where(p => p.Id == i.Partner).Select(p => p.Name).First(), i.Kind, i.Direction, i.State, i.At, i.Minutes, i.Subject, i.Text, i.Stage,
            i.Outcome, i.Remind, i.Responsible, db.Set<PortalUser>().Where(u => u.Id == i.Responsible).Select(u => u.DisplayName).FirstOrDefault(), i.After, i.ByUser, i.ByName, i.ChangedAt, i.Revision, i.Version)).ToListAsync(ct);
        var ids = rows.Select(r => r.Id).ToList();
        var people = (await db.Set<InteractionParticipant>().Where(p => ids.Contains(p.Interaction))
            .Select(p => new
            {
                p.Interaction, p.Person, p.User,
                Name = db.Set<Person>().Where(x => x.Id == p.Person).Select(x => x.Name).FirstOrDefault() ?? db.Set<PortalUser>().Where(u => u.Id == p.User).Select(u => u.DisplayName).FirstOrDefault(),
            }).OrderBy(p => p.Name).ToListAsync(ct)).ToLookup(p => p.Interaction, p => new Participant(p.Person, p.User, p.Name ?? ""));
        return [.. rows.Select(r => r with { With = [.. people[r.Id]] })];
    }
}
