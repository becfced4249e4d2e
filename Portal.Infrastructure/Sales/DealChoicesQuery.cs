using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Sales;

/// <summary>What the forms and filters of deals offer.</summary>
/// <param name="Managers">staff who may work with deals, as far as the actor's reach goes, by name</param>
/// <param name="Staff">all of staff by name: whom a team of a deal may take in</param>
/// <param name="Currency">the company's own</param>
public sealed record DealChoices(
    IReadOnlyList<PipelineRow> Pipelines, IReadOnlyList<SalesTerm> Sources, IReadOnlyList<SalesTerm> LossReasons, IReadOnlyList<Colleague> Managers, IReadOnlyList<Colleague> Staff,
    IReadOnlyList<Team> Teams, IReadOnlyList<Branch> Branches, string Currency)
{
    /// <summary>A stage with its pipeline; null for one that is unknown.</summary>
    public (PipelineRow Pipeline, StageRow Stage)? Find(Domain.Sales.StageId id) =>
        Pipelines.SelectMany(p => p.Stages.Select(s => (p, s))).Where(x => x.s.Id == id).Select(x => ((PipelineRow, StageRow)?)x).FirstOrDefault();
}

/// <summary>Reads what the forms and filters of deals offer.</summary>
public sealed class DealChoicesQuery(IDbContextFactory<PortalDb> contexts, PipelineQuery pipelines)
{
    /// <summary>Everything at once.</summary>
    public async Task<DealChoices> ReadAsync(Actor actor, CancellationToken ct)
    {
        actor.RequireStaff();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var staff = db.Set<PortalUser>().AsNoTracking().OfStaff();
        var only = actor.OnlyBranch();
        return new(
            await pipelines.ListAsync(ct), await pipelines.SourcesAsync(ct), await pipelines.LossReasonsAsync(ct),
            await NamedAsync(staff.Holding(Permissions.DealsRead, db).NearTo(actor), ct), await NamedAsync(staff, ct),
            await db.Set<Team>().AsNoTracking().OrderBy(t => t.Name).ToListAsync(ct), await db.Set<Branch>().AsNoTracking().Where(b => !b.Archived && (only == null || b.Id == only)).OrderBy(b => b.Name).ToListAsync(ct),
            await db.CompanyCurrencyAsync(ct));
    }

    private static Task<List<Colleague>> NamedAsync(IQueryable<PortalUser> people, CancellationToken ct) =>
        people.OrderBy(u => u.DisplayName).ThenBy(u => u.Id).Take(ColleagueQuery.MostInForms).Select(u => new Colleague(u.Id, u.DisplayName)).ToListAsync(ct);
}
