using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Clients;
using Portal.Domain.Shared;
using Portal.Infrastructure.Clients.Calendar;
using Portal.Infrastructure.Clients.Completeness;
using Portal.Infrastructure.Clients.Confidential;
using Portal.Infrastructure.Clients.Duplicates;
using Portal.Infrastructure.Clients.GroupChange;
using Portal.Infrastructure.Clients.Intake;
using Portal.Infrastructure.Clients.Network;
using Portal.Infrastructure.Clients.Segments;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Clients;

/// <summary>Registers the base of clients.</summary>
public static class ClientsRegistration
{
    /// <summary>Adds clients to the container; needs the database and work.</summary>
    public static IServiceCollection AddClients(this IServiceCollection services)
    {
        services.AddSingleton<PartnerRegistry>();
        services.AddSingleton<ConfidentialMarks>();
        services.AddSingleton<PartnerListQuery>();
        services.AddSingleton<PartnerDetailsQuery>();
        services.AddSingleton<CounterpartyRegistry>();
        services.AddSingleton<ContactRegistry>();
        services.AddSingleton<KnownPeopleQuery>();
        services.AddSingleton<PlaceRegistry>();
        services.AddSingleton<AgreementRegistry>();
        services.AddSingleton<InteractionDesk>();
        services.AddSingleton<InteractionQuery>();
        services.AddSingleton<TimelineQuery>();
        services.AddSingleton<CalendarQuery>();
        services.AddSingleton<CalendarSettings>();
        services.AddSingleton<ReminderDesk>();
        services.AddSingleton<ReminderRounds>();
        services.AddSingleton<PartnerKeys>();
        services.AddSingleton<NetworkQuery>();
        services.AddSingleton<DuplicateQuery>();
        services.AddSingleton<PartnerIntake>();
        services.AddSingleton<ClientFileQuery>();
        services.AddDoor<InteractionQuery>(ObjectKind.Interaction, (query, id, actor, ct) => query.MaySeeAsync(id, actor, ct),
            (db, id) => db.Set<Interaction>().Where(i => i.Id == new InteractionId(id)).Select(i => (Guid?)i.Responsible));
        services.AddSegments();
        services.AddDuplicates();
        services.AddGroupChange();
        services.AddCompleteness();
        return services.AddDoor<PartnerDetailsQuery>(ObjectKind.Partner, (query, id, actor, ct) => query.MaySeeAsync(new(id), actor, ct),
            (db, id) => db.Set<Partner>().Where(p => p.Id == new PartnerId(id)).Select(p => p.Responsible));
    }

    /// <summary>Adds the background work of the web application.</summary>
    public static IServiceCollection AddClientsBackground(this IServiceCollection services) =>
        services.AddSingleton<ClientLetters>().AddSingleton(provider => provider.GetRequiredService<ClientLetters>().Handler)
            .AddDuplicatesBackground()
            .AddRounds<PartnerKeys>(TimeSpan.FromSeconds(2), (keys, ct) => keys.CatchUpAsync(int.MaxValue, ct), "Keys of partners could not be reckoned; the next round tries again.")
            .AddRounds<ChangeWork>(TimeSpan.FromSeconds(1), (work, ct) => work.RunAllAsync(ct), "Changes of clients wait for the database.", atOnce: true)
            .AddHostedService(provider => provider.GetRequiredService<ReminderRounds>());
}
