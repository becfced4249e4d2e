using Microsoft.Extensions.DependencyInjection;

namespace Portal.Infrastructure.Clients.Segments;

internal static class SegmentsRegistration
{
    public static void AddSegments(this IServiceCollection services)
    {
        services.AddSingleton<SegmentQuery>();
        services.AddSingleton<SegmentRegistry>();
    }
}
