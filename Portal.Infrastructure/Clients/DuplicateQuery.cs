using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Clients.Matching;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Clients;

/// <summary>A partner who may be the one that is being entered. Of one beyond the asker's reach only who answers for it is told.</summary>
/// <param name="Id">null beyond reach</param>
/// <param name="Name">null beyond reach</param>
/// <param name="Score">probability that both are one, 0…1</param>
/// <param name="SharesNumber">whether both have a tax number, a phone or a mail address in common; then it is asked about before saving, however low the score</param>
public sealed record LikelyDuplicate(PartnerId? Id, string? Name, string? Responsible, bool Archived, double Score, bool SharesNumber, IReadOnlyList<MatchReason> Reasons)
{
    /// <summary>Whether it is most likely the same one.</summary>
    public bool IsLikely => Score >= PartyMatcher.DefaultThreshold;
}

/// <summary>Looks a party that is being entered up among all of the base, whoever works with them: a duplicate is one wherever it stands.</summary>
public sealed class DuplicateQuery(IDbContextFactory<PortalDb> contexts, PartnerKeys keys)
{
    /// <summary>Duplicates one answer holds.</summary>
    public const int Most = 8;

    /// <summary>Below this score only who shares a tax number, a phone or a mail address is shown.</summary>
    public const double LeastShown = 0.5;

    private const int MostCandidates = 300;
    private const int FewUnkeyed = 50;

    /// <summary>The likeliest, best first; those who share a number before those who are merely alike.</summary>
    /// <param name="except">the partner itself, when it is on its card already</param>
    public async Task<IReadOnlyList<LikelyDuplicate>> FindAsync(PartyDetails details, PartnerId? except, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClientsRead);
        var typed = PartyForm.Of(details);
        if (typed.BlockingKeys.Length == 0) return [];
        await keys.CatchUpAsync(FewUnkeyed, ct);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var wanted = typed.BlockingKeys;
        // a block of more than its most is a common value: the other keys find its duplicates
        var most = CandidatePairs.MostInBlock;
        var ids = await db.Database.SqlQuery<Guid>($"""
            select hit.partner as "Value" from unnest({wanted}) wanted(key)
            cross join lateral (select partner, count(*) over () as size from (select partner from clients.partner_key k where k.key = wanted.key limit {most + 1}) block) hit
            where hit.size <= {most} group by hit.partner order by count(*) desc, hit.partner limit {MostCandidates}
            """).ToListAsync(ct);
        var candidates = ids.Select(id => new PartnerId(id)).Where(id => id != except).ToList();
        if (candidates.Count == 0) return [];
        var matcher = new PartyMatcher();
        var best = (await PartyReading.ReadAsync(db, candidates, actor, ct)).Select(other => (Id: other.Key, Comparison: matcher.Compare(typed, other.Value)))
            .Where(found => found.Comparison.SharesNumber || found.Comparison.Score >= LeastShown)
            .OrderByDescending(found => found.Comparison.IsMatch).ThenByDescending(found => found.Comparison.SharesNumber).ThenByDescending(found => found.Comparison.Bits).ThenBy(found => found.Id.Value).Take(Most).ToList();
        if (best.Count == 0) return [];
        var chosen = best.Select(found => found.Id).ToList();
        var heads = await db.Set<Partner>().Where(p => chosen.Contains(p.Id)).Select(p => new
        {
            p.Id, p.Name, p.Archived, Reached = db.Set<Partner>().Within(actor).Any(x => x.Id == p.Id),
            Responsible = db.Set<PortalUser>().Where(u => u.Id == p.Responsible).Select(u => u.DisplayName).FirstOrDefault(),
        }).ToDictionaryAsync(p => p.Id, ct);
        return [.. best.Select(found => heads[found.Id] is { Reached: true } head
            ? new LikelyDuplicate(head.Id, head.Name, head.Responsible, head.Archived, found.Comparison.Score, found.Comparison.SharesNumber, found.Comparison.Reasons)
            : new LikelyDuplicate(null, null, heads[found.Id].Responsible, heads[found.Id].Archived, found.Comparison.Score, found.Comparison.SharesNumber, []))];
    }
}
