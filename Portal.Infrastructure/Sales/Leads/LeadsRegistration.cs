using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Sales.Leads;
using Portal.Domain.Shared;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Sales.Leads;

/// <summary>Registers leads.</summary>
public static class LeadsRegistration
{
    /// <summary>Adds leads to the container; needs the database, work, clients and deals.</summary>
    public static IServiceCollection AddLeads(this IServiceCollection services)
    {
        services.AddSingleton<LeadIntake>();
        services.AddSingleton<LeadDesk>();
        services.AddSingleton<LeadNeeds>();
        services.AddSingleton<LeadBulk>();
        services.AddSingleton<LeadConversion>();
        services.AddSingleton<LeadListQuery>();
        services.AddSingleton<LeadCardQuery>();
        services.AddSingleton<LeadOfWorkQuery>();
        services.AddSingleton<LeadControlQuery>();
        services.AddSingleton<LeadChoicesQuery>();
        services.AddSingleton<LeadSettings>();
        services.AddSingleton<NeedSettings>();
        services.AddSingleton<LeadForms>();
        services.AddSingleton<WebLeads>();
        return services.AddDoor<LeadCardQuery>(ObjectKind.Lead, (query, id, actor, ct) => query.MaySeeAsync(new(id), actor, ct),
            (db, id) => db.Set<Lead>().Where(l => l.Id == new LeadId(id)).Select(l => l.Manager));
    }
}
