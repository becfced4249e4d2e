using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Portal.Infrastructure.Database;

/// <summary>Lets a job of a service come round for as long as the application runs.</summary>
internal sealed class BackgroundRounds(TimeSpan interval, Func<CancellationToken, Task> job, string missed, bool atOnce, TimeProvider time, ILogger log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stopping) =>
        DatabaseRounds.RunAsync(interval, time, job, lost => log.LogWarning(lost, "{Missed}", missed), stopping, atOnce);
}

/// <summary>Registers jobs that come round.</summary>
internal static class BackgroundRoundsRegistration
{
    /// <summary>Lets a job of <typeparamref name="TService"/> come round.</summary>
    /// <param name="missed">what the log says of a round that was lost</param>
    /// <param name="atOnce">whether the first round comes at the start, and not one interval after it</param>
    public static IServiceCollection AddRounds<TService>(this IServiceCollection services, TimeSpan interval, Func<TService, CancellationToken, Task> job, string missed, bool atOnce = false)
        where TService : notnull => services.AddSingleton<IHostedService>(provider =>
    {
        var service = provider.GetRequiredService<TService>();
        return new BackgroundRounds(interval, ct => job(service, ct), missed, atOnce, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<TService>>());
    });
}
