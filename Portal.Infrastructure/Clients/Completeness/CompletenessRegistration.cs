using Microsoft.Extensions.DependencyInjection;
using Portal.Infrastructure.Clients.Activity;

namespace Portal.Infrastructure.Clients.Completeness;

internal static class CompletenessRegistration
{
    /// <summary>Adds completeness, and the counts of who talks to whom.</summary>
    public static void AddCompleteness(this IServiceCollection services)
    {
        services.AddSingleton<CompletenessQuery>();
        services.AddSingleton<CompletenessRules>();
        services.AddSingleton<SilentQuery>();
        services.AddSingleton<ActivityQuery>();
    }
}
