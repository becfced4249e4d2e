using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Completeness;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Segments;

/// <summary>
/// Keeps segments. Who reads clients makes his own; sharing needs <see cref="Permissions.ClientsManage"/>. Its owner changes a segment,
/// and who manages users may tidy up those that others share.
/// </summary>
public sealed class SegmentRegistry(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Members read at once by a refresh.</summary>
    internal const int AtOnce = 5_000;

    /// <summary>Names a condition.</summary>
    /// <exception cref="RuleBrokenException"><c>segments.name-taken</c>, <c>segments.refers-to-own</c>, <c>segments.unknown</c> for a segment that the condition names, and as <see cref="SegmentQuery.PreviewAsync(ConditionGroup, SegmentId?, Actor, CancellationToken)"/></exception>
    public async Task<SegmentId> AddAsync(string name, string? note, ConditionGroup condition, bool shared, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var segment = new Segment(SegmentId.New(), actor.UserId, name, note, condition, shared);
        await CheckAsync(db, segment, actor, ct);
        if (shared) actor.Require(Permissions.ClientsManage);
        db.Add(segment);
        await db.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
        return segment.Id;
    }

    /// <summary>Changes a segment that the user saw in version <paramref name="seen"/>. The members of a static one stay until it is refreshed.</summary>
    /// <exception cref="RuleBrokenException">as <see cref="AddAsync"/>, and <c>segments.unknown</c>, <c>segments.in-use</c>, <c>segments.circle</c>, <c>shared.changed-by</c></exception>
    public Task ChangeAsync(SegmentId id, string name, string? note, ConditionGroup condition, bool shared, uint seen, Actor actor, CancellationToken ct) =>
        DoAsync(id, actor, async (db, segment) =>
        {
            db.ExpectVersion(segment, seen);
            if (shared && !segment.Shared) actor.Require(Permissions.ClientsManage);
            if (!shared && segment.Shared) await RequireUnusedAsync(db, segment, onlyShared: true, ct);
            segment.Describe(name, note, condition, shared);
            await CheckAsync(db, segment, actor, ct);
        }, ct);

    /// <summary>Removes a segment; its clients stay what they are.</summary>
    /// <exception cref="RuleBrokenException"><c>segments.unknown</c>, <c>segments.in-use</c></exception>
    public Task RemoveAsync(SegmentId id, Actor actor, CancellationToken ct) =>
        DoAsync(id, actor, async (db, segment) =>
        {
            await RequireUnusedAsync(db, segment, onlyShared: false, ct);
            db.Remove(segment);
        }, ct);

    /// <summary>
    /// Lets a segment hold whom its condition means now, over the whole base: each reader sees of them whom he reaches.
    /// Whom people put in stays in, whom they took out stays out.
    /// </summary>
    /// <exception cref="RuleBrokenException"><c>segments.unknown</c></exception>
    public Task RefreshAsync(SegmentId id, Actor actor, CancellationToken ct) =>
        DoAsync(id, actor, async (db, segment) =>
        {
            var test = await ConditionTranslation.OfAsync(db, segment.Condition, id, time.GetUtcNow(), ct);
            await db.Database.ExecuteSqlAsync($"delete from clients.segment_member where segment = {id.Value} and origin = 'Condition'", ct);
            var found = Array.Empty<Guid>();
            do
            {
                var after = found.LastOrDefault();
                found = await db.Set<Partner>().Where(p => !p.Archived).Where(test).Select(p => (Guid)(object)p.Id).Where(p => p > after).OrderBy(p => p).Take(AtOnce).ToArrayAsync(ct);
                await db.Database.ExecuteSqlAsync($"insert into clients.segment_member (segment, partner, origin) select {id.Value}, p, 'Condition' from unnest({found}) p on conflict do nothing", ct);
            }
            while (found.Length == AtOnce);
            segment.Refresh(time.GetUtcNow());
        }, ct);

    /// <summary>Lets a static segment ask its condition each time again; what was put in and taken out by hand is forgotten.</summary>
    /// <exception cref="RuleBrokenException"><c>segments.unknown</c></exception>
    public Task LetMoveAsync(SegmentId id, Actor actor, CancellationToken ct) =>
        DoAsync(id, actor, async (db, segment) =>
        {
            segment.LetMove();
            await db.Database.ExecuteSqlAsync($"delete from clients.segment_member where segment = {id.Value}", ct);
        }, ct);

    /// <summary>Puts clients into a static segment.</summary>
    /// <exception cref="RuleBrokenException"><c>segments.unknown</c>, <c>segments.moves</c>, <c>clients.partner-unknown</c></exception>
    public Task PutInAsync(SegmentId id, IReadOnlyCollection<PartnerId> partners, Actor actor, CancellationToken ct) => DecideAsync(id, partners, MemberOrigin.PutIn, actor, ct);

    /// <summary>Takes clients out of a static segment; they stay out when it is refreshed.</summary>
    /// <exception cref="RuleBrokenException"><c>segments.unknown</c>, <c>segments.moves</c>, <c>clients.partner-unknown</c></exception>
    public Task TakeOutAsync(SegmentId id, IReadOnlyCollection<PartnerId> partners, Actor actor, CancellationToken ct) => DecideAsync(id, partners, MemberOrigin.TakenOut, actor, ct);

    private Task DecideAsync(SegmentId id, IReadOnlyCollection<PartnerId> partners, MemberOrigin origin, Actor actor, CancellationToken ct) =>
        DoAsync(id, actor, async (db, segment) =>
        {
            if (!segment.IsStatic) throw new RuleBrokenException("segments.moves", segment.Name);
            var ids = partners.Distinct().ToList();
            if (await db.Set<Partner>().Within(actor).CountAsync(p => ids.Contains(p.Id), ct) != ids.Count) throw new RuleBrokenException("clients.partner-unknown");
            var members = await db.Set<SegmentMember>().Where(m => m.Segment == id && ids.Contains(m.Partner)).ToDictionaryAsync(m => m.Partner, ct);
            foreach (var partner in ids)
                if (members.TryGetValue(partner, out var member)) member.Become(origin);
                else db.Add(new SegmentMember(id, partner, origin));
        }, ct);

    private async Task DoAsync(SegmentId id, Actor actor, Func<PortalDb, Segment, Task> job, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = contexts.CreateFor(actor);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        // circles and references are looked for before the save, so segments are changed one after the other
        await db.TakeTurnAsync("segments", ct);
        var segment = await SegmentQuery.Seen(db, actor).AsTracking().FirstOrDefaultAsync(s => s.Id == id, ct) ?? throw new RuleBrokenException("segments.unknown");
        if (segment.Owner != actor.UserId && !actor.IsSystem) actor.Require(Permissions.UsersManage);
        await job(db, segment);
        await db.SaveOrExplainAsync(new(ObjectKind.Segment, id.Value), ct);
        await transaction.CommitAsync(ct);
    }

    private async Task CheckAsync(PortalDb db, Segment segment, Actor actor, CancellationToken ct)
    {
        await db.TakeTurnAsync("segments", ct);
        var (id, owner, lower) = (segment.Id, segment.Owner, segment.Name.ToLowerInvariant());
        if (await db.Set<Segment>().AnyAsync(s => s.Id != id && s.Owner == owner && s.Name.ToLower() == lower, ct)) throw new RuleBrokenException("segments.name-taken", segment.Name);
        await SegmentQuery.RequireSeenAsync(db, segment.Condition, actor, ct);
        var named = ConditionTranslation.Named(segment.Condition).ToList();
        if (segment.Shared && await db.Set<Segment>().Where(s => named.Contains(s.Id) && !s.Shared).Select(s => s.Name).FirstOrDefaultAsync(ct) is { } own)
            throw new RuleBrokenException("segments.refers-to-own", own);
        await ConditionTranslation.OfAsync(db, segment.Condition, id, time.GetUtcNow(), ct);
    }

    private static async Task RequireUnusedAsync(PortalDb db, Segment segment, bool onlyShared, CancellationToken ct)
    {
        var others = await db.Set<Segment>().AsNoTracking().Where(s => s.Id != segment.Id && (!onlyShared || s.Shared)).ToListAsync(ct);
        if (await db.Set<CompletenessRule>().AnyAsync(r => r.Segment == segment.Id, ct)) throw new RuleBrokenException("segments.in-use-by-rule", segment.Name);
        if (await db.Set<PriceList>().AnyAsync(l => l.Segment == segment.Id, ct) || await db.Set<DiscountRule>().AnyAsync(d => d.Segment == segment.Id, ct)) throw new RuleBrokenException("segments.in-use-by-prices", segment.Name);
        if (others.FirstOrDefault(s => ConditionTranslation.Named(s.Condition).Contains(segment.Id)) is { } user) throw new RuleBrokenException("segments.in-use", segment.Name, user.Name);
    }
}
