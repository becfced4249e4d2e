using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Sales.Funnel;

/// <summary>Something by which the funnel is narrowed.</summary>
public sealed record FunnelChoice(Guid Id, string Name);

/// <summary>By what a reader can narrow the funnel, each by name, and the currency of its sums (ISO 4217).</summary>
/// <param name="Managers">people within reach who have deals, those who left among them</param>
/// <param name="Products">products that deals are about</param>
public sealed record FunnelChoices(
    IReadOnlyList<PipelineRow> Pipelines, IReadOnlyList<SalesTerm> Sources, IReadOnlyList<SalesTerm> Reasons, IReadOnlyList<FunnelChoice> Managers, IReadOnlyList<FunnelChoice> Teams,
    IReadOnlyList<FunnelChoice> Products, IReadOnlyList<FunnelChoice> Branches, string Currency);

/// <summary>Reads by what the funnel can be narrowed.</summary>
public sealed class FunnelChoicesQuery(IDbContextFactory<PortalDb> contexts, PipelineQuery pipelines)
{
    private const int Most = 2_000;

    /// <summary>The currency of the funnel's sums (ISO 4217) and why deals are lost: what its figures cannot be told without.</summary>
    public async Task<(string Currency, IReadOnlyList<SalesTerm> Reasons)> WordsAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.FunnelRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        return (await db.FindCompanyCurrencyAsync(ct) ?? "", await pipelines.LossReasonsAsync(ct));
    }

    /// <summary>The choices of a reader.</summary>
    public async Task<FunnelChoices> ReadAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.FunnelRead);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var only = actor.OnlyBranch();
        var people = db.Set<PortalUser>().AsNoTracking().NearTo(actor);
        var managers = await people.Where(u => db.Set<Deal>().Any(d => d.Manager == u.Id)).OrderBy(u => u.DisplayName).ThenBy(u => u.Id).Take(Most).Select(u => new FunnelChoice(u.Id, u.DisplayName)).ToListAsync(ct);
        var teams = await db.Set<Team>().Where(t => people.Any(u => u.Id == t.Head) || db.Set<TeamMember>().Any(m => m.Team == t.Id && people.Any(u => u.Id == m.User)))
            .OrderBy(t => t.Name).Take(Most).Select(t => new FunnelChoice(t.Id.Value, t.Name)).ToListAsync(ct);
        var branches = await db.Set<Branch>().Where(b => only == null || b.Id == only).OrderBy(b => b.Name).Select(b => new FunnelChoice(b.Id.Value, b.Name)).ToListAsync(ct);
        var products = await db.Database.SqlQuery<FunnelChoice>($"select p.id, p.name from pricing.product p where exists (select from sales.deal d where d.product = p.id) order by p.name limit {Most}").ToListAsync(ct);
        var (currency, reasons) = await WordsAsync(actor, ct);
        return new(await pipelines.ListAsync(ct), await pipelines.SourcesAsync(ct), reasons, managers, teams, products, branches, currency);
    }
}
