using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Identity;

/// <summary>A team as its list shows it.</summary>
/// <param name="Members">people beside the head, by name</param>
/// <param name="Version">as it was seen; a change that is based on it refuses to overwrite a later one</param>
public sealed record TeamRow(TeamId Id, string Name, Guid Head, string HeadName, uint Version)
{
    public IReadOnlyList<TeamPerson> Members { get; init; } = [];
}

/// <summary>Somebody who may be in a team.</summary>
public sealed record TeamPerson(Guid Id, string Name);

/// <summary>
/// Keeps the teams. Needs <see cref="Permissions.UsersManage"/>; a team with somebody beyond the actor's reach is not his to change. Takes effect at once.
/// </summary>
public sealed class TeamRegistry(IDbContextFactory<PortalDb> contexts, UserRights rights)
{
    /// <summary>Teams that lie within reach whole, by name.</summary>
    public async Task<IReadOnlyList<TeamRow>> ListAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.UsersManage);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var teams = await Within(db, actor).OrderBy(t => t.Name.ToLower()).ThenBy(t => t.Id)
            .Select(t => new TeamRow(t.Id, t.Name, t.Head, db.Set<PortalUser>().Where(u => u.Id == t.Head).Select(u => u.DisplayName).First(), t.Version)).ToListAsync(ct);
        var members = (await db.Set<TeamMember>().Join(db.Set<PortalUser>(), m => m.User, u => u.Id, (m, u) => new { m.Team, u.Id, u.DisplayName }).OrderBy(m => m.DisplayName).ToListAsync(ct))
            .ToLookup(m => m.Team, m => new TeamPerson(m.Id, m.DisplayName));
        return [.. teams.Select(t => t with { Members = [.. members[t.Id]] })];
    }

    /// <summary>People of staff within reach, by name.</summary>
    public async Task<IReadOnlyList<TeamPerson>> PeopleAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.UsersManage);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<PortalUser>().AsNoTracking().OfStaff().WithinReachOf(actor, db).OrderBy(u => u.DisplayName).ThenBy(u => u.Id).Select(u => new TeamPerson(u.Id, u.DisplayName)).ToListAsync(ct);
    }

    /// <summary>Brings people together.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.team-name-taken</c>, <c>identity.team-too-large</c>, <c>work.person-unknown</c>; the name is empty or too long</exception>
    public async Task<TeamId> AddAsync(string name, Guid head, IReadOnlyCollection<Guid> members, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.UsersManage);
        await using var db = contexts.CreateFor(actor);
        var team = new Team(TeamId.New(), name, head);
        db.Add(team);
        await SaveAsync(db, team, members, actor, ct);
        return team.Id;
    }

    /// <summary>Changes a team that the user saw in version <paramref name="seen"/>.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="AddAsync"/>, and <c>identity.team-unknown</c>, <c>shared.changed-by</c></exception>
    public async Task ChangeAsync(TeamId id, string name, Guid head, IReadOnlyCollection<Guid> members, uint seen, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        var team = await FindAsync(db, id, actor, ct);
        db.ExpectVersion(team, seen);
        team.Describe(name, head);
        // also where only its people change: two who change it at once are told of one another
        db.Entry(team).Property(t => t.Name).IsModified = true;
        await SaveAsync(db, team, members, actor, ct);
    }

    /// <summary>Parts a team; its people stay.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.team-unknown</c></exception>
    public async Task RemoveAsync(TeamId id, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        db.Remove(await FindAsync(db, id, actor, ct));
        db.RemoveRange(await db.Set<TeamMember>().Where(m => m.Team == id).ToListAsync(ct));
        await db.SaveChangesAsync(ct);
        rights.Forget();
    }

    /// <summary>Everybody who is in a team with a user, as head or member, and himself.</summary>
    internal static async Task<List<Guid>> TeammatesAsync(PortalDb db, Guid user, CancellationToken ct)
    {
        var teams = db.Set<Team>().Where(t => t.Head == user || db.Set<TeamMember>().Any(m => m.Team == t.Id && m.User == user));
        var members = db.Set<TeamMember>().Where(m => teams.Any(t => t.Id == m.Team)).Select(m => m.User);
        return [.. (await teams.Select(t => t.Head).Union(members).ToListAsync(ct)).Append(user).Distinct()];
    }

    /// <summary>Takes a new user into the actor's team: one that he heads before one he belongs to. Saved by the caller.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.no-team</c>, <c>identity.team-too-large</c></exception>
    internal static async Task JoinAsync(PortalDb db, Guid user, Actor actor, CancellationToken ct)
    {
        var team = await db.Set<Team>().Where(t => t.Head == actor.UserId || db.Set<TeamMember>().Any(m => m.Team == t.Id && m.User == actor.UserId))
            .OrderByDescending(t => t.Head == actor.UserId).ThenBy(t => t.Name.ToLower()).FirstOrDefaultAsync(ct) ?? throw new RuleBrokenException("identity.no-team");
        if (await db.Set<TeamMember>().CountAsync(m => m.Team == team.Id, ct) >= Team.MostMembers - 1) throw new RuleBrokenException("identity.team-too-large", Team.MostMembers);
        db.Add(new TeamMember(team.Id, user));
    }

    private static IQueryable<Team> Within(PortalDb db, Actor actor)
    {
        var people = db.Set<PortalUser>().WithinReachOf(actor, db);
        return db.Set<Team>().Where(t => people.Any(u => u.Id == t.Head) && !db.Set<TeamMember>().Any(m => m.Team == t.Id && !people.Any(u => u.Id == m.User)));
    }

    private static async Task<Team> FindAsync(PortalDb db, TeamId id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.UsersManage);
        return await Within(db, actor).FirstOrDefaultAsync(t => t.Id == id, ct) ?? throw new RuleBrokenException("identity.team-unknown");
    }

    private async Task SaveAsync(PortalDb db, Team team, IReadOnlyCollection<Guid> members, Actor actor, CancellationToken ct)
    {
        var wanted = members.Where(m => m != team.Head).ToHashSet();
        if (wanted.Count >= Team.MostMembers) throw new RuleBrokenException("identity.team-too-large", Team.MostMembers);
        var there = await db.Set<TeamMember>().Where(m => m.Team == team.Id).ToListAsync(ct);
        // who was blocked meanwhile may stay; nobody is taken in whom the actor does not reach
        Guid[] added = [.. wanted.Append(team.Head).Except(there.Select(m => m.User))];
        if (await db.Set<PortalUser>().WithinReachOf(actor, db).CountAsync(u => u.Partner == null && added.Contains(u.Id), ct) != added.Length) throw new RuleBrokenException("work.person-unknown");
        db.RemoveRange(there.Where(m => !wanted.Contains(m.User)));
        db.AddRange(wanted.Except(there.Select(m => m.User)).Select(user => new TeamMember(team.Id, user)));
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.TakeTurnAsync("identity.team-name", ct);
        if (await db.Set<Team>().AnyAsync(t => t.Id != team.Id && t.Name.ToLower() == team.Name.ToLower(), ct)) throw new RuleBrokenException("identity.team-name-taken", team.Name);
        await db.SaveOrExplainAsync(new(ObjectKind.Team, team.Id.Value), ct);
        await transaction.CommitAsync(ct);
        rights.Forget();
    }
}
