using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Clients;

/// <summary>Somebody who is not in the base yet, and what he is at the client.</summary>
public sealed record NewPerson(string Name, string Role);

/// <summary>Who takes part: people of the client by id, people made on the spot, users of ours.</summary>
public sealed record Participants(IReadOnlyCollection<PersonId> People, IReadOnlyCollection<NewPerson> NewPeople, IReadOnlyCollection<Guid> Users)
{
    /// <summary>Nobody named.</summary>
    public static readonly Participants None = new([], [], []);
}

/// <summary>
/// Records what was said with partners and plans what comes. Whoever may read a client may also write down that he met him; all methods need
/// <see cref="Permissions.ClientsRead"/> and end at the actor's reach, and only who answers for an interaction or manages clients changes it.
/// </summary>
public sealed class InteractionDesk(IDbContextFactory<PortalDb> contexts, UserRights rights, TimeProvider time)
{
    /// <summary>People in one interaction at most.</summary>
    public const int MostParticipants = 50;

    /// <summary>Records something that was.</summary>
    /// <param name="after">the interaction it follows from</param>
    /// <exception cref="RuleBrokenException"><c>clients.partner-unknown</c>, <c>clients.person-unknown</c>, <c>clients.interaction-unknown</c>, <c>clients.held-in-future</c>, <c>text.required</c></exception>
    public Task<InteractionId> RecordAsync(PartnerId partner, InteractionDetails details, Participants with, InteractionId? after, Actor actor, CancellationToken ct) =>
        AddAsync(partner, details, InteractionState.Held, actor.UserId, with, after, actor, ct);

    /// <summary>Plans something, for oneself or for a colleague who sees the client.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="RecordAsync"/>, and <c>clients.note-planned</c>, <c>work.person-unknown</c>, <c>work.heir-without-clients</c>, <c>clients.heir-beyond</c></exception>
    public Task<InteractionId> PlanAsync(PartnerId partner, InteractionDetails details, Guid responsible, Participants with, InteractionId? after, Actor actor, CancellationToken ct) =>
        AddAsync(partner, details, InteractionState.Planned, responsible, with, after, actor, ct);

    /// <summary>Changes one that the user saw in version <paramref name="seen"/>, and who takes part in it.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>clients.interaction-unknown</c>, <c>clients.interaction-over</c>, <c>clients.person-unknown</c>, <c>work.person-unknown</c>, <c>identity.not-allowed</c></exception>
    public Task ChangeAsync(InteractionId id, InteractionDetails details, Guid responsible, Participants with, uint seen, Actor actor, CancellationToken ct) =>
        DoAsync(id, actor, async (db, interaction) =>
        {
            await db.RequireSeenAsync(new(ObjectKind.Interaction, interaction.Id.Value), interaction.Version, seen, ct);
            interaction.Change(details, time.GetUtcNow());
            await HandAsync(db, interaction, responsible, actor, ct);
            var before = await db.Set<InteractionParticipant>().Where(p => p.Interaction == id).ToListAsync(ct);
            db.RemoveRange(before.Where(p => p.Person is { } person && !with.People.Contains(person) || p.User is { } user && !with.Users.Contains(user)));
            await JoinAsync(db, interaction, with with
            {
                People = [.. with.People.Where(person => before.All(p => p.Person != person))], Users = [.. with.Users.Where(user => before.All(p => p.User != user))],
            }, ct);
        }, ct);

    /// <summary>Moves or stretches a planned one that the user saw in version <paramref name="seen"/>, and gives it to a colleague where another answers for it then; the version it has now.</summary>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>clients.interaction-unknown</c>, <c>clients.interaction-over</c>, <c>work.person-unknown</c>, <c>clients.heir-beyond</c>, <c>identity.not-allowed</c></exception>
    public async Task<uint> MoveAsync(InteractionId id, DateTimeOffset to, int minutes, Guid responsible, uint seen, Actor actor, CancellationToken ct) =>
        (await DoAsync(id, actor, async (db, interaction) =>
        {
            await db.RequireSeenAsync(new(ObjectKind.Interaction, interaction.Id.Value), interaction.Version, seen, ct);
            interaction.Move(to, minutes, time.GetUtcNow());
            await HandAsync(db, interaction, responsible, actor, ct);
        }, ct)).Version;

    /// <summary>It took place, with this result.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.interaction-unknown</c>, <c>clients.interaction-over</c>, <c>identity.not-allowed</c></exception>
    public Task HoldAsync(InteractionId id, string? outcome, Actor actor, CancellationToken ct) =>
        DoAsync(id, actor, (db, interaction) =>
        {
            interaction.Hold(outcome, time.GetUtcNow());
            Tell(db, interaction, actor);
            return Task.CompletedTask;
        }, ct);

