using Microsoft.EntityFrameworkCore;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Domain.Work;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Work.Handovers;

/// <summary>Somebody of staff who may receive some kinds of a person's work.</summary>
/// <param name="Clients">he may see clients</param>
/// <param name="Leads">he may see leads</param>
/// <param name="Deals">he may see deals</param>
/// <param name="Offers">he may see offers</param>
/// <param name="Orders">he may see clients' orders</param>
/// <param name="Claims">he may look after claims</param>
/// <param name="Tasks">he may work on tasks of processes</param>
/// <param name="Judged">true for all but a head who leads another's work: what somebody judges he leads to others, not to himself</param>
public sealed record HandoverHeir(Guid Id, string Name, bool Clients, bool Leads, bool Deals, bool Offers, bool Orders, bool Claims, bool Tasks, bool Judged)
{
    /// <summary>Whether he may receive work of a kind.</summary>
    public bool May(HeldKind kind) => kind switch
    {
        HeldKind.Client or HeldKind.Interaction or HeldKind.Segment => Clients,
        HeldKind.Lead => Leads,
        HeldKind.Deal => Deals,
        HeldKind.Offer => Offers,
        HeldKind.Order => Orders,
        HeldKind.Claim => Claims,
        HeldKind.Task or HeldKind.Process => Tasks && Judged,
        _ => Judged,
    };

    /// <summary>Those who may receive something of a person's work, as the actor leads it: within his reach where it is not his own.</summary>
    internal static async Task<List<HandoverHeir>> FindAsync(PortalDb db, Guid from, IReadOnlyCollection<Guid>? only, Actor actor, CancellationToken ct)
    {
        var own = from == actor.UserId;
        var people = db.Set<PortalUser>().AsNoTracking().OfStaff().Where(u => u.Id != from);
        if (!own) people = people.NearTo(actor);
        if (only is not null) people = people.Where(u => only.Contains(u.Id));
        var seeing = people.Holding(Permissions.ClientsRead, db).Select(u => u.Id);
        var leading = people.Holding(Permissions.LeadsRead, db).Select(u => u.Id);
        var selling = people.Holding(Permissions.DealsRead, db).Select(u => u.Id);
        var offering = people.Holding(Permissions.OffersRead, db).Select(u => u.Id);
        var ordering = people.Holding(Permissions.OrdersRead, db).Select(u => u.Id);
        var complained = people.Holding(Permissions.ClaimsManage, db).Select(u => u.Id);
        var working = people.Holding(Permissions.TasksWork, db).Select(u => u.Id);
        return await people.OrderBy(u => u.DisplayName).ThenBy(u => u.Id).Take(ColleagueQuery.MostInForms)
            .Select(u => new HandoverHeir(u.Id, u.DisplayName, seeing.Contains(u.Id), leading.Contains(u.Id), selling.Contains(u.Id), offering.Contains(u.Id), ordering.Contains(u.Id), complained.Contains(u.Id), working.Contains(u.Id), own || u.Id != actor.UserId)).ToListAsync(ct);
    }
}
