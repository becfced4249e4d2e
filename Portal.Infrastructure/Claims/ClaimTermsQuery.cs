using Microsoft.EntityFrameworkCore;
using Portal.Domain.Claims;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Sales;

namespace Portal.Infrastructure.Claims;

/// <summary>A cause in its place in the tree.</summary>
/// <param name="Name">null where the product calls it in the language of who reads</param>
/// <param name="Level">from 0 at the top</param>
public sealed record CauseTerm(ClaimCauseId Id, ClaimCauseId? Parent, string Key, string? Name, int Level, bool Archived, uint Version);

/// <summary>The causes, each under the one it belongs to, and the steps.</summary>
public sealed record ClaimTerms(IReadOnlyList<CauseTerm> Causes, IReadOnlyList<SalesTerm> Steps)
{
    private readonly Dictionary<ClaimCauseId, CauseTerm> byId = Causes.ToDictionary(c => c.Id);

    /// <summary>The cause, or null.</summary>
    public CauseTerm? Cause(ClaimCauseId? id) => id is { } known ? byId.GetValueOrDefault(known) : null;

    /// <summary>The step, or null.</summary>
    public SalesTerm? Step(ClaimStepId? id) => Steps.FirstOrDefault(s => s.Id == id?.Value);
}

/// <summary>What people choose from: causes, steps and who may answer for claims.</summary>
public sealed class ClaimTermsQuery(IDbContextFactory<PortalDb> contexts)
{
    /// <summary>Causes and steps, archived ones among them.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.none-allowed</c></exception>
    public async Task<ClaimTerms> FindAsync(Actor actor, CancellationToken ct)
    {
        actor.RequireAny([Permissions.ClaimsRead, Permissions.ClaimsSettings]);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return await ReadAsync(db, ct);
    }

    /// <summary>The rules in force and their version (0 where nobody has set them yet).</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<(ClaimRules Rules, uint Version)> RulesAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClaimsSettings);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (rules, version) = await db.SeeSettingAsync<ClaimRules>(ClaimSettings.Key, ct);
        return (rules ?? new(), version);
    }

    /// <summary>Who may be given claims.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    public async Task<IReadOnlyList<(Guid Id, string Name)>> ManagersAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ClaimsRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var found = await db.Set<PortalUser>().AsNoTracking().OfStaff().Holding(Permissions.ClaimsManage, db).OrderBy(u => u.DisplayName).ThenBy(u => u.Id).Select(u => new { u.Id, u.DisplayName }).Take(500).ToListAsync(ct);
        return found.ConvertAll(u => (u.Id, u.DisplayName));
    }

    internal static async Task<ClaimTerms> ReadAsync(PortalDb db, CancellationToken ct)
    {
        var all = await db.Set<ClaimCause>().AsNoTracking().OrderBy(c => c.Position).ThenBy(c => c.Id).ToListAsync(ct);
        var below = all.ToLookup(c => c.Parent);
        List<CauseTerm> causes = [];
        Add(null, 0);
        var steps = await db.Set<ClaimStep>().AsNoTracking().OrderBy(s => s.Archived).ThenBy(s => s.Position).ThenBy(s => s.Id).Select(s => new SalesTerm(s.Id.Value, s.Key, s.Name, s.Position, s.Archived, s.Version)).ToListAsync(ct);
        return new(causes, steps);

        void Add(ClaimCauseId? parent, int level)
        {
            if (level > ClaimCause.MostLevels) return;
            foreach (var cause in below[parent])
            {
                causes.Add(new(cause.Id, cause.Parent, cause.Key, cause.Name, level, cause.Archived, cause.Version));
                Add(cause.Id, level + 1);
            }
        }
    }
}
