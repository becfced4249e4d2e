using Microsoft.Extensions.DependencyInjection;

namespace Portal.Infrastructure.Fleet;

/// <summary>Registration of playback and re-enactment.</summary>
public static class PlaybackRegistration
{
    /// <summary>Adds them; needs telemetry, dispatch and imports.</summary>
    public static IServiceCollection AddPlayback(this IServiceCollection services) => services
        .AddSingleton<PlaybackQuery>().AddSingleton<ReenactmentScript>().AddSingleton<ReenactmentCast>().AddSingleton<Reenactment>();
}
