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
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>work.person-unknown</c>; <c>clients.pair-given</c> with who finds out already, where all have somebody</exception>
    public async Task<int> GiveAsync(IReadOnlyCollection<Guid> pairs, Guid? performer, TaskTitle title, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsManage);
        var (given, taken) = (0, (AssignmentId?)null);
        foreach (var some in pairs.Take(MostAtOnce).Chunk(InOneSave))
        {
            await using var db = contexts.CreateFor(actor);
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            // two who give at once: the second sees what the first has given
            await db.Database.ExecuteSqlAsync($"select from clients.found_pair where id = any({some}) order by id for update", ct);
            var rows = (await query.RowsAsync(some, actor, ct)).Where(r => r.IsReached).ToDictionary(r => r.Id);
            var open = rows.Keys.ToList();
            foreach (var pair in await db.Set<FoundPair>().Where(p => open.Contains(p.Id)).ToListAsync(ct))
            {
                taken ??= pair.State == FoundPairState.TaskGiven ? pair.Task : null;
                if (pair.State != FoundPairState.Open) continue;
                var row = rows[pair.Id];
                var who = performer is { } chosen ? await AssignmentDesk.PersonAsync(db, chosen, ct) : await ResponsibleAsync(db, [row.One.ResponsibleId, row.Other.ResponsibleId, actor.UserId], ct);
                var order = new AssignmentOrder { Title = Shortened(title(row)), Performer = who.Id, About = new(ObjectKind.FoundPair, pair.Id) };
                var task = Assignment.Give(AssignmentId.New(), order, who.Branch, time.GetUtcNow(), actor);
                db.Add(task);
                pair.GiveTask(task.Id);
                given++;
            }
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }
        return given > 0 || taken is not { } there ? given : throw new RuleBrokenException("clients.pair-given", await PerformerOfAsync(there, ct));
    }

    /// <summary>Ends the task about a pair that was decided.</summary>
    internal static async Task SettleAsync(PortalDb db, FoundPair pair, DateTimeOffset now, Actor actor, CancellationToken ct)
    {
        if (pair.Task is { } id) (await db.Set<Assignment>().Include(a => a.Events).SingleAsync(a => a.Id == id, ct)).Settle($"pair.{pair.State}", now, actor);
    }

    private async Task<string> PerformerOfAsync(AssignmentId task, CancellationToken ct)
    {
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await db.Set<PortalUser>().Where(u => db.Set<Assignment>().Any(a => a.Id == task && a.Performer == u.Id)).Select(u => u.DisplayName).FirstAsync(ct);
    }

    // who has left answers for nothing
    private static async Task<PortalUser> ResponsibleAsync(PortalDb db, Guid?[] people, CancellationToken ct)
    {
        var staff = await db.Set<PortalUser>().AsNoTracking().OfStaff().Where(u => people.Contains(u.Id)).ToDictionaryAsync(u => u.Id, ct);
        return people.OfType<Guid>().Where(staff.ContainsKey).Select(id => staff[id]).FirstOrDefault() ?? throw new RuleBrokenException("work.person-unknown");
    }

    private static string Shortened(string title) => title.Length <= 200 ? title : title[..199] + "…";
}
