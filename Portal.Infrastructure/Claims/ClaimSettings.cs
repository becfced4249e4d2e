using Microsoft.EntityFrameworkCore;
using Portal.Domain.Claims;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Sales;

namespace Portal.Infrastructure.Claims;

/// <summary>Keeps the tree of causes, the steps at which it can go wrong, and the rules of claims. All methods need <see cref="Permissions.ClaimsSettings"/>.</summary>
public sealed class ClaimSettings(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Causes at most.</summary>
    public const int MostCauses = 2000;

    internal const string Key = "claims";

    /// <summary>Puts other rules in force over those that the user saw in version <paramref name="seen"/>. Deadlines of claims that are there stay as they are.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c>, <c>number.out-of-range</c>, <c>leads.hours</c>, <c>shared.changed-by</c></exception>
    public async Task ChangeRulesAsync(ClaimRules rules, uint seen, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        await db.ChangeSettingAsync(Key, rules.Checked(), seen, time.GetUtcNow(), ct);
    }

    /// <summary>Adds a cause after those beside it.</summary>
    /// <param name="parent">the cause above it; null at the top</param>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>text.too-long</c>, <c>claims.cause-taken</c>, <c>claims.cause-unknown</c>, <c>claims.cause-deep</c>, <c>claims.too-many-causes</c></exception>
    public async Task<ClaimCauseId> AddCauseAsync(string name, ClaimCauseId? parent, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.TakeTurnAsync("claims.causes", ct);
        var tree = await TreeAsync(db, ct);
        if (tree.Count >= MostCauses) throw new RuleBrokenException("claims.too-many-causes", MostCauses);
        if (parent is { } above && !tree.ContainsKey(above)) throw new RuleBrokenException("claims.cause-unknown");
        if (ClaimCause.Depth(parent, tree) >= ClaimCause.MostLevels) throw new RuleBrokenException("claims.cause-deep", ClaimCause.MostLevels);
        var over = parent is { } of ? await db.Set<ClaimCause>().Where(c => c.Id == of).Select(c => c.Key).FirstAsync(ct) : null;
        var key = KeyOf(over, name);
        if (await db.Set<ClaimCause>().AnyAsync(c => c.Key == key, ct)) throw new RuleBrokenException("claims.cause-taken", name);
        var cause = new ClaimCause(ClaimCauseId.New(), parent, key, name, 1 + (await db.Set<ClaimCause>().Where(c => c.Parent == parent).MaxAsync(c => (int?)c.Position, ct) ?? 0));
        db.Add(cause);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return cause.Id;
    }

    /// <summary>Renames a cause, puts it elsewhere in the tree, and takes it out of what is offered or puts it back.</summary>
    /// <param name="name">null leaves it as it is called</param>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>claims.cause-unknown</c>, <c>claims.cause-circle</c>, <c>claims.cause-deep</c>, <c>text.required</c>, <c>text.too-long</c></exception>
    public async Task ChangeCauseAsync(ClaimCauseId id, string? name, ClaimCauseId? parent, bool archived, uint seen, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.TakeTurnAsync("claims.causes", ct);
        var tree = await TreeAsync(db, ct);
        var cause = await db.Set<ClaimCause>().FirstOrDefaultAsync(c => c.Id == id, ct) ?? throw new RuleBrokenException("claims.cause-unknown");
        db.ExpectVersion(cause, seen);
        if (parent is { } above && !tree.ContainsKey(above)) throw new RuleBrokenException("claims.cause-unknown");
        if (name is not null) cause.Rename(name);
        if (parent != cause.Parent) cause.Move(parent, tree);
        if (archived) cause.Archive();
        else cause.Restore();
        await db.SaveOrExplainAsync(new(ObjectKind.ClaimCause, id.Value), ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Adds a step.</summary>
    /// <exception cref="RuleBrokenException"><c>text.required</c>, <c>sales.key-taken</c></exception>
    public async Task<ClaimStepId> AddStepAsync(string name, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        return (await SalesSettings.AddTermAsync(db, name, null, (key, position) => new ClaimStep(ClaimStepId.New(), key, name, position), ct)).Id;
    }

    /// <summary>Renames a step, and takes it out of what is offered or puts it back.</summary>
    /// <param name="name">null leaves it as it is called</param>
    /// <exception cref="RuleBrokenException"><c>shared.changed-by</c>, <c>claims.step-unknown</c>, <c>text.required</c></exception>
    public async Task ChangeStepAsync(ClaimStepId id, string? name, bool archived, uint seen, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        var step = await db.Set<ClaimStep>().FirstOrDefaultAsync(s => s.Id == id, ct) ?? throw new RuleBrokenException("claims.step-unknown");
        await SalesSettings.ChangeTermAsync(db, step, new(ObjectKind.ClaimStep, id.Value), name, archived, seen, ct);
    }

    /// <summary>What files and maps call a cause: its name after that of the one above it.</summary>
    internal static string KeyOf(string? above, string name) => above is null ? name.Trim() : $"{above}/{name.Trim()}";

    /// <summary>The parent of every cause.</summary>
    internal static Task<Dictionary<ClaimCauseId, ClaimCauseId?>> TreeAsync(PortalDb db, CancellationToken ct) => db.Set<ClaimCause>().Select(c => new { c.Id, c.Parent }).ToDictionaryAsync(c => c.Id, c => c.Parent, ct);

    private PortalDb Open(Actor actor)
    {
        actor.Require(Permissions.ClaimsSettings);
        return contexts.CreateFor(actor);
    }
}
