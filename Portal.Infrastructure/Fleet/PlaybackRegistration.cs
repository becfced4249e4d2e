using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Portal.Infrastructure.Dispatch;

namespace Portal.Infrastructure.Fleet;

/// <summary>Registration of playback and re-enactment.</summary>
public static class PlaybackRegistration
{
    /// <summary>Adds them; needs telemetry, dispatch and imports.</summary>
    public static IServiceCollection AddPlayback(this IServiceCollection services)
    {
        services.TryAddSingleton<TripRegistration>();
        return services.AddSingleton<PlaybackQuery>().AddSingleton<ReenactmentScript>().AddSingleton<ReenactmentCast>().AddSingleton<Reenactment>();
    }
}
