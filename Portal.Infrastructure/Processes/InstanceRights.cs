using Microsoft.EntityFrameworkCore;
using Portal.Domain.Claims;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Processes;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Claims;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Sales;
using Portal.Infrastructure.Sales.Leads;

namespace Portal.Infrastructure.Processes;

/// <summary>
/// Which processes somebody sees: whoever looks after processes or the work of others, all of his reach; everybody else those he takes part in –
/// he owns or started it, has or had a task of it, is offered one, or it was escalated to him – and those whose object he may read;
/// those about a client where he manages that client, those about a lead or deal where he reads that.
/// </summary>
public sealed class InstanceRights(TaskRights tasks)
{
    /// <summary>The instances the actor sees.</summary>
    /// <exception cref="RuleBrokenException"><c>identity.not-allowed</c></exception>
    internal async Task<IQueryable<InstanceRow>> OfAsync(PortalDb db, Actor actor, CancellationToken ct)
    {
        actor.Require(Permissions.ProcessRead);
        var instances = db.Set<InstanceRow>().AsNoTracking();
        var only = actor.OnlyBranch();
        var all = SeesAll(actor);
        if (all && only is null) return instances;
        var reach = await tasks.ReachAsync(actor, ct);
        var users = reach.Users;
        var open = db.Set<TaskRow>().Where(t => t.ClosedAt == null);
        // one set of ids, gathered through indexes, however many instances there are
        var mine = db.Set<InstanceRow>().Where(i => users.Contains(i.Owner!.Value) || users.Contains(i.StartedBy!.Value)).Select(i => i.Id)
            .Union(TaskListQuery.Shared(open, new TaskFilter(), reach).Select(t => t.Instance))
            .Union(TaskRights.EscalatedTo(db, open, reach).Select(t => t.Instance))
            .Union(db.Set<TaskRow>().Where(t => t.ClosedAt != null && users.Contains(t.ClosedBy!.Value)).Select(t => t.Instance));
        if (all && actor.OnlyPeople() is { } people)
        {
            mine = mine.Union(open.Where(t => people.Contains(t.Assignee!.Value)).Select(t => t.Instance));
            return instances.Where(i => (i.Branch == null || i.Branch == only) && (i.Owner == null || people.Contains(i.Owner.Value)) || mine.Contains(i.Id));
        }
        if (all) return instances.Where(i => i.Branch == null || i.Branch == only || mine.Contains(i.Id));
        var kinds = SearchQuery.KindsOf(actor).Where(kind => kind is not (ObjectKind.Partner or ObjectKind.Lead or ObjectKind.Deal or ObjectKind.Offer or ObjectKind.Order or ObjectKind.Shipment or ObjectKind.Invoice or ObjectKind.Payment or ObjectKind.Claim)).Cast<ObjectKind?>().ToArray();
        // nearly everybody reads a client's card; what is sold to him and for how much, those who work with him
        var clients = actor.Can(Permissions.ClientsManage);
        var (leads, deals, claims) = (actor.Can(Permissions.LeadsRead), actor.Can(Permissions.DealsRead), actor.Can(Permissions.ClaimsRead));
        if (kinds.Length == 0 && !clients && !leads && !deals && !claims) return instances.Where(i => mine.Contains(i.Id));
        return instances.Where(i => (kinds.Contains(i.BusinessKind) || clients && i.BusinessKind == ObjectKind.Partner && db.Set<Partner>().Within(actor).Any(p => (Guid)(object)p.Id == i.BusinessId)
                || leads && i.BusinessKind == ObjectKind.Lead && db.Set<Lead>().Within(actor).Any(l => (Guid)(object)l.Id == i.BusinessId)
                || deals && i.BusinessKind == ObjectKind.Deal && db.Set<Deal>().Within(actor).Any(d => (Guid)(object)d.Id == i.BusinessId)
                || claims && i.BusinessKind == ObjectKind.Claim && db.Set<Claim>().Within(db, actor).Any(c => (Guid)(object)c.Id == i.BusinessId))
            && (only == null || i.Branch == null || i.Branch == only) || mine.Contains(i.Id));
    }

    /// <summary>True where the actor sees the instance.</summary>
    internal async Task<bool> MaySeeAsync(PortalDb db, InstanceId id, Actor actor, CancellationToken ct) =>
        actor.Can(Permissions.ProcessRead) && await (await OfAsync(db, actor, ct)).AnyAsync(i => i.Id == id, ct);

    /// <summary>Those of some instances that the actor sees.</summary>
    internal async Task<IReadOnlySet<InstanceId>> SeenAsync(PortalDb db, InstanceId[] ids, Actor actor, CancellationToken ct) =>
        actor.Can(Permissions.ProcessRead) ? await (await OfAsync(db, actor, ct)).Where(i => ids.Contains(i.Id)).Select(i => i.Id).ToHashSetAsync(ct) : new HashSet<InstanceId>();

    private static bool SeesAll(Actor actor) => actor.Can(Permissions.ProcessReportRead) || actor.Can(Permissions.ProcessAlter) || actor.Can(Permissions.TasksOversee);
}
