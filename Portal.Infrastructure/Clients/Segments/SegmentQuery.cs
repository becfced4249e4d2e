using System.Globalization;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Clients.Segments;

/// <summary>A segment as its list shows it.</summary>
/// <param name="Changes">whether the reader may change it</param>
public sealed record SegmentRow(SegmentId Id, string Name, string? Note, ConditionGroup Condition, bool Shared, string Owner, bool Own, bool Changes, DateTimeOffset? RefreshedAt, uint Version);

/// <summary>Clients whom a condition means: how many within the reader's reach, and the first by name. Null when the database was stopped before it had counted them.</summary>
public sealed record SegmentPreview(int Total, IReadOnlyList<PartnerRow> First);

/// <summary>Reads segments and whom they mean; nobody is shown whom the reader does not reach.</summary>
public sealed class SegmentQuery(IDbContextFactory<PortalDb> contexts, TimeProvider time)
{
    /// <summary>Clients that a preview names.</summary>
    public const int Named = 10;

    /// <summary>How long the database may count for a preview.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Segments the actor may use, by name: his own, and those others share.</summary>
    public async Task<IReadOnlyList<SegmentRow>> ListAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var tidies = actor.Can(Permissions.UsersManage);
        return await Seen(db, actor).OrderBy(s => s.Name.ToLower()).ThenBy(s => s.Id).Take(500)
            .Select(s => new SegmentRow(s.Id, s.Name, s.Note, s.Condition, s.Shared, db.Set<PortalUser>().Where(u => u.Id == s.Owner).Select(u => u.DisplayName).FirstOrDefault() ?? "",
                s.Owner == actor.UserId, s.Owner == actor.UserId || tidies, s.RefreshedAt, s.Version)).ToListAsync(ct);
    }

    /// <summary>The clients of a segment that the actor reaches, archived ones left out, to be narrowed and read further in <paramref name="db"/>.</summary>
    /// <exception cref="RuleBrokenException"><c>segments.unknown</c></exception>
    public async Task<IQueryable<Partner>> MembersAsync(PortalDb db, SegmentId id, Actor actor, CancellationToken ct) =>
        db.Set<Partner>().AsNoTracking().Within(actor).Where(p => !p.Archived).Where(await TestAsync(db, id, actor, ct));

    /// <summary>Counts the clients of a condition and names the first; null when that takes longer than <see cref="Patience"/>.</summary>
    /// <param name="self">the segment that the condition belongs to or will belong to</param>
    /// <exception cref="RuleBrokenException"><c>segments.field-unknown</c>, <c>segments.operator-unknown</c>, <c>segments.value-unreadable</c>, <c>segments.circle</c>, <c>segments.unknown</c></exception>
    public async Task<SegmentPreview?> PreviewAsync(ConditionGroup condition, SegmentId? self, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        await RequireSeenAsync(db, condition, actor, ct);
        var test = await ConditionTranslation.OfAsync(db, ConditionJson.Check(condition), self, time.GetUtcNow(), ct);
        return await ReadAsync(db, db.Set<Partner>().AsNoTracking().Within(actor).Where(p => !p.Archived).Where(test), actor, ct);
    }

    /// <summary>Counts a segment's clients and names the first; null when that takes longer than <see cref="Patience"/>.</summary>
    /// <exception cref="RuleBrokenException"><c>segments.unknown</c></exception>
    public async Task<SegmentPreview?> PreviewAsync(SegmentId id, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await ReadAsync(db, await MembersAsync(db, id, actor, ct), actor, ct);
    }

    /// <summary>The test of a segment's clients, for a query that looks at reach itself.</summary>
    internal async Task<Expression<Func<Partner, bool>>> TestAsync(PortalDb db, SegmentId id, Actor actor, CancellationToken ct)
    {
        var segment = await Seen(db, actor).FirstOrDefaultAsync(s => s.Id == id, ct) ?? throw new RuleBrokenException("segments.unknown");
        return segment.IsStatic ? ConditionTranslation.OfMembers(db, id) : await ConditionTranslation.OfAsync(db, segment.Condition, id, time.GetUtcNow(), ct);
    }

    /// <summary>The test of clients of whom a field that answers yes or no says no, such as <c>has-mail</c>.</summary>
    /// <exception cref="RuleBrokenException"><c>segments.field-unknown</c>, <c>segments.operator-unknown</c></exception>
    internal Task<Expression<Func<Partner, bool>>> MissingAsync(PortalDb db, string field, CancellationToken ct) =>
        ConditionTranslation.OfAsync(db, new(ConditionJoin.All, [new ConditionTest(field, ConditionOperator.No, [])]), null, time.GetUtcNow(), ct);

    /// <summary>Segments the actor may use.</summary>
    internal static IQueryable<Segment> Seen(PortalDb db, Actor actor)
    {
        var all = actor.IsSystem;
        return db.Set<Segment>().AsNoTracking().Where(s => all || s.Shared || s.Owner == actor.UserId);
    }

    /// <summary>Refuses a condition that names a segment the actor may not use.</summary>
    internal static async Task RequireSeenAsync(PortalDb db, ConditionGroup condition, Actor actor, CancellationToken ct)
    {
        var named = ConditionTranslation.Named(condition).ToList();
        if (named.Count > 0 && await Seen(db, actor).CountAsync(s => named.Contains(s.Id), ct) != named.Count) throw new RuleBrokenException("segments.unknown");
    }

    private static async Task<SegmentPreview?> ReadAsync(PortalDb db, IQueryable<Partner> clients, Actor actor, CancellationToken ct)
    {
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        await db.Database.ExecuteSqlAsync($"select set_config('statement_timeout', {((int)Patience.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)}, true)", ct);
        try
        {
            return new(await clients.CountAsync(ct), await PartnerListQuery.RowsAsync(db, clients.OrderBy(p => p.Name.ToLower()).ThenBy(p => p.Id).Take(Named), actor, ct));
        }
        catch (Exception slow) when ((slow as PostgresException ?? slow.InnerException as PostgresException)?.SqlState == PostgresErrorCodes.QueryCanceled && !ct.IsCancellationRequested)
        {
            return null;
        }
    }
}
