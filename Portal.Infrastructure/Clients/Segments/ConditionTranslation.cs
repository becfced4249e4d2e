using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Clients.Segments;

/// <summary>Turns conditions into one test of a client that the database runs.</summary>
internal sealed class ConditionTranslation
{
    /// <summary>Tests of a condition with those of all the segments that it names.</summary>
    public const int MostTests = 5 * Condition.MostTests;

    private readonly SegmentScope scope;
    private readonly Dictionary<SegmentId, Segment> known;
    private readonly Stack<SegmentId> within = new();
    private int tests;

    private ConditionTranslation(PortalDb db, DateTimeOffset now, TimeZoneInfo zone, Dictionary<SegmentId, Segment> known)
    {
        this.known = known;
        scope = new(db, now, zone, OfSegment);
    }

    /// <summary>The test of a condition; <paramref name="self"/> is the segment it belongs to, null for one that nobody named yet.</summary>
    /// <exception cref="RuleBrokenException"><c>segments.field-unknown</c>, <c>segments.operator-unknown</c>, <c>segments.value-unreadable</c>, <c>segments.circle</c>, <c>segments.unknown</c>, <c>segments.too-many-tests</c></exception>
    public static async Task<Expression<Func<Partner, bool>>> OfAsync(PortalDb db, ConditionGroup condition, SegmentId? self, DateTimeOffset now, CancellationToken ct)
    {
        var translation = new ConditionTranslation(db, now, await db.CompanyZoneAsync(ct), await ReferredAsync(db, condition, ct));
        if (self is { } id) translation.within.Push(id);
        return translation.Of(condition);
    }

    /// <summary>Segments that a condition names, and those that they name.</summary>
    private static async Task<Dictionary<SegmentId, Segment>> ReferredAsync(PortalDb db, ConditionGroup condition, CancellationToken ct)
    {
        var known = new Dictionary<SegmentId, Segment>();
        for (var next = Named(condition).ToList(); next.Count > 0;)
        {
            var found = await db.Set<Segment>().AsNoTracking().Where(s => next.Contains(s.Id)).ToListAsync(ct);
            foreach (var segment in found) known[segment.Id] = segment;
            next = [.. found.Where(s => !s.IsStatic).SelectMany(s => Named(s.Condition)).Where(id => !known.ContainsKey(id)).Distinct()];
        }
        return known;
    }

    /// <summary>Segments that a condition names itself.</summary>
    public static IEnumerable<SegmentId> Named(Condition condition) =>
        condition.Tests.Where(test => test.Field == "segment").SelectMany(test => test.Values).Select(value => Guid.TryParse(value, out var id) ? new SegmentId(id) : default).Distinct();

    /// <summary>The test of a segment's clients: its condition, or those whom it holds.</summary>
    public static Expression<Func<Partner, bool>> OfMembers(PortalDb db, SegmentId segment) =>
        p => db.Set<SegmentMember>().Any(m => m.Segment == segment && m.Partner == p.Id && m.Origin != MemberOrigin.TakenOut);

    /// <summary>At least one of two tests.</summary>
    public static Expression<Func<Partner, bool>> Either(Expression<Func<Partner, bool>> one, Expression<Func<Partner, bool>> other) =>
        Expression.Lambda<Func<Partner, bool>>(Expression.OrElse(one.Body, ValueTests.Put(other, one.Parameters[0])), one.Parameters);

    private static Expression<Func<Partner, bool>> Both(Expression<Func<Partner, bool>> one, Expression<Func<Partner, bool>> other) =>
        Expression.Lambda<Func<Partner, bool>>(Expression.AndAlso(one.Body, ValueTests.Put(other, one.Parameters[0])), one.Parameters);

    private Expression<Func<Partner, bool>> Of(Condition condition)
    {
        // a segment that names others many times over holds all of theirs each time
        if (condition is ConditionTest && ++tests > MostTests) throw new RuleBrokenException("segments.too-many-tests", MostTests);
        if (condition is ConditionTest test) return SegmentFields.Of(test.Field).Ask(scope, test);
        var group = (ConditionGroup)condition;
        if (group.Parts.Count == 0) return p => true;
        var parts = group.Parts.Select(Of);
        var joined = group.Join == ConditionJoin.All ? parts.Aggregate(Both) : parts.Aggregate(Either);
        return group.Join == ConditionJoin.None ? Expression.Lambda<Func<Partner, bool>>(Expression.Not(joined.Body), joined.Parameters) : joined;
    }

    private Expression<Func<Partner, bool>> OfSegment(SegmentId id)
    {
        if (within.Contains(id)) throw new RuleBrokenException("segments.circle");
        var segment = known.GetValueOrDefault(id) ?? throw new RuleBrokenException("segments.unknown");
        if (segment.IsStatic) return OfMembers(scope.Db, id);
        within.Push(id);
        var test = Of(segment.Condition);
        within.Pop();
        return test;
    }
}
