using Microsoft.EntityFrameworkCore;
using Npgsql;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Sales.Funnel;

/// <summary>Narrows deals to those that a filter means within an actor's reach: as conditions of SQL for figures, as a query for lists. Only what narrows is said, so that the covering indexes suffice.</summary>
internal sealed class FunnelSelection(FunnelFilter filter, PipelineId pipeline, Actor actor)
{
    private const string TeamSql = "d.manager in (select \"user\" from identity.team_member where team = @team union all select head from identity.team where id = @team)";

    /// <summary>Deals of the pipeline, in SQL on a deal <c>d</c>.</summary>
    public string Sql { get; } = string.Join(" and ", new[]
    {
        "d.pipeline = @pipeline and not d.archived",
        filter.Manager is null ? null : "d.manager = @manager",
        filter.Nobody ? "d.manager is null" : null,
        filter.Team is null ? null : TeamSql,
        filter.Source is null ? null : "d.source = @source",
        filter.Product is null ? null : "d.product = @product",
        filter.Branch is null ? null : "d.branch = @branch",
        actor.ReachesAllDeals() ? null : DealReach.Sql,
    }.Where(condition => condition is not null));

    /// <summary>True where nothing narrows but the pipeline.</summary>
    public bool IsWhole => actor.ReachesAllDeals() && filter is { Manager: null, Nobody: false, Team: null, Source: null, Product: null, Branch: null };

    /// <summary>Values for <see cref="Sql"/>, for one command.</summary>
    public void AddTo(NpgsqlParameterCollection values)
    {
        values.Add(new("pipeline", pipeline.Value));
        if (filter.Manager is { } manager) values.Add(new("manager", manager));
        if (filter.Team is { } team) values.Add(new("team", team.Value));
        if (filter.Source is { } source) values.Add(new("source", source.Value));
        if (filter.Product is { } product) values.Add(new("product", product));
        if (filter.Branch is { } branch) values.Add(new("branch", branch.Value));
        if (actor.ReachesAllDeals()) return;
        foreach (var value in DealReach.Values(actor)) values.Add(value);
    }

    /// <summary>The same deals as a query.</summary>
    /// <param name="of">the deals to narrow; null for all</param>
    public IQueryable<Deal> Deals(PortalDb db, IQueryable<Deal>? of = null)
    {
        var deals = (of ?? db.Set<Deal>()).AsNoTracking().Within(actor).Where(d => d.Pipeline == pipeline && !d.Archived);
        if (filter.Manager is { } manager) deals = deals.Where(d => d.Manager == manager);
        if (filter.Nobody) deals = deals.Where(d => d.Manager == null);
        if (filter.Team is { } team) deals = deals.OfTeam(db, team);
        if (filter.Source is { } source) deals = deals.Where(d => d.Source == source);
        if (filter.Product is { } product) deals = deals.Where(d => d.Product == product);
        if (filter.Branch is { } branch) deals = deals.Where(d => d.Branch == branch);
        return deals;
    }
}
