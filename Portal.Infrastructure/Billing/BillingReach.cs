using Portal.Domain.Billing;
using Portal.Domain.Clients;
using Portal.Domain.Identity;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Identity;

namespace Portal.Infrastructure.Billing;

/// <summary>Narrows invoices and payments to those that an actor's rights reach: an invoice by who answers for it or by its branch, as the order it is of; a payment with its client.</summary>
internal static class BillingReach
{
    /// <summary>Invoices within reach; none for who does not read them.</summary>
    public static IQueryable<Invoice> Within(this IQueryable<Invoice> invoices, Actor actor)
    {
        if (actor.IsSystem) return invoices;
        if (!actor.Can(Permissions.BillingRead)) return invoices.Where(_ => false);
        var me = actor.UserId;
        if (actor.Scope == ActorScope.All) return invoices;
        if (actor.Scope == ActorScope.Own) return invoices.Where(i => i.Manager == me);
        if (actor.Scope == ActorScope.Team)
        {
            var team = actor.Teammates.Append(me).Select(mate => (Guid?)mate).ToArray();
            return invoices.Where(i => team.Contains(i.Manager));
        }
        var branch = actor.OnlyBranch();
        return invoices.Where(i => i.Branch == null || i.Branch == branch || i.Manager == me);
    }

    /// <summary>Payments within reach; those of nobody yet for who says whose they are.</summary>
    public static IQueryable<Payment> Within(this IQueryable<Payment> payments, PortalDb db, Actor actor)
    {
        if (actor.IsSystem) return payments;
        if (!actor.Can(Permissions.BillingRead)) return payments.Where(_ => false);
        if (actor.Scope == ActorScope.All) return payments;
        var clients = db.Set<Partner>().Within(actor);
        return actor.Can(Permissions.BillingPayment) ? payments.Where(p => p.Partner == null || clients.Any(c => c.Id == p.Partner)) : payments.Where(p => clients.Any(c => c.Id == p.Partner));
    }
}
