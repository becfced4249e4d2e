using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Billing;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Billing;

/// <summary>Registers invoices, payments and what clients owe.</summary>
public static class BillingRegistration
{
    /// <summary>Adds billing to the container; needs orders, offers and work.</summary>
    public static IServiceCollection AddBilling(this IServiceCollection services)
    {
        services.AddSingleton<InvoiceDesk>().AddSingleton<InvoiceQuery>().AddSingleton<PaymentDesk>().AddSingleton<PaymentQuery>().AddSingleton<ReceivablesQuery>().AddSingleton<CreditControl>().AddSingleton<InvoiceReminders>();
        return services.AddDoor<InvoiceQuery>(ObjectKind.Invoice, (query, id, actor, ct) => query.MaySeeAsync(new(id), actor, ct),
            (db, id) => db.Set<Invoice>().Where(i => i.Id == new InvoiceId(id)).Select(i => i.Manager))
            .AddDoor<PaymentQuery>(ObjectKind.Payment, (query, id, actor, ct) => query.MaySeeAsync(new(id), actor, ct), (db, id) => db.Set<Payment>().Where(p => p.Id == new PaymentId(id)).Select(p => (Guid?)p.ByUser));
    }

    /// <summary>Adds the background work of the web application.</summary>
    public static IServiceCollection AddBillingBackground(this IServiceCollection services) =>
        services.AddRounds<InvoiceReminders>(TimeSpan.FromMinutes(10), (reminders, ct) => reminders.RunAsync(ct), "Reminders of invoices wait for the database.", atOnce: true);
}
