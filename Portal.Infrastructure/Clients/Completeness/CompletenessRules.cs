using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients.Completeness;
using Portal.Domain.Clients.Segments;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Clients.Completeness;

/// <summary>Says which fields of clients count. For who manages clients without an end to his reach: the rules are everybody's.</summary>
public sealed class CompletenessRules(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>Sets the weights for the clients of a shared segment, or for all, over version <paramref name="seen"/>; 0 where there was no rule.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.out-of-reach</c>, <c>segments.unknown</c>, <c>segments.refers-to-own</c>, <c>segments.field-unknown</c>, <c>number.out-of-range</c>, <c>clients.rule-empty</c>, <c>shared.changed-by</c></exception>
    public async Task SetAsync(SegmentId? segment, IReadOnlyDictionary<string, int> weights, uint seen, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        if (weights.Keys.FirstOrDefault(field => !CompletenessQuery.Fields.Contains(field)) is { } unknown) throw new RuleBrokenException("segments.field-unknown", unknown);
        if (segment is { } id)
        {
            var found = await db.Set<Segment>().AsNoTracking().FirstOrDefaultAsync(s => s.Id == id && (s.Shared || s.Owner == actor.UserId), ct) ?? throw new RuleBrokenException("segments.unknown");
            if (!found.Shared) throw new RuleBrokenException("segments.refers-to-own", found.Name);
        }
        var rule = await db.Set<CompletenessRule>().FirstOrDefaultAsync(r => r.Segment == segment, ct);
        if (rule is null) db.Add(rule = new CompletenessRule(CompletenessRuleId.New(), segment, weights));
        else
        {
            db.ExpectVersion(rule, seen);
            rule.Weigh(weights);
        }
        await db.SaveOrExplainAsync(new(ObjectKind.CompletenessRule, rule.Id.Value), ct);
    }

    /// <summary>Measures the clients of a segment as all others again; nothing happens where it had no rule.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.out-of-reach</c></exception>
    public async Task RemoveAsync(SegmentId? segment, Actor actor, CancellationToken ct)
    {
        await using var db = Open(actor);
        if (await db.Set<CompletenessRule>().FirstOrDefaultAsync(r => r.Segment == segment, ct) is not { } rule) return;
        db.Remove(rule);
        await db.SaveOrExplainAsync(new(ObjectKind.CompletenessRule, rule.Id.Value), ct);
    }

    private PortalDb Open(Actor actor)
    {
        actor.Require(Permissions.ClientsManage);
        return actor.IsSystem || actor.Scope == ActorScope.All ? contexts.CreateFor(actor) : throw new RuleBrokenException("identity.out-of-reach");
    }
}
