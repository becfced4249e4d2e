using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.GroupChange;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.GroupChange;

/// <summary>Which clients are changed: chosen ones, or all that a filter means at the moment it begins.</summary>
public sealed record ChosenClients(IReadOnlyCollection<PartnerId>? Ids, PartnerFilter? Filter);

/// <summary>A client as the preview shows it; before and after as <see cref="ClientChange"/> writes values.</summary>
public sealed record ChangeExample(PartnerId Id, string Name, string? Before, string? After);

/// <summary>Clients for whom a rule stands against the change, and the name of one of them.</summary>
public sealed record ChangeRefusal(string Code, int Count, string Example);

/// <summary>What a change would do.</summary>
/// <param name="OutOfReach">chosen ones that the reader does not reach</param>
public sealed record ChangePreview(int Total, int Changes, int Same, int OutOfReach, IReadOnlyList<ChangeExample> Examples, IReadOnlyList<ChangeRefusal> Refusals);

/// <summary>
/// Changes a field for many clients: says first what would happen, then has it done in the background by <see cref="ChangeWork"/>.
/// Needs <see cref="Permissions.ClientsManage"/> and ends at the actor's reach.
/// </summary>
public sealed class ChangeDesk(IDbContextFactory<PortalDb> contexts, PartnerListQuery list, TimeProvider time)
{
    /// <summary>Clients of one change at most.</summary>
    public const int Most = 50_000;

    private const int Examples = 8;
    private const int AtOnce = 2_000;