    /// <summary>It will not take place.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.interaction-unknown</c>, <c>clients.interaction-over</c>, <c>identity.not-allowed</c></exception>
    public Task CancelAsync(InteractionId id, string? why, Actor actor, CancellationToken ct) =>
        DoAsync(id, actor, (_, interaction) =>
        {
            interaction.Cancel(why, time.GetUtcNow());
            return Task.CompletedTask;
        }, ct);

    private async Task<InteractionId> AddAsync(
        PartnerId partner, InteractionDetails details, InteractionState state, Guid responsible, Participants with, InteractionId? after, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = contexts.CreateFor(actor);
        await PartnerRegistry.TakeAsync(db, partner, actor, ct);
        await RequireHeirAsync(db, partner, responsible, actor, ct);
        if (after is { } previous && !await db.Set<Interaction>().AnyAsync(i => i.Id == previous && i.Partner == partner, ct)) throw new RuleBrokenException("clients.interaction-unknown");
        var interaction = new Interaction(InteractionId.New(), partner, details, state, responsible, after, time.GetUtcNow(), actor);
        db.Add(interaction);
        await JoinAsync(db, interaction, with, ct);
        if (state == InteractionState.Held) Tell(db, interaction, actor);
        await db.SaveChangesAsync(ct);
        return interaction.Id;
    }

    private static async Task JoinAsync(PortalDb db, Interaction interaction, Participants with, CancellationToken ct)
    {
        if (with.People.Count + with.NewPeople.Count + with.Users.Count > MostParticipants) throw new RuleBrokenException("clients.too-many-participants", MostParticipants);
        var people = with.People.Distinct().ToList();
        var known = await db.Set<ContactRole>().Where(r => r.Partner == interaction.Partner && people.Contains(r.Person)).Select(r => r.Person).Distinct().CountAsync(ct);
        if (known != people.Count) throw new RuleBrokenException("clients.person-unknown");
        var users = with.Users.Distinct().ToList();
        if (await db.Set<PortalUser>().OfStaff().CountAsync(u => users.Contains(u.Id), ct) != users.Count) throw new RuleBrokenException("work.person-unknown");
        foreach (var person in people) db.Add(new InteractionParticipant(interaction.Id, person));
        foreach (var user in users) db.Add(new InteractionParticipant(interaction.Id, user));
        foreach (var newcomer in with.NewPeople)
        {
            var person = new Person(PersonId.New(), newcomer.Name, null, null);
            db.Add(person);
            db.Add(new ContactRole(Guid.CreateVersion7(), person.Id, newcomer.Role, interaction.Partner));
            db.Add(new InteractionParticipant(interaction.Id, person.Id));
        }
    }

    private async Task HandAsync(PortalDb db, Interaction interaction, Guid responsible, Actor actor, CancellationToken ct)
    {
        if (responsible == interaction.Responsible) return;
        await RequireHeirAsync(db, interaction.Partner, responsible, actor, ct);
        interaction.HandTo(responsible);
    }

    // what stands in the calendar of somebody who does not see its client, nobody keeps
    private async Task RequireHeirAsync(PortalDb db, PartnerId partner, Guid responsible, Actor actor, CancellationToken ct)
    {
        var name = await PartnerRegistry.HeirAsync(db, responsible, actor, ct);
        if (responsible == actor.UserId || await rights.FindAsync(responsible, ct) is not { } heir) return;
        if (!await db.Set<Partner>().Within(heir).AnyAsync(p => p.Id == partner, ct)) throw new RuleBrokenException("clients.heir-beyond", name);
    }

    private async Task<Interaction> DoAsync(InteractionId id, Actor actor, Func<PortalDb, Interaction, Task> change, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = contexts.CreateFor(actor);
        var interaction = await InteractionQuery.Within(db, actor).AsTracking().FirstOrDefaultAsync(i => i.Id == id, ct)
            ?? throw new RuleBrokenException("clients.interaction-unknown");
        if (interaction.Responsible != actor.UserId && interaction.ByUser != actor.UserId) actor.Require(Permissions.ClientsManage);
        await change(db, interaction);
        await db.SaveOrExplainAsync(new(ObjectKind.Interaction, id.Value), ct);
        return interaction;
    }

    private static void Tell(PortalDb db, Interaction interaction, Actor actor) =>
        db.Add(new TimelineEntry(interaction.Partner, "interaction", new(ObjectKind.Interaction, interaction.Id.Value), null, interaction.At, actor));
}
