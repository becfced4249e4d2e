using Microsoft.EntityFrameworkCore;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Sales.Leads;

/// <summary>Finds the manager of a lead by the company's rules.</summary>
internal static class LeadAllotment
{
    /// <summary>Gives the lead to whom the rules name, and notes why. Leads go out one after the other, so that two at once do not both go to whoever had least to do.</summary>
    /// <param name="chosen">whom the client asked for</param>
    public static async Task GiveAsync(PortalDb db, Lead lead, Guid? chosen, LeadRules rules, DateTimeOffset now, Actor actor, CancellationToken ct)
    {
        await db.TakeTurnAsync("sales.lead distribution", ct);
        var partners = lead.Partner is { } partner ? await db.Set<Partner>().Where(p => p.Id == partner && !p.Archived).Select(p => p.Responsible).FirstOrDefaultAsync(ct) : null;
        var territories = await db.Set<LeadTerritory>().AsNoTracking().OrderBy(t => t.Position).ThenBy(t => t.Id).Select(t => new TerritoryRule(t.Words, t.Manager, t.Team)).ToListAsync(ct);
        var given = LeadDistribution.Choose(new(chosen, partners, lead.Territory), rules.Order, territories, rules.Team, await SellersAsync(db, lead.Branch, now, ct));
        lead.GiveTo(given.Manager, lead.Branch, given.Route, now);
        db.Add(LeadEvent.Given(lead.Id, given.Manager, given.Route, given.Words, now, actor));
    }

    /// <summary>Who may get leads of a branch: those who work on leads and are here.</summary>
    private static async Task<List<LeadSeller>> SellersAsync(PortalDb db, BranchId? branch, DateTimeOffset now, CancellationToken ct)
    {
        var people = db.Set<PortalUser>().OfStaff().Holding(Permissions.LeadsManage, db)
            .Where(u => (branch == null || u.Branch == null || u.Branch == branch) && !db.Set<Substitution>().Any(s => s.Absent == u.Id && s.Starts <= now && s.Ends > now));
        var held = (await db.Set<Lead>().Where(l => l.ClosedAt == null && !l.Archived && l.Manager != null && people.Any(u => u.Id == l.Manager)).GroupBy(l => l.Manager!.Value)
            .Select(g => new { User = g.Key, Count = g.Count(), Last = g.Max(l => l.GivenAt) }).ToListAsync(ct)).ToDictionary(g => g.User);
        var teams = (await db.Set<TeamMember>().Select(m => new { m.Team, m.User }).Union(db.Set<Team>().Select(t => new { Team = t.Id, User = t.Head })).ToListAsync(ct)).ToLookup(m => m.User, m => m.Team);
        var heads = people.Holding(Permissions.LeadsDistribute, db).Select(u => u.Id);
        return [.. (await people.Select(u => new { u.Id, Leads = heads.Contains(u.Id) }).ToListAsync(ct))
            .Select(u => new LeadSeller(u.Id, [.. teams[u.Id]], held.GetValueOrDefault(u.Id)?.Count ?? 0, held.GetValueOrDefault(u.Id)?.Last, u.Leads))];
    }
}
