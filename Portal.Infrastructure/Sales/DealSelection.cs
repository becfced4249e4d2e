using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Sales;

/// <summary>The deals a filter means, for lists, kanban and figures alike.</summary>
internal static class DealSelection
{
    /// <summary>Deals within the actor's reach.</summary>
    /// <param name="today">the company's day</param>
    public static IQueryable<Deal> Matching(this PortalDb db, DealFilter filter, DateOnly today, Actor actor)
    {
        var deals = db.Set<Deal>().AsNoTracking().Within(actor).Where(d => d.Archived == filter.Archived);
        if (filter.Pipeline is { } pipeline) deals = deals.Where(d => d.Pipeline == pipeline);
        if (filter.Stage is { } stage) deals = deals.Where(d => d.Stage == stage);
        if (filter.State is { } state) deals = deals.Where(d => d.State == state);
        if (filter.Manager is { } manager) deals = deals.Where(d => d.Manager == manager);
        if (filter.Nobody) deals = deals.Where(d => d.Manager == null);
        if (filter.Team is { } team) deals = deals.OfTeam(db, team);
        if (filter.Source is { } source) deals = deals.Where(d => d.Source == source);
        if (filter.LossReason is { } reason) deals = deals.Where(d => d.LossReason == reason);
        if (filter.Partner is { } partner) deals = deals.Where(d => d.Partner == partner);
        deals = filter.Step switch
        {
            StepFilter.Overdue => deals.Where(d => d.State == DealState.Open && d.NextStepOn < today),
            StepFilter.Today => deals.Where(d => d.State == DealState.Open && d.NextStepOn == today),
            StepFilter.Missing => deals.Where(d => d.State == DealState.Open && d.NextStepOn == null),
            _ => deals,
        };
        if (filter.From is { } from) deals = filter.Day switch
        {
            DealDay.Closed => deals.Where(d => d.ClosedOn >= from),
            DealDay.Expected => deals.Where(d => d.ExpectedClose >= from),
            _ => deals.Where(d => d.OpenedOn >= from),
        };
        if (filter.Until is { } until) deals = filter.Day switch
        {
            DealDay.Closed => deals.Where(d => d.ClosedOn <= until),
            DealDay.Expected => deals.Where(d => d.ExpectedClose <= until),
            _ => deals.Where(d => d.OpenedOn <= until),
        };
        return Holding(db, deals, filter.Text, actor);
    }

    /// <summary>Deals whose managers belong to a team or head it.</summary>
    public static IQueryable<Deal> OfTeam(this IQueryable<Deal> deals, PortalDb db, TeamId team) =>
        deals.Where(d => db.Set<TeamMember>().Any(m => m.Team == team && m.User == d.Manager) || db.Set<Team>().Any(t => t.Id == team && t.Head == d.Manager));

    private static IQueryable<Deal> Holding(PortalDb db, IQueryable<Deal> deals, string? text, Actor actor)
    {
        if (!LikePattern.Words(text).Any()) return deals;
        // as a set of ids, which the indexes of the words find, and not as a question to every deal
        var named = db.Set<SearchRow>().Where(r => r.Kind == ObjectKind.Deal).Holding(text).Select(r => r.ObjectId);
        if (!actor.Can(Permissions.ClientsRead)) return deals.Where(d => named.Contains((Guid)(object)d.Id));
        var clients = db.Set<PartnerWords>().Holding(text, actor.Hidden).Select(w => w.Partner);
        var theirs = db.Set<Deal>().Where(d => clients.Contains((Guid)(object)d.Partner!.Value)).Select(d => (Guid)(object)d.Id);
        var meant = named.Union(theirs);
        return deals.Where(d => meant.Contains((Guid)(object)d.Id));
    }
}
