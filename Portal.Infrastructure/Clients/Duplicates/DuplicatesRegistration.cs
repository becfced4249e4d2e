using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Shared;
using Portal.Infrastructure.Database;
using Portal.Infrastructure.Work;

namespace Portal.Infrastructure.Clients.Duplicates;

internal static class DuplicatesRegistration
{
    public static void AddDuplicates(this IServiceCollection services)
    {
        services.AddSingleton<DuplicateDesk>();
        services.AddSingleton<DuplicateWork>();
        services.AddSingleton<FoundPairQuery>();
        services.AddSingleton<PartyMerge>();
        services.AddSingleton<DuplicateTasks>();
        services.AddDoor<FoundPairQuery>(ObjectKind.FoundPair, (query, id, actor, ct) => query.MaySeeAsync(id, actor, ct));
    }

    public static IServiceCollection AddDuplicatesBackground(this IServiceCollection services) => services
        .AddRounds<DuplicateWork>(TimeSpan.FromSeconds(1), (work, ct) => work.RunAllAsync(ct), "Searches for duplicates wait for the database.", atOnce: true)
        .AddRounds<DuplicateDesk>(TimeSpan.FromMinutes(1), (desk, ct) => desk.StartPlannedAsync(ct), "Planned searches for duplicates could not be looked at; the next round tries again.");
}
