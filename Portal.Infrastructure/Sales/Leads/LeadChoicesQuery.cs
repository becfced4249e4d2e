using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Pricing;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;
using Portal.Infrastructure.Pricing;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Sales.Leads;

/// <summary>A group of products that a lead may be about.</summary>
/// <param name="Name">with those above it, from the root down</param>
public sealed record LeadGroup(Guid Id, string Name);

/// <summary>What the forms and filters of leads offer.</summary>
/// <param name="Managers">staff who may get leads, as far as the actor's reach goes, by name</param>
public sealed record LeadChoices(
    IReadOnlyList<SalesTerm> Streams, IReadOnlyList<SalesTerm> Sources, IReadOnlyList<LeadGroup> Groups, IReadOnlyList<Colleague> Managers, IReadOnlyList<Team> Teams, IReadOnlyList<Branch> Branches, LeadRules Rules);

/// <summary>A place whose leads are somebody's.</summary>
public sealed record TerritoryRow(LeadTerritoryId Id, string Words, Guid? ManagerId, string? Manager, TeamId? TeamId, string? Team, uint Version);

/// <summary>A question as its settings show it.</summary>
public sealed record QuestionRow(NeedQuestionId Id, NeedAsked Asked, string? GroupName, bool Archived, uint Version);

/// <summary>A form as its settings show it.</summary>
/// <param name="Key">what stands in its address, <c>/f/{key}</c></param>
/// <param name="Came">leads that came by it</param>
/// <param name="Doubted">those of them that nobody has looked at</param>
public sealed record FormRow(LeadFormId Id, string Key, LeadFormDetails Details, bool Archived, int Came, int Doubted, uint Version);

/// <summary>What the settings of leads show.</summary>
/// <param name="RulesVersion">0 where nobody has set them yet</param>
public sealed record LeadSetup(LeadRules Rules, uint RulesVersion, IReadOnlyList<TerritoryRow> Territories, IReadOnlyList<QuestionRow> Questions, IReadOnlyList<FormRow> Forms);

/// <summary>Reads what the forms, filters and settings of leads offer.</summary>
public sealed class LeadChoicesQuery(IDbContextFactory<PortalDb> contexts, PipelineQuery pipelines)
{
    /// <summary>Groups of products offered at most.</summary>
    public const int MostGroups = 500;

    /// <summary>What forms and filters offer.</summary>
    public async Task<LeadChoices> ReadAsync(Actor actor, CancellationToken ct)
    {
        actor.RequireStaff();
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (only, groups) = (actor.OnlyBranch(), await GroupTree.ReadAsync(db, ct));
        return new(
            await db.Set<LeadStream>().OrderBy(s => s.Archived).ThenBy(s => s.Position).ThenBy(s => s.Id).Select(s => new SalesTerm(s.Id.Value, s.Key, s.Name, s.Position, s.Archived, s.Version)).ToListAsync(ct),
            await pipelines.SourcesAsync(ct),
            [.. groups.Roots.SelectMany(root => groups.Down(root.Id)).Where(g => !g.Archived).Select(g => new LeadGroup(g.Id.Value, groups.Path(g.Id)!)).OrderBy(g => g.Name, StringComparer.CurrentCultureIgnoreCase).Take(MostGroups)],
            await db.Set<PortalUser>().AsNoTracking().OfStaff().Holding(Permissions.LeadsRead, db).NearTo(actor).OrderBy(u => u.DisplayName).ThenBy(u => u.Id).Take(ColleagueQuery.MostInForms).Select(u => new Colleague(u.Id, u.DisplayName)).ToListAsync(ct),
            await db.Set<Team>().AsNoTracking().OrderBy(t => t.Name).ToListAsync(ct),
            await db.Set<Branch>().AsNoTracking().Where(b => !b.Archived && (only == null || b.Id == only)).OrderBy(b => b.Name).ToListAsync(ct),
            await LeadSettings.RulesAsync(db, ct));
    }

    /// <summary>What the settings show beside streams; needs <see cref="Permissions.SalesSettings"/>.</summary>
    public async Task<LeadSetup> SetupAsync(Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.SalesSettings);
        await using var db = await contexts.CreateDbContextAsync(ct);
        var (rules, version) = await LeadSettings.SeeRulesAsync(db, ct);
        var territories = await db.Set<LeadTerritory>().OrderBy(t => t.Position).ThenBy(t => t.Id).Select(t => new TerritoryRow(t.Id, t.Words,
            t.Manager, db.Set<PortalUser>().Where(u => u.Id == t.Manager).Select(u => u.DisplayName).FirstOrDefault(), t.Team, db.Set<Team>().Where(x => x.Id == t.Team).Select(x => x.Name).FirstOrDefault(), t.Version)).ToListAsync(ct);
        var groups = await GroupTree.ReadAsync(db, ct);
        var questions = await db.Set<NeedQuestion>().AsNoTracking().OrderBy(q => q.Archived).ThenBy(q => q.Position).ThenBy(q => q.Id).ToListAsync(ct);
        var forms = await db.Set<LeadForm>().AsNoTracking().OrderBy(f => f.Archived).ThenBy(f => f.Name).ThenBy(f => f.Id).ToListAsync(ct);
        var came = await db.Set<Lead>().Where(l => l.Form != null).GroupBy(l => l.Form!.Value).Select(g => new { Form = g.Key, Count = g.Count(), Doubted = g.Count(l => l.Suspicion != null && l.ClosedAt == null && !l.Archived) }).ToDictionaryAsync(g => g.Form, ct);
        return new(rules, version, territories,
            [.. questions.Select(q => new QuestionRow(q.Id, new(q.Text, q.Kind, q.Group, q.IsRequired, q.Budget, q.Options), q.Group is { } g ? groups.Path(new ProductGroupId(g)) : null, q.Archived, q.Version))],
            [.. forms.Select(f => new FormRow(f.Id, f.Key, Details(f), f.Archived, came.GetValueOrDefault(f.Id)?.Count ?? 0, came.GetValueOrDefault(f.Id)?.Doubted ?? 0, f.Version))]);
    }

    private static LeadFormDetails Details(LeadForm f) => new(f.Name, f.Stream, f.Source, f.Asked, f.Needed, f.Branch, f.Group) { Words = f.Words, Origins = f.Origins, Managers = f.Managers };
}
