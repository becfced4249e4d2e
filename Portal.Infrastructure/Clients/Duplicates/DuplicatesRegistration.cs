using Microsoft.Extensions.DependencyInjection;
using Portal.Domain.Shared;
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

    public static IServiceCollection AddDuplicatesBackground(this IServiceCollection services) => services.AddHostedService<DuplicateBackground>().AddHostedService<DuplicatePlanRounds>();
}
