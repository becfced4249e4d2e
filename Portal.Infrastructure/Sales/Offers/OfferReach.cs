using Portal.Domain.Identity;
using Portal.Domain.Sales;
using Portal.Domain.Sales.Offers;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;

namespace Portal.Infrastructure.Sales.Offers;

/// <summary>
/// Narrows offers to those that an actor's rights reach: an offer of a deal goes with its deal, so that a handover of the deal hands it over too; any other with who answers for it.
/// </summary>
internal static class OfferReach
{
    /// <summary>Offers that somebody answers for: those of the deals he manages, and beside deals his own.</summary>
    public static IQueryable<Offer> AnsweredBy(this IQueryable<Offer> offers, PortalDb db, Guid user) =>
        offers.Where(o => o.Deal == null ? o.Manager == user : db.Set<Deal>().Any(d => d.Id == o.Deal && (d.Manager ?? o.Manager) == user));

    /// <summary>Offers within reach; none for who does not read offers.</summary>
    public static IQueryable<Offer> Within(this IQueryable<Offer> offers, PortalDb db, Actor actor)
    {
        if (actor.IsSystem) return offers;
        if (!actor.Can(Permissions.OffersRead)) return offers.Where(_ => false);
        var deals = db.Set<Deal>().Within(actor);
        var me = actor.UserId;
        if (actor.Scope == ActorScope.All) return offers.Where(o => o.Deal == null || deals.Any(d => d.Id == o.Deal));
        if (actor.Scope == ActorScope.Own) return offers.Where(o => o.Deal == null ? o.Manager == me : deals.Any(d => d.Id == o.Deal));
        if (actor.Scope == ActorScope.Team)
        {
            var team = actor.Teammates.Append(me).Select(mate => (Guid?)mate).ToArray();
            return offers.Where(o => o.Deal == null ? team.Contains(o.Manager) : deals.Any(d => d.Id == o.Deal));
        }
        var branch = actor.OnlyBranch();
        return offers.Where(o => o.Deal == null ? o.Branch == null || o.Branch == branch || o.Manager == me : deals.Any(d => d.Id == o.Deal));
    }
}