    /// <summary>What the change would do, client by client, without doing it.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.change-unknown</c>, <c>clients.too-many-to-change</c>, <c>work.person-unknown</c>, <c>identity.out-of-reach</c>, <c>clients.partner-unknown</c>, <c>segments.unknown</c></exception>
    public async Task<ChangePreview> PreviewAsync(ClientChange change, ChosenClients chosen, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsManage);
        await using var db = contexts.CreateFor(actor);
        var plan = new ChangePlan(db, change, actor, time.GetUtcNow());
        await plan.CheckAsync(ct);
        var ids = await IdsAsync(db, chosen, actor, ct);
        var (changes, same, found) = (0, 0, 0);
        var examples = new List<ChangeExample>();
        var refused = new Dictionary<string, ChangeRefusal>();
        foreach (var batch in ids.Chunk(AtOnce))
        {
            var partners = await db.Set<Partner>().AsNoTracking().Within(actor).Where(p => batch.Contains(p.Id)).OrderBy(p => p.Name).ThenBy(p => p.Id).ToListAsync(ct);
            found += partners.Count;
            await plan.MeetAsync(batch, ct);
            foreach (var partner in partners)
            {
                var before = plan.Read(partner);
                if (before == change.Value)
                {
                    same++;
                    continue;
                }
                try
                {
                    await plan.WriteAsync(partner, change.Value, ct);
                    changes++;
                    if (examples.Count < Examples) examples.Add(new(partner.Id, partner.Name, before, change.Value));
                }
                catch (RuleBrokenException rule)
                {
                    refused[rule.Code] = refused.TryGetValue(rule.Code, out var others) ? others with { Count = others.Count + 1 } : new(rule.Code, 1, partner.Name);
                }
            }
            // nothing of this is ever saved
            db.ChangeTracker.Clear();
        }
        return new(ids.Count, changes, same, ids.Count - found, examples, [.. refused.Values.OrderByDescending(r => r.Count)]);
    }

    /// <summary>Has the change done in the background.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="PreviewAsync"/>, and <c>clients.nothing-chosen</c></exception>
    public async Task<ChangeOfManyId> StartAsync(ClientChange change, ChosenClients chosen, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsManage);
        await using var db = contexts.CreateFor(actor);
        await new ChangePlan(db, change, actor, time.GetUtcNow()).CheckAsync(ct);
        var ids = (await IdsAsync(db, chosen, actor, ct)).ConvertAll(id => id.Value).ToArray();
        if (ids.Length == 0) throw new RuleBrokenException("clients.nothing-chosen");
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var many = new ChangeOfMany(ChangeOfManyId.New(), change, null, actor, time.GetUtcNow());
        db.Add(many);
        await db.SaveChangesAsync(ct);
        // what is not in the base at all counts as out of reach without a line of its own
        await db.Database.ExecuteSqlAsync($"""
            insert into clients.change_line (change, ordinal, partner, target)
            select {many.Id.Value}, row_number() over (order by c.n), p.id, {change.Value} from unnest({ids}) with ordinality c (id, n) join clients.partner p on p.id = c.id
            """, ct);
        await transaction.CommitAsync(ct);
        return many.Id;
    }

    /// <summary>Stops a change after the clients at hand; what is done stays done.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.change-not-there</c>, <c>clients.change-over</c></exception>
    public async Task CancelAsync(ChangeOfManyId id, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        (await TakeAsync(db, id, actor, ct)).RequestCancel();
        await db.SaveOrExplainAsync(new(ObjectKind.ChangeOfMany, id.Value), ct);
    }

    /// <summary>Has the clients that a change has changed get back what they had, unless somebody has changed them since.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.change-not-there</c>, <c>clients.change-running</c>, <c>clients.change-undone</c>, <c>clients.nothing-chosen</c></exception>
    public async Task<ChangeOfManyId> UndoAsync(ChangeOfManyId id, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.TakeTurnAsync($"undo {id.Value}", ct);
        var done = await TakeAsync(db, id, actor, ct);
        if (done.State == ChangeState.Running) throw new RuleBrokenException("clients.change-running");
        if (done.Undoes is not null || await db.Set<ChangeOfMany>().AnyAsync(c => c.Undoes == id, ct)) throw new RuleBrokenException("clients.change-undone");
        var undo = new ChangeOfMany(ChangeOfManyId.New(), done.Change, id, actor, time.GetUtcNow());
        db.Add(undo);
        await db.SaveChangesAsync(ct);
        var lines = await db.Database.ExecuteSqlAsync($"""
            insert into clients.change_line (change, ordinal, partner, target)
            select {undo.Id.Value}, row_number() over (order by ordinal desc), partner, before from clients.change_line where change = {id.Value} and outcome = 'Changed'
            """, ct);
        if (lines == 0) throw new RuleBrokenException("clients.nothing-chosen");
        await transaction.CommitAsync(ct);
        return undo.Id;
    }

    /// <summary>Has a stopped undo go on.</summary>
    /// <exception cref="RuleBrokenException"><c>clients.change-not-there</c>, <c>clients.change-over</c></exception>
    public async Task GoOnAsync(ChangeOfManyId id, Actor actor, CancellationToken ct)
    {
        await using var db = contexts.CreateFor(actor);
        (await TakeAsync(db, id, actor, ct)).GoOn();
        await db.SaveOrExplainAsync(new(ObjectKind.ChangeOfMany, id.Value), ct);
    }

    // his own changes; one who manages users looks after those of others
    internal static IQueryable<ChangeOfMany> Seen(PortalDb db, Actor actor)
    {
        var all = actor.Can(Permissions.UsersManage) && actor.Scope == ActorScope.All;
        return db.Set<ChangeOfMany>().Where(c => all || c.ByUser == actor.UserId);
    }

    private static async Task<ChangeOfMany> TakeAsync(PortalDb db, ChangeOfManyId id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsManage);
        return await Seen(db, actor).FirstOrDefaultAsync(c => c.Id == id, ct) ?? throw new RuleBrokenException("clients.change-not-there");
    }

    private async Task<List<PartnerId>> IdsAsync(PortalDb db, ChosenClients chosen, Actor actor, CancellationToken ct)
    {
        var ids = chosen is { Ids: { } some } ? [.. some.Distinct()]
            : await (await list.MatchingAsync(db, chosen.Filter!, actor, ct)).OrderBy(p => p.Name.ToLower()).ThenBy(p => p.Id).Select(p => p.Id).Take(Most + 1).ToListAsync(ct);
        return ids.Count <= Most ? ids : throw new RuleBrokenException("clients.too-many-to-change", Most);
    }
}
