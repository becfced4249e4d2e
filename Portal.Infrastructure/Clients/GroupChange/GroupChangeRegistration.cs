using Microsoft.Extensions.DependencyInjection;

namespace Portal.Infrastructure.Clients.GroupChange;

internal static class GroupChangeRegistration
{
    public static void AddGroupChange(this IServiceCollection services)
    {
        services.AddSingleton<ChangeDesk>();
        services.AddSingleton<ChangeWork>();
        services.AddSingleton<ChangeQuery>();
    }
}
