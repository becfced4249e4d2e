using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients.Duplicates;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Clients.Duplicates;

/// <summary>What a task about a pair says, in the giver's words.</summary>
public delegate string TaskTitle(FoundPairRow pair);

/// <summary>Gives doubtful pairs to people who can find out: who answers for one of the two, or somebody chosen.</summary>
public sealed class DuplicateTasks(IDbContextFactory<PortalDb> contexts, FoundPairQuery query, TimeProvider time)
{
    /// <summary>Tasks given at once at most; a list of more is nobody's work.</summary>
    public const int MostAtOnce = 500;

    private const int InOneSave = 100;

    /// <summary>Gives a task for each pair of a list that nobody has decided and nobody finds out about yet.</summary>
    /// <param name="performer">who gets them all; null gives each to who answers for the first side, else for the other, else to the giver</param>
    /// <returns>how many were given</returns>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>work.person-unknown</c></exception>
    public async Task<int> GiveAsync(IReadOnlyCollection<Guid> pairs, Guid? performer, TaskTitle title, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsManage);
        var given = 0;
        foreach (var some in pairs.Take(MostAtOnce).Chunk(InOneSave))
        {
            await using var db = contexts.CreateFor(actor);
            var rows = (await query.RowsAsync(some, actor, ct)).Where(r => r.IsReached).ToDictionary(r => r.Id);
            var open = rows.Keys.ToList();
            foreach (var pair in await db.Set<FoundPair>().Where(p => open.Contains(p.Id) && p.State == FoundPairState.Open).ToListAsync(ct))
            {
                var row = rows[pair.Id];
                var who = performer is { } chosen ? await AssignmentDesk.PersonAsync(db, chosen, ct) : await ResponsibleAsync(db, [row.One.ResponsibleId, row.Other.ResponsibleId, actor.UserId], ct);
                var order = new AssignmentOrder { Title = Shortened(title(row)), Performer = who.Id, About = new(ObjectKind.FoundPair, pair.Id) };
                var task = Assignment.Give(AssignmentId.New(), order, who.Branch, time.GetUtcNow(), actor);
                db.Add(task);
                pair.GiveTask(task.Id);
                given++;
            }
            await db.SaveChangesAsync(ct);
        }
        return given;
    }

    // who has left answers for nothing
    private static async Task<PortalUser> ResponsibleAsync(PortalDb db, Guid?[] people, CancellationToken ct)
    {
        var staff = await db.Set<PortalUser>().AsNoTracking().OfStaff().Where(u => people.Contains(u.Id)).ToDictionaryAsync(u => u.Id, ct);
        return people.OfType<Guid>().Where(staff.ContainsKey).Select(id => staff[id]).FirstOrDefault() ?? throw new RuleBrokenException("work.person-unknown");
    }

    private static string Shortened(string title) => title.Length <= 200 ? title : title[..199] + "…";
}
